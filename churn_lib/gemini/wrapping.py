"""The JSON objects in a text, whatever a model has put around them."""

import json
from collections import deque
from collections.abc import Iterator

MOST = 100
"""Values that are looked into, and places in a text where one may begin.

No honest answer has as many, and one that goes round in circles must not cost half a second.
"""

_DECODER = json.JSONDecoder()


def objects(text: str) -> Iterator[dict[str, object]]:
    """The JSON objects: bare, amid prose, and in arrays, strings and other objects; outer first."""
    found: deque[object] = deque([text])
    for _ in range(MOST):
        if not found:
            break
        value = found.popleft()
        if isinstance(value, str):
            # Strings only where there is no object: prose may hold a lone quotation mark.
            found.extend(_values(value, "{") or _values(value, '"'))
        elif isinstance(value, list):
            found.extend(value)
        elif isinstance(value, dict):
            yield value
            found.extend(value.values())


def _values(text: str, opening: str) -> list[object]:
    """The JSON values that begin with this character, one after the other."""
    values, at = list[object](), text.find(opening)
    for _ in range(MOST):
        if at < 0:
            break
        try:
            value, end = _DECODER.raw_decode(text, at)
            values.append(value)
        except (ValueError, RecursionError):  # no JSON, or numbers and depths that Python refuses
            end = at + 1
        at = text.find(opening, end)
    return values

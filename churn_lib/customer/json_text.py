"""The text of JSON: parsed, with bounds on what it holds and on how long one step takes.

A key that stands twice in an object is refused, though the parser takes the last of them.
"""

import json
from collections import Counter, deque
from collections.abc import Callable, Generator, Mapping, Sequence

from pydantic_core import from_json, to_json

from churn_lib.customer.faults import shown
from churn_lib.errors import FieldFault, InputError, MalformedError

LARGEST_ROW = 64 * 1024
"""Bytes of one customer among many, as in a request of its own."""

LONG = 19
"""Digits from which on a number takes many times as long, with each that it has."""

MOST: Mapping[str, int] = {
    "objects and arrays": 150_000,
    "values": 250_000,
    f"runs of {LONG} digits in numbers": 50_000,
}
"""Of one text: for each row of the largest batch 30, 50 and 10."""

PARTS_AT_ONCE = 100
"""Rows written in one step: to write long numbers takes five times as long as to read them."""

_NO_MARKS = bytes(set(range(256)) - set(b'"{[:,'))
_NO_NUMBERS = bytes(set(_NO_MARKS) - set(b".eE0123456789"))
_ZEROS = bytes.maketrans(b"123456789", b"0" * 9)


def read_json(text: bytes) -> object:
    """What the JSON of many customers holds, unchecked but for repeated keys.

    Raises MalformedError, and InputError for brackets and values without end, which would take time
    and memory.
    """
    _at_once(_check_marks(text))
    parsed = _parsed(text)
    written = [to_json(parsed)]
    if _may_lack_keys(text, written):
        _at_once(_check_keys(text, written))
    return parsed


def json_in_steps(
    text: bytes, apart: Callable[[object], Sequence[object]]
) -> Generator[None, None, tuple[object, list[bytes]]]:
    """As `read_json`, with a pause between two steps, which take long where the text is large.

    apart: the parts of what was read, which come back too, as JSON: together they must have all of
    its keys.
    """
    yield from _check_marks(text)
    yield
    parsed = _parsed(text)
    yield
    written = list[bytes]()
    for part in apart(parsed):
        written.append(to_json(part))
        if len(written) % PARTS_AT_ONCE == 0:
            yield
    yield
    if _may_lack_keys(text, written):
        yield
        yield from _check_keys(text, written)
    return parsed, written


def _at_once(steps: Generator[None, None, None]) -> None:
    deque(steps, maxlen=0)


def _parsed(text: bytes) -> object:
    try:
        return from_json(text, cache_strings="none")  # else texts that differ take twice as long
    except ValueError:
        raise MalformedError([FieldFault("(body)", "must be JSON in UTF-8")]) from None


def _may_lack_keys(text: bytes, written: Sequence[bytes]) -> bool:
    """The parser takes the last of equal keys, and the others' colons are lost; an escape may stand
    for a colon.
    """
    return b"\\u003" in text or text.count(b":") != sum([part.count(b":") for part in written])


def _check_keys(text: bytes, written: Sequence[bytes]) -> Generator[None, None, None]:
    """Raises MalformedError when keys of the text are not in what was read and written again."""
    kept = sum(_marks(part).count(b":") for part in written)
    yield
    if _marks(text).count(b":") == kept:
        return
    if len(text) <= LARGEST_ROW:
        refuse_repeats(text)  # names the key, which would take long in a large text
    raise _repeated()


def _check_marks(text: bytes) -> Generator[None, None, None]:
    """Raises InputError when the text holds too much of what takes time to be parsed or written."""
    if not _excess(text):
        return
    yield
    marks = _marks(text, _NO_NUMBERS)
    yield
    for what, most in _excess(marks):
        message = f"must hold at most {most} {what}: send fewer rows at once"
        raise InputError([FieldFault("(body)", message)])


def _excess(text: bytes) -> list[tuple[str, int]]:
    """What there is more of than may be, in strings too."""
    brackets, values = text.count(b"{") + text.count(b"["), text.count(b",")
    digits = text.translate(_ZEROS).count(b"0" * LONG)
    counts = zip(MOST.items(), (brackets, values, digits), strict=True)
    return [(what, most) for (what, most), count in counts if count > most]


def _marks(text: bytes, others: bytes = _NO_MARKS) -> bytes:
    """The colons, commas and opening brackets of a JSON text that stand in no string.

    others: what is none of them.
    """
    marks = text.replace(b"\\\\", b"").replace(b'\\"', b"").translate(None, others)
    # What stands after two quotes in a row is in a string or in none, with and without them.
    return b"".join(marks.replace(b'""', b"").split(b'"')[::2])


def check_size(row: bytes, largest: int = LARGEST_ROW) -> None:
    """Raises InputError when this is more than one customer may take."""
    if len(row) > largest:
        raise InputError([FieldFault("(body)", f"must be at most {largest} bytes")])


def distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """The object of these keys, for `json.loads`. Raises MalformedError when it has a key twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        ((twice, _),) = Counter(key for key, _ in pairs).most_common(1)
        raise MalformedError([FieldFault(shown(twice), "must not be given twice")])
    return found


def refuse_repeats(text: bytes | str) -> None:
    """Raises MalformedError when an object has the same key twice.

    Slow: numbers of any length are kept as texts.
    """
    json.loads(text, object_pairs_hook=distinct, parse_int=str, parse_float=str, parse_constant=str)


def _repeated() -> MalformedError:
    return MalformedError([FieldFault("(body)", "must not have the same key twice in one object")])

"""What the guard says of each line of NDJSON: {"language", "channel", "slots", "text"}."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from churn_lib.customer.contact import CHANNELS, LANGUAGES
from churn_lib.errors import FieldFault, InputError
from churn_lib.words.guard import Refusal, check
from churn_lib.words.listed import lists

Level = TypeVar("Level", bound=str)

UNREADABLE = "input"
"""Takes the place of a rule for a line that can't be judged."""

_SLOT = re.compile(r"\{?(\w+)\}?")


class Checked(NamedTuple):
    """A line, counted from 1. rule: the first that is broken, and by which word, where it is one of
    words. fault: why it can't be judged.
    """

    number: int
    rule: str | None
    word: str = ""
    fault: str = ""


def check_texts(lines: Iterable[bytes]) -> Iterator[Checked]:
    """One for each line that is not blank, as soon as it is there; no line ends it."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                refusal = _refusal(line)
                yield Checked(number, *refusal) if refusal else Checked(number, None)
            except InputError as error:
                yield Checked(number, UNREADABLE, fault=" ".join(error.faults[0]))


def _refusal(line: bytes) -> Refusal | None:
    """The first rule that the line's text breaks. Raises InputError, with nothing of the line."""
    # No model of Pydantic's: it would refuse a lone surrogate before the guard, whose task it is.
    fields = _object(line)
    known = [*LANGUAGES, *sorted(lists().keys() - set(LANGUAGES))]
    language = _one_of("language", fields.get("language"), known)
    channel = _one_of("channel", fields.get("channel"), CHANNELS)
    text = fields.get("text")
    if not isinstance(text, str):
        raise _fault("text", "must be a string")
    return check(text, language=language, channel=channel, slots=_slots(fields.get("slots", [])))


def _object(line: bytes) -> Mapping[str, object]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):  # not UTF-8 is a ValueError too
        found = None
    if not isinstance(found, dict):
        raise _fault("the line", "must be one JSON object in UTF-8")
    return found


def _one_of(name: str, value: object, levels: Sequence[Level]) -> Level:
    for level in levels:
        if level == value:
            return level
    raise _fault(name, f"must be one of {', '.join(levels)}")


def _slots(value: object) -> frozenset[str]:
    """The names; written with their braces, they mean the same."""
    names = value if isinstance(value, list) else [value]
    found = [_SLOT.fullmatch(name) for name in names if isinstance(name, str)]
    if len(found) < len(names) or None in found:
        raise _fault("slots", "must be a list of names")
    return frozenset(match[1] for match in found if match)


def _fault(field: str, message: str) -> InputError:
    return InputError([FieldFault(field, message)])

"""What is wrong with what was sent, in our own words: names of fields, and never a value."""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import cache
from itertools import pairwise
from types import UnionType
from typing import Annotated, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from churn_lib.customer.model import ATTRIBUTES, allowed
from churn_lib.errors import FieldFault, InputError, MalformedError

MAX_FAULTS = 20
"""A body of thousands of unknown keys gets no more faults than this."""

MOST_HINTS = 2
"""Unknown fields of one customer that are told what may have been meant, for that takes time."""

SIMILAR = 0.5
"""From here on a name may be a misspelled one of ours: `tenrue`, but not `order`."""

LONGEST_NAME = 40
"""Characters of a sender's name that are told; the longest of ours has 30."""

UNKNOWN = "(unknown field)"
HAS_A_LETTER = re.compile(rf".{{0,{LONGEST_NAME - 1}}}?[^\W\d_]", re.DOTALL)
NOT_IN_A_NAME = re.compile(r"[^\w .()-]|\d{5,}")

KINDS: Mapping[object, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    list: "a list",
}


def input_error(error: ValidationError, model: type[BaseModel]) -> InputError:
    """The same faults as ours, with the field's own words for what is allowed."""
    if is_no_json(error):
        return MalformedError([FieldFault("(body)", "must be one JSON object in UTF-8")])
    return InputError(field_faults(error, model))


def is_no_json(error: ValidationError) -> bool:
    return error.error_count() == 1 and _details(error)[0]["type"] == "json_invalid"


def field_faults(error: ValidationError, model: type[BaseModel]) -> list[FieldFault]:
    """What is wrong, field by field, and what is allowed there; of many faults the first, and how
    many more.
    """
    details = _details(error)
    found: list[FieldFault] = []
    unknown = 0
    for detail in details[:MAX_FAULTS]:
        if detail["type"] == "contradiction":
            found += detail["ctx"]["faults"]
        elif detail["type"] == "extra_forbidden":
            unknown += 1
            found.append(_unknown(detail, model, hint=unknown <= MOST_HINTS))
        else:
            found.append(_wrong(detail, model))
    more = len(details) - MAX_FAULTS
    return [*found, FieldFault("(more faults)", f"and {more} more")] if more > 0 else found


def shown(name: str) -> str:
    """A sender's name of a field, as it may be printed anywhere; none that may be an address or a
    number of somebody.
    """
    if "@" in name or not HAS_A_LETTER.match(name):
        return UNKNOWN
    safe = NOT_IN_A_NAME.sub("?", name[:LONGEST_NAME])
    return safe if len(name) <= LONGEST_NAME else f"{safe}..."


def accepted(name: str, info: FieldInfo) -> str:
    """What a field accepts, to end a sentence: its description, or what its type and bounds say."""
    if name in ATTRIBUTES:
        return allowed(name)
    return info.description or _kind(info.annotation, info.metadata)


def refusal(must: str, *, missing: bool) -> str:
    """What is said of a field that has no value, or a wrong one. must: what it accepts."""
    return f"{'is required:' if missing else 'must be'} {must}"


def _details(error: ValidationError) -> list[ErrorDetails]:
    return error.errors(include_input=False, include_url=False)


def _unknown(detail: ErrorDetails, model: type[BaseModel], *, hint: bool) -> FieldFault:
    *within, name = map(str, detail["loc"])
    for part in within:
        model = _fields(model)[part].model or model
    meant = _resembled(name, model) if hint else None
    message = f"did you mean {meant}?" if meant else "is not allowed"
    return FieldFault(".".join([*within, shown(name)]), message)


def _wrong(detail: ErrorDetails, model: type[BaseModel]) -> FieldFault:
    place: list[str] = []
    must = ""
    for part in map(str, detail["loc"]):
        if part not in _fields(model):
            break
        place.append(part)
        must, nested = _fields(model)[part]
        model = nested or model
    if not place:
        return FieldFault("(body)", "must be one JSON object")
    return FieldFault(".".join(place), refusal(must, missing=detail["type"] == "missing"))


class _Field(NamedTuple):
    """What a field accepts, and the model of its own fields, where it has such."""

    accepted: str
    model: type[BaseModel] | None


@cache
def _fields(model: type[BaseModel]) -> Mapping[str, _Field]:
    fields = model.model_fields.items()
    return {name: _Field(accepted(name, info), _nested(info)) for name, info in fields}


def _resembled(name: str, model: type[BaseModel]) -> str | None:
    """The field that shares most pairs of letters with a name, if it shares half of them (Dice's
    coefficient): in a tenth of the time of difflib, for a batch may hold thousands of names.
    """
    pairs = _pairs(name[: LONGEST_NAME + 1])
    shared = {
        field: 2 * len(pairs & own) / (len(pairs) + len(own))
        for field, own in _pairs_of_fields(model).items()
    }
    best = max(shared, key=shared.__getitem__)
    return best if shared[best] >= SIMILAR else None


@cache
def _pairs_of_fields(model: type[BaseModel]) -> Mapping[str, Set[str]]:
    return {field: _pairs(field) for field in model.model_fields}


def _pairs(name: str) -> set[str]:
    """The pairs of letters in a name, with its beginning and its end."""
    letters = f"^{name.casefold().replace('_', '')}$"
    return set(map("".join, pairwise(letters)))


def _nested(info: FieldInfo) -> type[BaseModel] | None:
    kind = info.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _kind(annotation: object, notes: Sequence[object]) -> str:
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return f"one of {', '.join(map(repr, parts))}"
    if origin in {Union, UnionType}:  # the other part is None
        return _kind(parts[0], notes)
    if origin is Annotated:
        inner = [note for note in parts[1:] if isinstance(note, FieldInfo)]
        described = [note.description for note in inner if note.description]
        noted = [*parts[1:], *(part for note in inner for part in note.metadata)]
        return described[0] if described else _kind(parts[0], noted)
    return " ".join([KINDS.get(origin or annotation, "one JSON object"), *_bounds(notes)])


def _bounds(notes: Sequence[object]) -> Iterable[str]:
    for name, words in (("ge", "from"), ("le", "to")):
        yield from (f"{words} {getattr(note, name)}" for note in notes if hasattr(note, name))

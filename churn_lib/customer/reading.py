"""How every entrance reads what is sent and says what is wrong, without a word of what was sent."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, from_json, to_json

from churn_lib.customer.model import ATTRIBUTES, NUMERIC, allowed
from churn_lib.customer.request import PredictRequest
from churn_lib.errors import FieldFault, InputError, MalformedError

MAX_FAULTS = 20
"""A body of thousands of unknown keys gets no more faults than this."""

KINDS: Mapping[object, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    list: "a list",
}

MAX_KEYS = 200
"""Colons in a body, one a key: beyond, the faults would take longer than hundreds of answers."""

LARGEST_ROW = 64 * 1024
"""Bytes of one customer among many, as in a request of its own."""

MOST_BRACKETS, MOST_VALUES = 150_000, 250_000
"""Objects and arrays, and values, of one text: for each row of the largest batch 30 and 50."""

_NO_MARKS = bytes(set(range(256)) - set(b'"{[:,'))

SPELLED = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
"""Plain digits; Python also reads 1_0, other scripts' digits, `nan` and `infinity` as numbers."""

Model = TypeVar("Model", bound=BaseModel)


def parse_json(model: type[Model], body: bytes | str) -> Model:
    """An instance of the model from one JSON object.

    Raises MalformedError when the bytes are no JSON or a key is given twice, InputError when the
    values break the schema.
    """
    keys = body.count(b":") if isinstance(body, bytes) else body.count(":")
    if keys > MAX_KEYS:
        raise InputError([FieldFault("(body)", "has far more fields than there are")])
    try:
        parsed = model.model_validate_json(body)
    except ValidationError as error:
        raise input_error(error, model) from None
    # Pydantic takes the last of equal keys; the colons of inner keys are not in the count either.
    if keys != len(parsed.model_fields_set):
        _refuse_repeats(body)
    return parsed


def read_json(text: bytes) -> object:
    """What the JSON of many customers holds, unchecked but for repeated keys.

    Raises MalformedError, and InputError for brackets and values without end, which would take time
    and memory.
    """
    _check_marks(text)
    try:
        parsed = from_json(text, cache_strings="none")  # else texts that differ take twice as long
    except ValueError:
        raise MalformedError([FieldFault("(body)", "must be JSON in UTF-8")]) from None
    # The parser takes the last of equal keys, and the others' colons are lost; an escape may
    # stand for a colon.
    written = to_json(parsed)
    suspicious = b"\\u003" in text or text.count(b":") != written.count(b":")
    if suspicious and _marks(text).count(b":") != _marks(written).count(b":"):
        raise _repeated()
    return parsed


def _check_marks(text: bytes) -> None:
    """Raises InputError when the text holds too many objects, arrays and values to be parsed."""
    brackets, values = _counts(text)
    if brackets > MOST_BRACKETS or values > MOST_VALUES:
        brackets, values = _counts(_marks(text))
    for count, most, what in (
        (brackets, MOST_BRACKETS, "objects and arrays"),
        (values, MOST_VALUES, "values"),
    ):
        if count > most:
            message = f"must hold at most {most} {what}: send fewer rows at once"
            raise InputError([FieldFault("(body)", message)])


def _counts(text: bytes) -> tuple[int, int]:
    return text.count(b"{") + text.count(b"["), text.count(b",")


def _marks(text: bytes) -> bytes:
    """The colons, commas and opening brackets of a JSON text that stand in no string."""
    marks = text.replace(b"\\\\", b"").replace(b'\\"', b"").translate(None, _NO_MARKS)
    # What stands after two quotes in a row is in a string or in none, with and without them.
    return b"".join(marks.replace(b'""', b"").split(b'"')[::2])


def read_row(row: object) -> PredictRequest:
    """One of many customers, as a request of its own would be taken.

    Raises InputError with the faults that such a request would be told.
    """
    body = to_json(row)
    check_size(body)
    return parse_json(PredictRequest, body)


def check_size(row: bytes) -> None:
    """Raises InputError when this is more than one customer may take."""
    if len(row) > LARGEST_ROW:
        raise InputError([FieldFault("(body)", f"must be at most {LARGEST_ROW} bytes")])


def with_numbers(row: Mapping[str, object]) -> dict[str, object]:
    """The row with numbers for texts where an attribute is one: CSV and BigQuery send texts."""
    texts = {name: value for name in NUMERIC if isinstance(value := row.get(name), str)}
    return {**row, **{name: number(text) for name, text in texts.items()}}


def number(text: str) -> float | str:
    """The number that the text spells, as int where it is whole; else the text, to be refused."""
    if not SPELLED.fullmatch(text.strip()):
        return text
    value = float(text)
    return int(value) if value.is_integer() else value


def _refuse_repeats(text: bytes | str) -> None:
    """Raises MalformedError when an object has the same key twice.

    Slow: numbers of any length are kept as texts.
    """
    json.loads(
        text, object_pairs_hook=_distinct, parse_int=str, parse_float=str, parse_constant=str
    )


def _distinct(pairs: list[tuple[str, object]]) -> None:
    if len({key for key, _ in pairs}) < len(pairs):
        raise _repeated()


def _repeated() -> MalformedError:
    return MalformedError([FieldFault("(body)", "must not have the same key twice in one object")])


def input_error(error: ValidationError, model: type[BaseModel]) -> InputError:
    """The same faults as ours, with the field's own words for what is allowed."""
    if error.errors(include_input=False, include_url=False)[0]["type"] == "json_invalid":
        return MalformedError([FieldFault("(body)", "must be one JSON object in UTF-8")])
    return InputError(field_faults(error, model))


def field_faults(error: ValidationError, model: type[BaseModel]) -> list[FieldFault]:
    """What is wrong, field by field, and what is allowed there; of many faults the first, and how
    many more.
    """
    details = error.errors(include_input=False, include_url=False)
    found: list[FieldFault] = []
    for detail in details[:MAX_FAULTS]:
        found += (
            detail["ctx"]["faults"]
            if detail["type"] == "contradiction"
            else [_fault(detail, model)]
        )
    more = len(details) - MAX_FAULTS
    return [*found, FieldFault("(more faults)", f"and {more} more")] if more > 0 else found


def _fault(detail: ErrorDetails, model: type[BaseModel]) -> FieldFault:
    """Only the part of the place that the schema knows is repeated: the rest is the sender's."""
    place: list[str] = []
    must = ""
    for part in detail["loc"]:
        info = model.model_fields.get(str(part))
        if info is None:
            break
        place.append(str(part))
        must = accepted(place[-1], info)
        model = _nested(info) or model
    if detail["type"] == "extra_forbidden":
        return FieldFault(
            ".".join([*place, "(unknown field)"]), _hint(str(detail["loc"][-1]), model)
        )
    if not place:
        return FieldFault("(body)", "must be one JSON object")
    return FieldFault(
        ".".join(place), f"{'is required:' if detail['type'] == 'missing' else 'must be'} {must}"
    )


def _hint(name: str, model: type[BaseModel]) -> str:
    """The name is the sender's and is not repeated; a known one that it resembles is."""
    known = {field.casefold(): field for field in model.model_fields}
    close = get_close_matches(name[:40].casefold().replace("_", ""), known, n=1)
    return f"did you mean {known[close[0]]}?" if close else "is not allowed"


def accepted(name: str, info: FieldInfo) -> str:
    """What a field accepts, to end a sentence: its description, or what its type and bounds say."""
    if name in ATTRIBUTES:
        return allowed(name)
    return info.description or _kind(info.annotation, info.metadata)


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

"""The rules by which every entrance reads a customer: `docs/reading.md` shows them by example.

What is as published is taken as it is. All else is put into that form, as far as it is sure what is
meant, and then checked like any other: nothing is checked twice, and nothing by two rules.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from math import isnan
from types import UnionType
from typing import Annotated, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import to_json

from churn_lib.customer.contact import Context
from churn_lib.customer.faults import input_error, is_no_json
from churn_lib.customer.json_text import check_size, read_json, refuse_repeats
from churn_lib.customer.languages import spoken
from churn_lib.customer.model import (
    ABSENT,
    ATTRIBUTES,
    SCHEMA,
    WITHOUT,
    Customer,
)
from churn_lib.customer.request import CustomerName, PredictRequest
from churn_lib.customer.schema import Attribute, Level
from churn_lib.customer.spelling import SPELLED, is_not_known, plain
from churn_lib.errors import FieldFault, InputError

MAX_KEYS = max(200, 4 * len(ATTRIBUTES))
"""Colons in a body, one a key: beyond, the faults would take longer than hundreds of answers."""

MOST_COLUMNS = 10_000
"""Of a row of a table, as many as BigQuery allows; each name takes time to be understood."""

LATER = ConfigDict(defer_build=True)
"""Few rows need it."""

NAME = TypeAdapter(CustomerName, config=LATER)

TRUTH = TypeAdapter(bool, config=LATER)
"""Knows the texts and numbers that Pydantic, as databases do, takes for true and false."""

Model = TypeVar("Model", bound=BaseModel)
Row = Mapping[str, object]
Reader = Callable[[object], object]


def parse_json(model: type[Model], body: bytes | str) -> Model:
    """An instance of the model from one JSON object; a customer in whatever spelling.

    Raises MalformedError when the bytes are no JSON or a key is given twice, InputError when the
    values break the schema.
    """
    keys = body.count(b":") if isinstance(body, bytes) else body.count(":")
    if keys > MAX_KEYS:
        raise _too_wide()
    try:
        parsed = model.model_validate_json(body)
    except ValidationError as error:
        return _by_rules(model, body, error)
    # Pydantic takes the last of equal keys; the colons of inner keys are not in the count either.
    if keys != len(parsed.model_fields_set):
        refuse_repeats(body)
    return parsed


def read_row(row: bytes) -> PredictRequest:
    """One of many customers, as a request of its own would be taken.

    Raises InputError with the faults that such a request would be told.
    """
    check_size(row)
    return parse_json(PredictRequest, row)


def read_columns(model: type[Model], row: object) -> Model:
    """The customer in a row of a table, which has other columns too: they are ignored.

    Raises InputError.
    """
    return parse_json(model, _body(_columns(model, row) if isinstance(row, dict) else row))


def meant(model: type[BaseModel], row: Row, within: str = "") -> dict[str, object]:
    """The row in published names and values, without what is not known.

    What can't be read comes back as it is, to be refused. within: where the row stands, for errors.
    Raises InputError when two names mean one field.
    """
    named, readers = _named(row, _spellings(model), within), _readers(model)
    read = {
        name: readers[name](value) if name in readers else value for name, value in named.items()
    }
    known = {
        name: value for name, value in read.items() if value is not None or name not in readers
    }
    return {**_implied(known), **known} if issubclass(model, Customer) else known


def reader_of(model: type[BaseModel], field: str) -> Reader:
    """What reads a value of this field, as `read_columns` does."""
    return _readers(model)[field]


def fields_meant(names: Iterable[str], fields: Iterable[str]) -> list[str]:
    """For each of these names the field that it means, or itself where it means none of them."""
    spellings = _all_spellings(fields)
    return [_field(name, spellings) for name in names]


def published(row: Row, fields: Iterable[str], within: str = "") -> dict[str, object]:
    """The row under the names of the fields that its own names mean; other names stay.

    Raises InputError when two of them mean one field.
    """
    return _named(row, _all_spellings(fields), within)


def _named(row: Row, spellings: Mapping[str, str], within: str) -> dict[str, object]:
    named: dict[str, object] = {}
    for name, value in row.items():
        field = _field(name, spellings)
        if field in named:
            raise InputError([FieldFault(f"{within}{field}", "must not be given twice")])
        named[field] = value
    return named


def _field(name: str, spellings: Mapping[str, str]) -> str:
    return spellings.get(name) or spellings.get(plain(name), name)


def identified(row: object) -> dict[str, str]:
    """The `customerID` of a row that may be wrong in all else; nothing where it has none that is
    allowed, or several.
    """
    if not isinstance(row, dict) or len(row) > MOST_COLUMNS:
        return {}
    try:
        name = published(row, ("customerID",)).get("customerID")
        return {"customerID": NAME.validate_python(_identifier(name), strict=True)}
    except (InputError, ValidationError):
        return {}


def number(text: str) -> float | str:
    """The number that the text spells, as int where it is whole; else the text, to be refused."""
    if not SPELLED.fullmatch(text.strip()):
        return text
    value = float(text)
    return int(value) if value.is_integer() else value


def level(levels: tuple[Level, ...], value: object, *, unlisted: bool = False) -> object:
    """The level that is meant; a truth, or its text, is Yes or No, or 1 or 0.

    Where there are three levels, 1 may be the place of any of them and is no truth. unlisted:
    whether a text may be a level that is not listed, and so stands for nothing else.
    """
    if isinstance(value, str):
        if value in levels:
            return value
        if found := spellings(levels).get(plain(value)):
            return found
        if unlisted:
            return value
        value = number(value)
    elif isinstance(value, int | float) and str(value) in levels:
        return str(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and value in levels:
        return int(value)
    meant = truth(value, numbers=len(levels) == 2)
    return value if meant is None else truths(levels).get(meant, value)


@cache
def truths(levels: tuple[Level, ...]) -> Mapping[bool, Level]:
    """The levels that are a truth, or its text; 1 is none where 0 is no level."""
    numbers = {0, 1}.issubset(levels)
    found = [(truth(level, numbers=numbers), level) for level in levels]
    return {meant: level for meant, level in found if meant is not None}


def _by_rules(model: type[Model], body: bytes | str, error: ValidationError) -> Model:
    """The customer who is meant by what is none as published. error: why it is none."""
    if not issubclass(model, Customer) or is_no_json(error):
        raise input_error(error, model) from None
    row = read_json(body.encode() if isinstance(body, str) else body)
    if not isinstance(row, dict):
        raise input_error(error, model) from None
    published_so = to_json(meant(model, row))
    if published_so == body:  # then the rules change nothing
        raise input_error(error, model) from None
    try:
        return model.model_validate_json(published_so)
    except ValidationError as wrong:
        raise input_error(wrong, model) from None


def _body(row: object) -> bytes:
    body = to_json(row, bytes_mode="base64")
    check_size(body)
    return body


def _columns(model: type[BaseModel], row: Row) -> Row:
    if len(row) > MOST_COLUMNS:
        raise _too_wide()
    named, known = _named(row, _spellings(model), ""), _readers(model)
    ours = {name: value for name, value in named.items() if name in known}
    if not _is_contact(ours.get("context")):
        ours.pop("context", None)  # a column that has nothing to do with ours
    return ours


def _is_contact(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    return not _readers(Context).keys().isdisjoint(_named(value, _spellings(Context), "context."))


@cache
def _spellings(model: type[BaseModel]) -> Mapping[str, str]:
    return _all_spellings(model.model_fields)


def _all_spellings(fields: Iterable[str]) -> Mapping[str, str]:
    """The field of each of its names, and of its heading in files."""
    return {
        spelled: field
        for field in fields
        for text in (field, _heading(field))
        for spelled in (text, plain(text) or text)
    }


def _heading(field: str) -> str:
    if field in ATTRIBUTES:
        return ATTRIBUTES[field].column
    return SCHEMA.identifier or field if field == "customerID" else field


@cache
def _readers(model: type[BaseModel]) -> Mapping[str, Reader]:
    return {
        name: _attribute_reader(ATTRIBUTES[name])
        if name in ATTRIBUTES and issubclass(model, Customer)
        else _reader(name, _bare(info.annotation))
        for name, info in model.model_fields.items()
    }


def _attribute_reader(note: Attribute) -> Reader:
    """How a value of this attribute is read, and what stands for one that is not known."""
    unlisted = bool(note.other)
    reader = partial(level, note.levels, unlisted=unlisted) if note.levels else _number
    return _known(reader, None if note.made else note.blank, note.levels)


def _bare(annotation: object) -> object:
    """The type alone, without notes and without None."""
    if get_origin(annotation) in {Union, UnionType, Annotated}:
        return _bare(get_args(annotation)[0])
    return annotation


def _reader(name: str, kind: object) -> Reader:
    """How a value of this type is read: None for what is not known."""
    if name == "language":
        return _known(_language)
    if kind is str:
        return _identifier
    if kind is bool:
        return _known(_yes_or_no)
    if get_origin(kind) is Literal:
        return _known(partial(level, get_args(kind)))
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _known(partial(_part, kind, f"{name}."))
    return _known(_number)


def _known(reader: Reader, otherwise: object = None, levels: tuple[Level, ...] = ()) -> Reader:
    """levels: those of a schema, which may call one of its own N/A."""

    def read(value: object) -> object:
        return otherwise if _is_not_known(value) and value not in levels else reader(value)

    return read


def _is_not_known(value: object) -> bool:
    if isinstance(value, str):
        return is_not_known(value)
    return value is None or (isinstance(value, float) and isnan(value))


def _identifier(value: object) -> object:
    """A caller's own name for a customer, which may look like a number."""
    if isinstance(value, float):
        value = None if isnan(value) else int(value) if value.is_integer() else value
    return str(value) if type(value) is int else value


def _language(value: object) -> object:
    return level(spoken.languages, value)


def _number(value: object) -> object:
    return number(value) if isinstance(value, str) else value


def _part(model: type[BaseModel], within: str, value: object) -> object:
    return meant(model, value, within) if isinstance(value, dict) else value


def _yes_or_no(value: object) -> object:
    meant = truth(value)
    return value if meant is None else meant


def truth(value: object, *, numbers: bool = True) -> bool | None:
    """The truth that a value is, or its text; none if neither. numbers: whether 1 and 0 are too."""
    if isinstance(value, str):
        text = value.strip()
        value = text if number(text) == text else number(text)
    if not numbers and not isinstance(value, bool | str):
        return None
    return TRUTH.validate_python(value) if TRUTH.validator.isinstance_python(value) else None


@cache
def spellings(levels: tuple[Level, ...]) -> Mapping[str, str]:
    """The level of each spelling that only one of them has."""
    spelled = [(plain(text), text) for text in levels if isinstance(text, str)]
    counts = Counter(spelling for spelling, _ in spelled)
    return {spelling: text for spelling, text in spelled if counts[spelling] == 1}


def _implied(known: Row) -> Row:
    """What services are that need another one, where that one is absent."""
    return {
        name: absent
        for name, (parent, absent) in ABSENT.items()
        if known.get(parent) == WITHOUT[parent]
    }


def _too_wide() -> InputError:
    return InputError([FieldFault("(body)", "has far more fields than there are")])

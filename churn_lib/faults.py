"""Reads a model from JSON and says what is wrong in plain words, without a word of what was sent."""

import json
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from churn_lib.customer import ATTRIBUTES, allowed
from churn_lib.errors import FieldFault, InputError, MalformedError

MAX_FAULTS = 20
"""A body of thousands of unknown keys gets no more faults than this."""

MAX_KEYS = 200
"""Colons in a body, of which every key has one: beyond, the faults alone would take longer than hundreds of answers."""

Model = TypeVar("Model", bound=BaseModel)


def parse_json(model: type[Model], body: bytes | str) -> Model:
    """An instance of the model from one JSON object.

    Raises MalformedError when the bytes are no JSON or a key is given twice, InputError when the values break the
    schema.
    """
    keys = body.count(b":") if isinstance(body, bytes) else body.count(":")
    if keys > MAX_KEYS:
        raise InputError([FieldFault("(body)", "has far more fields than there are")])
    try:
        parsed = model.model_validate_json(body)
    except ValidationError as error:
        raise input_error(error, model) from None
    if keys != len(parsed.model_fields_set):  # a key given twice, of which Pydantic takes the last, or inner keys
        json.loads(body, object_pairs_hook=_distinct, parse_int=str, parse_float=str, parse_constant=str)
    return parsed


def _distinct(pairs: list[tuple[str, object]]) -> None:
    """Raises MalformedError when a key comes twice."""
    if len({key for key, _ in pairs}) < len(pairs):
        raise MalformedError([FieldFault("(body)", "must not hold the same field twice")])


def input_error(error: ValidationError, model: type[BaseModel]) -> InputError:
    """The same faults as ours, with the field's own words for what is allowed."""
    details = error.errors(include_input=False, include_url=False)
    if details[0]["type"] == "json_invalid":
        return MalformedError([FieldFault("(body)", "must be one JSON object in UTF-8")])
    return InputError(list(_faults(details[:MAX_FAULTS], model)))


def _faults(details: Sequence[ErrorDetails], model: type[BaseModel]) -> Iterator[FieldFault]:
    for detail in details:
        if detail["type"] == "contradiction":
            yield from detail["ctx"]["faults"]
        elif detail["type"] == "extra_forbidden":
            yield _unknown(str(detail["loc"][-1]), model)
        else:
            yield _fault(detail)


def _unknown(name: str, model: type[BaseModel]) -> FieldFault:
    """The name is the sender's and is not repeated; a known one that it resembles is."""
    known = {field.casefold(): field for field in model.model_fields}
    close = get_close_matches(name[:40].casefold().replace("_", ""), known, n=1)
    return FieldFault("(unknown field)", f"did you mean {known[close[0]]}?" if close else "is not allowed")


def _fault(detail: ErrorDetails) -> FieldFault:
    field = ".".join(str(part) for part in detail["loc"]) or "(body)"
    if field in ATTRIBUTES:
        return FieldFault(field, f"{'is required:' if detail['type'] == 'missing' else 'must be'} {allowed(field)}")
    if field == "(body)":
        return FieldFault(field, "must be one JSON object")
    return FieldFault(field, detail["msg"])

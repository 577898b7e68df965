"""Reads a model from JSON and says what is wrong in plain words, without a word of what was sent."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from churn_lib.customer import ATTRIBUTES, allowed
from churn_lib.errors import FieldFault, InputError, MalformedError

MAX_FAULTS = 20
"""A body of thousands of unknown keys gets no more faults than this."""

Model = TypeVar("Model", bound=BaseModel)


def parse_json(model: type[Model], body: bytes | str) -> Model:
    """An instance of the model from one JSON object.

    Raises MalformedError when the bytes are no JSON, InputError when the values break the schema.
    """
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise input_error(error, model) from None


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

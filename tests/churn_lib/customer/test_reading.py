"""The contract of every message about a wrong value: in our own words, and without a word of what
was sent.
"""

import json
from collections.abc import Iterator

import pytest
from pydantic import BaseModel, ValidationError

from churn_lib.customer.contact import Context
from churn_lib.customer.reading import MAX_FAULTS, field_faults, parse_json
from churn_lib.customer.request import PredictRequest
from churn_lib.errors import FieldFault, InputError
from churn_lib.settings import Settings

CANARY = "canary-4711"
WRONG: tuple[object, ...] = (
    None,
    True,
    -4711,
    4711.5,
    10**30,
    CANARY,
    CANARY * 20,
    f"\x00{CANARY}",
    [CANARY],
    {CANARY: 1},
)
OURS = ("must ", "is required: ", "is not allowed", "did you mean ")
MODELS: tuple[type[BaseModel], ...] = (PredictRequest, Context, Settings)


def faults(model: type[BaseModel], values: object) -> list[FieldFault]:
    try:
        model.model_validate(values)
    except ValidationError as error:
        return field_faults(error, model)
    return []


def provoked(model: type[BaseModel]) -> Iterator[FieldFault]:
    """The faults of every wrong value in every field, of nothing at all, and of a field that does
    not exist.
    """
    for value in WRONG:
        for name in model.model_fields:
            yield from faults(model, {name: value})
        yield from faults(model, {CANARY: value})
    yield from faults(model, {})
    yield from faults(model, CANARY)


@pytest.mark.parametrize("model", MODELS)
def test_no_field_speaks_in_the_words_of_pydantic_or_of_the_sender(model: type[BaseModel]) -> None:
    found = list(provoked(model))
    assert {fault.field for fault in found} >= {
        name for name, info in model.model_fields.items() if info.is_required()
    }
    assert [fault for fault in found if not fault.message.startswith(OURS)] == []
    assert [
        fault for fault in found if "Input should" in fault.message or "4711" in str(fault)
    ] == []


@pytest.mark.parametrize(
    ("model", "name", "value", "message"),
    [
        (
            PredictRequest,
            "customerID",
            "\n",
            "must be text of at most 100 characters, without control characters",
        ),
        (PredictRequest, "context", 5, "must be one JSON object"),
        (Context, "tone", "loud", "must be one of 'friendly', 'formal', 'brief'"),
        (Context, "consent", 1, "must be true or false"),
        (Context, "months_left_on_contract", -1, "must be a whole number from 0 to 100000"),
        (Settings, "gemini_slots", "many", "must be a whole number from 1 to 1000"),
        (Settings, "gemini_deadline", "9", "must be a number from 0.1 to 8.5"),
        (
            Settings,
            "gemini_vertex_project",
            "X",
            "must be the identifier of a Google Cloud project",
        ),
    ],
)
def test_a_field_says_what_is_allowed(
    model: type[BaseModel], name: str, value: object, message: str
) -> None:
    assert FieldFault(name, message) in faults(model, {name: value})


def told(body: object) -> tuple[FieldFault, ...]:
    with pytest.raises(InputError) as caught:
        parse_json(PredictRequest, json.dumps(body))
    return caught.value.faults


def test_a_field_of_the_context_is_named_by_its_place(example: dict[str, object]) -> None:
    context = {"chanel": "sms", CANARY: 1, "language": CANARY}
    assert told({**example, "context": context}) == (
        FieldFault("context.language", "must be one of 'en', 'es', 'fr', 'de', 'ko'"),
        FieldFault("context.(unknown field)", "did you mean channel?"),
        FieldFault("context.(unknown field)", "is not allowed"),
    )


@pytest.mark.parametrize(
    ("count", "last"), [(20, "is not allowed"), (21, "and 1 more"), (150, "and 130 more")]
)
def test_of_many_faults_twenty_are_told_and_the_rest_counted(
    example: dict[str, object], count: int, last: str
) -> None:
    found = told({**example, **{f"{CANARY}-{number}": 1 for number in range(count)}})
    assert len(found) == min(count, MAX_FAULTS + 1)
    assert found[-1].message == last

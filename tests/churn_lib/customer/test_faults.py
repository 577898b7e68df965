"""The contract of every message about a wrong value: in our own words, and without a value that was
sent.
"""

import json
from collections.abc import Iterator

import pytest
from pydantic import BaseModel, ValidationError

from churn_lib.customer.contact import Context
from churn_lib.customer.faults import LONGEST_NAME, MAX_FAULTS, field_faults
from churn_lib.customer.reading import parse_json
from churn_lib.customer.request import PredictRequest
from churn_lib.errors import FieldFault, InputError
from churn_lib.settings import Settings
from tests.canaries import CARD, EMAIL

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
        fault for fault in found if "Input should" in fault.message or "4711" in fault.message
    ] == []
    assert {fault.field for fault in found if "4711" in fault.field} <= {
        CANARY,
        f"context.{CANARY}",
    }


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
        FieldFault("context.chanel", "did you mean channel?"),
        FieldFault(f"context.{CANARY}", "is not allowed"),
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


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("Churn", "Churn"),
        ("Support Calls", "Support Calls"),
        ("größe", "größe"),
        ("x" * 5000, "x" * LONGEST_NAME + "..."),
        ("a\x1b[31m\nb\r\u202ec\u2028\x85", "a??31m?b??c??"),
        ("<img src=x>", "?img src?x?"),
        ("phone 491511234567", "phone ?"),
        (EMAIL, "(unknown field)"),
        (CARD, "(unknown field)"),
        ("", "(unknown field)"),
        ("\x00", "(unknown field)"),
    ],
)
def test_an_unknown_field_is_named_so_that_nothing_can_be_forged(
    example: dict[str, object], name: str, field: str
) -> None:
    assert told({**example, name: "x"}) == (FieldFault(field, "is not allowed"),)


def test_of_many_misspelled_fields_the_first_are_told_what_was_meant(
    example: dict[str, object],
) -> None:
    misspelled = {f"{name[:-1]}x": value for name, value in example.items() if len(name) > 8}
    hints = [fault.message for fault in told({**example, **misspelled})]
    assert hints[:2] == ["did you mean SeniorCitizen?", "did you mean Dependents?"]
    assert set(hints[2:]) == {"is not allowed"}

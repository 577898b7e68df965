"""The contract of every message about a wrong value: in our own words, and without a word of what
was sent.
"""

import json
import math
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from churn_lib.customer.contact import Context
from churn_lib.customer.reading import (
    MAX_FAULTS,
    MOST_BRACKETS,
    MOST_VALUES,
    field_faults,
    number,
    parse_json,
    read_json,
    read_row,
    with_numbers,
)
from churn_lib.customer.request import PredictRequest
from churn_lib.errors import FieldFault, InputError, MalformedError
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


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 1}',
        '{"a": 1, "a": 2, "b" : 3}',
        '[{"b": {"a": ":", "a" : 1}}]',
        '{"a": 1, "\\u0061": 2}',
        '{"a": 1, "a": "\\u003A"}',
    ],
)
def test_the_same_key_twice_is_refused_wherever_it_stands(text: str) -> None:
    with pytest.raises(MalformedError, match="same key twice"):
        read_json(text.encode())


@pytest.mark.parametrize(
    "text", ['{"a": "12:00:00", "b": {"c": 1}}', '{"a" : "\\u003a"}', "[NaN, 1e999]", "{}"]
)
def test_colons_in_texts_are_no_repeated_keys(text: str) -> None:
    assert str(read_json(text.encode())) == str(json.loads(text))


@given(st.recursive(st.text() | st.integers(), lambda part: st.dictionaries(st.text(), part)))
def test_whatever_is_written_is_read_again(content: object) -> None:
    assert read_json(json.dumps(content).encode()) == content
    assert read_json(json.dumps(content, ensure_ascii=False).encode()) == content


@pytest.mark.parametrize(
    "text", [b"", b"{", b"\xff", b"{}{}", b'"\\ud800"', b"[" * 1000, b"1" * 5000]
)
def test_what_is_no_json_is_refused(text: bytes) -> None:
    with pytest.raises(MalformedError):
        read_json(text)


@pytest.mark.parametrize(
    ("piece", "most"),
    [
        (b"{},", MOST_BRACKETS),
        (b"[],", MOST_BRACKETS),
        (b'{"a":{"a":0}},', MOST_BRACKETS),
        (b"0 ,", MOST_VALUES),
        (b'"\\\\":{},', MOST_BRACKETS),
    ],
)
def test_what_is_nothing_but_brackets_or_values_is_refused_unread(piece: bytes, most: int) -> None:
    with pytest.raises(InputError, match=f"must hold at most {most} "):
        read_json(b"[" + piece * (most + 1) + b"0]")


@pytest.mark.parametrize(
    "text", ["[" * 9, '"{', "\\[[", '\\"[', ':"', "::", ",,,,,,,,", '""[', "\\\\"]
)
def test_marks_in_texts_are_not_counted(text: str) -> None:
    texts = [text, {text: text}] * 70_000
    assert read_json(json.dumps(texts).encode()) == texts


def test_a_row_that_is_larger_than_a_request_may_be_is_refused_unread(
    example: dict[str, object],
) -> None:
    with pytest.raises(InputError, match="must be at most 65536 bytes"):
        read_row({**example, **{f"x{number}": "y" for number in range(10_000)}})


def test_texts_are_numbers_only_where_an_attribute_is_one() -> None:
    row = {"tenure": "12", "SeniorCitizen": "0", "Contract": "12", "MonthlyCharges": "x"}
    assert with_numbers(row) == {**row, "tenure": 12, "SeniorCitizen": 0}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        (" 12.0 ", 12),
        ("-3", -3),
        ("+.5", 0.5),
        ("89.90", 89.9),
        ("1e3", 1000),
        ("7.", 7),
    ],
)
def test_a_number_is_read_and_is_whole_where_it_can_be(text: str, value: float) -> None:
    assert (number(text), type(number(text))) == (value, type(value))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "1_0",
        "0x10",
        "nan",
        "inf",
        "1e",
        "1,5",
        "12 months",
        "\N{ARABIC-INDIC DIGIT SEVEN}",
        "1\n2",
        pytest.param("9" * 100_000 + "x", id="many digits, in linear time"),
    ],
)
def test_what_is_no_plain_number_stays_as_it_is(text: str) -> None:
    assert number(text) == text


@pytest.mark.parametrize("text", ["9" * 5000, "1e400"])
def test_a_number_beyond_all_bounds_is_infinite_and_so_refused(text: str) -> None:
    assert number(text) == math.inf


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**15), 10**15))
def test_every_number_that_python_writes_is_read_again(value: float) -> None:
    assert number(str(value)) == value

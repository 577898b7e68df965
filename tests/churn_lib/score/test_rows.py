"""The quick path answers as the whole validation and the scorecard do, or leaves the row to
them.
"""

import json
import math
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import to_json

from churn_lib.customer.model import ABSENT, ATTRIBUTES, LEVELS, RANGES
from churn_lib.customer.reading import parse_json
from churn_lib.customer.request import PredictRequest
from churn_lib.errors import InputError, MalformedError
from churn_lib.score import rows as bulk
from churn_lib.score import scorecard
from churn_lib.score.scorecard import Scorecard
from churn_lib.score.terms import Card, Levels, Pair
from churn_lib.settings import read_settings
from tests.customers import Row, customers

Damage = tuple[str, object]

ODD = [
    None,
    True,
    False,
    0,
    1,
    1.0,
    -1,
    1200,
    1201,
    12.5,
    1e308,
    "",
    " ",
    "Yes",
    "No",
    "no",
    "12",
    [],
    {},
    [1],
    {"a": 1},
]
OPTIONAL: dict[str, st.SearchStrategy[object]] = {
    "customerID": st.none()
    | st.text(max_size=110)
    | st.sampled_from(["7590-VHVEG", "é", "\x7f", "\u2028", 5]),
    "context": st.sampled_from(
        [None, {}, {"channel": "sms"}, {"channel": "pigeon"}, {"consent": True}, []]
    ),
    "TotalCharges": st.sampled_from([None, "", "  ", "x", 5, 12_000_000, 12_000_001]),
    "canary": st.just(1),
}


def damages() -> st.SearchStrategy[list[Damage]]:
    """Values that are somewhere else allowed, somewhere not, and fields that are not there in a
    usual row.
    """
    values = st.sampled_from([*ODD, *(level for levels in LEVELS.values() for level in levels)])
    usual = st.tuples(st.sampled_from([*ATTRIBUTES]), values | st.floats() | st.integers())
    return st.lists(
        usual | st.one_of([st.tuples(st.just(n), value) for n, value in OPTIONAL.items()]),
        max_size=4,
    )


def outcome(call: Callable[[], float]) -> object:
    """The number, or the faults."""
    try:
        return call()
    except InputError as error:
        return error.faults


def alone(body: bytes) -> float:
    """The probability that a request of its own gets."""
    return scorecard.shared().score(parse_json(PredictRequest, body)).probability


def in_bulk(body: bytes) -> float:
    return float(str(bulk.shared().answer(bulk.read(body))["churn_probability"]))


@settings(max_examples=500)
@given(row=customers())
def test_the_quick_path_knows_every_valid_customer_and_its_number_to_the_last_bit(row: Row) -> None:
    quick = bulk.shared().quick({**row, "customerID": "7590-VHVEG"})
    assert quick is not None
    assert (
        quick["churn_probability"]
        == scorecard.shared().score(PredictRequest.model_validate(row)).probability
    )


@settings(max_examples=1000)
@given(row=customers(), damage=damages(), lost=st.sets(st.sampled_from([*ATTRIBUTES]), max_size=2))
def test_a_damaged_row_gets_the_number_or_the_faults_of_a_request_of_its_own(
    row: Row, damage: list[Damage], lost: set[str]
) -> None:
    changed = {**{name: value for name, value in row.items() if name not in lost}, **dict(damage)}
    body = to_json(changed)
    assert outcome(lambda: in_bulk(body)) == outcome(lambda: alone(body))


@pytest.mark.parametrize("name", [*ATTRIBUTES, "customerID", "context", "canary"])
def test_each_field_takes_what_a_request_of_its_own_takes(
    example: dict[str, object], name: str
) -> None:
    bodies = [to_json({**example, name: value}) for value in [*ODD, "x" * 100, "x" * 101]]
    assert [outcome(partial(in_bulk, body)) for body in bodies] == [
        outcome(partial(alone, body)) for body in bodies
    ]


@pytest.mark.parametrize("name", ABSENT)
@pytest.mark.parametrize("given_parent", ["Yes", "No", "DSL", None])
@pytest.mark.parametrize(
    "given_level", ["Yes", "No", "No internet service", "No phone service", None]
)
def test_services_that_need_another_are_read_as_the_validation_reads_them(
    example: dict[str, object], name: str, given_parent: str | None, given_level: str | None
) -> None:
    body = to_json({**example, ABSENT[name][0]: given_parent, name: given_level})
    assert outcome(lambda: in_bulk(body)) == outcome(lambda: alone(body))


@pytest.mark.parametrize("name", RANGES)
def test_the_ends_of_a_range_are_allowed_and_nothing_beyond(
    example: dict[str, object], name: str
) -> None:
    ends = [float(str(end)) for end in (RANGES[name].ge, RANGES[name].le)]
    values = [
        math.nan,
        *(int(end) for end in ends),
        *(end + step for end in ends for step in (-0.5, 0, 0.5)),
    ]
    bodies = [to_json({**example, name: value}) for value in values]
    assert [outcome(partial(in_bulk, body)) for body in bodies] == [
        outcome(partial(alone, body)) for body in bodies
    ]


def test_a_card_with_a_pair_is_scored_alike(example: dict[str, object]) -> None:
    pair = Pair(
        ("tenure", "MonthlyCharges"),
        ((0, 24, 72), (20, 100)),
        ((0.5, 1.0), (0.1, 0.2), (-0.4, -0.3)),
    )
    card = Scorecard(
        Card(-1.0, (Levels("Contract", dict.fromkeys(map(str, LEVELS["Contract"]), 0.1)), pair)),
        "x",
    )
    customer = PredictRequest.model_validate(example)
    quick = bulk.Bulk(card, read_settings({})).quick(example)
    assert quick is not None
    assert quick["churn_probability"] == card.score(customer).probability


def test_risk_and_identifier_are_those_of_a_request_of_its_own(example: dict[str, object]) -> None:
    answer = bulk.shared().answer({**example, "customerID": "7590-VHVEG"})
    assert answer == {
        "customerID": "7590-VHVEG",
        "churn_probability": pytest.approx(0.65166, abs=1e-5),
        "risk": "medium",
    }
    assert "customerID" not in bulk.shared().answer(example)


def test_a_row_that_is_larger_than_a_request_may_be_is_refused_unread(
    example: dict[str, object],
) -> None:
    with pytest.raises(InputError, match="must be at most 65536 bytes"):
        bulk.checked({**example, **{f"x{number}": "y" for number in range(10_000)}})


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 1}',
        '{"a": 1, "a": 2, "b" : 3}',
        '[{"b": {"a": ":", "a" : 1}}]',
        '{"a": 1, "\\u0061": 2}',
    ],
)
def test_the_same_key_twice_is_refused(text: str) -> None:
    parsed = json.loads(text)
    with pytest.raises(MalformedError, match="same key twice"):
        bulk.refuse_repeats(text.encode(), len(parsed))


def test_colons_in_texts_are_no_repeated_keys() -> None:
    text = b'{"a": "12:00:00", "b": {"c": 1}}'
    assert bulk.read_row(text) == json.loads(text)


@pytest.mark.parametrize(
    "text", [b"", b"{", b"\xff", b"{}{}", b'"\\ud800"', b"[" * 1000, b"1" * 5000]
)
def test_what_is_no_json_is_refused(text: bytes) -> None:
    with pytest.raises(MalformedError):
        bulk.read(text)


@pytest.mark.parametrize("piece", [b"{},", b"[],", b'{"a":{"a":0}},'])
def test_what_is_nothing_but_brackets_is_refused_unread(piece: bytes) -> None:
    with pytest.raises(InputError, match="must hold at most 50000 objects and arrays"):
        bulk.read(b"[" + piece * 50_000 + b"0]")

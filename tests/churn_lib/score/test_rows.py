"""One customer among many gets what a request of its own gets."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import to_json

from churn_lib.customer.model import ATTRIBUTES, LEVELS
from churn_lib.customer.reading import parse_json, read_row
from churn_lib.customer.request import PredictRequest
from churn_lib.errors import InputError
from churn_lib.score.rows import score_row
from churn_lib.score.scorecard import scorecard
from tests.customers import Row, customers

Damage = tuple[str, object]

ODD: list[object] = [
    None,
    True,
    0,
    1,
    1.0,
    -1,
    1200,
    1201,
    12.5,
    1e308,
    10**400,
    "",
    " ",
    "no",
    "12",
    [],
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


def outcome(call: Callable[[], object]) -> object:
    """The number, or the faults."""
    try:
        return call()
    except InputError as error:
        return error.faults


def alone(body: bytes) -> object:
    """The probability that a request of its own gets."""
    return scorecard().score(parse_json(PredictRequest, body)).probability


def among_many(body: bytes) -> object:
    return score_row(read_row(body))["churn_probability"]


@settings(max_examples=300)
@given(row=customers())
def test_every_valid_customer_gets_the_same_number_to_the_last_bit(row: Row) -> None:
    expected = scorecard().score(PredictRequest.model_validate(row)).probability
    assert among_many(to_json(row)) == alone(to_json(row)) == expected


@settings(max_examples=500)
@given(row=customers(), damage=damages(), lost=st.sets(st.sampled_from([*ATTRIBUTES]), max_size=2))
def test_a_damaged_row_gets_the_number_or_the_faults_of_a_request_of_its_own(
    row: Row, damage: list[Damage], lost: set[str]
) -> None:
    body = to_json({**{name: row[name] for name in row if name not in lost}, **dict(damage)})
    assert outcome(lambda: among_many(body)) == outcome(lambda: alone(body))


def test_risk_and_identifier_are_those_of_a_request_of_its_own(example: dict[str, object]) -> None:
    assert score_row(read_row(to_json({**example, "customerID": "7590-VHVEG"}))) == {
        "customerID": "7590-VHVEG",
        "churn_probability": pytest.approx(0.65166, abs=1e-5),
        "risk": "medium",
    }
    assert "customerID" not in score_row(read_row(to_json(example)))

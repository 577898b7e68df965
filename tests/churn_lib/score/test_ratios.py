"""Ratios that a card works out for itself."""

import json
from dataclasses import replace

import pyarrow as pa
import pytest

from churn_lib.customer.model import Customer
from churn_lib.errors import ArtifactError
from churn_lib.scale.statement import statement
from churn_lib.score.scorecard import Scorecard
from churn_lib.score.terms import read_card
from tests.churn_lib.scale.asked import DUCKDB, NATIVE, run
from tests.customers import Row

NAME = "TotalCharges_per_tenure"
BANDS = [[0, "has total charges in the bottom third"], [50, "has total charges in the top third"]]
STEPS = {"kind": "steps", "feature": NAME, "edges": [50], "values": [-0.5, 0.5], "unknown": 2}


def card(terms: object = (STEPS,), **change: object) -> bytes:
    told = {
        "ratio": ["TotalCharges", "tenure"],
        "label": "Total charges per month of tenure",
        "from": BANDS,
        **change,
    }
    return json.dumps({"intercept": 0, "made": {NAME: told}, "terms": terms}).encode()


@pytest.mark.parametrize(
    ("total", "months", "effect", "value", "text"),
    [
        (500.0, 10, -0.5, 50.0, "has total charges in the top third"),
        (510.0, 10, 0.5, 51.0, "has total charges in the top third"),
        (0.0, 10, -0.5, 0.0, "has total charges in the bottom third"),
        (0.0, 0, 2, "not known", "has no known total charges per month of tenure"),
        (500.0, 0, 2, "not known", "has no known total charges per month of tenure"),
    ],
)
def test_a_ratio_is_told_like_any_attribute_and_not_known_where_the_second_is_0(
    total: float, months: int, effect: float, value: object, text: str, example: Row
) -> None:
    scores = Scorecard(read_card(card()), "test")
    customer = Customer.model_validate({**example, "tenure": months, "TotalCharges": total})
    (reason,) = scores.reasons(customer, scores.score(customer))
    assert reason == {
        "feature": NAME,
        "value": value,
        "effect": effect,
        "text": text,
        "features": (NAME,),
    }


@pytest.mark.parametrize(("total", "bill"), [(9.0, 5e-324), (1.9999999999999998, 2.0**-1023)])
def test_a_ratio_that_is_too_large_is_not_known(total: float, bill: float, example: Row) -> None:
    scores = Scorecard(read_card(card(ratio=["TotalCharges", "MonthlyCharges"])), "test")
    row = {**example, "TotalCharges": total, "MonthlyCharges": bill}
    assert scores.score(Customer.model_validate(row)).effects == (2,)
    found = run(
        statement(replace(NATIVE, offers=False), DUCKDB, scores, None),
        pa.table({name: [value] for name, value in row.items()}),
    )
    assert [one["logit"] for one in found] == [2]


def test_the_words_of_the_first_band_hold_below_it_too() -> None:
    made = read_card(card(**{"from": [[10, "is low"], [20, "is high"]]})).made[NAME]
    assert [made.phrase(value) for value in (-1, 10, 19.9, 20)] == ["is low"] * 3 + ["is high"]


def test_any_kind_of_term_may_be_about_a_ratio_and_say_nothing_where_it_is_not_known(
    example: Row,
) -> None:
    terms = [
        {"kind": "curve", "feature": NAME, "knots": [0, 100], "values": [0, 1]},
        {
            "kind": "table",
            "features": [NAME, "Contract"],
            "axes": [
                {"edges": [50]},
                {"groups": [["Month-to-month", "One year", "Two year"]]},
            ],
            "values": [[1], [2]],
        },
        {
            "kind": "pair",
            "features": ["tenure", NAME],
            "knots": [[0, 10], [0, 100]],
            "values": [[4, 4], [4, 4]],
        },
    ]
    scores = Scorecard(read_card(card(terms)), "test")
    at = {"tenure": 10, "TotalCharges": 510.0}
    known, unknown = (
        Customer.model_validate({**example, **at, **change}) for change in ({}, {"tenure": 0})
    )
    assert scores.score(known).effects == pytest.approx((0.51, 2, 4))
    assert scores.score(unknown).effects == (0, 0, 0)
    reasons = {reason["features"]: reason for reason in scores.reasons(known, scores.score(known))}
    assert reasons[NAME, "Contract"]["value"] == "51.0, Month-to-month"
    assert reasons[NAME, "Contract"]["text"] == f"{BANDS[1][1]} and pays month to month"


def test_a_ratio_survives_the_file_and_may_be_outside_what_was_trained_on(example: Row) -> None:
    told = json.loads(card()) | {"trained": {NAME: [1, 60]}}
    read = read_card(json.dumps(told).encode())
    assert read_card(read.model_dump_json().encode()) == read
    customer = Customer.model_validate({**example, "tenure": 1, "TotalCharges": 61.0})
    assert Scorecard(read, "test").outside(customer) == [NAME]
    new = Customer.model_validate({**example, "tenure": 0, "TotalCharges": 61.0})
    assert Scorecard(read, "test").outside(new) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ratio": ["tenure"]}, "ratio.1: Field required"),
        ({"label": ""}, "label: String should have at least 1 character"),
        ({"label": "9 months"}, "label: String should match pattern"),
        ({"from": []}, "from: Tuple should have at least 1 item"),
        ({"from": [[1, "x"], [1, "y"]]}, "from: must increase"),
        ({"from": [[0, "has ٣ lines"]]}, "from.0.1: String should match pattern"),
        ({"from": [[0, "a\x7fb"]]}, "from.0.1: String should match pattern"),
        ({"from": [[0, "two\nlines"]]}, "from.0.1: String should match pattern"),
        ({"from": [[0, "x" * 101]]}, "from.0.1: String should have at most 100 characters"),
        ({"sum": ["tenure", "tenure"]}, "sum: Extra inputs are not permitted"),
    ],
)
def test_a_ratio_that_makes_no_sense_is_refused_by_place(
    change: dict[str, object], said: str
) -> None:
    with pytest.raises(ArtifactError) as caught:
        read_card(card(**change))
    assert str(caught.value).startswith(f"scorecard.json is damaged: made.{NAME}.{said}")


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ({"a b": {}}, "names must be a letter, then letters, digits or _, at most 60"),
        ({"tenure": {}}, "names must not be those of attributes; 'tenure' is unknown or another"),
        ({"x": {"ratio": ["tenure", "gender"]}}, "must be a numeric attribute that is not"),
        ({"x": {"ratio": ["tenure", "age"]}}, "'age' is unknown or another one here"),
        ({"x": {}, "y": {"ratio": ["x", "tenure"]}}, "'x' is unknown or another one here"),
    ],
)
def test_a_ratio_has_a_name_of_its_own_and_is_of_two_numbers_of_the_schema(
    made: dict[str, dict[str, object]], said: str
) -> None:
    sound = json.loads(card())["made"][NAME]
    content = {"intercept": 0, "made": {name: sound | own for name, own in made.items()}}
    with pytest.raises(ArtifactError) as caught:
        read_card(json.dumps({**content, "terms": [STEPS]}).encode())
    assert said in str(caught.value)


def test_a_ratio_of_another_card_is_no_attribute_of_this_one() -> None:
    read_card(card())
    with pytest.raises(ArtifactError, match=f"'{NAME}' is unknown or another one here"):
        read_card(json.dumps({"intercept": 0, "terms": [STEPS]}).encode())

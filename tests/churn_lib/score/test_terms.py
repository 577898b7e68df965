"""The content of a scorecard: its terms, and what is refused."""

import json
import math

import pytest

from churn_lib.customer.schema import ARTIFACTS
from churn_lib.errors import ArtifactError
from churn_lib.score.scorecard import SCORECARD
from churn_lib.score.terms import MOST_BYTES, Card, Curve, Levels, Pair, Steps, misfit, read_card

CONTRACT = Levels(
    feature="Contract", points={"Month-to-month": 1.0, "One year": -0.5, "Two year": -2.0}
)
TENURE = Curve(feature="tenure", knots=(0.0, 10.0, 30.0), values=(1.0, 0.0, -1.0))
BILL = Steps(feature="MonthlyCharges", edges=(20.0, 50.0), values=(0.1, 0.2, 0.3))
PAIR = Pair(
    features=("tenure", "MonthlyCharges"),
    knots=((0.0, 10.0), (0.0, 100.0)),
    values=((0.0, 1.0), (2.0, 5.0)),
)
CARD = Card(intercept=-0.25, terms=(CONTRACT, TENURE, PAIR))


@pytest.mark.parametrize(
    ("months", "effect"),
    [(0, 1.0), (5, 0.5), (10, 0.0), (20, -0.5), (30, -1.0), (31, -1.0), (1200, -1.0)],
)
def test_a_curve_is_straight_between_knots_and_flat_outside(months: int, effect: float) -> None:
    assert TENURE.effect()({"tenure": months}) == pytest.approx(effect, abs=1e-15)


@pytest.mark.parametrize(
    ("bill", "effect"),
    [
        (-math.inf, 0.1),
        (0, 0.1),
        (math.nextafter(20, 0), 0.1),
        (20, 0.1),
        (20.0, 0.1),
        (math.nextafter(20, 99), 0.2),
        (math.nextafter(50, 0), 0.2),
        (50.0, 0.2),
        (math.nextafter(50, 99), 0.3),
        (math.inf, 0.3),
    ],
)
def test_a_step_lies_above_the_edge_before_it_and_up_to_its_own(bill: float, effect: float) -> None:
    assert BILL.effect()({"MonthlyCharges": bill}) == effect


def test_steps_may_have_no_edge() -> None:
    flat = Steps(feature="tenure", edges=(), values=(0.5,), unknown=-0.5)
    assert [flat.effect()({"tenure": value}) for value in (0, 1200, None)] == [0.5, 0.5, -0.5]


def test_what_is_not_known_and_what_is_not_listed_have_numbers_of_their_own() -> None:
    contract = CONTRACT.model_copy(update={"other": 0.25, "unknown": 0.5}).effect()
    curve = TENURE.model_copy(update={"unknown": 0.5}).effect()
    steps = BILL.model_copy(update={"unknown": 0.5}).effect()
    for effect, name, value in (
        (contract, "Contract", "One year"),
        (curve, "tenure", 10),
        (steps, "MonthlyCharges", 20),
    ):
        assert effect({name: None}) == 0.5
        assert effect({name: value}) != 0.5
    assert contract({"Contract": "Ten years"}) == contract({"Contract": "None"}) == 0.25


def test_an_effect_that_is_always_known_is_found_without_a_question() -> None:
    for term, more in ((CONTRACT, "listed"), (TENURE, "interpolate"), (BILL, "step")):
        assert term.effect().__name__ == more


@pytest.mark.parametrize(
    ("months", "bill", "effect"),
    [
        (0, 0, 0.0),
        (10, 100, 5.0),
        (0, 100, 1.0),
        (10, 0, 2.0),
        (5, 50, 2.0),
        (99, 999, 5.0),
        (99, 50, 3.5),
    ],
)
def test_a_pair_is_interpolated_both_ways_and_flat_outside(
    months: int, bill: float, effect: float
) -> None:
    assert PAIR.effect()({"tenure": months, "MonthlyCharges": bill}) == pytest.approx(
        effect, abs=1e-15
    )


def test_a_card_survives_its_file() -> None:
    assert read_card(CARD.model_dump_json().encode()) == CARD


def test_what_is_not_there_is_not_written() -> None:
    written = Card(intercept=0.0, terms=(CONTRACT, TENURE, BILL)).model_dump()
    assert written.keys() == {"schema_version", "intercept", "terms"}
    assert [set(term) - {"kind", "feature"} for term in written["terms"]] == [
        {"points"},
        {"knots", "values"},
        {"edges", "values"},
    ]


def test_the_shipped_card_is_written_as_it_is() -> None:
    content = (ARTIFACTS / SCORECARD).read_bytes()
    card = read_card(content)
    assert (json.dumps(card.model_dump(), indent=2) + "\n").encode() == content


def test_a_card_may_take_so_many_bytes() -> None:
    content = CARD.model_dump_json().encode()
    assert read_card(content.ljust(MOST_BYTES)) == CARD
    with pytest.raises(ArtifactError, match="it has more than 153,600 bytes"):
        read_card(content.ljust(MOST_BYTES + 1))


def test_a_card_of_the_most_terms_is_read() -> None:
    with pytest.raises(ArtifactError, match="two terms have the same attributes"):
        read_card(json.dumps({**CARD.model_dump(), "terms": [curve()] * 1000}).encode())


def curve(**change: object) -> dict[str, object]:
    return {
        "kind": "curve",
        "feature": "tenure",
        "knots": [0, 10, 30],
        "values": [1, 0, -1],
        **change,
    }


def pair(**change: object) -> dict[str, object]:
    table = {
        "features": ["tenure", "MonthlyCharges"],
        "knots": [[0, 1], [0, 9]],
        "values": [[0, 1], [2, 5]],
    }
    return {"kind": "pair", **table, **change}


def steps(**change: object) -> dict[str, object]:
    return {"kind": "steps", "feature": "tenure", "edges": [0, 9], "values": [0, 1, 2], **change}


def levels(**change: object) -> dict[str, object]:
    return {"kind": "levels", "feature": "Contract", "points": dict(CONTRACT.points), **change}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema_version": 2}, "schema_version: Input should be 1"),
        ({"intercept": "1"}, "intercept: Input should be a valid number"),
        ({"intercept": True}, "intercept: Input should be a valid number"),
        ({"intercept": 10**400}, "intercept: Input should be a finite number"),
        ({"intercept": float("nan")}, "intercept: Input should be a finite number"),
        ({"intercept": 31}, "intercept: Input should be less than or equal to 30"),
        ({"extra": 1}, "extra: Extra inputs are not permitted"),
        ({"terms": []}, "terms: Tuple should have at least 1 item"),
        ({"terms": [curve()] * 1001}, "terms: Tuple should have at most 1000 items"),
        ({"terms": {}}, "terms: Input should be a valid array"),
        ({"terms": [5]}, "terms.0: Input should be an object"),
        ({"terms": [{"feature": "tenure"}]}, "terms.0: Unable to extract tag"),
        ({"terms": [curve(kind="cubic")]}, "tags: 'levels', 'curve', 'steps', 'pair', 'table'"),
        ({"terms": [curve(feature="gender")]}, "terms.0.curve.feature: must be a numeric"),
        ({"terms": [curve(feature=["tenure"])]}, "feature: Input should be a valid string"),
        ({"terms": [curve(knots=[0, 5, 5])]}, "terms.0.curve.knots: must increase"),
        ({"terms": [curve(knots=[0])]}, "knots: Tuple should have at least 2 items"),
        ({"terms": [curve(values=[0, 1])]}, "terms.0.curve: values must be as many as knots"),
        ({"terms": [curve(values=[0, 1, 31])]}, "terms.0.curve.values.2: Input should be less"),
        ({"terms": [curve(extra=1)]}, "terms.0.curve.extra: Extra inputs are not permitted"),
        ({"terms": [curve(), curve()]}, "the file: two terms have the same attributes"),
        ({"terms": [curve(unknown=31)]}, "terms.0.curve.unknown: Input should be less"),
        ({"terms": [curve(unknown="1")]}, "terms.0.curve.unknown: Input should be a valid number"),
        ({"terms": [curve(other=1)]}, "terms.0.curve.other: Extra inputs are not permitted"),
        ({"terms": [steps(feature="Contract")]}, "terms.0.steps.feature: must be a numeric"),
        ({"terms": [steps(edges=[9, 0])]}, "terms.0.steps.edges: must increase"),
        ({"terms": [steps(edges=[0])]}, "terms.0.steps: values must be one more than edges"),
        ({"terms": [steps(values=[0, 1, "2"])]}, "terms.0.steps.values.2: Input should be a valid"),
        ({"terms": [curve(), steps()]}, "the file: two terms have the same attributes"),
        ({"terms": [pair(), pair(features=["MonthlyCharges", "tenure"])]}, "two terms have the"),
        ({"terms": [levels(feature="tenure")]}, "feature: must be a categorical attribute"),
        ({"terms": [levels(other=-31)]}, "terms.0.levels.other: Input should be greater"),
        ({"trained": {"tenure": [2, 1]}}, "trained.tenure: must be the lowest and the highest"),
        ({"trained": {"tenure": [1]}}, "trained.tenure.1: Field required"),
        (
            {"terms": [levels(feature="gender", points={"Female": 0, "Male": 0})]},
            "that is not protected",
        ),
        (
            {"terms": [levels(points={"One year": 0})]},
            "terms.0.levels: points must hold Month-to-month, One year, Two year and nothing else",
        ),
        ({"terms": [pair(features=["tenure", "tenure"])]}, "terms.0.pair: features must be two"),
        ({"terms": [pair(features=["tenure", "Contract"])]}, "features.1: must be a numeric"),
        ({"terms": [pair(values=[[0, 1]])]}, "terms.0.pair: values must be a line for each"),
        ({"terms": [pair(values=[[0, 1], [2]])]}, "terms.0.pair: values must be a line for each"),
    ],
)
def test_a_card_that_breaks_the_schema_is_refused_by_place(
    change: dict[str, object], said: str
) -> None:
    with pytest.raises(ArtifactError) as caught:
        read_card(json.dumps({**CARD.model_dump(), **change}).encode())
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("term", "name"),
    [
        (levels(feature="StreamingGames"), "'StreamingGames'"),
        (levels(feature="tenure"), "'tenure'"),
        (levels(feature="gender"), "'gender'"),
        (levels(points={"One year": 0}), "'Contract'"),
        (levels(points={**CONTRACT.points, "Ten years": 0.0}), "'Contract'"),
        (curve(feature="age"), "'age'"),
        (curve(feature="Contract"), "'Contract'"),
        (pair(features=["tenure", "age"]), "'age'"),
        (steps(feature="TotalCharges_per_tenure"), "'TotalCharges_per_tenure'"),
        (curve(feature="a\x1b]0;b"), r"'a\x1b]0;b'"),
    ],
)
def test_a_card_of_other_attributes_is_not_damaged_but_to_be_trained_anew(
    term: dict[str, object], name: str
) -> None:
    with pytest.raises(ArtifactError) as caught:
        read_card(json.dumps({**CARD.model_dump(), "terms": [curve(), term]}).encode())
    assert str(caught.value).startswith("scorecard.json was trained for other attributes: terms.1.")
    assert f"{name} is unknown or another one here, so train anew: churn train" in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000])
def test_bytes_that_are_no_card_are_refused(content: bytes) -> None:
    with pytest.raises(ArtifactError, match=r"scorecard\.json is damaged"):
        read_card(content)


def test_the_first_attribute_that_does_not_fit_is_found_behind_other_faults() -> None:
    damaged = {**CARD.model_dump(), "intercept": 31, "terms": [curve(feature="age"), levels()]}
    assert misfit(json.dumps(damaged).encode()) == "age"
    assert misfit(CARD.model_dump_json().encode()) is None
    assert misfit(b"") is None

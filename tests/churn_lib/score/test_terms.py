"""The content of a scorecard: its terms, and what is refused."""

import json

import pytest

from churn_lib.errors import ArtifactError
from churn_lib.score.terms import Card, Curve, Levels, Pair, read_card

CONTRACT = Levels("Contract", {"Month-to-month": 1.0, "One year": -0.5, "Two year": -2.0})
TENURE = Curve("tenure", (0.0, 10.0, 30.0), (1.0, 0.0, -1.0))
PAIR = Pair(("tenure", "MonthlyCharges"), ((0.0, 10.0), (0.0, 100.0)), ((0.0, 1.0), (2.0, 5.0)))
CARD = Card(-0.25, (CONTRACT, TENURE, PAIR))


@pytest.mark.parametrize(
    ("months", "effect"),
    [(0, 1.0), (5, 0.5), (10, 0.0), (20, -0.5), (30, -1.0), (31, -1.0), (1200, -1.0)],
)
def test_a_curve_is_straight_between_knots_and_flat_outside(months: int, effect: float) -> None:
    assert TENURE.effect()({"tenure": months}) == pytest.approx(effect, abs=1e-15)


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
    assert read_card(json.dumps(CARD.as_dict()).encode()) == CARD


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


def levels(**change: object) -> dict[str, object]:
    return {"kind": "levels", "feature": "Contract", "points": dict(CONTRACT.points), **change}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema_version": 2}, "schema_version must be 1"),
        ({"intercept": "1"}, "intercept must be a finite number"),
        ({"intercept": True}, "intercept must be a finite number"),
        ({"intercept": 10**400}, "intercept must be a finite number"),
        ({"intercept": float("nan")}, "intercept must be a finite number"),
        ({"intercept": 31}, "intercept must lie between -30 and 30"),
        ({"extra": 1}, "the file must hold intercept, schema_version, terms and nothing else"),
        ({"terms": []}, "terms must be a list of 1 to 30"),
        ({"terms": {}}, "terms must be a list of 1 to 30"),
        ({"terms": [5]}, "terms.0.kind must be levels, curve or pair"),
        ({"terms": [curve(kind="cubic")]}, "terms.0.kind must be levels, curve or pair"),
        ({"terms": [curve(feature="gender")]}, "terms.0.feature must be a numeric attribute"),
        ({"terms": [curve(feature=["tenure"])]}, "terms.0.feature must be a numeric attribute"),
        ({"terms": [curve(knots=[0, 5, 5])]}, "terms.0.knots must increase"),
        ({"terms": [curve(knots=[0])]}, "terms.0.knots must be a list of 2 to 200"),
        ({"terms": [curve(values=[0, 1])]}, "terms.0.values must be a list of 3"),
        ({"terms": [curve(values=[0, 1, 31])]}, "terms.0.values must lie between -30 and 30"),
        (
            {"terms": [curve(extra=1)]},
            "terms.0 must hold feature, kind, knots, values and nothing else",
        ),
        ({"terms": [curve(), curve()]}, "terms two have the same attributes"),
        ({"terms": [levels(feature="tenure")]}, "terms.0.feature must be a categorical attribute"),
        ({"schema_version": True}, "schema_version must be 1"),
        (
            {"terms": [levels(feature="gender", points={"Female": 0, "Male": 0})]},
            "that is not protected",
        ),
        ({"terms": [pair(features=["tenure", "tenure"])]}, "terms.0.features must be two"),
        (
            {"terms": [levels(points={"One year": 0})]},
            "terms.0.points must hold Month-to-month, One year, Two year",
        ),
        (
            {"terms": [pair(features=["tenure", "Contract"])]},
            "terms.0.feature must be a numeric attribute",
        ),
        ({"terms": [pair(values=[[0, 1]])]}, "terms.0.values must be a list of 2"),
        ({"terms": [pair(values=[[0, 1], [2]])]}, "terms.0.values.1 must be a list of 2"),
    ],
)
def test_a_card_that_breaks_the_schema_is_refused_by_place(
    change: dict[str, object], said: str
) -> None:
    with pytest.raises(ArtifactError) as caught:
        read_card(json.dumps({**CARD.as_dict(), **change}).encode())
    assert said in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000])
def test_bytes_that_are_no_card_are_refused(content: bytes) -> None:
    with pytest.raises(ArtifactError, match=r"scorecard\.json is damaged"):
        read_card(content)

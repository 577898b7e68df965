"""Tables over two attributes of any kind, and what is refused of them."""

import json
import math

import pytest

from churn_lib.customer.model import Value
from churn_lib.errors import ArtifactError
from churn_lib.score.tables import LevelAxis, NumberAxis, Table
from churn_lib.score.terms import read_card

MONTHS = NumberAxis(edges=(12.0, 24.0))
MAYBE_MONTHS = NumberAxis(edges=(12.0,), unknown=2)
TERMS = LevelAxis(groups=(("Month-to-month",), ("Two year", "One year")))
ANY_TERMS = LevelAxis(groups=(("Month-to-month", "Two year", "One year"),), other=1, unknown=2)

BY_LEVEL = Table(
    features=("Contract", "tenure"), axes=(TERMS, MONTHS), values=((1, 2, 3), (4, 5, 6))
).effect()
MAYBE = Table(
    features=("tenure", "Contract"),
    axes=(MAYBE_MONTHS, ANY_TERMS),
    values=((1, 2, 3), (4, 5, 6), (7, 8, 9)),
).effect()


@pytest.mark.parametrize(
    ("contract", "months", "effect"),
    [
        ("Month-to-month", -math.inf, 1),
        ("Month-to-month", 0, 1),
        ("Month-to-month", math.nextafter(12, 0), 1),
        ("Month-to-month", 12, 1),
        ("Month-to-month", math.nextafter(12, 99), 2),
        ("One year", math.nextafter(24, 0), 5),
        ("One year", 24.0, 5),
        ("One year", math.nextafter(24, 99), 6),
        ("Two year", math.inf, 6),
        ("Ten years", 1, 0),
        (None, 1, 0),
        ("One year", None, 0),
        (None, None, 0),
    ],
)
def test_two_states_have_one_number_and_what_has_no_state_has_none(
    contract: Value, months: Value, effect: float
) -> None:
    assert BY_LEVEL({"Contract": contract, "tenure": months}) == effect


@pytest.mark.parametrize(
    ("months", "contract", "effect"),
    [
        (12, "One year", 1),
        (13, "Month-to-month", 4),
        (13, "Ten years", 5),
        (13, None, 6),
        (None, "One year", 7),
        (None, "None", 8),
        (None, None, 9),
    ],
)
def test_what_is_not_known_or_not_listed_may_have_a_state_of_its_own(
    months: Value, contract: Value, effect: float
) -> None:
    assert MAYBE({"tenure": months, "Contract": contract}) == effect


def test_it_may_share_a_state() -> None:
    shared = NumberAxis(edges=(12.0,), unknown=0)
    assert [shared.state(value) for value in (1, 13, None)] == [0, 1, 0]
    either = LevelAxis(groups=(("a",), ("b",)), other=2, unknown=2)
    assert [either.state(value) for value in ("a", "b", "c", None)] == [0, 1, 2, 2]


def test_a_level_that_is_a_number_is_found_by_its_text() -> None:
    assert [LevelAxis(groups=(("1",), ("0",))).state(value) for value in (0, 1)] == [1, 0]


def table(**change: object) -> dict[str, object]:
    axes = [{"groups": [["Month-to-month"], ["One year", "Two year"]]}, {"edges": [12]}]
    told = {"features": ["Contract", "tenure"], "axes": axes, "values": [[0, 1], [2, 3]]}
    return {"kind": "table", **told, **change}


def axes(**change: object) -> dict[str, object]:
    """The table with another axis of months."""
    groups = {"groups": [["Month-to-month"], ["One year", "Two year"]]}
    return table(axes=[groups, {"edges": [12], **change}])


def groups(*found: list[str], **change: object) -> dict[str, object]:
    """The table with another axis of contracts."""
    return table(axes=[{"groups": found, **change}, {"edges": [12]}])


ALL_LEVELS = "groups must hold Month-to-month, One year, Two year and nothing else"


@pytest.mark.parametrize(
    ("term", "said"),
    [
        (table(features=["tenure", "tenure"]), "table: features must be two"),
        (table(features=["Contract"]), "table.features.1: Field required"),
        (table(values=[[0, 1]]), "table: values must be a line for each first state"),
        (table(values=[[0, 1], [2]]), "table: values must be a line for each first state"),
        (table(values=[[0, 1], [2, 31]]), "table.values.1.1: Input should be less"),
        (table(axes=[{"edges": [12]}]), "table.axes.1: Field required"),
        (table(axes=[{}, {}]), "table.axes.0.number.edges: Field required"),
        (table(axes=[5, 5]), "table.axes.0.number: Input should be an object"),
        (table(axes=[{"edges": [2, 1]}, {"edges": []}]), "axes.0.number.edges: must increase"),
        (axes(unknown=2), "table: values must be a line for each first state"),
        (axes(unknown=3), "table: states must be numbered without a gap"),
        (axes(unknown=-1), "axes.1.number.unknown: Input should be greater than or equal to 0"),
        (axes(unknown=0.5), "axes.1.number.unknown: Input should be a valid integer"),
        (axes(other=1), "axes.1.number.other: Extra inputs are not permitted"),
        (groups(other=1), "axes.0.levels.groups: Tuple should have at least 1 item"),
        (table(extra=1), "table.extra: Extra inputs are not permitted"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused_by_place(
    term: dict[str, object], said: str
) -> None:
    with pytest.raises(ArtifactError) as caught:
        read_card(json.dumps({"intercept": 0, "terms": [term]}).encode())
    assert said in str(caught.value)
    assert str(caught.value).startswith("scorecard.json is damaged: terms.0.table")


@pytest.mark.parametrize(
    ("term", "name", "said"),
    [
        (table(features=["Contract", "age"]), "age", "must be an attribute that is not protected"),
        (table(features=["gender", "tenure"]), "gender", "attribute that is not protected"),
        (table(features=["tenure", "Contract"]), "tenure", "groups must be of a categorical"),
        (table(axes=[{"edges": [1]}] * 2), "Contract", "edges must be of a numeric attribute"),
        (groups(["Month-to-month"], ["One year"]), "Contract", ALL_LEVELS),
        (groups(["Month-to-month"], ["One year", "Two year", "One year"]), "Contract", ALL_LEVELS),
        (groups(["Month-to-month"], ["One year", "Two year", "Ten"]), "Contract", ALL_LEVELS),
    ],
)
def test_a_table_of_other_attributes_is_to_be_trained_anew(
    term: dict[str, object], name: str, said: str
) -> None:
    with pytest.raises(ArtifactError) as caught:
        read_card(json.dumps({"intercept": 0, "terms": [term]}).encode())
    told = str(caught.value)
    assert told.startswith("scorecard.json was trained for other attributes: terms.0.table")
    assert said in told
    assert told.endswith(
        f"; {name!r} is unknown or another one here, so train anew: churn train FILE"
    )

"""A card that is made ready says the same as its terms, read plainly."""

import json
import math
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given

from churn_lib.customer.model import Customer, Value
from churn_lib.score.scorecard import Scorecard, sigmoid
from churn_lib.score.tables import LevelAxis, NumberAxis, Table
from churn_lib.score.terms import Card, Curve, Levels, Pair, Steps, Term, read_card
from tests.churn_lib.lint.companies import BOX, GYM, NUMBERS, printed
from tests.churn_lib.score import made_up
from tests.churn_lib.score.made_up import Json, Row


def plainly(term: Term, values: Row) -> float:
    """The effect of a term, as the format of the file says it."""
    own = [values[name] for name in term.features]
    if isinstance(term, Table):
        row, column = (state(axis, value) for axis, value in zip(term.axes, own, strict=True))
        return 0.0 if row is None or column is None else term.values[row][column]
    if None in own:
        return 0.0 if isinstance(term, Pair) else term.unknown or 0.0
    if isinstance(term, Levels):
        return term.points.get(str(own[0]), term.other or 0.0)
    numbers = [float(value) for value in own if value is not None]
    if isinstance(term, Steps):
        return term.values[passed(term.edges, numbers[0])]
    if isinstance(term, Curve):
        return between(term.knots, term.values, numbers[0])
    rows, columns = term.knots
    return between(rows, [between(columns, line, numbers[1]) for line in term.values], numbers[0])


def state(axis: NumberAxis | LevelAxis, value: Value) -> int | None:
    if value is None:
        return axis.unknown
    if isinstance(axis, NumberAxis):
        return passed(axis.edges, float(value))
    found = [place for place, group in enumerate(axis.groups) if str(value) in group]
    return found[0] if found else axis.other


def passed(edges: Sequence[float], x: float) -> int:
    return sum(edge < x for edge in edges)


def between(knots: Sequence[float], heights: Sequence[float], x: float) -> float:
    for (left, right), (low, high) in zip(pairwise(knots), pairwise(heights), strict=True):
        if left <= x <= right:
            return low + (x - left) / (right - left) * (high - low)
    return heights[0] if x < knots[0] else heights[-1]


def complete(customer: Customer, card: Card) -> Row:
    """The customer's values, with the ratios of the card."""
    values = customer.values()
    for name, made in card.made.items():
        above, below = (values[part] for part in made.ratio)
        ratio = float(above) / float(below) if above is not None and below else math.nan
        values[name] = ratio if math.isfinite(ratio) else None
    return values


@given(written=made_up.cards(), row=made_up.customers())
def test_a_score_is_the_sum_of_what_the_terms_say_plainly(written: Json, row: Row) -> None:
    card, customer = read_card(json.dumps(written).encode()), Customer.model_validate(row)
    values, score = complete(customer, card), Scorecard(card, "test").score(customer)
    assert score.effects == tuple(term.effect()(values) for term in card.terms)
    expected = [plainly(term, values) for term in card.terms]
    assert score.effects == pytest.approx(expected, abs=1e-9)
    assert score.probability == pytest.approx(sigmoid(card.intercept + sum(expected)), abs=1e-9)


@pytest.mark.parametrize("schema", [GYM, BOX, NUMBERS], ids=["gym", "box", "numbers"])
def test_so_it_is_for_a_company_with_other_attributes(schema: str, tmp_path: Path) -> None:
    code = """
from tests.churn_lib.score.test_plan import test_a_score_is_the_sum_of_what_the_terms_say_plainly
test_a_score_is_the_sum_of_what_the_terms_say_plainly()
print("equal")
"""
    assert printed(tmp_path, schema, code) == "equal"

"""How far scorecards are from their models, on made-up customers of the schema in force."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from churn_lib.customer.model import ABSENT, ATTRIBUTES, SCHEMA, WITHOUT, Customer
from churn_lib.score.scorecard import Scorecard
from churn_lib.score.tables import NumberAxis, Table
from churn_lib.score.terms import Card, Curve, Steps
from churn_lib.training.choose import RECIPES, choose
from churn_lib.training.compile import compile_card
from churn_lib.training.data import frame_of
from churn_lib.training.folds import split
from tests.companies import Row, made_up

CUSTOMERS = 600
UNLISTED = "nothing that is listed"


def differences(seed: int) -> Iterator[tuple[str, float]]:
    """For each recipe the largest difference in log-odds, at all places where a term bends."""
    rng = np.random.default_rng(seed)
    rows = made_up(SCHEMA, CUSTOMERS, rng)
    left = np.array([row.pop(SCHEMA.target.column) in SCHEMA.target.left for row in rows])
    rows = [odd(row, rng) for row in rows]
    frame, folds = frame_of(valid(rows)), split(left, np.arange(CUSTOMERS), 3, seed)
    for recipe in RECIPES:
        choice = choose(frame, left.astype(np.int64), folds, seed, recipes=[recipe])
        card = compile_card(choice.model, frame)
        customers = valid([*rows, *probes(rows[:3], card)])
        scorecard = Scorecard(card, "test")
        found = np.array([scorecard.score(customer).logit for customer in customers])
        expected = choice.model.log_odds(frame_of(customers))
        yield recipe.name, float(np.abs(found - expected).max())


def odd(row: Row, rng: np.random.Generator) -> Row:
    """The customer, in whom a fifth of the values are not known or not listed where that may be."""
    changes: Row = {
        name: None if one.unknown else UNLISTED
        for name, one in ATTRIBUTES.items()
        if (one.unknown or one.other) and rng.random() < 0.2
    }
    return agreeing({**row, **changes})


def agreeing(row: Row) -> Row:
    absent = {
        name: level for name, (parent, level) in ABSENT.items() if row[parent] == WITHOUT[parent]
    }
    there = {
        name: next(one for one in ATTRIBUTES[name].levels if one != level)
        for name, (_, level) in ABSENT.items()
        if name not in absent and row[name] == level
    }
    return {**row, **absent, **there}


def valid(rows: list[Row]) -> list[Customer]:
    return [Customer.model_validate(row) for row in rows]


def probes(rows: list[Row], card: Card) -> Iterator[Row]:
    """The customers with each level, and with numbers at and beside each knot and each edge."""
    bends = places(card)
    for name, one in ATTRIBUTES.items():
        values: list[object] = [*one.levels]
        if not one.levels:
            near = [np.nextafter(x, end) for x in bends[name] for end in (-np.inf, x, np.inf)]
            inside = np.clip([*near, one.low, one.high], one.low, one.high).tolist()
            values = [*{round(x) for x in inside}] if one.whole else inside
        values += ([None] if one.unknown else []) + ([UNLISTED] if one.other else [])
        yield from (agreeing({**row, name: value}) for row in rows for value in values)


def places(card: Card) -> Mapping[str, set[float]]:
    """All knots and edges of each number."""
    found = defaultdict[str, set[float]](set)
    for term in card.terms:
        axes = term.axes if isinstance(term, Table) else [term]
        for name, axis in zip(term.features, axes, strict=False):
            if isinstance(axis, Curve):
                found[name].update(axis.knots)
            elif isinstance(axis, Steps | NumberAxis):
                found[name].update(axis.edges)
    return found

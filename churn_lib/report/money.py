"""What the catalogue's offers bring by how many are contacted, with who really left."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from churn_lib.customer.contact import Context
from churn_lib.customer.model import Customer
from churn_lib.offers.catalogue import Catalogue
from churn_lib.offers.constants import offer_constants
from churn_lib.offers.decide import Decider
from churn_lib.offers.economics import OfferConstants, appraise
from churn_lib.report.curves import SHARES, points
from churn_lib.report.evaluation import Mean, Money, Points
from churn_lib.score.scorecard import Scorecard
from churn_lib.training.data import Dataset
from churn_lib.training.learner import Floats, Rows
from churn_lib.training.versus import customers_of

MOST_CUSTOMERS = 20_000
"""Decisions are made for so many at most, evenly from the whole file."""


class Decided(NamedTuple):
    """The best allowed offer of each customer, or zeros. rows: who they are.

    made: whether the policy makes it. expected: its expected value; real: what it brings of one of
    whom it is known whether they leave. cost: of the offer when it is used.
    """

    rows: Rows
    allowed: NDArray[np.bool_]
    made: NDArray[np.bool_]
    expected: Floats
    real: Floats
    cost: Floats


class _Best(NamedTuple):
    allowed: bool
    made: bool
    expected: float
    real: float
    cost: float


NOTHING = _Best(allowed=False, made=False, expected=0.0, real=0.0, cost=0.0)


class Asked(NamedTuple):
    """With what it is decided: the reasons are the card's, the probabilities out of fold."""

    card: Scorecard
    catalogue: Catalogue
    today: date


def decided(asked: Asked, dataset: Dataset, probabilities: Floats) -> Decided:
    rows = np.arange(0, len(dataset), -(-len(dataset) // MOST_CUSTOMERS))
    decider, constants = Decider(asked.catalogue), _constants(asked.catalogue)
    people = zip(
        customers_of(dataset.frame[rows]),
        probabilities[rows].tolist(),
        dataset.left[rows].tolist(),
        strict=True,
    )
    found = [_best(asked, decider, constants, *one) for one in people]
    allowed, made, *numbers = (np.array(column) for column in zip(*found, strict=True))
    return Decided(rows, allowed, made, *numbers)


def _constants(catalogue: Catalogue) -> Mapping[str, OfferConstants]:
    assumed = catalogue.assumptions
    return {
        one.id: offer_constants(one.terms, one.cost, one.economy, assumed)
        for one in catalogue.offers
    }


def _best(
    asked: Asked,
    decider: Decider,
    constants: Mapping[str, OfferConstants],
    customer: Customer,
    probability: float,
    left: int,
) -> _Best:
    card, context = asked.card, Context()
    decision = decider.decide(
        customer,
        probability=probability,
        reasons=card.reasons(customer, card.score(customer)),
        context=context,
        today=asked.today,
        explain=True,
    )
    if not decision.eligible:
        return NOTHING
    first = decision.eligible[0]["id"]
    told = next(one for one in decision.trace if one.offer == first)
    # What is expected of one who leaves for certain, or stays: the formula is linear in p.
    real = appraise(constants[first], customer.bill, left, context.channel, told.answers)
    money = told.economics
    made = decision.chosen is not None
    return _Best(True, made, money.expected_value, real.expected_value, money.cost)


def money_of(found: Decided, probabilities: Floats, catalogue: Catalogue) -> Money:
    """All in the catalogue's currency, of 1,000 customers."""
    risk = np.where(found.allowed, probabilities[found.rows], -1.0)
    value = np.where(found.allowed, found.expected, -np.inf)
    real = np.where(found.made, found.real, 0.0) * 1000
    error = float(real.std(ddof=1) / len(real) ** 0.5)
    return Money(
        catalogue=catalogue.version,
        currency=catalogue.currency,
        customers=len(found.rows),
        by_value=_profit(value, found.real),
        by_risk=_profit(risk, found.real),
        assumed=_profit(value, found.expected),
        contacted=float(found.made.mean()),
        profit=Mean(mean=float(real.mean()), error=error),
        expected=float(np.where(found.made, found.expected, 0.0).mean() * 1000),
    )


def _profit(rank: Floats, profit: Floats) -> Points:
    """The sum of the profits of the first of so many by rank; who may have no offer brings none."""
    ordered = profit[np.argsort(-rank, kind="stable")]
    total = np.append(0.0, np.cumsum(ordered)) * 1000 / len(profit)
    return points(SHARES, np.interp(SHARES * len(profit), np.arange(len(total)), total))

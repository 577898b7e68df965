"""At most one offer for each customer, for the most value that a campaign's limits allow."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from churn_lib.scale.choice import best, filled
from churn_lib.scale.exact import CORE, decided
from churn_lib.scale.pairs import BUDGET, CAPS, Floats, Ints, Pairs
from churn_lib.scale.prices import bound, lowered, sampled

GOOD = 1e-4
"""A gap above this is mostly one of many customers who are alike, and so all decided alike."""

APART = 1e-4
"""By so much of a value such customers are then told apart."""


@dataclass(frozen=True)
class Limits:
    """Of a whole campaign; None is no limit. caps: of each offer, in the order of the catalogue."""

    budget: float | None
    contacts: int | None
    caps: Sequence[int | None]

    def vector(self) -> Floats:
        """What `Pairs.used` is compared with."""
        given = (self.budget, self.contacts, *self.caps)
        return np.array([math.inf if one is None else float(one) for one in given])


class _Solved(NamedTuple):
    chosen: Ints
    bound: float
    prices: Floats


class Plan(NamedTuple):
    """What is chosen, ordered by row. row, offer: their numbers from 0. value, cost: expected.

    bound: no choice within these limits brings more. prices: what one more of each limit brings
    about, in the order of `Limits.vector`. greedy: what the most valuable offers alone would bring,
    made as long as the limits allow.
    """

    row: Ints
    offer: Ints
    value: Floats
    cost: Floats
    bound: float
    prices: Floats
    greedy: float

    @property
    def total(self) -> float:
        return math.fsum(self.value)

    @property
    def spent(self) -> float:
        return math.fsum(self.cost)

    @property
    def gap(self) -> float:
        """By which share of the best possible value this one is lower at most."""
        return max(0.0, 1 - self.total / self.bound) if self.bound else 0.0


def choose(pairs: Pairs, limits: Limits, priority: Sequence[int] = ()) -> Plan:
    """The choice of most value, or close to it as `gap` says; no limit is exceeded.

    priority: of each offer; where the limits are too low for everybody's best offer, those of a
    higher one are chosen first, whatever they bring, and `bound` is that of each such choice in its
    turn.
    """
    most = limits.vector()
    solved = _free(pairs, most) or _by_priority(pairs, most, np.array(priority or [0]))
    chosen = _affordable(pairs, solved.chosen, most[BUDGET])
    greedy = filled(pairs, most, np.zeros(len(most)), "value")
    value = pairs.value[chosen]
    return Plan(
        pairs.row[pairs.owner[chosen]],
        pairs.offer[chosen].astype(np.int64),
        value,
        pairs.cost[chosen],
        max(solved.bound, math.fsum(value)),
        solved.prices,
        math.fsum(pairs.value[greedy]),
    )


def _free(pairs: Pairs, limits: Floats) -> _Solved | None:
    """Everybody's best offer, if no limit is too low for it."""
    _, chosen = best(pairs, pairs.value)
    if (pairs.used(chosen, len(limits) - CAPS) > limits).any():
        return None
    return _Solved(chosen, math.fsum(pairs.value[chosen]), np.zeros(len(limits)))


def _by_priority(pairs: Pairs, limits: Floats, priority: Ints) -> _Solved:
    """Offers of the highest priority first; the others with the customers and limits left."""
    all_chosen, bounds, prices = [], 0.0, np.zeros(len(limits))
    free, left = np.ones(len(pairs.offer), bool), limits
    for level in np.unique(priority)[::-1]:
        its = np.flatnonzero(free & (np.resize(priority, len(limits) - CAPS) == level)[pairs.offer])
        part = pairs.at(its)
        solved = _free(part, left) or _solved(part, left)
        chosen = its[solved.chosen]
        all_chosen.append(chosen)
        bounds += solved.bound
        prices = np.where(prices > 0, prices, solved.prices)
        free &= ~pairs.among(pairs.owner[chosen])
        left = np.maximum(left - pairs.used(chosen, len(limits) - CAPS), 0.0)
    return _Solved(np.sort(np.concatenate(all_chosen)), bounds, prices)


def _solved(pairs: Pairs, limits: Floats) -> _Solved:
    found = _attempt(pairs, limits, pairs.value)
    is_good = pairs.value[found.chosen].sum() >= (1 - GOOD) * found.bound
    if is_good or len(pairs.first) <= CORE:
        return found
    apart = np.random.default_rng(0).uniform(1 - APART, 1 + APART, len(pairs.value))
    again = _attempt(pairs, limits, pairs.value * apart)
    chosen = max(found.chosen, again.chosen, key=lambda places: pairs.value[places].sum())
    lower = min(found, again, key=lambda solved: solved.bound)
    return _Solved(chosen, lower.bound, lower.prices)


def _attempt(pairs: Pairs, limits: Floats, values: Floats) -> _Solved:
    """A choice by prices that are those of other values, which are close to the true ones."""
    close = pairs._replace(value=values)
    prices = lowered(close, limits, sampled(close, limits))
    chosen, most = decided(pairs, limits, prices, filled(close, limits, prices, "regret"))
    return _Solved(chosen, min(most, bound(pairs, limits, prices).value), prices)


def _affordable(pairs: Pairs, chosen: Ints, budget: float) -> Ints:
    """Without the last cent too many that a sum rounded on its way may have let through."""
    while math.fsum(pairs.cost[chosen]) > budget:
        paid = np.flatnonzero(pairs.cost[chosen] > 0)
        chosen = np.delete(chosen, paid[np.argmin(pairs.value[chosen[paid]])])
    return chosen

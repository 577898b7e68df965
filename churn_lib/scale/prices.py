"""What one more of each limit brings: prices, and the bound on any choice that follows from them.

With a price for each limit the customers no longer depend on each other. At any prices at all, what
they then bring, plus the limits at these prices, is no less than what any choice can bring: the
Lagrangian dual (Geoffrion 1974, Mathematical Programming Study 2).
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack

from churn_lib.scale.choice import best, worth
from churn_lib.scale.pairs import BUDGET, CAPS, CONTACTS, Floats, Pairs

SAMPLE = 5_000
"""Customers of a linear program, which takes a second with so many."""

STEPS = 100
WIDEST = 0.02
"""How far the first step may go, beside what places and money bring on average."""

CLOSE = 1e-9
"""Of the bound: a step that promises less is not taken."""


class Bound(NamedTuple):
    """No choice brings more than `value`. slope: how that changes with each price."""

    value: float
    slope: Floats


def bound(pairs: Pairs, limits: Floats, prices: Floats) -> Bound:
    """The bound at these prices, which are 0 where a limit is infinite."""
    top, chosen = best(pairs, worth(pairs, prices))
    taken = top > 0
    used = pairs.used(chosen[taken], len(limits) - CAPS)
    priced = prices > 0
    return Bound(float(top[taken].sum() + prices[priced] @ limits[priced]), limits - used)


def rows(pairs: Pairs, limits: Floats) -> tuple[csr_array, Floats]:
    """What a program may not exceed: one offer a customer, then the finite limits."""
    places, one = np.arange(len(pairs.offer)), np.ones(len(pairs.offer))
    kinds = (
        (np.zeros_like(places) + BUDGET, pairs.cost),
        (np.zeros_like(places) + CONTACTS, one),
        (pairs.offer + CAPS, one),
    )
    used = sum(
        csr_array((use, (limit, places)), shape=(len(limits), len(places))) for limit, use in kinds
    )
    single = csr_array((one, (pairs.owner, places)))
    finite = np.flatnonzero(np.isfinite(limits))
    return vstack([single, used[finite]]), np.append(np.ones(len(pairs.first)), limits[finite])


def sampled(pairs: Pairs, limits: Floats) -> Floats:
    """The prices of the linear program in which offers may be split: of all customers, or of a
    sample, whose limits are as much smaller as it is.
    """
    customers = len(pairs.first)
    if customers > SAMPLE:
        sample = np.linspace(0, customers - 1, SAMPLE).astype(np.int64)
        pairs, limits = pairs.at(np.flatnonzero(pairs.among(sample))), limits * (SAMPLE / customers)
    matrix, most = rows(pairs, limits)
    solved = linprog(-pairs.value, A_ub=matrix, b_ub=most, method="highs")
    prices = np.zeros(len(limits))
    prices[np.isfinite(limits)] = -solved.ineqlin.marginals[len(pairs.first) :]
    return np.maximum(prices, 0.0)


def lowered(pairs: Pairs, limits: Floats, prices: Floats) -> Floats:
    """Prices of a lower bound: cutting planes (Kelley 1960, J. SIAM 8(4)).

    Each step goes where all bounds so far promise the lowest, in a box around the best so far.
    """
    planes, found = _Planes(pairs, limits), bound(pairs, limits, prices)
    planes.add(prices, found)
    width = WIDEST
    for _ in range(STEPS):
        tried, promised = planes.lowest(prices, found, width)
        if promised <= CLOSE * found.value:
            break
        there = bound(pairs, limits, tried)
        planes.add(tried, there)
        kept = (found.value - there.value) / promised
        if kept > 0:
            prices, found = tried, there
        width *= 2 if kept > 0.5 else 0.5 if kept < 0.1 else 1
    return prices


class _Planes:
    """What is known of the bound at any prices: it lies above each of these planes."""

    def __init__(self, pairs: Pairs, limits: Floats) -> None:
        self._finite = np.isfinite(limits)
        unit = np.full(len(limits), pairs.value.mean())
        unit[BUDGET] /= pairs.cost.mean() or 1.0
        self._unit = unit[self._finite]
        self._slopes: list[Floats] = []
        self._at_zero: list[float] = []

    def add(self, prices: Floats, found: Bound) -> None:
        slope = found.slope[self._finite]
        self._slopes.append(slope * self._unit)
        self._at_zero.append(found.value - float(slope @ prices[self._finite]))

    def lowest(self, prices: Floats, found: Bound, width: float) -> tuple[Floats, float]:
        """The lowest point within `width` units of these prices, and by how much it is lower."""
        slopes, here = np.array(self._slopes), prices[self._finite] / self._unit
        above = found.value - np.array(self._at_zero) - slopes @ here
        goal = np.append(np.zeros(len(here)), 1.0)
        box = [*zip(np.maximum(-here, -width), np.full(len(here), width), strict=True), (None, 0)]
        matrix = np.column_stack([slopes, -np.ones(len(slopes))])
        step = linprog(goal, A_ub=matrix, b_ub=above, bounds=box, method="highs").x
        there = np.zeros(len(prices))
        there[self._finite] = np.maximum(here + step[:-1], 0.0) * self._unit
        return there, -float(step[-1])

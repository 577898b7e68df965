"""Who gets which offer when limits have prices: everyone's best one, and never above a limit."""

from typing import Literal

import numpy as np

from churn_lib.scale.pairs import BUDGET, CAPS, CONTACTS, Floats, Ints, Pairs, Truths

ROUNDS = 20
"""Whoever is refused in the last round asks for no other offer."""

NOISE = 1e-9
"""Of the highest value: what is worth so little less than nothing is worth nothing."""

First = Literal["value", "regret"]
"""Who goes first where a limit is short: who brings most, or who would lose most without."""


def worth(pairs: Pairs, prices: Floats) -> Floats:
    """What each pair brings beyond the price of what it uses of the limits."""
    places = prices[CONTACTS] + prices[CAPS:]
    found: Floats = pairs.value - prices[BUDGET] * pairs.cost - places[pairs.offer]
    return found


def best(pairs: Pairs, worths: Floats) -> tuple[Floats, Ints]:
    """The worth of each customer's best pair, and its place; the first of equal ones."""
    if not len(pairs.first):
        return worths, pairs.first
    top = np.maximum.reduceat(worths, pairs.first)
    equal = np.flatnonzero(worths == top[pairs.owner])
    return top, equal[np.diff(pairs.owner[equal], prepend=-1) > 0]


def regret(pairs: Pairs, worths: Floats) -> Floats:
    """How clear each customer's decision is: the best pair against the next best, or none."""
    top, chosen = best(pairs, worths)
    others = worths.copy()
    others[chosen] = -np.inf
    second, _ = best(pairs, others)
    return np.abs(top - np.maximum(second, 0.0))


def filled(pairs: Pairs, limits: Floats, prices: Floats, first: First) -> Ints:
    """Places of chosen pairs, at most one a customer, that keep all limits and leave no value.

    What prices that are not quite right leave unused goes to whoever brings most.
    """
    chosen = _within(pairs, limits, prices, first)
    left = limits - pairs.used(chosen, len(limits) - CAPS)
    free = ~pairs.among(pairs.owner[chosen]) & (pairs.cost <= left[BUDGET])
    free &= (left[CONTACTS] >= 1) & (left[CAPS:][pairs.offer] >= 1)
    places = np.flatnonzero(free)
    more = _within(pairs.at(places), left, np.zeros(len(limits)), "value")
    return np.sort(np.concatenate([chosen, places[more]]))


def _within(pairs: Pairs, limits: Floats, prices: Floats, first: First) -> Ints:
    """Everybody asks for the pair of most worth; where too many do, those who come last are
    refused and ask for another (deferred acceptance: Gale and Shapley 1962).
    """
    worths = worth(pairs, prices)
    for _ in range(ROUNDS):
        order = _asked(pairs, worths, first)
        kept = _kept(pairs, order, limits)
        if kept.all():
            break
        worths[order[~kept]] = -np.inf
    return order[kept]


def _asked(pairs: Pairs, worths: Floats, first: First) -> Ints:
    """What each customer asks for whom anything is worth it; those who go first come first."""
    top, asked = best(pairs, worths)
    asking = np.flatnonzero(top >= -NOISE * pairs.value.max(initial=0.0))
    key = top if first == "value" else regret(pairs, worths)
    ordered: Ints = asked[asking[np.argsort(-key[asking], kind="stable")]]
    return ordered


def _kept(pairs: Pairs, order: Ints, limits: Floats) -> Truths:
    """Which of these pairs the limits have enough for, the first of them first."""
    kept = np.ones(len(order), bool)
    offers = pairs.offer[order]
    counts = np.bincount(offers, minlength=len(limits) - CAPS)
    for offer in np.flatnonzero(counts > limits[CAPS:]):
        kept[np.flatnonzero(offers == offer)[int(limits[CAPS + offer]) :]] = False
    kept &= np.cumsum(kept) <= limits[CONTACTS]
    kept &= np.cumsum(pairs.cost[order] * kept) <= limits[BUDGET]
    return kept

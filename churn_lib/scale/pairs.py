"""Every pair of a customer and an offer that may be made, and what such pairs use of limits."""

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]

BUDGET, CONTACTS, CAPS = 0, 1, 2
"""Places in a vector of limits, of prices or of what is used; from the last on, offer by offer."""


class Pairs(NamedTuple):
    """Customer by customer, and only those who may get something. Of a pair: shape (pairs,).

    row: of each customer, shape (customers,). first: their first pair. owner: the place of a
    pair's customer in these two. value, cost: expected, if the offer is made.
    """

    row: Ints
    first: Ints
    owner: NDArray[np.int32]
    offer: NDArray[np.int16]
    value: Floats
    cost: Floats

    @classmethod
    def of(cls, row: Ints, offer: NDArray[np.int16], value: Floats, cost: Floats) -> Self:
        """Of the row and the offer of each pair; rows ascend."""
        first = np.flatnonzero(np.diff(row, prepend=-1))
        counts = np.diff(first, append=len(row))
        owner = np.repeat(np.arange(len(first), dtype=np.int32), counts)
        return cls(row[first], first, owner, offer, value, cost)

    def at(self, kept: Ints) -> Self:
        """Some of these pairs, by their places."""
        row = self.row[self.owner[kept]]
        return self.of(row, self.offer[kept], self.value[kept], self.cost[kept])

    def among(self, customers: Ints | NDArray[np.int32]) -> Truths:
        """Which pairs are of these customers, given by their places."""
        named = np.zeros(len(self.row), bool)
        named[customers] = True
        found: Truths = named[self.owner]
        return found

    def used(self, chosen: Ints, offers: int) -> Floats:
        """What these pairs, given by their places, use of each limit."""
        counts = np.bincount(self.offer[chosen], minlength=offers)
        return np.array([self.cost[chosen].sum(), len(chosen), *counts])


def pairs(values: Floats, costs: Floats, first_row: int = 0) -> Pairs:
    """Those of two matrices, customers x offers, with a value above 0; NaN: may not be made."""
    row, offer = np.nonzero((values > 0) & ~np.isnan(costs))
    at = row, offer
    return Pairs.of(row + first_row, offer.astype(np.int16), values[at], costs[at])


def joined(parts: Sequence[Pairs]) -> Pairs:
    """The pairs of several parts of a file, in order."""
    rows = [part.row[part.owner] for part in parts]
    columns = zip(*((part.offer, part.value, part.cost) for part in parts), strict=True)
    return Pairs.of(np.concatenate(rows), *map(np.concatenate, columns))

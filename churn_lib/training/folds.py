"""Splits customers into folds so that no fold knows a customer of another one.

Rows that are the same customer twice make any model look better than it is: it remembers instead
of predicting. So identical rows always share a fold, and so do near twins: rows that are equal in
four columns of five, if their labels agree far more often than chance. Closeness alone is no sign,
for many customers of a real table are alike.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.model_selection import StratifiedKFold

from churn_lib.training.data import Labels
from churn_lib.training.learner import Folds, Rows
from churn_lib.training.twins import (
    BLOCK,
    Codes,
    Counts,
    codes_of,
    equal_columns,
    fewest_equal,
    likeness,
)

LARGEST = 0.01
"""A profile that a larger share of the customers has is no one person."""

MOST_LINKS = 20
"""So many near twins of each row are kept, on average."""


@dataclass(frozen=True, slots=True)
class Twins:
    """count: rows with a near twin, 0 unless twins agree on the label far more often than chance.

    groups: a number for each row, the same for rows that must share a fold. agreement: how often
    the nearest rows have the same label; chance: how often the commonest label occurs.
    """

    count: int
    groups: Rows
    agreement: float
    chance: float


def twins(frame: pl.DataFrame, left: Labels) -> Twins:
    """The rows that may be one customer, by all columns of the frame."""
    codes = codes_of(frame)
    identical = _split(np.unique(codes, axis=1, return_inverse=True)[1].ravel())
    found = likeness(codes, left)
    if not found.are_twins:
        return Twins(0, identical, found.agreement, found.chance)
    groups = _linked(codes, identical)
    sizes = np.bincount(groups)
    count = int(sizes[sizes > 1].sum())
    return Twins(count, groups, found.agreement, found.chance)


def split(left: Labels, groups: Rows, count: int, seed: int) -> Folds:
    """So many folds with equal shares of leavers, no group in two of them.

    Where there are too few groups for that, which is where there are few different customers, rows
    are split one by one.
    """
    members = np.bincount(groups)
    label = (np.bincount(groups, weights=left) * 2 > members).astype(np.int64)
    if len(members) < len(left) and np.bincount(label, minlength=2).min() < count:
        return split(left, np.arange(len(left)), count, seed)
    splitter = StratifiedKFold(count, shuffle=True, random_state=seed)
    return [
        (np.flatnonzero(np.isin(groups, train)), np.flatnonzero(np.isin(groups, test)))
        for train, test in splitter.split(label, label)
    ]


def _split(groups: Rows) -> Rows:
    """The groups, numbered anew; those that are too large for one customer are taken apart."""
    sizes = np.bincount(groups)
    alone = np.arange(len(groups)) + len(sizes)
    single = np.where(sizes[groups] > _largest(len(groups)), alone, groups)
    return np.unique(single, return_inverse=True)[1].astype(np.int64)


def _largest(rows: int) -> int:
    return max(10, int(LARGEST * rows))


class _Pairs(NamedTuple):
    """Pairs of rows, and in how many columns they are equal."""

    first: Rows
    second: Rows
    equal: Counts

    def near(self, enough: int) -> "_Pairs":
        kept = self.equal >= enough
        return _Pairs(self.first[kept], self.second[kept], self.equal[kept])


def _linked(codes: Codes, identical: Rows) -> Rows:
    """A number for each row, the same for all that are linked by near twins.

    Where a few equal columns would link everybody, more are asked for.
    """
    pairs, rows = _near_twins(codes), codes.shape[1]
    for enough in range(fewest_equal(len(codes)), len(codes)):
        near = pairs.near(enough)
        groups = _joined(identical, near.first, near.second)
        if np.bincount(groups).max() <= _largest(rows):
            return groups
    return identical


def _joined(groups: Rows, first: Rows, second: Rows) -> Rows:
    """The groups of rows, those joined that these pairs link."""
    count = int(groups.max()) + 1
    links = np.ones(len(first), dtype=np.int8), (groups[first], groups[second])
    found = connected_components(coo_array(links, shape=(count, count)), directed=False)[1]
    joined: Rows = found[groups].astype(np.int64)
    return joined


def _near_twins(codes: Codes) -> _Pairs:
    """The near twins, each pair once; only the nearest where there are very many."""
    enough, count, found = fewest_equal(len(codes)), codes.shape[1], list[_Pairs]()
    for start in range(0, count, BLOCK):
        equal = np.triu(equal_columns(codes[:, start:], np.arange(min(BLOCK, count - start))), 1)
        first, second = np.nonzero(equal >= enough)
        found.append(_Pairs(first + start, second + start, equal[first, second]))
        while sum(len(pairs.first) for pairs in found) > MOST_LINKS * count:
            enough += 1
            found = [pairs.near(enough) for pairs in found]
    return _Pairs(*(np.concatenate(side) for side in zip(*found, strict=True)))

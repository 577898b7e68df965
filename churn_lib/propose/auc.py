"""How well one column, or all together, tell who left: area under the ROC curve, out of fold."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from churn_lib.propose.column import Codes, Column, Counts, Floats, Labels

FOLDS = 5
BINS = 20
PRIOR = 10.0
"""So many rows of average risk are added to each value, so that rare ones say little."""

PASSES, RATE = 4, 0.7
PARTS = 3
MOST_ROWS = 10_000
"""Rows and parts of them that the additive model is tried on: enough for two digits."""


def auc(scores: Floats, left: Floats | Counts, stayed: Floats | Counts) -> float:
    """The share of pairs of who left and who stayed that the scores put in order.

    left, stayed: how many rows of each have a score. A pair of equal scores is half in order.
    """
    order = np.argsort(scores, kind="stable")
    begins = np.flatnonzero(np.diff(scores[order], prepend=np.nan))
    gone = np.add.reduceat(left[order], begins)
    here = np.add.reduceat(stayed[order], begins)
    below = np.cumsum(here) - here
    return float((gone * (below + here / 2)).sum() / (gone.sum() * here.sum()))


def alone(column: Column, left: Labels) -> float:
    """The AUC of a column by itself, at least 0.5."""
    groups = binned(column)
    size = int(groups.max()) + 1
    cells = folds(len(left)) * size + groups
    gone = np.bincount(cells, left, minlength=FOLDS * size).reshape(FOLDS, size)
    rows = np.bincount(cells, minlength=FOLDS * size).reshape(FOLDS, size)
    others, count = gone.sum(axis=0) - gone, rows.sum(axis=0) - rows
    scores = (others + PRIOR * left.mean()) / (count + PRIOR)
    # Below a half it says nothing: each value was tried on rows that it was not learned from.
    return max(0.5, auc(scores.ravel(), gone.ravel(), (rows - gone).ravel()))


def together(columns: Iterable[Column], left: Labels) -> float:
    """The AUC of an additive score of all the columns, out of fold.

    Newton's steps on one column after the other, each value with an effect of its own: a twentieth
    of a second, where importing scikit-learn takes a second and a half.
    """
    rows = np.random.default_rng(0).permutation(len(left))[:MOST_ROWS]
    groups = [binned(column)[rows] for column in columns]
    gone, fold = left[rows].astype(float), folds(len(rows))
    scores = np.zeros(len(rows))
    for number in range(PARTS):
        kept = fold % PARTS != number
        scores[~kept] = _scores(groups, gone, kept)[~kept]
    return auc(scores, gone, 1 - gone)


def _scores(groups: Sequence[Codes], gone: Floats, kept: Labels) -> Floats:
    """The log-odds of all rows by a model of those that are kept."""
    weights = kept.astype(float)
    mean = gone[kept].mean()
    scores = np.full(len(gone), np.log(mean / (1 - mean)))
    for _ in range(PASSES):
        for group in groups:
            risk = 1 / (1 + np.exp(-scores))
            slope = np.bincount(group, (gone - risk) * weights)
            curve = np.bincount(group, risk * (1 - risk) * weights)
            scores += (RATE * slope / (curve + 1))[group]
    return scores


def folds(rows: int) -> NDArray[np.int64]:
    """The fold of each row, the same whenever it is asked for."""
    return np.random.default_rng(0).integers(0, FOLDS, rows)


def binned(column: Column) -> Codes:
    """The value of each row as a number from 0; many numbers are put into twenty equal parts."""
    if column.numbers is None or column.distinct <= BINS:
        return column.codes + np.int32(1)
    known = ~column.blank
    places = np.quantile(column.x[known], np.linspace(0, 1, BINS + 1)[1:-1])
    groups = np.zeros(len(column.codes), dtype=np.int32)
    groups[known] = np.searchsorted(np.unique(places), column.x[known], side="right") + 1
    return groups

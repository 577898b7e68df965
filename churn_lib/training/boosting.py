"""Boosted trees of depth 2: steps of numbers, and pairs of attributes, found by the trees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
import polars as pl
from polars import selectors

from churn_lib.customer.model import NOTES
from churn_lib.customer.schema import Attribute, Trend
from churn_lib.training.data import Labels
from churn_lib.training.learner import Floats, Folds, Terms
from churn_lib.training.leaves import Nature
from churn_lib.training.steps import GRID, Term, Units
from churn_lib.training.trees import BOOSTINGS, Pair, Task, Tuning

TRENDS: Mapping[str, Trend] = {name: note.trend for name, note in NOTES.items() if note.trend}

BINS = (16, 64)
WORTH = 0.0005
"""Finer bins must lower the log loss by more."""

MOST_CELLS = 13_000
"""A cell takes about 10 bytes of the scorecard, which may have 150,000."""
PAIRS = (20, 12, 6, 0)
"""So many pairs may remain: the first number with which the cells are not too many."""


@dataclass(frozen=True, slots=True)
class Boosted:
    """Trees as terms: nothing but numbers is kept of them."""

    log_loss: float
    trees: int
    bins: int
    intercept: int
    parts: Sequence[Term]

    def log_odds(self, frame: pl.DataFrame) -> Floats:
        total: Units = np.full(len(frame), self.intercept, np.int64)
        for part in self.parts:
            total += part.effect(frame)
        return total / GRID

    def terms(self) -> Terms:
        return self.intercept / GRID, [part.card() for part in self.parts]

    @property
    def cells(self) -> int:
        return sum(part.units.size for part in self.parts)


@dataclass(frozen=True, slots=True)
class DepthTwo:
    """The learner. A column that is no attribute of the notes may have other levels, or be unknown.

    trends: the numbers with which the risk may only rise, or only fall.
    """

    trends: Mapping[str, Trend] = field(default_factory=lambda: TRENDS)
    notes: Mapping[str, Attribute] = field(default_factory=lambda: NOTES)
    name: str = "depth 2"

    def fit(self, frame: pl.DataFrame, left: Labels, folds: Folds, seed: int) -> Boosted:
        frame = frame.with_columns(selectors.float().fill_nan(None))
        natures = {name: self._nature(name, frame[name]) for name in frame.columns}
        task = Task(frame, left, folds, seed, natures, self.trends)
        bins, tuning = _chosen_bins(task)
        _, parts = task.grown(bins, None, tuning.trees, 1)
        return _small_enough(task, bins, tuning, _by_strength(parts, frame))

    def _nature(self, name: str, column: pl.Series) -> Nature:
        note = self.notes.get(name)
        unknown = column.null_count() > 0 or self._may_be_unknown(name)
        if column.dtype != pl.String:
            return Nature(None, other=False, unknown=unknown)
        levels = note.levels if note else sorted(column.drop_nulls().unique())
        return Nature(tuple(map(str, levels)), not note or bool(note.other), unknown)

    def _may_be_unknown(self, name: str) -> bool:
        note = self.notes.get(name)
        if note is None or note.unknown:
            return True
        made = note.made
        return made is not None and (
            made.kind == "ratio" or any(map(self._may_be_unknown, made.parts))
        )


def _chosen_bins(task: Task) -> tuple[int, Tuning]:
    """As few bins of a number as do no harm."""
    few, many = BINS
    coarse = task.tuned(few)
    numbers = task.frame.select(selectors.float())
    if all(column.n_unique() <= few for column in numbers):
        return few, coarse
    fine = task.tuned(many)
    return (many, fine) if fine.log_loss < coarse.log_loss - WORTH else (few, coarse)


def _by_strength(parts: Sequence[Term], frame: pl.DataFrame) -> list[Pair]:
    """The pairs, first those that say most beyond what their two attributes say alone."""
    strengths = {part.features: _strength(part, frame) for part in parts if len(part.axes) == 2}
    return sorted(strengths, key=lambda pair: (-strengths[pair], pair))


def _strength(part: Term, frame: pl.DataFrame) -> float:
    """The variance of a table over the customers, without the means of its rows and columns."""
    effect = part.effect(frame) / GRID
    for states in part.states(frame):
        known = states + 1
        sums, counts = np.bincount(known, effect), np.bincount(known)
        effect = effect - (sums / np.maximum(counts, 1))[known]
    return float(np.var(effect))


def _small_enough(task: Task, bins: int, tuning: Tuning, pairs: Sequence[Pair]) -> Boosted:
    """All boostings with the strongest pairs: with as many of them as a scorecard has room for."""
    for width, most in product(sorted({bins, BINS[0]}, reverse=True), PAIRS):
        kept = pairs[:most]
        if len(kept) < len(pairs) or width < bins:
            tuning = task.tuned(width, kept)
        start, parts = task.grown(width, kept, tuning.trees, BOOSTINGS)
        found = Boosted(tuning.log_loss, tuning.trees, width, start, parts)
        if found.cells <= MOST_CELLS:
            break
    return found

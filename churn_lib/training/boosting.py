"""Boosted trees of depth 2: steps of numbers, and pairs of attributes, found by the trees."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np
import polars as pl
from polars import selectors

from churn_lib.customer.model import NOTES
from churn_lib.customer.schema import Attribute, Trend
from churn_lib.training.data import Labels
from churn_lib.training.learner import Floats, Folds, Terms
from churn_lib.training.leaves import Nature
from churn_lib.training.steps import GRID, NOTHING, Term, Units
from churn_lib.training.trees import BOOSTINGS, Pair, Task, Tuning

TRENDS: Mapping[str, Trend] = {name: note.trend for name, note in NOTES.items() if note.trend}

FEW, MANY = 16, 64
"""Bins of a number."""
WORTH = 0.0005
"""Many bins must lower the log loss by more."""

MOST_PAIRS = 20
MOST_BYTES = 132_000
"""Of the scorecard's, which may have some more."""
SPARE = 0.85
"""Of the room, what fewer pairs may take up: each of them is cut finer then."""


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
    def size(self) -> int:
        """About how many bytes it takes in the scorecard."""
        return sum(part.size for part in self.parts)


@dataclass(frozen=True, slots=True)
class DepthTwo:
    """The learner. A column that is no attribute of the notes may have other levels, or be unknown.

    trends: the numbers with which the risk may only rise, or only fall. most_bytes: so many of the
    scorecard the terms may take, unless one number for each state of each attribute takes more.
    """

    trends: Mapping[str, Trend] = field(default_factory=lambda: TRENDS)
    notes: Mapping[str, Attribute] = field(default_factory=lambda: NOTES)
    most_bytes: int = MOST_BYTES
    name: str = "depth 2"

    def fit(self, frame: pl.DataFrame, left: Labels, folds: Folds, seed: int) -> Boosted:
        for found in _tries(self.task(frame, left, folds, seed), self.most_bytes):
            if found.size <= self.most_bytes:
                break
        return found

    def task(self, frame: pl.DataFrame, left: Labels, folds: Folds, seed: int) -> Task:
        """The customers, as trees see them."""
        frame = frame.with_columns(selectors.float().fill_nan(None))
        natures = {name: self._nature(name, frame[name]) for name in frame.columns}
        return Task(frame, left, folds, seed, natures, self.trends)

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
        if made is None:
            return False
        return made.kind == "ratio" or any(map(self._may_be_unknown, made.parts))


def _tries(task: Task, most_bytes: int) -> Iterator[Boosted]:
    """From the best boosting to the smallest: with fewer and fewer pairs, and at last few bins."""
    bins, tuning = _bins(task)
    _, parts = task.grown(bins, None, tuning.trees, 1)
    pairs = _by_strength(parts, task.frame)
    for width in dict.fromkeys((bins, FEW)):
        joined = pairs[:MOST_PAIRS]
        while True:
            if width < bins or len(joined) < len(pairs):
                tuning = task.tuned(width, joined)
            start, parts = task.grown(width, joined, tuning.trees, BOOSTINGS)
            yield Boosted(tuning.log_loss, tuning.trees, width, start, parts)
            if not joined:
                break
            joined = _fewer(joined, parts, most_bytes)


def _bins(task: Task) -> tuple[int, Tuning]:
    """Many bins of a number where they are worth it, else few."""
    coarse = task.tuned(FEW)
    if all(column.n_unique() <= FEW for column in task.frame.select(selectors.float())):
        return FEW, coarse
    fine = task.tuned(MANY)
    worth = fine.log_loss < coarse.log_loss - WORTH
    return (MANY, fine) if worth else (FEW, coarse)


def _by_strength(parts: Sequence[Term], frame: pl.DataFrame) -> list[Pair]:
    """The pairs, first those that say most beyond what their two attributes say alone."""
    tables = [part for part in parts if len(part.axes) == 2]
    strongest = sorted(tables, key=lambda table: _strength(table, frame), reverse=True)
    return [table.features for table in strongest]


def _strength(table: Term, frame: pl.DataFrame) -> float:
    """The variance of its effect over the customers, without the means of its rows and columns."""
    effect = table.effect(frame) / GRID
    for states in table.states(frame):
        places = states - NOTHING
        sums, counts = np.bincount(places, effect), np.bincount(places)
        effect = effect - (sums / np.maximum(counts, 1))[places]
    return float(np.var(effect))


def _fewer(pairs: Sequence[Pair], parts: Sequence[Term], most_bytes: int) -> list[Pair]:
    """The first of these pairs, by the room that they take in these terms."""
    sizes = {part.features: part.size for part in parts}
    room = most_bytes * SPARE - sum(sizes[part] for part in sizes if len(part) == 1)
    kept = accumulate(sizes.get(pair, 0) for pair in pairs[:-1])
    return [pair for pair, total in zip(pairs, kept, strict=False) if total <= room]

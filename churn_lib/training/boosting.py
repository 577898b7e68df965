"""Boosted trees of depth 2: steps of numbers, and pairs of attributes, found by the trees."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import log
from typing import NamedTuple

import lightgbm
import numpy as np
import polars as pl
from polars import selectors
from scipy import sparse

from churn_lib.customer.model import NOTES
from churn_lib.customer.schema import Attribute, Trend
from churn_lib.training.data import Labels
from churn_lib.training.leaves import Column, Nature, Node, compile_trees
from churn_lib.training.learner import Floats, Folds, Terms
from churn_lib.training.steps import GRID, Term, Units

TRENDS: Mapping[str, Trend] = {name: note.trend for name, note in NOTES.items() if note.trend}
SIGNS: Mapping[Trend, int] = {"rises": 1, "falls": -1}

MOST_TREES = 3000
PATIENCE = 60
"""So many trees that bring nothing end the search for their number."""
MORE_TREES = 1.1
"""All customers together bear more trees than the part of them that the number was found with."""

BOOSTINGS = 3
"""So many of them, each with other parts of rows and columns, are averaged."""

BINS = (16, 64)
WORTH = 0.0005
"""Finer bins must lower the log loss by more."""

MOST_CELLS = 13_000
"""A cell takes about 10 bytes of the scorecard, which may have 150,000."""
PAIRS = (20, 12, 6, 0)
"""So many pairs may remain: the first number with which the cells are not too many."""

PARAMETERS = {
    "objective": "binary",
    "max_depth": 2,
    "num_leaves": 4,
    "learning_rate": 0.06,
    "min_data_in_leaf": 20,
    "lambda_l2": 5,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "boost_from_average": False,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbose": -1,
}

Pair = tuple[str, ...]


class Tuning(NamedTuple):
    """The number of trees, and the log loss with it: the mean out of the inner folds."""

    trees: int
    log_loss: float


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


class Task:
    """Customers, as trees see them."""

    def __init__(
        self,
        frame: pl.DataFrame,
        left: Labels,
        folds: Folds,
        seed: int,
        natures: Mapping[str, Nature],
        trends: Mapping[str, Trend],
    ) -> None:
        self.frame, self.left, self.folds, self.seed = frame, left, folds, seed
        self.natures = natures
        self.columns = [*_columns(frame, natures)]
        self.matrix = matrix(frame, self.columns)
        rate = float(left.mean())
        self.base = round(log(rate / (1 - rate)) * GRID)
        signs = [SIGNS[trends[name]] if name in trends else 0 for name, _ in self.columns]
        self.parameters = PARAMETERS | ({"monotone_constraints": signs} if any(signs) else {})

    def dataset(self, bins: int) -> lightgbm.Dataset:
        start = np.full(len(self.left), self.base / GRID)
        settings = {"max_bin": bins, "verbose": -1}
        return lightgbm.Dataset(self.matrix, self.left, init_score=start, params=settings)

    def settings(self, pairs: Sequence[Pair] | None, seed: int) -> dict[str, object]:
        """The parameters; where pairs are given, trees may join no other attributes."""
        if pairs is None:
            return {**self.parameters, "seed": seed}
        joined = [*pairs, *((name,) for name in self.natures)]
        places = [[k for k, (name, _) in enumerate(self.columns) if name in one] for one in joined]
        return {**self.parameters, "seed": seed, "interaction_constraints": places}

    def tuned(self, bins: int, pairs: Sequence[Pair] | None = None) -> Tuning:
        found = lightgbm.cv(
            self.settings(pairs, self.seed),
            self.dataset(bins),
            MOST_TREES,
            folds=self.folds,
            callbacks=[lightgbm.early_stopping(PATIENCE, verbose=False)],
        )
        curve = found["valid binary_logloss-mean"]
        return Tuning(len(curve), curve[-1])

    def grown(
        self, bins: int, pairs: Sequence[Pair] | None, trees: int, boostings: int
    ) -> tuple[int, list[Term]]:
        """The intercept and the terms of so many boostings, averaged."""
        nodes: list[Node] = []
        for seed in range(self.seed, self.seed + boostings):
            settings, rounds = self.settings(pairs, seed), round(trees * MORE_TREES)
            booster = lightgbm.train(settings, self.dataset(bins), rounds)
            nodes += [tree["tree_structure"] for tree in booster.dump_model()["tree_info"]]
        start, parts = compile_trees(nodes, boostings, self.columns, self.natures, self.frame)
        return self.base + start, parts


def matrix(frame: pl.DataFrame, columns: Sequence[Column]) -> sparse.csc_array:
    """What trees see. Sparse, since most levels are those of few customers."""
    return sparse.hstack([_seen(frame[name], level) for name, level in columns], format="csc")


def _columns(frame: pl.DataFrame, natures: Mapping[str, Nature]) -> Iterator[Column]:
    for name, nature in natures.items():
        found = set(frame[name].unique()) if nature.levels is not None else {None}
        yield from (Column(name, level) for level in nature.levels or () if level in found)
        if None in found:
            yield Column(name)


def _seen(column: pl.Series, level: str | None) -> sparse.csc_array:
    """A column of numbers, or of zeros and ones."""
    if column.dtype != pl.String:
        seen = column.fill_null(np.nan)
    else:
        seen = column.eq_missing(level).cast(pl.Float64)
    return sparse.csc_array(seen.to_numpy()[:, np.newaxis])


def _chosen_bins(task: Task) -> tuple[int, Tuning]:
    """As few bins of a number as do no harm."""
    few, many = BINS
    coarse = task.tuned(few)
    if all(task.frame[name].n_unique() <= few for name, nature in task.natures.items() if nature.levels is None):
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

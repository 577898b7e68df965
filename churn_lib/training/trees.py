"""Trees of depth 2 of LightGBM: how many are best, and which they are."""

from collections.abc import Iterator, Mapping, Sequence
from math import log
from typing import NamedTuple

import lightgbm
import numpy as np
import polars as pl
from scipy import sparse

from churn_lib.customer.schema import Trend
from churn_lib.training.data import Labels
from churn_lib.training.learner import Folds
from churn_lib.training.leaves import Column, Nature, Node, compile_trees
from churn_lib.training.steps import GRID, Term

MOST_TREES = 3000
PATIENCE = 60
"""So many trees that bring nothing end the search for their number."""
MORE_TREES = 1.1
"""All customers together bear more trees than the part of them that the number was found with."""

BOOSTINGS = 3
"""So many of them, each with other parts of rows and columns, are averaged."""

PARAMETERS = {
    "objective": "binary",
    "max_depth": 2,
    "num_leaves": 4,
    "learning_rate": 0.06,
    "min_data_in_leaf": 20,
    "lambda_l2": 1,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "boost_from_average": False,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbose": -1,
}

SIGNS: Mapping[Trend, int] = {"rises": 1, "falls": -1}

Pair = tuple[str, ...]


class Tuning(NamedTuple):
    """The number of trees, and the log loss with it: the mean out of the inner folds."""

    trees: int
    log_loss: float


class Task:
    """What is to be learnt, of whom. natures: of the columns. trends: of numbers."""

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
        curve = np.array(found["valid binary_logloss-mean"])
        return Tuning(round(len(curve) * MORE_TREES), float(curve[-1]))

    def grown(
        self, bins: int, pairs: Sequence[Pair] | None, trees: int, boostings: int
    ) -> tuple[int, list[Term]]:
        """The intercept and the terms of so many boostings, averaged."""
        nodes: list[Node] = []
        for booster in self.boosters(bins, pairs, trees, boostings):
            nodes += [tree["tree_structure"] for tree in booster.dump_model()["tree_info"]]
        start, parts = compile_trees(nodes, boostings, self.columns, self.natures, self.frame)
        return self.base + start, parts

    def boosters(
        self, bins: int, pairs: Sequence[Pair] | None, trees: int, boostings: int
    ) -> Iterator[lightgbm.Booster]:
        for seed in range(self.seed, self.seed + boostings):
            yield lightgbm.train(self.settings(pairs, seed), self.dataset(bins), trees)


def matrix(frame: pl.DataFrame, columns: Sequence[Column]) -> sparse.csr_matrix:
    """What trees see. Sparse, since most levels are those of few customers."""
    return sparse.hstack([_seen(frame[name], level) for name, level in columns], format="csr")


def _columns(frame: pl.DataFrame, natures: Mapping[str, Nature]) -> Iterator[Column]:
    for name, nature in natures.items():
        found = set(frame[name].unique()) if nature.levels is not None else {None}
        yield from (Column(name, level) for level in nature.levels or () if level in found)
        if None in found:
            yield Column(name)


def _seen(column: pl.Series, level: str | None) -> sparse.csc_matrix:
    """A column of numbers, or of zeros and ones."""
    if column.dtype != pl.String:
        seen = column.fill_null(np.nan)
    else:
        seen = column.eq_missing(level).cast(pl.Float64)
    return sparse.csc_matrix(seen.to_numpy()[:, np.newaxis])

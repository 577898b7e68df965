"""Chooses the kind of model by the log loss out of the inner folds alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl
from threadpoolctl import threadpool_limits

from churn_lib.training.boosting import DepthTwo
from churn_lib.training.data import Labels
from churn_lib.training.learner import Fitted, Floats, Folds, Learner
from churn_lib.training.model import Model, numbers
from churn_lib.training.ratios import Ratio, find, with_ratios
from churn_lib.training.rises import Rises, Tuning, fit_tuned, tune

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many steps are done, and how many there are."""

Find = Callable[[pl.DataFrame, Labels, Floats, int], Sequence[Ratio]]
"""Ratios of two numbers that say more than the log-odds, out of fold, of each customer."""

TOLERANCE = 0.0015
"""Log losses this close are equal: no table of thousands of customers can tell them apart."""

INNER_FOLDS = 3


def silent(_what: str, _done: int, _total: int) -> None:
    """Progress for those who do not watch."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """A kind of model; with `find`, it is also given the ratios of numbers that this finds."""

    learner: Learner
    find: Find | None = None

    @property
    def name(self) -> str:
        return f"{self.learner.name} with ratios" if self.find else self.learner.name


LEARNERS: tuple[Learner, ...] = (Rises(), DepthTwo())
RECIPES = tuple(Recipe(learner, found) for learner in LEARNERS for found in (None, find))
"""From simple to complex."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen recipe with its model, and the log loss of each recipe by name."""

    recipe: Recipe
    model: Model
    log_losses: Mapping[str, float]


def choose(
    frame: pl.DataFrame,
    left: Labels,
    folds: Folds,
    seed: int,
    *,
    recipes: Sequence[Recipe] = RECIPES,
    progress: Progress = silent,
) -> Choice:
    """The recipe with the lowest log loss out of fold; the first of those within TOLERANCE of it.

    Simple recipes come first: complex ones must earn their place. Those with ratios are left out
    where there are none.
    """
    found: dict[str, tuple[Recipe, Fitted, tuple[Ratio, ...]]] = {}
    bench = _Bench(frame, left, folds, seed)
    with threadpool_limits(1):  # else sums, and so the bytes, would depend on the cores
        for number, recipe in enumerate(recipes, start=1):
            ratios = bench.ratios(recipe.find) if recipe.find else ()
            if ratios or not recipe.find or len(recipes) == 1:
                found[recipe.name] = recipe, bench.fitted(recipe.learner, ratios), ratios
            progress("Choosing the model", number, len(recipes))
    losses = {name: fitted.log_loss for name, (_, fitted, _) in found.items()}
    best = next(name for name in losses if losses[name] <= min(losses.values()) + TOLERANCE)
    recipe, fitted, ratios = found[best]
    return Choice(recipe, Model(fitted, ratios), losses)


class _Bench:
    """The customers, and what several recipes need, worked out once."""

    def __init__(self, frame: pl.DataFrame, left: Labels, folds: Folds, seed: int) -> None:
        self._frame, self._left, self._folds, self._seed = frame, left, folds, seed
        self._ratios: dict[Find, tuple[Ratio, ...]] = {}

    def fitted(self, learner: Learner, ratios: Sequence[Ratio]) -> Fitted:
        if learner == Rises() and not ratios:
            return fit_tuned(self._frame, self._left, self._curves)
        frame = with_ratios(self._frame, ratios)
        return learner.fit(frame, self._left, self._folds, self._seed)

    @cached_property
    def _curves(self) -> Tuning:
        """Of curves alone, to which ratios must add."""
        return tune(self._frame, self._left, self._folds)

    def ratios(self, find: Find) -> tuple[Ratio, ...]:
        if len(numbers(self._frame)) < 2:
            return ()
        if find not in self._ratios:
            odds = self._curves.out_of_fold
            self._ratios[find] = (*find(self._frame, self._left, odds, self._seed),)
        return self._ratios[find]

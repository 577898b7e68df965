"""Which recipe wins."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest

from churn_lib.training.choose import RECIPES, TOLERANCE, Choice, Recipe, choose
from churn_lib.training.data import Dataset, Labels
from churn_lib.training.folds import split
from churn_lib.training.learner import Floats, Folds, Terms
from churn_lib.training.ratios import Ratio
from churn_lib.training.rises import PENALTIES, tune

RATIO = Ratio("TotalCharges_per_MonthlyCharges", ("TotalCharges", "MonthlyCharges"))


@dataclass(frozen=True)
class Fixed:
    """Knows its log loss beforehand; it is another one where there are ratios."""

    name: str
    log_loss: float
    with_ratios: float = 1.0

    def fit(self, frame: pl.DataFrame, left: Labels, folds: Folds, seed: int) -> "Fixed":
        del left, folds, seed
        has_ratios = RATIO.name in frame.columns
        return Fixed(self.name, self.with_ratios if has_ratios else self.log_loss)

    def log_odds(self, frame: pl.DataFrame) -> Floats:
        return np.zeros(len(frame))

    def terms(self) -> Terms:
        return 0.0, []


def one_ratio(frame: pl.DataFrame, left: Labels, log_odds: Floats, seed: int) -> list[Ratio]:
    del frame, seed
    assert len(log_odds) == len(left)
    return [RATIO]


def nothing(_frame: pl.DataFrame, _left: Labels, _log_odds: Floats, _seed: int) -> list[Ratio]:
    return []


def chosen(dataset: Dataset, recipes: Sequence[Recipe]) -> Choice:
    folds = split(dataset.left, np.arange(len(dataset)), 3, seed=1)
    return choose(dataset.frame, dataset.left, folds, 1, recipes=recipes)


@pytest.mark.parametrize(
    ("losses", "best"),
    [
        ((0.40, 0.30), 1),
        ((0.30, 0.40), 0),
        ((0.30, 0.30), 0),
        ((0.30, 0.30 - TOLERANCE * 0.9), 0),
        ((0.30, 0.30 - TOLERANCE * 1.1), 1),
        ((0.32, 0.301, 0.30), 1),
    ],
)
def test_the_simplest_that_is_as_good_as_the_best_wins(
    dataset: Dataset, losses: tuple[float, ...], best: int
) -> None:
    recipes = [Recipe(Fixed(str(place), loss)) for place, loss in enumerate(losses)]
    choice = chosen(dataset, recipes)
    assert choice.recipe is recipes[best]
    assert [*choice.log_losses.values()] == [*losses]


def test_ratios_win_where_they_say_more(dataset: Dataset) -> None:
    for gain, ratios in ((0.1, (RATIO,)), (0.0, ())):
        learner = Fixed("learner", 0.4, 0.4 - gain)
        choice = chosen(dataset, [Recipe(learner), Recipe(learner, one_ratio)])
        assert choice.model.ratios == ratios
        assert [*choice.log_losses] == ["learner", "learner with ratios"]


def test_where_no_ratio_says_more_nothing_is_tried_with_them(dataset: Dataset) -> None:
    learner = Fixed("learner", 0.4)
    choice = chosen(dataset, [Recipe(learner), Recipe(learner, nothing)])
    assert [*choice.log_losses] == ["learner"]


def test_a_recipe_with_ratios_alone_does_without_where_there_is_none(dataset: Dataset) -> None:
    choice = chosen(dataset, [Recipe(Fixed("learner", 0.4), nothing)])
    assert choice.model.ratios == ()


def test_ratios_are_not_looked_for_among_fewer_than_two_numbers(dataset: Dataset) -> None:
    folds = split(dataset.left, np.arange(len(dataset)), 3, seed=1)
    frame = dataset.frame.drop("tenure", "TotalCharges")
    recipes = [Recipe(Fixed("learner", 0.4)), Recipe(Fixed("learner", 0.4), one_ratio)]
    choice = choose(frame, dataset.left, folds, 1, recipes=recipes)
    assert [*choice.log_losses] == ["learner"]


def test_noise_gets_the_strongest_penalty(dataset: Dataset) -> None:
    noise = np.random.default_rng(10).permutation(dataset.left)
    folds = split(noise, np.arange(len(noise)), 3, seed=1)
    assert tune(dataset.frame, noise, folds).penalty == PENALTIES[0]


def test_simple_recipes_come_before_complex_ones() -> None:
    names = [recipe.name for recipe in RECIPES]
    assert names == ["rises", "rises with ratios", "depth 2", "depth 2 with ratios"]
    assert list(PENALTIES) == sorted(PENALTIES)

"""Ratios of two numbers that say what neither number says, nor both of them side by side."""

from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import NamedTuple

import lightgbm
import numpy as np
import polars as pl
from polars import selectors

from churn_lib.training.data import Labels
from churn_lib.training.learner import Floats
from churn_lib.training.trees import PARAMETERS

MOST_NUMBERS = 14
"""Numbers that are divided by each other: those that say most alone."""
MOST_RATIOS = 6
MOST_ROWS = 20_000
"""Customers that the search looks at."""

ALIKE = 0.95
"""Of two ratios whose ranks correlate more, one is enough."""

BINS = 16
TREES = 150
RATE = 0.1


class Ratio(NamedTuple):
    """The first part by the second; not known where that is 0, or where a part is not known."""

    name: str
    parts: tuple[str, str]


def with_ratios(frame: pl.DataFrame, ratios: Sequence[Ratio]) -> pl.DataFrame:
    """The frame with a column more for each ratio."""
    return frame.with_columns(_quotient(ratio).alias(ratio.name) for ratio in ratios)


def find(frame: pl.DataFrame, left: Labels, log_odds: Floats, seed: int) -> list[Ratio]:
    """The ratios that say most beyond these log-odds (out of fold), the best first.

    A short boosting, which starts from the log-odds, is offered all numbers and all their ratios.
    """
    rows = np.random.default_rng(seed).permutation(len(frame))[:MOST_ROWS]
    numbers = frame[rows].select(selectors.float().fill_nan(None))
    candidates = [*_candidates(_strongest(numbers, left[rows]), frame.columns)]
    if not candidates:
        return []
    offered = with_ratios(numbers, candidates)
    gains = _gains(offered, left[rows], log_odds[rows], seed)
    ranked = sorted(candidates, key=lambda ratio: -gains[ratio.name])
    return _unlike([ratio for ratio in ranked if gains[ratio.name] > 0], offered)


def _quotient(ratio: Ratio) -> pl.Expr:
    first, second = map(pl.col, ratio.parts)
    return pl.when((first / second).is_finite()).then(first / second)


def _strongest(numbers: pl.DataFrame, left: Labels) -> list[str]:
    """The numbers by which leavers differ most from the rest, when cut in bins of equal size."""
    excess = left - left.mean()

    def strength(name: str) -> float:
        ranks = numbers[name].rank("average") * BINS / (len(numbers) + 1)
        places = ranks.fill_null(BINS).to_numpy().astype(np.int64)
        sums, counts = np.bincount(places, excess), np.bincount(places)
        return float((sums**2 / (counts + 5)).sum())

    return sorted(numbers.columns, key=strength, reverse=True)[:MOST_NUMBERS]


def _candidates(names: Sequence[str], taken: Sequence[str]) -> Iterator[Ratio]:
    for first, second in permutations(names, 2):
        name = f"{first}_per_{second}"
        if name not in taken:
            yield Ratio(name, (first, second))


def _gains(offered: pl.DataFrame, left: Labels, log_odds: Floats, seed: int) -> dict[str, float]:
    columns = offered.to_numpy()
    settings = {**PARAMETERS, "learning_rate": RATE, "seed": seed}
    data = lightgbm.Dataset(columns, left, init_score=log_odds, params={"max_bin": BINS})
    booster = lightgbm.train(settings, data, TREES)
    gains = booster.feature_importance("gain").tolist()
    return dict(zip(offered.columns, gains, strict=True))


def _unlike(ranked: Sequence[Ratio], offered: pl.DataFrame) -> list[Ratio]:
    """The first ratios that do not say the same of the customers as one before them."""
    chosen: list[Ratio] = []
    for ratio in ranked:
        if not any(_correlation(ratio, one, offered) > ALIKE for one in chosen):
            chosen.append(ratio)
        if len(chosen) == MOST_RATIOS:
            break
    return chosen


def _correlation(one: Ratio, other: Ratio, offered: pl.DataFrame) -> float:
    both = offered.select(one.name, other.name).drop_nulls()
    return abs(float(both.select(pl.corr(one.name, other.name, method="spearman")).item()))

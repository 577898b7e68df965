"""The simplest kind of model: for each attribute a curve, or one number per level, and their sum.

A curve is a sum of ramps, one between each two neighbouring knots: 0 below the first of the two, 1
above the second. Its weights are the curve's rises, and the ridge is on those. So a curve is smooth
by itself, flat where data are thin, and monotone where its weights have one sign. Levels are plain
columns of 0 and 1, so that the ridge pulls rare ones to the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
import polars as pl
from scipy.special import expit
from sklearn.metrics import log_loss

from churn_lib.customer.model import LEVELS, NOTES
from churn_lib.training.data import Labels
from churn_lib.training.learner import Floats, Folds, Terms
from churn_lib.training.ridge import Weights, path

KNOTS = (8, 16, 32)
"""Quantiles at which a curve has knots; where there are no more values, each has one."""

PENALTIES = (0.02, 0.06, 0.2, 0.6, 2.0, 6.0)
"""From strong to weak; see `ridge.path`."""

FREQUENT = 0.03
"""Beside a value that a larger share of customers has stand two more knots, so that the curve may
jump there.
"""

CLOSE = 0.0001
"""More knots must lower the log loss by more than this."""

ROUGH, EXACT = 1e-4, 1e-8
"""The largest gradient while tuning, and in the end: a probability is then exact to 1e-9."""

SIGNS = {"rises": 1, "falls": -1, None: 0}


class Block(Protocol):
    """The columns of one attribute; NaN where it is not known and has no column for that."""

    @property
    def feature(self) -> str: ...

    def columns(self, values: pl.Series) -> Floats: ...

    def signs(self) -> list[int]: ...

    def term(self, means: Floats, weights: Floats) -> dict[str, object]: ...


@dataclass(frozen=True, slots=True)
class LevelColumns:
    """One column per level, one for all others together, one for what is not known."""

    feature: str
    levels: tuple[str, ...]
    other: bool
    unknown: bool

    def columns(self, values: pl.Series) -> Floats:
        found = [(values == level).fill_null(value=False).to_numpy() for level in self.levels]
        known, unlisted = values.is_not_null().to_numpy(), ~np.any(found, axis=0)
        if self.other:
            found.append(known & unlisted)
        if self.unknown:
            found.append(~known)
        columns = np.stack(found, axis=1).astype(np.float64)
        columns[~columns.any(axis=1)] = np.nan
        return columns

    def signs(self) -> list[int]:
        return [0] * (len(self.levels) + self.other + self.unknown)

    def term(self, means: Floats, weights: Floats) -> dict[str, object]:
        effects = (weights - means @ weights).tolist()
        points = dict(zip(self.levels, effects, strict=False))
        term = {"kind": "levels", "feature": self.feature, "points": points}
        if self.other:
            term["other"] = effects[len(self.levels)]
        return term | ({"unknown": effects[-1]} if self.unknown else {})


@dataclass(frozen=True, slots=True)
class Ramps:
    """One column between each two neighbouring knots, and one for what is not known."""

    feature: str
    knots: tuple[float, ...]
    sign: int
    unknown: bool

    def columns(self, values: pl.Series) -> Floats:
        number = values.to_numpy()[:, np.newaxis]
        knots = np.array(self.knots)
        columns = np.clip((number - knots[:-1]) / np.diff(knots), 0, 1)
        return np.hstack([columns, np.isnan(number)]) if self.unknown else columns

    def signs(self) -> list[int]:
        return [self.sign] * (len(self.knots) - 1) + [0] * self.unknown

    def term(self, means: Floats, weights: Floats) -> dict[str, object]:
        rises = weights[: len(self.knots) - 1]
        values = (np.append(0, np.cumsum(rises)) - means @ weights).tolist()
        term = {"kind": "curve", "feature": self.feature, "knots": [*self.knots], "values": values}
        # Its ramps count as average ones there.
        return term | ({"unknown": float(weights[-1] * (1 - means[-1]))} if self.unknown else {})


@dataclass(frozen=True, slots=True)
class FittedRises:
    log_loss: float
    knots: int
    penalty: float
    blocks: tuple[Block, ...]
    means: Floats
    weights: Weights

    def log_odds(self, frame: pl.DataFrame) -> Floats:
        columns = _centred(_columns(frame, self.blocks), self.means)
        odds: Floats = columns @ self.weights.slopes + self.weights.intercept
        return odds

    def terms(self) -> Terms:
        places = np.cumsum([len(block.signs()) for block in self.blocks])[:-1]
        parts = zip(
            self.blocks,
            np.split(self.means, places),
            np.split(self.weights.slopes, places),
            strict=True,
        )
        return self.weights.intercept, [
            block.term(means, weights) for block, means, weights in parts
        ]


@dataclass(frozen=True, slots=True)
class Tuning:
    """What the inner folds say of so many knots and one penalty.

    out_of_fold: the log-odds of each customer by the folds that they were not in.
    """

    knots: int
    penalty: float
    log_loss: float
    out_of_fold: Floats


@dataclass(frozen=True, slots=True)
class Rises:
    name: str = "rises"

    def fit(self, frame: pl.DataFrame, left: Labels, folds: Folds, seed: int) -> FittedRises:
        del seed  # nothing here is drawn at random
        return fit_tuned(frame, left, tune(frame, left, folds))


def fit_tuned(frame: pl.DataFrame, left: Labels, best: Tuning) -> FittedRises:
    blocks = blocks_of(frame, best.knots)
    columns = _columns(frame, blocks)
    means = _means(columns)
    [weights] = path(_centred(columns, means), left, [best.penalty], _signs(blocks), EXACT)
    return FittedRises(best.log_loss, best.knots, best.penalty, blocks, means, weights)


def tune(frame: pl.DataFrame, left: Labels, folds: Folds) -> Tuning:
    """The fewest knots that do no harm, and the best penalty with them."""
    best = _best_penalty(frame, left, folds, KNOTS[0])
    for few, many in pairwise(KNOTS):
        if blocks_of(frame, many) == blocks_of(frame, few):  # each value has a knot already
            break
        tuning = _best_penalty(frame, left, folds, many)
        if tuning.log_loss < best.log_loss - CLOSE:
            best = tuning
    return best


def blocks_of(frame: pl.DataFrame, count: int) -> tuple[Block, ...]:
    """The columns of each attribute; this frame, the training part, places the knots."""
    return tuple(_block(column, count) for column in frame)


def _block(column: pl.Series, count: int) -> Block:
    name, unknown = column.name, bool(column.null_count())
    if column.dtype == pl.String:
        levels = tuple(str(level) for level in LEVELS.get(name, ()))
        other = name in NOTES and bool(NOTES[name].other) and bool((~column.is_in(levels)).any())
        return LevelColumns(name, levels, other, unknown)
    trend = NOTES[name].trend if name in NOTES else None
    return Ramps(name, knots(column.drop_nulls().to_numpy(), count), SIGNS[trend], unknown)


def knots(numbers: Floats, count: int) -> tuple[float, ...]:
    """Increasing knots, at least two: all values where there are few, else quantiles, and both
    neighbours of each value that many customers have.
    """
    values, shares = np.unique(numbers, return_counts=True)
    if len(values) > count:
        often = np.flatnonzero(shares > FREQUENT * len(numbers))
        beside = np.unique(np.clip([often - 1, often, often + 1], 0, len(values) - 1))
        quantiles = np.quantile(numbers, np.linspace(0, 1, count))
        values = np.unique(np.concatenate([quantiles, values[beside]]))
    # A ramp divides by the distance of its knots: below the smallest normal number, by nothing.
    apart = values[np.diff(values, prepend=-np.inf) > np.finfo(float).tiny]
    found = tuple(apart[np.isfinite(apart)].tolist()) or (0.0,)
    # Where all customers have one value, a curve still needs two knots: it is flat there.
    return found if len(found) > 1 else (found[0], found[0] + 1)


def _best_penalty(frame: pl.DataFrame, left: Labels, folds: Folds, count: int) -> Tuning:
    odds = np.zeros((len(PENALTIES), len(left)))
    losses = np.zeros((len(PENALTIES), len(folds)))
    for number, (train, test) in enumerate(folds):
        blocks = blocks_of(frame[train], count)
        columns, unseen = _columns(frame[train], blocks), _columns(frame[test], blocks)
        means = _means(columns)
        unseen = _centred(unseen, means)
        fits = path(_centred(columns, means), left[train], PENALTIES, _signs(blocks), ROUGH)
        for place, weights in enumerate(fits):
            odds[place, test] = unseen @ weights.slopes + weights.intercept
            losses[place, number] = log_loss(left[test], expit(odds[place, test]))
    found = losses.mean(axis=1)
    best = int(np.argmin(found))
    return Tuning(count, PENALTIES[best], float(found[best]), odds[best])


def _signs(blocks: Sequence[Block]) -> list[int]:
    return [sign for block in blocks for sign in block.signs()]


def _columns(frame: pl.DataFrame, blocks: Sequence[Block]) -> Floats:
    """The columns of all attributes side by side."""
    widths = [len(block.signs()) for block in blocks]
    columns = np.empty((len(frame), sum(widths)))
    ends = np.cumsum(widths)
    for block, end, width in zip(blocks, ends, widths, strict=True):
        columns[:, end - width : end] = block.columns(frame[block.feature])
    return columns


def _means(columns: Floats) -> Floats:
    """The mean of each column where it is known."""
    known = len(columns) - np.isnan(columns).sum(axis=0)
    means: Floats = np.nansum(columns, axis=0) / np.maximum(known, 1)
    return means


def _centred(columns: Floats, means: Floats) -> Floats:
    """The same array, with the mean 0 in each column; what is not known is average."""
    columns -= means
    columns[np.isnan(columns)] = 0
    return columns

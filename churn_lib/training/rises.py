"""The simplest kind of model: for each attribute a curve, or one number per level, and their sum.

The weights are the rises of the curves, and the ridge is on those. So a curve is smooth by itself,
flat where data are thin, and monotone where its weights have one sign. Of levels the ridge pulls
the rare ones to the others.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from scipy.special import expit
from sklearn.metrics import log_loss

from churn_lib.training.data import Labels
from churn_lib.training.design import Design, blocks_of, design_of
from churn_lib.training.learner import Floats, Folds, Terms
from churn_lib.training.ridge import Weights, log_odds, path

KNOTS = (8, 16, 32)
"""Quantiles at which a curve has knots; where there are no more values, each has one."""

PENALTIES = (0.02, 0.06, 0.2, 0.6, 2.0, 6.0)
"""From strong to weak; see `ridge.path`."""

MOST_COLUMNS = 1000
"""More knots are not tried where they would make more columns than this."""

CLOSE = 0.0005
"""More knots must lower the log loss by more than this."""

MOST_ROWS = 30_000
"""Customers of a fold by whom knots and penalty are tuned: more would not choose otherwise."""

ROUGH, EXACT = 1e-6, 1e-13
"""How exact the log loss is while tuning, and in the end."""


@dataclass(frozen=True, slots=True)
class FittedRises:
    log_loss: float
    knots: int
    penalty: float
    design: Design
    weights: Weights

    def log_odds(self, frame: pl.DataFrame) -> Floats:
        return self.design.log_odds(frame, self.weights)

    def terms(self) -> Terms:
        design = self.design
        parts = zip(design.blocks, design.means, design.split(self.weights), strict=True)
        return self.weights.intercept, [block.term(means, slopes) for block, means, slopes in parts]


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
    design = design_of(frame, best.knots)
    [weights] = path(design.columns(frame), left, [best.penalty], design.signs, EXACT)
    return FittedRises(best.log_loss, best.knots, best.penalty, design, weights)


def tune(frame: pl.DataFrame, left: Labels, folds: Folds) -> Tuning:
    """The fewest knots that do no harm, and the best penalty with them."""
    best = _best_penalty(frame, left, folds, KNOTS[0], PENALTIES)
    for few, many in pairwise(KNOTS):
        blocks = blocks_of(frame, many)
        is_same = blocks == blocks_of(frame, few)  # each value has a knot already
        if is_same or sum(len(block.signs()) for block in blocks) > MOST_COLUMNS:
            break
        place = int(np.argmin(np.abs(np.log(PENALTIES) - np.log(best.penalty))))
        near = PENALTIES[max(place - 1, 0) : place + 2]
        tuning = _best_penalty(frame, left, folds, many, near)
        if tuning.log_loss > best.log_loss:
            break
        if tuning.log_loss < best.log_loss - CLOSE:
            best = tuning
    return best


def _best_penalty(
    frame: pl.DataFrame, left: Labels, folds: Folds, count: int, penalties: Sequence[float]
) -> Tuning:
    odds = np.zeros((len(penalties), len(left)))
    losses = np.zeros((len(penalties), len(folds)))
    for number, (train, test) in enumerate(folds):
        rows = train[:: math.ceil(len(train) / MOST_ROWS)]
        design = design_of(frame[rows], count)
        columns, unseen = design.columns(frame[rows]), design.columns(frame[test])
        fits = path(columns, left[rows], penalties, design.signs, ROUGH)
        for place, weights in enumerate(fits):
            odds[place, test] = log_odds(unseen, weights)
            losses[place, number] = log_loss(left[test], expit(odds[place, test]))
    found = losses.mean(axis=1)
    best = int(np.argmin(found))
    penalty = lowest(penalties, found.tolist(), best)
    return Tuning(count, penalty, float(found[best]), odds[best])


def lowest(penalties: Sequence[float], losses: Sequence[float], best: int) -> float:
    """Where the parabola through the best of some penalties and both its neighbours is lowest.

    One of few penalties would win by chance as often as by merit; what lies between does not.
    """
    if not 0 < best < len(penalties) - 1:
        return penalties[best]
    near = np.log(penalties[best - 1 : best + 2])
    bend, slope, _ = np.polyfit(near - near[1], losses[best - 1 : best + 2], 2)
    if bend <= 0:
        return penalties[best]
    return float(np.exp(np.clip(near[1] - slope / (2 * bend), near[0], near[2])))

"""How well probabilities rank and how true they are, as curves of few points."""

import numpy as np
from scipy import stats
from sklearn.metrics import precision_recall_curve, roc_curve

from churn_lib.report.evaluation import Bin, Calibration, Curves, Points
from churn_lib.training.data import Labels
from churn_lib.training.evaluate import calibration_error
from churn_lib.training.learner import Floats

POINTS = 51
BINS = 10
DRAWS = 400
"""So often a perfect model is drawn, to see the error that it shows by chance."""

SHARES: Floats = np.linspace(0, 1, POINTS)


def curves(left: Labels, probabilities: Floats) -> Curves:
    """All three at even places of what is on the horizontal axis."""
    false, true, _ = roc_curve(left, probabilities)
    precision, recall, _ = precision_recall_curve(left, probabilities)
    found = np.cumsum(left[np.argsort(-probabilities, kind="stable")]) / left.sum()
    contacted = np.arange(len(left) + 1) / len(left)
    return Curves(
        roc=points(SHARES, np.interp(SHARES, false, true)),
        precision_recall=points(SHARES, np.interp(SHARES, recall[::-1], precision[::-1])),
        gains=points(SHARES, np.interp(SHARES, contacted, np.append(0.0, found))),
    )


def points(places: Floats, values: Floats) -> Points:
    return tuple(zip(places.tolist(), values.tolist(), strict=True))


def calibration(left: Labels, probabilities: Floats, seed: int) -> Calibration:
    """Tenths of the customers by probability, with Wilson's intervals, and the expected calibration
    error less what a perfect model shows by chance, which is not 0 (Broecker and Smith 2007,
    Weather and Forecasting 22:651, draw it likewise).
    """
    rng = np.random.default_rng(seed)
    drawn = ((rng.random(len(left)) < probabilities).astype(np.int64) for _ in range(DRAWS))
    chance = [calibration_error(one, probabilities) for one in drawn]
    error, mean = calibration_error(left, probabilities), float(np.mean(chance))
    tenths = np.array_split(np.argsort(probabilities, kind="stable"), BINS)
    return Calibration(
        bins=tuple(_bin(left[rows], probabilities[rows]) for rows in tenths if len(rows)),
        error=error,
        by_chance=mean,
        highest_by_chance=float(np.quantile(chance, 0.95)),
        corrected=max(error - mean, 0.0),
    )


def _bin(left: Labels, probabilities: Floats) -> Bin:
    count = len(left)
    low, high = wilson(int(left.sum()), count)
    return Bin(
        customers=count,
        predicted=float(probabilities.mean()),
        left=float(left.mean()),
        low=low,
        high=high,
    )


def wilson(found: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    interval = stats.binomtest(found, count).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)

"""How far the score is off, and whom offers keep: learnt at once from who left and who did not."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from churn_lib.evidence.table import Floats

CALIBRATION = ((0.0, 0.5), (1.0, 0.25))
"""Mean and deviation of a and b before anything is seen: without them small trials run off."""
STEPS = 100
SMALLEST = 1e-6
LEAST, MOST = -0.5, 0.99
"""Bounds of an acceptance on the way; it may be below 0 by chance."""


@dataclass(frozen=True)
class Counts:
    """Arrays of one length: log-odds by the score, customers and how many left, the place of what
    they were offered (-1 for nothing that keeps leavers), and how many of the loyal that wakes up.
    """

    logit: Floats
    n: Floats
    left: Floats
    group: NDArray[np.int64]
    dogs: Floats


class Fit(NamedTuple):
    """a, b and the acceptances: the mode, and the covariance around it."""

    mode: Floats
    covariance: Floats

    @property
    def deviations(self) -> Floats:
        """Standard deviations."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))


class _Model(NamedTuple):
    """q, g by row, and the probability of leaving."""

    q: Floats
    g: Floats
    left: Floats


def fitted(counts: Counts, means: Floats, deviations: Floats) -> Fit:
    """The posterior mode, by Fisher scoring with steps halved until they help.

    means, deviations: of the acceptances before anything is seen, by group. The likelihood is
    `left ~ Bernoulli(q (1 - g) + (1 - q) sigma)` with `q = expit(a + b logit p)`; q alone where
    nothing was offered. All priors are normal.
    """
    first = [mean for mean, _ in CALIBRATION], [spread for _, spread in CALIBRATION]
    prior = np.concatenate([first[0], means])
    precision = 1 / np.concatenate([first[1], deviations]) ** 2
    at, value = prior.copy(), _posterior(counts, prior, prior, precision)
    for _ in range(STEPS):
        slope, information = _derivatives(counts, at, prior, precision)
        step = np.linalg.solve(information, slope)
        following, reached = at, value
        for halving in range(20):
            tried = at + step / 2**halving
            tried[2:] = np.clip(tried[2:], LEAST, MOST)
            if (found := _posterior(counts, tried, prior, precision)) > value:
                following, reached = tried, found
                break
        gained, at, value = reached - value, following, reached
        if gained < 1e-9:
            break
    covariance = np.linalg.inv(_derivatives(counts, at, prior, precision)[1])
    return Fit(at, np.asarray(covariance, dtype=np.float64))


def recalibrated(logit: Floats, a: float, b: float) -> Floats:
    """q where the score's log-odds are these."""
    return np.asarray(1 / (1 + np.exp(-np.clip(a + b * logit, -30, 30))))


def _model(counts: Counts, at: Floats) -> _Model:
    q = recalibrated(counts.logit, at[0], at[1])
    g = np.where(counts.group >= 0, at[2:][counts.group], 0.0) if len(at) > 2 else 0 * q
    left = np.clip(q * (1 - g) + (1 - q) * counts.dogs, SMALLEST, 1 - SMALLEST)
    return _Model(q, g, left)


def _posterior(counts: Counts, at: Floats, prior: Floats, precision: Floats) -> float:
    mu = _model(counts, at).left
    likelihood = counts.left * np.log(mu) + (counts.n - counts.left) * np.log1p(-mu)
    return float(likelihood.sum() - (precision * (at - prior) ** 2).sum() / 2)


def _derivatives(
    counts: Counts, at: Floats, prior: Floats, precision: Floats
) -> tuple[Floats, Floats]:
    """The slope of the log posterior, and its expected curvature."""
    q, g, mu = _model(counts, at)
    rows = np.zeros((len(q), len(at)))
    rows[:, 0] = q * (1 - q) * (1 - g - counts.dogs)
    rows[:, 1] = rows[:, 0] * counts.logit
    offered = np.flatnonzero(counts.group >= 0)
    rows[offered, 2 + counts.group[offered]] = -q[offered]
    is_free = (mu > SMALLEST) & (mu < 1 - SMALLEST)  # at a bound nothing depends on anything
    weight = is_free / (mu * (1 - mu))
    slope = rows.T @ ((counts.left - counts.n * mu) * weight) - precision * (at - prior)
    information = (rows * (counts.n * weight)[:, None]).T @ rows + np.diag(precision)
    return slope, information

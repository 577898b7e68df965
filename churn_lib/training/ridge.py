"""Logistic regression with a ridge, and a sign on some of its weights where that is wanted."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from churn_lib.training.data import Labels
from churn_lib.training.learner import Floats

Signs = Sequence[int]
"""1 for each weight that must not be negative, -1 where it must not be positive, else 0."""


class Weights(NamedTuple):
    """What log-odds are made of: the intercept, and a weight for each column."""

    intercept: float
    slopes: Floats


def path(
    columns: Floats, left: Labels, penalties: Sequence[float], signs: Signs, tolerance: float
) -> Iterator[Weights]:
    """The weights at each penalty, each fit beginning where the last one ended.

    A penalty is `C` of LogisticRegression, the inverse of the ridge; the intercept bears none.
    """
    if any(signs):
        yield from _signed(columns, left, penalties, signs, tolerance)
        return
    model = LogisticRegression(
        solver="newton-cholesky", tol=tolerance, max_iter=100, warm_start=True
    )
    for penalty in penalties:
        model.set_params(C=penalty).fit(columns, left)
        yield Weights(float(model.intercept_[0]), model.coef_[0].copy())


def _signed(
    columns: Floats, left: Labels, penalties: Sequence[float], signs: Signs, tolerance: float
) -> Iterator[Weights]:
    ends = {0: (None, None), 1: (0.0, None), -1: (None, 0.0)}
    bounds = [ends[sign] for sign in (*signs, 0)]
    weights = np.zeros(columns.shape[1] + 1)
    for penalty in penalties:
        found = minimize(
            _loss,
            weights,
            args=(columns, left, 1 / (penalty * len(left))),
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxiter": 2000, "maxfun": 4000, "ftol": 1e-15, "gtol": tolerance},
        )
        weights = found.x
        yield Weights(float(weights[-1]), weights[:-1].copy())


def _loss(weights: Floats, columns: Floats, left: Labels, ridge: float) -> tuple[float, Floats]:
    """The mean log loss with its ridge, and its gradient."""
    slopes = weights[:-1]
    odds = columns @ slopes + weights[-1]
    loss = np.mean(np.logaddexp(0, odds) - left * odds) + ridge / 2 * slopes @ slopes
    gap = (expit(odds) - left) / len(left)
    return float(loss), np.append(gap @ columns + ridge * slopes, gap.sum())

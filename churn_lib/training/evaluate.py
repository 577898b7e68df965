"""Measures the score and its opponents on the same folds, each tuned on the training part alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from itertools import islice
from typing import NamedTuple

import numpy as np
import polars as pl
from joblib import Parallel, delayed
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    f1_score,
    log_loss,
    precision_recall_curve,
    roc_auc_score,
)
from sklearn.model_selection import RepeatedStratifiedKFold, StratifiedKFold
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from churn_lib.errors import DataError
from churn_lib.training.choose import PENALTIES, SHAPES, Progress, Rows, choose, silent
from churn_lib.training.data import Dataset, Labels
from churn_lib.training.features import Floats, Shape, build

FOLDS = 5
REPEATS = 4
INNER_FOLDS = 3
SMALLEST_CLASS = 30
"""Fewer customers who left, or who stayed, leave some fold of a fold without any."""

BINS = 10
"""Bins of equal width for the expected calibration error."""


class Fitted(NamedTuple):
    """A fitted pipeline, and the probability from which a customer is called a leaver."""

    pipeline: Pipeline
    threshold: float


@dataclass(frozen=True, slots=True)
class Model:
    """One side of the comparison. `fit` does all choosing and tuning, on the rows it is given."""

    name: str
    tuning: str
    fit: Callable[[pl.DataFrame, Labels, int], Fitted]
    package: str = "sklearn"


class Estimate(NamedTuple):
    """A mean over the folds of a repeated cross-validation, and its standard error."""

    mean: float
    standard_error: float


@dataclass(frozen=True, slots=True)
class Result:
    """The estimates of one model by name of the metric; none when its package is not installed."""

    model: str
    tuning: str
    metrics: Mapping[str, Estimate]


def ours(shapes: Sequence[Shape] = SHAPES, penalties: Sequence[float] = PENALTIES) -> Model:
    """The score itself, its shape and penalty chosen anew in every fold."""
    tuning = f"{len(shapes)} shapes and {len(penalties)} penalties, by inner cross-validation"
    return Model("churn score", tuning, partial(_fit_ours, shapes=shapes, penalties=penalties))


def evaluate(
    dataset: Dataset,
    models: Sequence[Model],
    *,
    seed: int = 2024,
    folds: int = FOLDS,
    repeats: int = REPEATS,
    n_jobs: int = -1,
    progress: Progress = silent,
) -> list[Result]:
    """The metrics of each model over repeated stratified cross-validation, all on the same folds.

    A model whose package is not installed has no metrics in its result. The number of jobs changes
    nothing. Raises DataError when there are too few customers who left or who stayed.
    """
    if min(np.bincount(dataset.left, minlength=2)) < SMALLEST_CLASS:
        needed = f"{SMALLEST_CLASS} customers who left and {SMALLEST_CLASS} who stayed"
        raise DataError(f"at least {needed} are needed")
    splitter = RepeatedStratifiedKFold(n_splits=folds, n_repeats=repeats, random_state=seed)
    splits = list(splitter.split(dataset.left, dataset.left))
    present = [model for model in models if find_spec(model.package)]
    tasks = [delayed(_measure)(model, dataset, rows, seed) for model in present for rows in splits]
    found: list[dict[str, float]] = []
    for measures in Parallel(n_jobs=n_jobs, return_as="generator")(tasks):
        found.append(measures)
        progress("Cross-validating", len(found), len(tasks))
    measured = iter(found)
    estimates = {one.name: _estimates([*islice(measured, len(splits))], folds) for one in present}
    return [Result(one.name, one.tuning, estimates.get(one.name, {})) for one in models]


def metrics(left: Labels, probabilities: Floats, threshold: float) -> dict[str, float]:
    """What one fold says: higher is better for AUC, average precision, F1; else lower."""
    return {
        "AUC": float(roc_auc_score(left, probabilities)),
        "log loss": float(log_loss(left, probabilities)),
        "Brier": float(brier_score_loss(left, probabilities)),
        "average precision": float(average_precision_score(left, probabilities)),
        "calibration error": calibration_error(left, probabilities),
        "F1": float(f1_score(left, probabilities >= threshold)),
    }


def calibration_error(left: Labels, probabilities: Floats) -> float:
    """Expected calibration error: |share who left - mean probability|, mean over all customers."""
    bins = np.minimum((probabilities * BINS).astype(np.int64), BINS - 1)
    gaps = np.bincount(bins, weights=left - probabilities, minlength=BINS)
    return float(np.abs(gaps).sum() / len(left))


def corrected(values: Sequence[float], folds: int) -> Estimate:
    """The mean of a repeated cross-validation and its corrected standard error.

    The folds share training data, so sd / sqrt(n) is far too small. This is sd * sqrt(1/n +
    test/train), with n the number of folds over all repeats: Nadeau and Bengio (2003), Inference
    for the Generalization Error, section 3.
    """
    spread = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    return Estimate(float(np.mean(values)), spread * (1 / len(values) + 1 / (folds - 1)) ** 0.5)


def best_threshold(left: Labels, probabilities: Floats) -> float:
    """The probability from which calling a customer a leaver gives the highest F1."""
    precision, recall, thresholds = precision_recall_curve(left, probabilities)
    scores = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    return float(thresholds[np.argmax(scores[:-1])])  # the last point has no threshold


def out_of_fold(
    make: Callable[[pl.DataFrame], Pipeline], frame: pl.DataFrame, left: Labels, seed: int
) -> Floats:
    """The probability of each customer from a pipeline that was made and fitted without them."""
    probabilities = np.zeros(len(left))
    splitter = StratifiedKFold(INNER_FOLDS, shuffle=True, random_state=seed)
    for train, test in splitter.split(left, left):
        fitted = make(frame[train]).fit(frame[train], left[train])
        probabilities[test] = fitted.predict_proba(frame[test])[:, 1]
    return probabilities


def _fit_ours(
    frame: pl.DataFrame,
    left: Labels,
    seed: int,
    shapes: Sequence[Shape],
    penalties: Sequence[float],
) -> Fitted:
    choice = choose(frame, left, seed=seed, shapes=shapes, penalties=penalties)
    make = partial(build, choice.candidate)
    probabilities = out_of_fold(make, frame, left, seed)
    return Fitted(make(frame).fit(frame, left), best_threshold(left, probabilities))


def _measure(
    model: Model, dataset: Dataset, rows: tuple[Rows, Rows], seed: int
) -> dict[str, float]:
    train, test = rows
    with threadpool_limits(1):  # else sums would depend on the machine's cores
        fitted = model.fit(dataset.frame[train], dataset.left[train], seed)
        probabilities = fitted.pipeline.predict_proba(dataset.frame[test])[:, 1]
    return metrics(dataset.left[test], probabilities, fitted.threshold)


def _estimates(found: Sequence[Mapping[str, float]], folds: int) -> dict[str, Estimate]:
    return {name: corrected([one[name] for one in found], folds) for name in found[0]}

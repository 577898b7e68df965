"""Measures the score and its opponents on the same folds, each tuned on the training part alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from itertools import islice
from typing import NamedTuple, Protocol

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
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from churn_lib.errors import DataError
from churn_lib.training.choose import INNER_FOLDS, RECIPES, Progress, Recipe, choose, silent
from churn_lib.training.data import Dataset, Labels
from churn_lib.training.folds import split
from churn_lib.training.learner import Floats, Folds, Rows

FOLDS = 5
REPEATS = 4
SMALLEST_CLASS = 30
"""Fewer customers who left, or who stayed, leave some fold of a fold without any."""

BINS = 10
"""Bins of equal width for the expected calibration error."""

NO_PROBABILITIES = np.zeros(0)


class Classifier(Protocol):
    def predict_proba(self, frame: pl.DataFrame) -> Floats: ...


class Tuned(NamedTuple):
    """A fitted classifier, and the probability from which a customer is called a leaver."""

    pipeline: Classifier
    threshold: float


@dataclass(frozen=True, slots=True)
class Model:
    """One side of the comparison. `fit` does all choosing and tuning, by the folds it is given."""

    name: str
    tuning: str
    fit: Callable[[pl.DataFrame, Labels, Folds, int], Tuned]
    package: str = "sklearn"


class Estimate(NamedTuple):
    """A mean over the folds of a repeated cross-validation, and its standard error."""

    mean: float
    standard_error: float


@dataclass(frozen=True, slots=True)
class Result:
    """The estimates of one model by name of the metric; none when its package is not installed.

    probabilities: of each customer, by models that have not seen them; the mean of all repeats.
    by_fold: the metrics of each fold, repeat after repeat.
    """

    model: str
    tuning: str
    metrics: Mapping[str, Estimate]
    probabilities: Floats = field(default_factory=lambda: NO_PROBABILITIES)
    by_fold: Sequence[Mapping[str, float]] = ()


class _Measured(NamedTuple):
    """What one model says of the test rows of one fold, and how good that is."""

    metrics: Mapping[str, float]
    probabilities: Floats


def ours(recipes: Sequence[Recipe] = RECIPES) -> Model:
    """The score itself, its recipe chosen and tuned anew in every fold."""
    names = ", ".join(recipe.name for recipe in recipes)
    return Model("churn score", f"{names}, by inner folds", partial(_fit_ours, recipes=recipes))


def checked(dataset: Dataset) -> Dataset:
    """The customers. Raises DataError when too few of them left, or stayed."""
    if min(np.bincount(dataset.left, minlength=2)) < SMALLEST_CLASS:
        needed = f"{SMALLEST_CLASS} customers who left and {SMALLEST_CLASS} who stayed"
        raise DataError(f"at least {needed} are needed")
    return dataset


def evaluate(
    dataset: Dataset,
    models: Sequence[Model],
    groups: Rows,
    *,
    seed: int = 2024,
    folds: int = FOLDS,
    repeats: int = REPEATS,
    n_jobs: int = -1,
    progress: Progress = silent,
) -> list[Result]:
    """The metrics of each model over repeated stratified cross-validation, all on the same folds.

    groups: a number for each customer, the same for those who must share a fold. A model whose
    package is not installed has no metrics in its result. The number of jobs changes nothing.
    Raises DataError when there are too few customers who left or who stayed.
    """
    left = checked(dataset).left
    splits = [rows for again in range(repeats) for rows in split(left, groups, folds, seed + again)]
    present = [model for model in models if find_spec(model.package)]
    tasks = [
        delayed(_measure)(model, dataset, groups, rows, seed)
        for model in present
        for rows in splits
    ]
    found: list[_Measured] = []
    for measured in Parallel(n_jobs=n_jobs, return_as="generator")(tasks):
        found.append(measured)
        progress("Cross-validating", len(found), len(tasks))
    each = iter(found)
    by_name = {one.name: [*islice(each, len(splits))] for one in present}
    return [_result(model, by_name.get(model.name, []), splits, folds) for model in models]


def _result(model: Model, measured: Sequence[_Measured], splits: Folds, folds: int) -> Result:
    if not measured:
        return Result(model.name, model.tuning, {})
    total = np.zeros(sum(len(test) for _, test in splits[:folds]))
    for (_, test), one in zip(splits, measured, strict=True):
        total[test] += one.probabilities
    estimates = {
        name: corrected([one.metrics[name] for one in measured], folds)
        for name in measured[0].metrics
    }
    probabilities = total * folds / len(splits)
    by_fold = [one.metrics for one in measured]
    return Result(model.name, model.tuning, estimates, probabilities, by_fold)


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
    make: Callable[[pl.DataFrame], Pipeline], frame: pl.DataFrame, left: Labels, folds: Folds
) -> Floats:
    """The probability of each customer from a pipeline that was made and fitted without them."""
    probabilities = np.zeros(len(left))
    for train, test in folds:
        fitted = make(frame[train]).fit(frame[train], left[train])
        probabilities[test] = fitted.predict_proba(frame[test])[:, 1]
    return probabilities


def _fit_ours(
    frame: pl.DataFrame, left: Labels, folds: Folds, seed: int, recipes: Sequence[Recipe]
) -> Tuned:
    model = choose(frame, left, folds, seed, recipes=recipes).model
    return Tuned(model, best_threshold(left, model.predict_proba(frame)[:, 1]))


def _measure(
    model: Model, dataset: Dataset, groups: Rows, rows: tuple[Rows, Rows], seed: int
) -> _Measured:
    train, test = rows
    frame, left = dataset.frame[train], dataset.left[train]
    inner = split(left, np.unique(groups[train], return_inverse=True)[1], INNER_FOLDS, seed)
    with threadpool_limits(1):  # else sums would depend on the machine's cores
        fitted = model.fit(frame, left, inner, seed)
        probabilities = fitted.pipeline.predict_proba(dataset.frame[test])[:, 1]
    return _Measured(metrics(dataset.left[test], probabilities, fitted.threshold), probabilities)

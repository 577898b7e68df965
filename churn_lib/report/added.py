"""What the score would gain by more columns: protected attributes, and columns worked out."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from scipy.special import logit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from churn_lib.customer.model import NOTES
from churn_lib.report.evaluation import Change, Feature, Mean
from churn_lib.report.expected import Made
from churn_lib.training.data import Dataset, Labels
from churn_lib.training.evaluate import Estimate, Result, corrected
from churn_lib.training.learner import Floats, Folds, Rows

Metrics = Mapping[str, float]

FEW = 12
"""A column of so few values is taken as levels, so that it need not be a straight line."""

SMALLEST = 1e-6
"""Probabilities are kept this far from 0 and 1, where log-odds have an end."""


class Variant(NamedTuple):
    """The customers with more columns."""

    added: str
    dataset: Dataset


def variants(dataset: Dataset, made: Sequence[Made]) -> tuple[list[Variant], Variant | None]:
    """With each protected attribute, and all of them; and with all columns that are worked out."""
    protected = dataset.protected
    found = [_with(NOTES[name].label, dataset, protected[name]) for name in protected.columns]
    if len(found) > 1:
        found.append(_with("all of these", dataset, *protected))
    columns = [one.values for one in made]
    return found, _with("all that are worked out", dataset, *columns) if columns else None


def _with(added: str, dataset: Dataset, *columns: pl.Series) -> Variant:
    frame = dataset.frame.with_columns(*columns)
    return Variant(added, dataclasses.replace(dataset, frame=frame))


def change(added: str, result: Result, base: Result, folds: int) -> Change:
    """The difference of two results on the same folds."""
    auc, loss = (_gain(name, result.by_fold, base.by_fold, folds) for name in ("AUC", "log loss"))
    return Change(added=added, auc=auc, log_loss=loss)


def _gain(name: str, new: Sequence[Metrics], old: Sequence[Metrics], folds: int) -> Mean:
    pairs = zip(new, old, strict=True)
    return mean_of(corrected([one[name] - other[name] for one, other in pairs], folds))


def mean_of(estimate: Estimate) -> Mean:
    return Mean(mean=estimate.mean, error=estimate.standard_error)


def features_of(
    made: Sequence[Made], left: Labels, probabilities: Floats, folds: Folds
) -> Iterator[Feature]:
    """Each column beside the log-odds out of fold in a logistic regression, fitted to the other
    folds; less the same without the column.
    """
    odds = logit(np.clip(probabilities, SMALLEST, 1 - SMALLEST))[:, np.newaxis]
    with threadpool_limits(1):
        base = [_measured(odds, left, fold) for fold in folds]
        for one in made:
            columns = np.hstack([odds, _columns(one.values)])
            found = [_measured(columns, left, fold) for fold in folds]
            auc, loss = (_gain(name, found, base, len(folds)) for name in ("AUC", "log loss"))
            yield Feature(
                name=one.name, expression=one.expression, of=one.of, auc=auc, log_loss=loss
            )


def _columns(values: pl.Series) -> Floats:
    """Levels as columns of 0 and 1, else the number itself; its mean where it is not known."""
    if values.n_unique() <= FEW:
        return values.to_dummies(drop_first=True).to_numpy().astype(np.float64)
    return values.fill_null(values.mean()).to_numpy()[:, np.newaxis]


def _measured(columns: Floats, left: Labels, fold: tuple[Rows, Rows]) -> Metrics:
    train, test = fold
    scaler = StandardScaler().fit(columns[train])
    model = LogisticRegression(C=1e3, max_iter=1000).fit(
        scaler.transform(columns[train]), left[train]
    )
    found = model.predict_proba(scaler.transform(columns[test]))[:, 1]
    return {
        "AUC": float(roc_auc_score(left[test], found)),
        "log loss": float(log_loss(left[test], found)),
    }

"""The figures: each against a hand-computed or independent value, and none by a leak."""

import dataclasses
import math
from operator import attrgetter

import numpy as np
import pytest
from sklearn.metrics import f1_score, roc_auc_score

from churn_lib.training.baselines import opponents
from churn_lib.training.data import Dataset
from churn_lib.training.evaluate import (
    Model,
    Result,
    best_threshold,
    calibration_error,
    corrected,
    evaluate,
    metrics,
    ours,
)
from churn_lib.training.folds import split
from tests.churn_lib.training.conftest import CURVES

LEFT = np.array([0, 0, 1, 1])
PROBABILITIES = np.array([0.1, 0.4, 0.35, 0.8])
SMALL = ours(CURVES)
MISSING = Model("Oracle", "none", SMALL.fit, package="no_such_package")


def evaluated(dataset: Dataset, *models: Model) -> list[Result]:
    groups = np.arange(len(dataset))
    return evaluate(dataset, models, groups, folds=3, repeats=1, n_jobs=1)


def test_the_metrics_of_four_customers_are_those_worked_out_by_hand() -> None:
    found = metrics(LEFT, PROBABILITIES, 0.35)
    assert found["AUC"] == 3 / 4
    assert found["log loss"] == pytest.approx(-sum(map(math.log, (0.9, 0.6, 0.35, 0.8))) / 4)
    assert found["Brier"] == pytest.approx((0.1**2 + 0.4**2 + 0.65**2 + 0.2**2) / 4)
    assert found["average precision"] == pytest.approx((1 + 2 / 3) / 2)
    assert found["F1"] == pytest.approx(2 * (2 / 3) / (2 / 3 + 1))


def test_the_calibration_error_weighs_the_gap_of_each_tenth_by_its_customers() -> None:
    left, probabilities = np.array([0, 1, 1, 1]), np.array([0.12, 0.18, 0.9, 1.0])
    assert calibration_error(left, probabilities) == pytest.approx(
        (2 * abs(0.5 - 0.15) + 2 * abs(1 - 0.95)) / 4
    )
    assert calibration_error(np.array([1, 0]), np.array([1.0, 0.0])) == 0


def test_the_standard_error_is_corrected_for_folds_that_share_customers() -> None:
    estimate = corrected([0.8, 0.82, 0.84, 0.86], folds=5)
    assert estimate.mean == pytest.approx(0.83)
    assert estimate.standard_error == pytest.approx(
        np.std([0.8, 0.82, 0.84, 0.86], ddof=1) * math.sqrt(1 / 4 + 1 / 4)
    )


def test_no_other_threshold_has_a_better_f1() -> None:
    rng = np.random.default_rng(8)
    probabilities = rng.random(80)
    left = (rng.random(80) < probabilities).astype(np.int64)
    found = f1_score(left, probabilities >= best_threshold(left, probabilities))
    assert found == pytest.approx(
        max(f1_score(left, probabilities >= other) for other in probabilities)
    )


def test_shuffled_labels_are_not_learnt(dataset: Dataset) -> None:
    shuffled = dataclasses.replace(dataset, left=np.random.default_rng(9).permutation(dataset.left))
    (found,) = evaluated(shuffled, SMALL)
    assert 0.42 < found.metrics["AUC"].mean < 0.58


def test_true_labels_are_learnt_and_a_model_without_its_package_is_not_left_out(
    dataset: Dataset,
) -> None:
    first, second = evaluated(dataset, MISSING, SMALL)
    assert (first.model, dict(first.metrics)) == ("Oracle", {})
    assert second.metrics["AUC"].mean > 0.7


@pytest.mark.parametrize("model", opponents(seed=1), ids=attrgetter("name"))
def test_every_opponent_that_is_installed_beats_chance_on_unseen_customers(
    dataset: Dataset, model: Model
) -> None:
    pytest.importorskip(model.package, reason=f"{model.name} is not installed; type: make bench")
    train, test = np.arange(300), np.arange(300, 600)
    folds = split(dataset.left[train], np.arange(300), 3, seed=1)
    fitted = model.fit(dataset.frame[train], dataset.left[train], folds, 1)
    found = fitted.pipeline.predict_proba(dataset.frame[test])[:, 1]
    assert roc_auc_score(dataset.left[test], found) > 0.7
    assert 0 < fitted.threshold < 1

"""The opponents: plain logistic regression and, where installed, three boosters and an EBM.

All read the same attributes as the score, and all tuning is done by the inner folds. Levels are
one-hot; numbers are given to trees as they are. LightGBM, which `train` compares with too, has
sizes from stumps to large trees, and as many trees of each as the inner folds want. The others have
a small grid around settings that do well on this kind of data: shallow trees, slow learning, strong
shrinkage, a part of rows and columns per tree. The explainable boosting machine has no pairs, so
that it is a sum of curves as the score is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import NamedTuple, Protocol

import numpy as np
import polars as pl
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from churn_lib.training.data import Labels
from churn_lib.training.evaluate import Model, Tuned, best_threshold, out_of_fold
from churn_lib.training.learner import Floats, Folds
from churn_lib.training.model import numbers

Make = Callable[[], object]
"""A new, unfitted classifier."""

LEAVES = (2, 4, 8, 31)
MOST_TREES = 2000
PATIENCE = 50
"""So many trees without a lower log loss end the search."""

OUTER_BAGS = 4
"""Of the explainable boosting machine: four say the same to the third decimal as its usual more."""

FEWEST_IN_LEVEL = 5
"""Levels of fewer customers are one to the opponents: hundreds of columns would only slow them."""


class Booster(Protocol):
    """What is used of `lightgbm.Booster`."""

    def predict(self, columns: Floats) -> Floats: ...


class Search(NamedTuple):
    """The size of the trees and their number, and the log loss of it out of fold."""

    log_loss: float
    leaves: int
    trees: int


def opponents(seed: int) -> list[Model]:
    """Every model that the score is compared with; the seed decides what each tree sees."""
    logistic = [partial(_logistic, penalty) for penalty in (0.01, 0.1, 1.0)]
    # The larger the trees, the fewer of them: else they learn the customers by heart.
    xgboost = [partial(_xgboost, *size, seed) for size in ((1, 1000), (2, 400), (2, 550))]
    catboost = [partial(_catboost, *size, seed) for size in ((1, 800), (2, 400), (3, 250))]
    return [
        _model("logistic regression", "sklearn", logistic),
        lightgbm(),
        _model("XGBoost", "xgboost", xgboost),
        _model("CatBoost", "catboost", catboost),
        _model("EBM without pairs", "interpret", [partial(_ebm, seed)]),
    ]


def lightgbm() -> Model:
    """The opponent that every training is compared with."""
    tuning = f"best of {len(LEAVES)} sizes of trees and of all numbers of trees, by inner folds"
    return Model("LightGBM", tuning, fit_lightgbm, "lightgbm")


@dataclass(frozen=True, slots=True)
class Boosted:
    """A fitted LightGBM with its encoder."""

    encoder: ColumnTransformer
    booster: Booster

    def predict_proba(self, frame: pl.DataFrame) -> Floats:
        left = self.booster.predict(self.encoder.transform(frame))
        return np.stack([1 - left, left], axis=1)


def fit_lightgbm(frame: pl.DataFrame, left: Labels, folds: Folds, seed: int) -> Tuned:
    """LightGBM with the leaves and the number of trees that are best out of fold."""
    package = import_module("lightgbm")
    encoder = encoder_of(frame, "passthrough").fit(frame)
    columns = encoder.transform(frame)
    searches = [_search(columns, left, folds, _parameters(leaves, seed)) for leaves in LEAVES]
    best = min(searches)
    data = package.Dataset(columns, left)
    booster = package.train(_parameters(best.leaves, seed), data, best.trees)
    threshold = best_threshold(left, booster.predict(columns))
    return Tuned(Boosted(encoder, booster), threshold)


def _search(columns: Floats, left: Labels, folds: Folds, parameters: dict[str, object]) -> Search:
    package = import_module("lightgbm")
    found = package.cv(
        parameters,
        package.Dataset(columns, left),
        MOST_TREES,
        folds=folds,
        callbacks=[package.early_stopping(PATIENCE, verbose=False)],
    )
    losses = found["valid binary_logloss-mean"]
    best = int(np.argmin(losses))
    return Search(losses[best], int(str(parameters["num_leaves"])), best + 1)


def _parameters(leaves: int, seed: int) -> dict[str, object]:
    return {
        "objective": "binary",
        "num_leaves": leaves,
        "learning_rate": 0.05,
        "min_data_in_leaf": 20,
        "feature_fraction": 0.5,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "lambda_l2": 5,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "verbose": -1,
    }


def _model(name: str, package: str, grid: Sequence[Make]) -> Model:
    settings = f"best of {len(grid)} settings by inner cross-validation"
    tuning = settings if len(grid) > 1 else "as it comes, its threshold by inner cross-validation"
    scaled = make_pipeline(SimpleImputer(keep_empty_features=True), StandardScaler())
    columns = scaled if package == "sklearn" else "passthrough"  # trees need no scaling
    return Model(name, tuning, partial(_fit_best, grid=grid, columns=columns), package)


def _fit_best(
    frame: pl.DataFrame,
    left: Labels,
    folds: Folds,
    seed: int,
    *,
    grid: Sequence[Make],
    columns: object,
) -> Tuned:
    """The classifier of the grid with the lowest log loss out of fold, fitted to all rows."""
    del seed  # each classifier has it already
    makes = [partial(_pipeline, make, columns) for make in grid]
    found = [out_of_fold(make, frame, left, folds) for make in makes]
    losses = [log_loss(left, probabilities) for probabilities in found]
    best = int(np.argmin(losses))
    return Tuned(makes[best](frame).fit(frame, left), best_threshold(left, found[best]))


def _pipeline(make: Make, columns: object, frame: pl.DataFrame) -> Pipeline:
    return Pipeline([("terms", encoder_of(frame, columns)), ("model", make())])


def encoder_of(frame: pl.DataFrame, columns: object) -> ColumnTransformer:
    """Levels as columns of 0 and 1, numbers as this says."""
    found = numbers(frame)
    levels = [name for name in frame.columns if name not in found]
    one_hot = OneHotEncoder(
        min_frequency=FEWEST_IN_LEVEL, handle_unknown="infrequent_if_exist", sparse_output=False
    )
    return ColumnTransformer([("levels", one_hot, levels), ("numbers", columns, found)])


def _logistic(penalty: float) -> object:
    return LogisticRegression(C=penalty, max_iter=1000)


def _xgboost(depth: int, trees: int, seed: int) -> object:
    return import_module("xgboost").XGBClassifier(
        max_depth=depth,
        n_estimators=trees,
        learning_rate=0.03,
        min_child_weight=10,
        colsample_bytree=0.3,
        subsample=0.7,
        reg_lambda=10,
        random_state=seed,
        n_jobs=1,
    )


def _catboost(depth: int, trees: int, seed: int) -> object:
    return import_module("catboost").CatBoostClassifier(
        depth=depth,
        iterations=trees,
        learning_rate=0.05,
        l2_leaf_reg=10,
        rsm=0.3,
        bootstrap_type="Bernoulli",
        subsample=0.7,
        random_seed=seed,
        thread_count=1,
        allow_writing_files=False,
        verbose=False,
    )


def _ebm(seed: int) -> object:
    return import_module("interpret.glassbox").ExplainableBoostingClassifier(
        interactions=0, outer_bags=OUTER_BAGS, random_state=seed, n_jobs=1
    )

"""The opponents: plain logistic regression and, where installed, the three known gradient boosters.

All read the same 15 attributes. Levels are one-hot (none has more than four, where native
categories gain nothing); numbers are given to trees as they are. Each has a small grid around
settings that do well on this kind of data: shallow trees, slow learning, strong shrinkage, a part
of rows and columns per tree.
"""

from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module

import numpy as np
import polars as pl
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from churn_lib.customer.model import RANGES
from churn_lib.training.data import Labels
from churn_lib.training.evaluate import Fitted, Model, best_threshold, out_of_fold
from churn_lib.training.features import level_terms

Make = Callable[[], object]
"""A new, unfitted classifier."""


def opponents(seed: int) -> list[Model]:
    """Every model that the score is compared with; the seed decides what each tree sees."""
    logistic = [partial(_logistic, penalty) for penalty in (0.01, 0.1, 1.0)]
    # The larger the trees, the fewer of them: else they learn the customers by heart.
    lightgbm = [partial(_lightgbm, *size, seed) for size in ((2, 900), (3, 500), (4, 300))]
    xgboost = [partial(_xgboost, *size, seed) for size in ((1, 1000), (2, 400), (2, 550))]
    catboost = [partial(_catboost, *size, seed) for size in ((1, 800), (2, 400), (3, 250))]
    return [
        _model("logistic regression", "sklearn", logistic),
        _model("LightGBM", "lightgbm", lightgbm),
        _model("XGBoost", "xgboost", xgboost),
        _model("CatBoost", "catboost", catboost),
    ]


def _model(name: str, package: str, grid: Sequence[Make]) -> Model:
    tuning = f"best of {len(grid)} settings by inner cross-validation"
    numbers = StandardScaler() if package == "sklearn" else "passthrough"  # trees need no scaling
    return Model(name, tuning, partial(_fit_best, grid=grid, numbers=numbers), package)


def _fit_best(
    frame: pl.DataFrame, left: Labels, seed: int, *, grid: Sequence[Make], numbers: object
) -> Fitted:
    """The classifier of the grid with the lowest log loss out of fold, fitted to all rows."""
    makes = [partial(_pipeline, make, numbers) for make in grid]
    found = [out_of_fold(make, frame, left, seed) for make in makes]
    losses = [log_loss(left, probabilities) for probabilities in found]
    best = int(np.argmin(losses))
    return Fitted(makes[best](frame).fit(frame, left), best_threshold(left, found[best]))


def _pipeline(make: Make, numbers: object, _frame: pl.DataFrame) -> Pipeline:
    terms = ColumnTransformer([*level_terms(), ("numbers", numbers, list(RANGES))])
    return Pipeline([("terms", terms), ("model", make())])


def _logistic(penalty: float) -> object:
    return LogisticRegression(C=penalty, max_iter=1000)


def _lightgbm(leaves: int, trees: int, seed: int) -> object:
    return import_module("lightgbm").LGBMClassifier(
        num_leaves=leaves,
        n_estimators=trees,
        learning_rate=0.03,
        min_child_samples=30,
        colsample_bytree=0.3,
        subsample=0.7,
        subsample_freq=1,
        reg_lambda=10,
        random_state=seed,
        n_jobs=1,
        verbose=-1,
    )


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

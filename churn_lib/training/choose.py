"""Chooses the shape of the model and its penalty by cross-validated log loss alone."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, product
from operator import attrgetter

import numpy as np
import polars as pl
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.metrics import log_loss
from sklearn.model_selection import RepeatedStratifiedKFold
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from churn_lib.training.data import Labels
from churn_lib.training.features import (
    Candidate,
    Floats,
    Shape,
    Spacing,
    level_terms,
    number_terms,
    regression,
)

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many steps are done, and how many there are."""

Rows = NDArray[np.int64]

TENURES: tuple[Spacing, ...] = (
    (1.0, 2.0, 5.0, 24.0, 48.0, 72.0),
    (1.0, 2.0, 5.0, 10.0, 24.0, 48.0, 72.0),
    6,
)
"""Dense where most customers leave, then by contract years; or quantiles, for another rhythm.

No knot is at 0: who has had no bill yet can hardly have left, which says nothing of what comes.
"""
BILLS = (4, 5)
"""Quantiles of the monthly charges."""
TOTALS = (2, 4)
"""Quantiles of the total charges; two make a straight line from the lowest to the highest."""
PENALTIES = (0.005, 0.02, 0.06, 0.2, 1.0)
"""From strong to weak; see `features.Candidate`."""
MIDDLE_PENALTY = 0.06

TOLERANCE = 0.0001
"""Log losses this close are equal: no sample of thousands of customers can tell them apart."""

FOLDS = 5
REPEATS = 2


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen candidate with its cross-validated log loss."""

    candidate: Candidate
    log_loss: float


def silent(_what: str, _done: int, _total: int) -> None:
    """Progress for those who do not watch."""


def _size(shape: Shape) -> int:
    """The number of knots, by which shapes are simple or not."""
    tables = [_count(down) * _count(right) for (_, down), (_, right) in shape.pairs]
    return sum(map(_count, shape.curves.values())) + sum(tables)


def _count(spacing: Spacing) -> int:
    return spacing if isinstance(spacing, int) else len(spacing)


def _shapes() -> Iterator[Shape]:
    corner = (("tenure", (1.0, 72.0)), ("MonthlyCharges", 2))
    for tenure, bill in product(TENURES, BILLS):
        curves: dict[str, Spacing] = {"tenure": tenure, "MonthlyCharges": bill}
        for total in TOTALS:
            yield Shape(curves={**curves, "TotalCharges": total})
        yield Shape(curves={**curves, "TotalCharges": 2}, pairs=(corner,))


SHAPES = tuple(sorted(_shapes(), key=_size))
"""From simple to complex."""


def choose(
    frame: pl.DataFrame,
    left: Labels,
    *,
    seed: int,
    shapes: Sequence[Shape] = SHAPES,
    penalties: Sequence[float] = PENALTIES,
    n_jobs: int = 1,
    progress: Progress = silent,
) -> Choice:
    """The shape, then its penalty, with the lowest log loss in repeated cross-validation.

    Shapes are compared at MIDDLE_PENALTY. Of several within TOLERANCE of the lowest the first wins,
    and simple shapes and strong penalties come first. The seed decides the folds; the number of
    jobs changes nothing.
    """
    splitter = RepeatedStratifiedKFold(n_splits=FOLDS, n_repeats=REPEATS, random_state=seed)
    folds = list(splitter.split(left, left))
    # Levels learn nothing from data: all folds share their columns.
    levels = ColumnTransformer(level_terms()).fit_transform(frame)

    def best(candidates: Sequence[Candidate], what: str) -> tuple[Candidate, float]:
        tasks = (delayed(_losses)(frame, levels, left, candidates, rows) for rows in folds)
        found: list[list[float]] = []
        for losses in Parallel(n_jobs=n_jobs, return_as="generator")(tasks):
            found.append(losses)
            progress(what, len(found), len(folds))
        means = np.mean(found, axis=0)
        # The first within the tolerance is the simplest: complex ones must earn their place.
        first = int(np.argmax(means <= means.min() + TOLERANCE))
        return candidates[first], float(means[first])

    shape = shapes[0]
    if len(shapes) > 1:
        middle = [Candidate(shape=shape, penalty=MIDDLE_PENALTY) for shape in shapes]
        shape = best(middle, "Choosing the shape")[0].shape
    candidates = [Candidate(shape=shape, penalty=penalty) for penalty in penalties]
    return Choice(*best(candidates, "Choosing the penalty"))


def _losses(
    frame: pl.DataFrame,
    levels: Floats,
    left: Labels,
    candidates: Sequence[Candidate],
    rows: tuple[Rows, Rows],
) -> list[float]:
    """The log loss of every candidate on one fold."""
    train, test = rows
    losses: list[float] = []
    with threadpool_limits(1):  # else sums would depend on the machine's cores
        for shape, group in groupby(candidates, key=attrgetter("shape")):
            columns = np.hstack([levels, _numbers(shape, frame, train)])
            for candidate in group:
                model = Pipeline(regression(candidate.penalty)).fit(columns[train], left[train])
                losses.append(float(log_loss(left[test], model.predict_proba(columns[test]))))
    return losses


def _numbers(shape: Shape, frame: pl.DataFrame, train: Rows) -> Floats:
    """The columns of curves and pairs for all rows; the training rows alone place the knots."""
    part = frame[train]
    columns: Floats = ColumnTransformer(number_terms(shape, part)).fit(part).transform(frame)
    return columns

"""The attributes as columns of numbers: one-hot levels, degree-1 splines, and tables over two
attributes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    OneHotEncoder,
    SplineTransformer,
    StandardScaler,
)

from churn_lib.customer.model import FEATURES, LEVELS

Floats = NDArray[np.float64]
Knots = tuple[float, ...]
Spacing = int | Knots
"""Where the knots of a curve are: at this many quantiles of the training data, or at these
numbers.
"""

Axis = tuple[str, Spacing]
Step = tuple[str, object]
Term = tuple[str, object, list[str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """The terms over numbers: the spacing of each curve's knots, and the pairs; levels are the same
    in every shape.
    """

    curves: Mapping[str, Spacing]
    pairs: tuple[tuple[Axis, Axis], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A shape with `penalty`: `C` of scikit-learn's LogisticRegression, the inverse of the ridge on
    scaled columns.
    """

    shape: Shape
    penalty: float


def build(candidate: Candidate, frame: pl.DataFrame) -> Pipeline:
    """The unfitted pipeline of a candidate; its knots are placed by this frame, which is the
    training part alone.
    """
    terms = ColumnTransformer([*level_terms(), *number_terms(candidate.shape, frame)])
    return Pipeline([("terms", terms), *regression(candidate.penalty)])


def regression(penalty: float) -> list[Step]:
    """The steps from columns to probabilities; the tolerance is below what 1e-9 in a probability
    needs.
    """
    model = LogisticRegression(C=penalty, solver="newton-cholesky", tol=1e-8, max_iter=200)
    return [("scale", StandardScaler()), ("model", model)]


def level_terms() -> list[Term]:
    """One-hot columns for every categorical attribute; they learn nothing from data, so all folds
    share them.
    """
    return [
        (name, OneHotEncoder(categories=[list(LEVELS[name])], sparse_output=False), [name])
        for name in FEATURES
        if name in LEVELS
    ]


def number_terms(shape: Shape, frame: pl.DataFrame) -> list[Term]:
    """The curves and pairs, named by their attributes, with the knots where this frame puts
    them.
    """
    terms: list[Term] = []
    for name, spacing in shape.curves.items():
        places = np.array(knots(spacing, frame[name]))[:, np.newaxis]
        terms.append(
            (name, SplineTransformer(degree=1, knots=places, extrapolation="constant"), [name])
        )
    for (first, down), (second, right) in shape.pairs:
        axes = {"rows": knots(down, frame[first]), "columns": knots(right, frame[second])}
        terms.append(
            (f"{first} {second}", FunctionTransformer(table_basis, kw_args=axes), [first, second])
        )
    return terms


def knots(spacing: Spacing, column: pl.Series) -> Knots:
    """Increasing knots, at least two, for one attribute of the training data."""
    if not isinstance(spacing, int):
        return spacing
    found = np.unique(np.quantile(column.to_numpy(), np.linspace(0, 1, spacing))).tolist()
    return tuple(found) if len(found) > 1 else (found[0], found[0] + 1)


def hats(x: Floats, axis: Knots) -> Floats:
    """The degree-1 B-spline basis: column i is 1 at knot i, 0 at the others, straight between, flat
    outside.
    """
    return np.stack([np.interp(x, axis, peak) for peak in np.eye(len(axis))], axis=1)


def table_basis(frame: pl.DataFrame, *, rows: Knots, columns: Knots) -> Floats:
    """The products of two bases, over the two columns of the frame: one number per cell of a pair,
    row by row.
    """
    first, second = (
        hats(series.to_numpy(), axis) for series, axis in zip(frame, (rows, columns), strict=True)
    )
    return (first[:, :, np.newaxis] * second[:, np.newaxis, :]).reshape(len(frame), -1)

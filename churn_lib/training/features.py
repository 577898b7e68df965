"""The attributes as columns of numbers: one-hot levels, degree-1 splines, tables over two."""

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
"""Where a curve's knots are: at this many quantiles of the training data, or at these numbers."""

Axis = tuple[str, Spacing]
Step = tuple[str, object]
Term = tuple[str, object, list[str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """The spacing of each curve's knots, and the pairs; levels are the same in every shape."""

    curves: Mapping[str, Spacing]
    pairs: tuple[tuple[Axis, Axis], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A shape, and `C` of LogisticRegression: the inverse of the ridge on scaled columns."""

    shape: Shape
    penalty: float


def build(candidate: Candidate, frame: pl.DataFrame) -> Pipeline:
    """The unfitted pipeline of a candidate; this frame, the training part, places its knots."""
    terms = ColumnTransformer([*level_terms(), *number_terms(candidate.shape, frame)])
    return Pipeline([("terms", terms), *regression(candidate.penalty)])


def regression(penalty: float) -> list[Step]:
    """The steps from columns to probabilities."""
    # The tolerance is below what 1e-9 in a probability needs, to which the scorecard must agree.
    model = LogisticRegression(C=penalty, solver="newton-cholesky", tol=1e-8, max_iter=200)
    return [("scale", StandardScaler()), ("model", model)]


def level_terms() -> list[Term]:
    """One-hot columns for every categorical attribute; they learn nothing from data."""
    return [(name, _one_hot(name), [name]) for name in FEATURES if name in LEVELS]


def _one_hot(name: str) -> OneHotEncoder:
    return OneHotEncoder(categories=[list(LEVELS[name])], sparse_output=False)


def number_terms(shape: Shape, frame: pl.DataFrame) -> list[Term]:
    """The curves and pairs, named by their attributes; this frame places the knots."""
    terms: list[Term] = []
    for name, spacing in shape.curves.items():
        places = np.array(knots(spacing, frame[name]))[:, np.newaxis]
        spline = SplineTransformer(degree=1, knots=places, extrapolation="constant")
        terms.append((name, spline, [name]))
    for (first, down), (second, right) in shape.pairs:
        axes = {"rows": knots(down, frame[first]), "columns": knots(right, frame[second])}
        table = FunctionTransformer(table_basis, kw_args=axes)
        terms.append((f"{first} {second}", table, [first, second]))
    return terms


def knots(spacing: Spacing, column: pl.Series) -> Knots:
    """Increasing knots, at least two, for one attribute of the training data."""
    if not isinstance(spacing, int):
        return spacing
    places = np.unique(np.quantile(column.to_numpy(), np.linspace(0, 1, spacing)))
    # A spline divides by the distance of its knots: below the smallest normal number, by nothing.
    found = places[np.diff(places, prepend=-np.inf) > np.finfo(float).tiny].tolist()
    # Where all customers have one value, a curve still needs two knots: it is flat there.
    return tuple(found) if len(found) > 1 else (found[0], found[0] + 1)


def hats(x: Floats, axis: Knots) -> Floats:
    """The degree-1 B-spline basis: column i is 1 at knot i, 0 at the others, flat outside them."""
    return np.stack([np.interp(x, axis, peak) for peak in np.eye(len(axis))], axis=1)


def table_basis(frame: pl.DataFrame, *, rows: Knots, columns: Knots) -> Floats:
    """The products of the bases of the frame's two columns: one number per cell, row by row."""
    down, right = frame
    first, second = hats(down.to_numpy(), rows), hats(right.to_numpy(), columns)
    return (first[:, :, np.newaxis] * second[:, np.newaxis, :]).reshape(len(frame), -1)

"""Tables that say only what two attributes say together.

What the rows or the columns of a table say alone goes to the terms of these attributes: else a
reason would be told twice, once with the wrong sign. Rows and columns then have the mean 0 over the
customers in them (Lengerich and others, 2020, "Purifying Interaction Effects with the Functional
ANOVA"). The sum stays the same.
"""

from typing import NamedTuple, NotRequired

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import TypeAdapter
from typing_extensions import TypedDict

from churn_lib.training.effects import Single
from churn_lib.training.steps import GRID, NOTHING, Axis, Edges, Groups, Term, Units


class _Axis(TypedDict):
    edges: NotRequired[list[float]]
    groups: NotRequired[list[list[str]]]
    other: NotRequired[int | None]
    unknown: NotRequired[int | None]


class _Table(TypedDict):
    """A table as `scorecard.json` holds it."""

    features: tuple[str, str]
    axes: tuple[_Axis, _Axis]
    values: list[list[float]]


_TABLE = TypeAdapter(_Table)


class Pure(NamedTuple):
    """A table, and what it has given to its two attributes."""

    table: Term
    margins: tuple[Single, Single]


def table(term: object) -> Term:
    """A table, from what a learner or a scorecard tells of it."""
    found = _TABLE.validate_python(term)
    units = np.rint(np.array(found["values"]) * GRID).astype(np.int64)
    return Term(found["features"], tuple(map(_axis, found["axes"])), units)


def purified(term: Term, frame: pl.DataFrame) -> Pure:
    """The table with rows and columns centred over the customers of the frame."""
    rows, columns = _margins(term.units, customers(term, frame))
    pure = Term(term.features, term.axes, term.units - rows[:, np.newaxis] - columns)
    down, right = zip(term.features, term.axes, (rows, columns), strict=True)
    return Pure(pure, (_single(*down), _single(*right)))


def customers(term: Term, frame: pl.DataFrame) -> NDArray[np.int64]:
    """How many customers are in each cell."""
    found = np.zeros(term.units.shape, dtype=np.int64)
    rows, columns = term.states(frame)
    known = (rows != NOTHING) & (columns != NOTHING)
    np.add.at(found, (rows[known], columns[known]), 1)
    return found


def _margins(units: Units, weights: NDArray[np.int64]) -> tuple[Units, Units]:
    """What rows and columns say alone: the weighted least squares of both.

    Centring rows and columns in turn until nothing moves ends there too, after many turns.
    """
    down, right = weights.sum(axis=1), weights.sum(axis=0)
    system = np.block([[np.diag(down), weights], [weights.T, np.diag(right)]]).astype(np.float64)
    sums = np.concatenate([(weights * units).sum(axis=1), (weights * units).sum(axis=0)])
    # Of all solutions the smallest: a constant may stand in the rows or in the columns.
    found = np.linalg.lstsq(system, sums.astype(np.float64), rcond=None)[0]
    margins = np.rint(found).astype(np.int64)
    return margins[: len(down)], margins[len(down) :]


def _axis(axis: _Axis) -> Axis:
    unknown = axis.get("unknown")
    if "edges" in axis:
        return Edges(tuple(axis["edges"]), unknown)
    return Groups(tuple(map(tuple, axis["groups"])), axis.get("other"), unknown)


def _single(feature: str, axis: Axis, units: Units) -> Single:
    effects = units / GRID
    unknown = None if axis.unknown is None else float(effects[axis.unknown])
    if isinstance(axis, Edges):
        values = effects[: len(axis.edges) + 1]
        return Single("steps", feature, values, places=axis.edges, unknown=unknown)
    levels = {level: effects[place] for place, group in enumerate(axis.groups) for level in group}
    other = None if axis.other is None else float(effects[axis.other])
    return Single("levels", feature, np.array([*levels.values()]), (*levels,), (), other, unknown)

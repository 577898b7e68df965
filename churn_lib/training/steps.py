"""Terms that are constant between edges: step curves, levels, and tables over two attributes.

Values are whole units of `1 / GRID`, so that sums are exact, in any order.
"""

import json
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_lib.training.learner import Rows

GRID = 10_000_000
"""Units of a log-odds of 1."""

CELL_BYTES = 11
"""What a cell takes in the scorecard, with its part of the edges."""

NOTHING = -1
"""The state of a value that a term says nothing of: its effect is 0."""

Units = NDArray[np.int64]


class Edges(NamedTuple):
    """The states of a number: k is the bin above edge k - 1, up to edge k and with it."""

    edges: tuple[float, ...]
    unknown: int | None

    def states(self, column: pl.Series) -> Rows:
        numbers = column.fill_null(np.nan).to_numpy()
        known = np.searchsorted(np.array(self.edges), numbers, side="left")
        return np.where(np.isnan(numbers), _or_nothing(self.unknown), known)

    def card(self) -> dict[str, object]:
        return {"edges": [*self.edges]} | _present(unknown=self.unknown)

    @property
    def size(self) -> int:
        return 0  # that of its edges is in that of the cells


class Groups(NamedTuple):
    """The states of an attribute with levels: the group of its level."""

    groups: tuple[tuple[str, ...], ...]
    other: int | None
    unknown: int | None

    def states(self, column: pl.Series) -> Rows:
        places: dict[str | None, int] = {None: _or_nothing(self.unknown)}
        places |= {level: k for k, group in enumerate(self.groups) for level in group}
        other = _or_nothing(self.other)
        return np.array([places.get(level, other) for level in column], dtype=np.int64)

    def card(self) -> dict[str, object]:
        groups = [[*group] for group in self.groups]
        return {"groups": groups} | _present(other=self.other, unknown=self.unknown)

    @property
    def size(self) -> int:
        return len(json.dumps(self.groups))


Axis = Edges | Groups


@dataclass(frozen=True, slots=True)
class Term:
    """What one attribute, or two together, add to the log-odds: the units of each state."""

    features: tuple[str, ...]
    axes: tuple[Axis, ...]
    units: Units

    def states(self, frame: pl.DataFrame) -> tuple[Rows, ...]:
        """The state of every row on each axis."""
        axes = zip(self.features, self.axes, strict=True)
        return tuple(axis.states(frame[name]) for name, axis in axes)

    def effect(self, frame: pl.DataFrame) -> Units:
        padded = np.pad(self.units, (0, 1))  # the last state is the one that NOTHING takes
        found: Units = padded[self.states(frame)]
        return found

    @property
    def size(self) -> int:
        """About how many bytes it takes in `scorecard.json`."""
        return self.units.size * CELL_BYTES + sum(axis.size for axis in self.axes)

    def card(self) -> dict[str, object]:
        """The term as `scorecard.json` holds it."""
        values = (self.units / GRID).tolist()
        if len(self.axes) == 2:
            axes = [axis.card() for axis in self.axes]
            return {"kind": "table", "features": [*self.features], "axes": axes, "values": values}
        [name], [axis] = self.features, self.axes
        if isinstance(axis, Edges):
            known = values[: len(axis.edges) + 1]
            head = {"kind": "steps", "feature": name, "edges": [*axis.edges], "values": known}
            return head | _present(unknown=_value(values, axis.unknown))
        points = {level: values[k] for k, group in enumerate(axis.groups) for level in group}
        special = {"other": _value(values, axis.other), "unknown": _value(values, axis.unknown)}
        return {"kind": "levels", "feature": name, "points": points} | _present(**special)


def _or_nothing(state: int | None) -> int:
    return NOTHING if state is None else state


def _value(values: list[float], state: int | None) -> float | None:
    return None if state is None else values[state]


def _present(**entries: float | None) -> dict[str, object]:
    return {name: entry for name, entry in entries.items() if entry is not None}

"""Terms over two attributes of any kind: one number for each two states."""

from bisect import bisect_left
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal, Self

from annotated_types import Interval, Len
from pydantic import Discriminator, Field, Tag, ValidationInfo, model_validator

from churn_lib.customer.model import LEVELS, Value, Values
from churn_lib.score.parts import (
    Edges,
    Effect,
    Feature,
    LogOdds,
    Part,
    check_levels,
    fault,
    is_none,
    is_numeric,
    other_schema,
)

State = Annotated[Annotated[int, Interval(ge=0)] | None, Field(exclude_if=is_none)]
"""The row or column of a table that stands for such values."""


class NumberAxis(Part):
    """A state for each bin of a number, and perhaps one more for what is not known."""

    edges: Edges
    unknown: State = None

    @property
    def states(self) -> set[int]:
        return {*range(len(self.edges) + 1)} | _given(self.unknown)

    def state(self, value: Value) -> int | None:
        """The state of a value; None where the table says nothing of it."""
        return self.unknown if value is None else bisect_left(self.edges, float(value))


class LevelAxis(Part):
    """A state for each group of levels, and perhaps more for levels that are not listed, and for
    what is not known.
    """

    groups: Annotated[tuple[tuple[str, ...], ...], Len(1)]
    other: State = None
    unknown: State = None

    @property
    def states(self) -> set[int]:
        return {*range(len(self.groups))} | _given(self.other) | _given(self.unknown)

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {level: state for state, group in enumerate(self.groups) for level in group}

    def state(self, value: Value) -> int | None:
        """The state of a value; None where the table says nothing of it."""
        return self.unknown if value is None else self._places.get(str(value), self.other)


def _given(state: int | None) -> set[int]:
    return set() if state is None else {state}


def _kind(axis: object) -> str:
    has_groups = "groups" in axis if isinstance(axis, Mapping) else isinstance(axis, LevelAxis)
    return "levels" if has_groups else "number"


Axis = Annotated[
    Annotated[NumberAxis, Tag("number")] | Annotated[LevelAxis, Tag("levels")],
    Discriminator(_kind),
]


class Table(Part):
    """`values[i][j]` in log-odds in state i of the first attribute and j of the second."""

    kind: Literal["table"] = "table"
    features: tuple[Feature, Feature]
    axes: tuple[Axis, Axis]
    values: tuple[tuple[LogOdds, ...], ...]

    @model_validator(mode="after")
    def _fits(self, info: ValidationInfo) -> Self:
        if self.features[0] == self.features[1]:
            raise fault("features must be two")
        for feature, axis in zip(self.features, self.axes, strict=True):
            _check_axis(feature, axis, info)
        rows, columns = (len(axis.states) for axis in self.axes)
        if [len(line) for line in self.values] != [columns] * rows:
            raise fault("values must be a line for each first state, a number for each second one")
        return self

    def effect(self) -> Effect:
        (first, second), (down, right), cells = self.features, self.axes, self.values

        def cell(values: Values) -> float:
            row, column = down.state(values[first]), right.state(values[second])
            return 0.0 if row is None or column is None else cells[row][column]

        return cell


def _check_axis(feature: str, axis: NumberAxis | LevelAxis, info: ValidationInfo) -> None:
    if isinstance(axis, NumberAxis):
        if not is_numeric(feature, info):
            raise other_schema(feature, "edges must be of a numeric attribute")
    elif feature not in LEVELS:
        raise other_schema(feature, "groups must be of a categorical attribute")
    else:
        check_levels(feature, [level for group in axis.groups for level in group], "groups")
    if axis.states != {*range(len(axis.states))}:
        raise fault("states must be numbered without a gap")

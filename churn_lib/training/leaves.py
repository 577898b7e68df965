"""Trees of depth 2 as terms: the same log-odds, without trees.

A leaf depends on two attributes at most. So the sum of all trees is exactly one number per level,
one step curve per number, and one table per pair of attributes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, NotRequired, TypedDict

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_lib.training.steps import GRID, Axis, Edges, Groups, Term, Units

DIGITS = 12
"""Significant digits of an edge: more than a written number has, without the noise of halving."""

ZERO, ENDLESS = 1.1e-35, 1e300
"""LightGBM takes numbers up to the first for 0, and writes the second for infinity."""


class Node(TypedDict):
    """A node of a tree as LightGBM dumps it; of these fields a leaf has `leaf_value` alone."""

    split_feature: int
    threshold: float
    default_left: bool
    missing_type: str
    left_child: "Node"
    right_child: "Node"
    leaf_value: NotRequired[float]


class Column(NamedTuple):
    """What trees see: a number, or whether an attribute has this level (None: it is not known)."""

    feature: str
    level: str | None = None


class Nature(NamedTuple):
    """What an attribute may be: one of the levels, or a number where that is None.

    other: also a level that is not listed. unknown: also not known.
    """

    levels: tuple[str, ...] | None
    other: bool
    unknown: bool


class Condition(NamedTuple):
    """A leaf's demand of a column: to be at most the edge, or above it.

    unknown: whether a number that is not known meets it too.
    """

    column: int
    edge: float
    below: bool
    unknown: bool


Leaves = Counter[tuple[Condition, ...]]
"""The units that are added to the log-odds where all these conditions are met."""

Mask = NDArray[np.bool_]
Kept = list[int]
"""The states of an attribute that an axis keeps; the others are equal to one of them."""


class Bins:
    """All states of a number that some tree tells apart; the last is "not known"."""

    def __init__(self, edges: Iterable[float], column: pl.Series, nature: Nature) -> None:
        self.edges = tuple(sorted(edges))
        self.unknown = nature.unknown
        self.missing = column.null_count() > 0
        states = Edges(self.edges, None).states(column.drop_nulls())
        self.shares = np.bincount(states, minlength=len(self) - 1) / max(len(states), 1)

    def __len__(self) -> int:
        return len(self.edges) + 2

    def meeting(self, condition: Condition) -> Mask:
        at_most = np.arange(len(self) - 1) <= np.searchsorted(self.edges, condition.edge)
        return np.append(at_most == condition.below, condition.unknown)

    def complete(self, table: Units) -> None:
        """Gives a number that was never missing in training the mean effect where it is."""
        if not self.missing:
            table[-1] = np.rint(np.tensordot(self.shares, table[:-1], 1))

    def axis(self, table: Units) -> tuple[Axis, Kept]:
        """The axis without the edges at which nothing changes."""
        changes = np.flatnonzero((np.diff(table[:-1], axis=0) != 0).any(axis=1)).tolist()
        kept = [0, *(change + 1 for change in changes)]
        edges = tuple(self.edges[change] for change in changes)
        if self.unknown:
            return Edges(edges, len(kept)), [*kept, len(self) - 1]
        return Edges(edges, None), kept


class Categories:
    """All levels that some tree knows; the last state is any other."""

    def __init__(self, used: Mapping[int, Column], nature: Nature) -> None:
        self.columns = np.array([*used, -1])
        self.places = {column.level: place for place, column in enumerate(used.values())}
        self.nature = nature

    def __len__(self) -> int:
        return len(self.columns)

    def meeting(self, condition: Condition) -> Mask:
        # The column of a level is 1 or 0: to be at most the edge means to be another level.
        met: Mask = (self.columns == condition.column) != condition.below
        return met

    def complete(self, _table: Units) -> None:
        """Trees know of any level at least that it is none of theirs."""

    def axis(self, table: Units) -> tuple[Axis, Kept]:
        """The axis with one group for all levels of equal effect."""
        kept: list[int] = []
        places: dict[bytes, int] = {}
        rest = len(self) - 1

        def place(state: int) -> int:
            effects = table[state].tobytes()
            if effects not in places:
                places[effects] = len(kept)
                kept.append(state)
            return places[effects]

        groups = defaultdict[int, list[str]](list)
        for level in self.nature.levels or ():
            groups[place(self.places.get(level, rest))].append(level)
        other = place(rest) if self.nature.other else None
        unknown = place(self.places.get(None, rest)) if self.nature.unknown else None
        return Groups(tuple(map(tuple, groups.values())), other, unknown), kept


States = Bins | Categories
Features = tuple[str, ...]
Tables = dict[Features, Units]
"""The units of every combination of the states of these attributes."""


def compile_trees(
    trees: Iterable[Node],
    boostings: int,
    columns: Sequence[Column],
    natures: Mapping[str, Nature],
    frame: pl.DataFrame,
) -> tuple[int, list[Term]]:
    """The units that are the same for everybody, and the terms; the frame is the training data.

    The trees are those of so many boostings, whose mean is taken.
    """
    leaves: Leaves = Counter()
    for tree in trees:
        _collect(tree, (), boostings, leaves)
    used = {condition for conditions in leaves for condition in conditions}
    states = _states(used, columns, natures, frame)
    masks = {one: states[columns[one.column].feature].meeting(one) for one in used}
    tables: Tables = {}
    for conditions, count in leaves.items():
        met: dict[str, Mask] = {}
        for condition in conditions:
            name = columns[condition.column].feature
            met[name] = masks[condition] & met.get(name, True)
        _add(met, count, tables)
    same = int(tables.pop((), 0))
    ordered = sorted(tables, key=lambda features: (len(features), features))
    return same, [_term(features, tables[features], states) for features in ordered]


def tidy(threshold: float) -> float:
    """The edge of a tree's threshold."""
    if threshold >= ENDLESS:
        return np.inf
    return 0.0 if 0 < threshold <= ZERO else float(f"{threshold:.{DIGITS}g}")


def units(leaf_value: float, boostings: int) -> int:
    """What a leaf of one of so many boostings adds."""
    return round(leaf_value / boostings * GRID)


def _collect(node: Node, conditions: tuple[Condition, ...], boostings: int, leaves: Leaves) -> None:
    """Counts the leaves below a node."""
    if "leaf_value" in node:
        leaves[conditions] += units(node["leaf_value"], boostings)
        return
    column, edge = node["split_feature"], tidy(node["threshold"])
    for child, below in ((node["left_child"], True), (node["right_child"], False)):
        unknown = node["missing_type"] == "NaN" and node["default_left"] == below
        further = (*conditions, Condition(column, edge, below, unknown))
        _collect(child, further, boostings, leaves)


def _states(
    conditions: Iterable[Condition],
    columns: Sequence[Column],
    natures: Mapping[str, Nature],
    frame: pl.DataFrame,
) -> dict[str, States]:
    """The states of every attribute that some tree uses."""
    edges = defaultdict[int, set[float]](set)
    for condition in conditions:
        edges[condition.column].add(condition.edge)
    used = defaultdict[str, dict[int, Column]](dict)
    for column in sorted(edges):
        used[columns[column].feature][column] = columns[column]
    return {
        name: Categories(own, natures[name])
        if natures[name].levels is not None
        else Bins(edges[next(iter(own))] - {np.inf}, frame[name], natures[name])
        for name, own in used.items()
    }


def _add(met: Mapping[str, Mask], count: int, tables: Tables) -> None:
    """Adds the units of a leaf to all states that meet its conditions."""
    features = tuple(sorted(met))
    if features not in tables:
        tables[features] = np.zeros([len(met[name]) for name in features], np.int64)
    tables[features][np.ix_(*(met[name] for name in features))] += count


def _term(features: Features, table: Units, states: Mapping[str, States]) -> Term:
    axes: list[Axis] = []
    kept: list[Kept] = []
    for place, name in enumerate(features):
        side = np.moveaxis(table, place, 0)
        states[name].complete(side)
        axis, places = states[name].axis(side.reshape(len(side), -1))
        axes.append(axis)
        kept.append(places)
    return Term(features, tuple(axes), table[np.ix_(*kept)])

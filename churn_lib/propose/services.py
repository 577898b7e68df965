"""Services that need another one: their column says so, or is blank, exactly where that one is not
taken.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import NamedTuple

import numpy as np

from churn_lib.propose.column import Column, Floats
from churn_lib.propose.phrases import noun

FEWEST = 5
"""Rows, that two columns agree by chance on where so few lack a service is out of the question."""

NONE = frozenset({"no", "0", "false", "n", "f"})
"""How a column says that a service is not taken."""


class Absence(NamedTuple):
    """text: the level by which a service says that the other one, `parent`, is at `without`; of a
    column that is blank there, the words for it. A number is blank there.
    """

    parent: Column
    without: str
    text: str
    blank: bool


def absences(
    levels: Sequence[Column], numbers: Iterable[Column], none: Set[str] = NONE
) -> dict[str, Absence]:
    """The absence that each column tells, by its heading. none: how columns say no."""
    if not levels:
        return {}
    weights = np.random.default_rng(0).random(len(levels[0].codes))
    parents = dict(_parents(levels, weights, none))
    found: dict[str, Absence] = {}
    for column in (*levels, *numbers):
        for place, total in enumerate(_totals(column, weights), start=-1):
            parent, without = parents.get(total, (None, ""))
            if parent is None or parent is column or not total:
                continue
            text = f"No {noun(parent.heading)}" if place < 0 else column.texts[place]
            if place < 0 or (column.numbers is None and text.casefold() not in none):
                found.setdefault(column.heading, Absence(parent, without, text, place < 0))
    return _sound(found, levels)


def _parents(
    levels: Iterable[Column], weights: Floats, none: Set[str]
) -> Iterator[tuple[float, tuple[Column, str]]]:
    """The column that others need, and its level where it is not taken, by the sum of its rows."""
    alike = defaultdict[float, list[tuple[Column, str]]](list)
    for column in levels:
        totals = _totals(column, weights)[1:]
        for text, count, total in zip(column.texts, column.counts, totals, strict=True):
            if FEWEST <= count <= len(column.codes) - FEWEST:
                alike[total].append((column, text))
    for total, found in alike.items():
        told = [one for one in found if one[1].casefold() in none] or _needed(found)
        if told:
            yield total, told[0]


def _needed(found: Sequence[tuple[Column, str]]) -> Sequence[tuple[Column, str]]:
    """In any language: the one that calls these rows otherwise, where several call them alike."""
    counts = Counter(text for _, text in found)
    others = [one for one in found if counts[one[1]] == 1]
    return others if len(others) == 1 and len(counts) == 2 else []


def _totals(column: Column, weights: Floats) -> Sequence[float]:
    """A sum over the rows of each value, the missing one first: equal where the rows are the same,
    for they are added up in the same order.
    """
    sums = np.bincount(column.codes + 1, weights, minlength=column.distinct + 1)
    return [float(total) for total in sums]


def _sound(found: dict[str, Absence], levels: Sequence[Column]) -> dict[str, Absence]:
    """Those that a schema can say: one text stands for one service's absence, wherever it is a
    level, and a service that others need does not itself need another one.
    """
    texts = {level.heading: [text.casefold() for text in level.texts] for level in levels}
    children = found.keys() & texts.keys()
    meant: dict[str, tuple[str, str]] = {}
    kept: dict[str, Absence] = {}
    for heading, one in found.items():
        parent = (one.parent.heading, one.without)
        others = (level for level in levels if level.heading != heading)
        foreign = any(
            one.text in level.texts and _parent(found, level.heading) != parent for level in others
        )
        said = one.blank and one.text.casefold() in texts.get(heading, ())
        if parent[0] in children or foreign or said:
            continue
        if meant.setdefault(one.text, parent) == parent:
            kept[heading] = one
    return kept


def _parent(found: dict[str, Absence], heading: str) -> tuple[str, str] | None:
    one = found.get(heading)
    return (one.parent.heading, one.without) if one else None

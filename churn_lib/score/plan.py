"""A card made ready: whatever terms are about an attribute, its place is found once a score."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from math import inf
from operator import itemgetter
from typing import Generic, TypeVar, cast

from churn_lib.customer.model import LEVELS, NOTES, Value, Values, may_lack
from churn_lib.score.tables import LevelAxis, NumberAxis, Table
from churn_lib.score.terms import Levels, Steps, Term

UNLISTED = "\0"
"""A level that no attribute has."""

NOTHING = -1
"""The state of what a table says nothing of: its last row and its last column are zeros."""

Found = TypeVar("Found")
Edges = Mapping[str, Sequence[float]]
"""All edges that terms have for a number: between them, every term is constant."""


class _OrOther(dict[Value, Found], Generic[Found]):
    """What is found for each level, and for any other one."""

    def __init__(self, listed: Mapping[Value, Found], other: Found) -> None:
        super().__init__(listed)
        self._other = other

    def __missing__(self, level: Value) -> Found:
        return self._other


class Plan:
    """Works out the effects of all terms, in their order.

    The key of a level is the level, that of a number is the bin between all edges that terms have
    for it, that of what is not known is None. Levels, steps and tables are looked up by keys;
    curves and pairs are worked out.
    """

    def __init__(self, terms: Sequence[Term]) -> None:
        edges = _edges(terms)
        levels = [name for name in _looked_up(terms) if name in LEVELS]
        places = {name: place for place, name in enumerate([*levels, *edges])}
        self._levels = _getter(levels)
        self._numbers = cast("Callable[[Values], Sequence[float]]", _getter([*edges]))
        self._edges = [*edges.values()]
        singles = [one for one in terms if isinstance(one, Levels | Steps)]
        tables = [one for one in terms if isinstance(one, Table)]
        others = [one for one in terms if not isinstance(one, Levels | Steps | Table)]
        self._singles = [(places[one.feature], _points(one, edges)) for one in singles]
        self._tables = [
            (places[one.features[0]], places[one.features[1]], *_cells(one, edges))
            for one in tables
        ]
        self._others = [one.effect() for one in others]
        self._in_order = _sorter(terms, [*singles, *tables, *others])

    def effects(self, values: Values) -> tuple[float, ...]:
        """One effect per term, in log-odds. values: a customer's, with all that is worked out."""
        keys = [*self._levels(values)]
        if self._edges:
            keys += self._bins(values)
        found = [points[keys[place]] for place, points in self._singles]
        if self._tables:
            found += [rows[keys[i]][columns[keys[j]]] for i, j, rows, columns in self._tables]
        if self._others:
            found += [effect(values) for effect in self._others]
        return self._in_order(found)

    def _bins(self, values: Values) -> Sequence[Value]:
        numbers = self._numbers(values)
        try:
            return [*map(bisect_left, self._edges, numbers)]
        except TypeError:  # at least one is not known
            pairs = zip(self._edges, numbers, strict=True)
            return [None if x is None else bisect_left(edges, x) for edges, x in pairs]


def _looked_up(terms: Sequence[Term]) -> dict[str, None]:
    """The attributes of all that is looked up, each once."""
    return dict.fromkeys(
        name for term in terms if isinstance(term, Levels | Steps | Table) for name in term.features
    )


def _edges(terms: Sequence[Term]) -> Edges:
    found = defaultdict[str, set[float]](set)
    for term in terms:
        axes = term.axes if isinstance(term, Table) else (term,)
        for name, axis in zip(term.features, axes, strict=False):
            if isinstance(axis, Steps | NumberAxis):
                found[name].update(axis.edges)
    # Without any edge, what is not known would be compared with none, and so be taken for a number.
    return {name: tuple(sorted(own)) or (inf,) for name, own in found.items()}


def _getter(names: Sequence[str]) -> Callable[[Values], Sequence[Value]]:
    """Takes the values of these names, as fast as it can be done."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: [values[name] for name in names]


def _lookup(name: str, edges: Edges, of: Callable[[Value], Found]) -> Mapping[Value, Found]:
    """By key what is said of an attribute's values; a bin has its upper edge as an example."""
    examples: list[tuple[Value, Value]] = (
        [(level, level) for level in LEVELS[name]]
        if name in LEVELS
        else [*enumerate((*edges[name], inf))]
    )
    if name not in NOTES or may_lack(name):
        examples.append((None, None))
    found = {key: of(value) for key, value in examples}
    return _OrOther(found, of(UNLISTED)) if name in NOTES and NOTES[name].other else found


def _points(term: Levels | Steps, edges: Edges) -> Mapping[Value, float]:
    effect = term.effect()
    return _lookup(term.feature, edges, lambda value: effect({term.feature: value}))


def _cells(
    table: Table, edges: Edges
) -> tuple[Mapping[Value, Sequence[float]], Mapping[Value, int]]:
    """The rows, and where in a row to look, by key."""
    (first, second), (down, right) = table.features, table.axes
    lines = [(*line, 0.0) for line in table.values]
    lines.append((0.0,) * len(lines[0]))
    rows = _lookup(first, edges, lambda value: lines[_state(down, value)])
    return rows, _lookup(second, edges, lambda value: _state(right, value))


def _state(axis: NumberAxis | LevelAxis, value: Value) -> int:
    state = axis.state(value)
    return NOTHING if state is None else state


def _sorter(
    terms: Sequence[Term], grouped: Sequence[Term]
) -> Callable[[list[float]], tuple[float, ...]]:
    """Puts the effects of grouped terms into the order of the card."""
    found = {id(term): place for place, term in enumerate(grouped)}
    places = [found[id(term)] for term in terms]
    return tuple if places == [*range(len(places))] else itemgetter(*places)

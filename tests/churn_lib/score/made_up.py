"""Made-up cards and customers of whatever schema is in force, for hypothesis."""

import math
from collections.abc import Sequence
from itertools import combinations
from typing import TypeVar

from hypothesis import strategies as st

from churn_lib.customer.model import (
    ABSENT,
    ATTRIBUTES,
    FEATURES,
    LEVELS,
    NOTES,
    NUMBERS,
    WITHOUT,
    Value,
    may_lack,
)

Json = dict[str, object]
Row = dict[str, Value]
Option = TypeVar("Option")

ASKED = [name for name in FEATURES if name in NUMBERS and NOTES[name].asked]
RATIO = "made_up_ratio"

log_odds = st.floats(-3, 3)
maybe = st.none() | log_odds


def places(name: str) -> list[float]:
    """Numbers at which cards have edges and knots, so that customers often are there."""
    if name not in ATTRIBUTES:
        return [-1.0, 0.0, 0.5, 1.0, 2.0, 30.0]
    low, high = ATTRIBUTES[name].low, ATTRIBUTES[name].high
    return [low, *(place for place in (low + 1, low + 2, low + 7) if place < high), float(high)]


def some(name: str, fewest: int) -> st.SearchStrategy[list[float]]:
    return st.lists(st.sampled_from(places(name)), unique=True, min_size=fewest).map(sorted)


def present(**entries: object) -> Json:
    return {name: entry for name, entry in entries.items() if entry is not None}


@st.composite
def singles(draw: st.DrawFn, name: str) -> Json:
    about: Json = {"feature": name, **present(unknown=draw(maybe))}
    if name in LEVELS:
        points = {str(level): draw(log_odds) for level in LEVELS[name]}
        return {"kind": "levels", **about, "points": points, **present(other=draw(maybe))}
    kind = draw(st.sampled_from(["curve", "steps"]))
    found = draw(some(name, 2 if kind == "curve" else 0))
    count = len(found) + (kind == "steps")
    values = draw(st.lists(log_odds, min_size=count, max_size=count))
    return {"kind": kind, **about, "knots" if kind == "curve" else "edges": found, "values": values}


@st.composite
def axes(draw: st.DrawFn, name: str) -> tuple[Json, int]:
    """An axis, and how many states it has."""
    if name not in LEVELS:
        edges = draw(some(name, 0))
        return draw(with_states({"edges": edges}, len(edges) + 1, ["unknown"]))
    levels = draw(st.permutations([str(level) for level in LEVELS[name]]))
    cut = draw(st.integers(0, len(levels) - 1))
    groups = [group for group in (levels[:cut], levels[cut:]) if group]
    return draw(with_states({"groups": groups}, len(groups), ["other", "unknown"]))


@st.composite
def with_states(
    draw: st.DrawFn, axis: Json, count: int, special: Sequence[str]
) -> tuple[Json, int]:
    """The axis where these may have a state, which may be one of their own."""
    for field in special:
        state = draw(st.none() | st.integers(0, count))
        axis = axis | present(**{field: state})
        count += state == count
    return axis, count


@st.composite
def tables(draw: st.DrawFn, names: tuple[str, str]) -> Json:
    (down, rows), (right, columns) = (draw(axes(name)) for name in names)
    line = st.lists(log_odds, min_size=columns, max_size=columns)
    values = draw(st.lists(line, min_size=rows, max_size=rows))
    return {"kind": "table", "features": names, "axes": [down, right], "values": values}


@st.composite
def pairs(draw: st.DrawFn, names: tuple[str, str]) -> Json:
    knots = [draw(some(name, 2)) for name in names]
    line = st.lists(log_odds, min_size=len(knots[1]), max_size=len(knots[1]))
    values = draw(st.lists(line, min_size=len(knots[0]), max_size=len(knots[0])))
    return {"kind": "pair", "features": names, "knots": knots, "values": values}


@st.composite
def cards(draw: st.DrawFn) -> Json:
    """Any valid card of the schema in force, with a ratio where there are two numbers."""
    parts = draw(st.permutations(ASKED))[:2]
    made = {RATIO: {"ratio": parts, "label": "Made up", "from": [[0, "has little"]]}}
    names = [*FEATURES, *([RATIO] if len(parts) == 2 else [])]
    terms = [draw(singles(name)) for name in draw(subset(names, 1))]
    for both in draw(subset([*combinations(names, 2)], 0)):
        numeric = not any(name in LEVELS for name in both)
        terms.append(draw(tables(both) | pairs(both) if numeric else tables(both)))
    card = {"intercept": draw(log_odds), "terms": draw(st.permutations(terms))}
    return {**card, "made": made} if len(parts) == 2 else card


def subset(options: Sequence[Option], fewest: int) -> st.SearchStrategy[list[Option]]:
    some = st.sampled_from(options) if options else st.nothing()
    return st.lists(some, unique=True, min_size=fewest, max_size=min(8, len(options)))


@st.composite
def customers(draw: st.DrawFn) -> Row:
    """Any valid customer of the schema in force, often at an edge or beside one."""
    row = {name: draw(_value(name)) for name in ATTRIBUTES}
    for name, (parent, absent) in ABSENT.items():
        listed = [level for level in LEVELS[name] if level != absent]
        row[name] = absent if row[parent] == WITHOUT[parent] else draw(st.sampled_from(listed))
    return row


def _value(name: str) -> st.SearchStrategy[Value]:
    known = _level(name) if name in LEVELS else _number(name)
    return st.none() | known if may_lack(name) else known


def _level(name: str) -> st.SearchStrategy[Value]:
    others = ["something else"] if ATTRIBUTES[name].other else []
    return st.sampled_from([*LEVELS[name], *others])


def _number(name: str) -> st.SearchStrategy[Value]:
    note = ATTRIBUTES[name]
    if note.whole:
        return st.sampled_from([int(place) for place in places(name)])
    beside = [math.nextafter(at, to) for at in places(name) for to in (-math.inf, math.inf)]
    fitting = [place for place in beside if note.low <= place <= note.high]
    anywhere: st.SearchStrategy[Value] = st.floats(note.low, note.high)
    return st.sampled_from([*places(name), *fitting]) | anywhere

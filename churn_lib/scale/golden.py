"""Customers at all edges of a score."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from math import inf, nextafter
from random import Random

from churn_lib.customer.contact import COUNTS, TRUTHS
from churn_lib.customer.model import (
    ABSENT,
    ATTRIBUTES,
    LEVELS,
    NO,
    NOTES,
    WITHOUT,
    Value,
    example,
)
from churn_lib.scale.request import ARGUMENTS
from churn_lib.score.tables import NumberAxis, Table
from churn_lib.score.terms import Card, Curve, Pair, Steps

Row = dict[str, Value]
"""A customer as a table has one: what is not known is None."""

DIVISOR = 8.0
"""What ratios are made with, so that they come out at their edges exactly."""

UNKNOWN = 0.3
"""The share of values that are not known, where that may be."""

MOST_DAYS = 400
"""Beyond what any rule asks for."""


def customers(card: Card, facts: Iterable[str], count: int, seed: int = 0) -> Iterator[Row]:
    """One at each level, edge and end and on both sides of it, one without each value that may be
    left out, and so many at random; all with facts at random.
    """
    random, names = Random(seed), tuple(facts)
    places = edges(card)
    for changes in (*_at_levels(), *_at_numbers(places), *_at_ratios(card, places), *_unknown()):
        yield plain(changes) | _facts(names, random)
    for _ in range(count):
        yield _at_random(places, random) | _facts(names, random)


def edges(card: Card) -> dict[str, list[float]]:
    """By number, where its effect or its words may change, and the ends of what is allowed."""
    found = defaultdict[str, set[float]](set)
    for name, note in NOTES.items():
        if not note.levels:
            ends = {float(note.low), float(note.high)} if note.asked else set()
            found[name] |= {*ends, *map(float, note.phrases)}
    for name, ratio in card.made.items():
        found[name] |= {bound for bound, _ in ratio.bands}
    for name, places in _of_terms(card):
        found[name].update(places)
    return {name: sorted(places) for name, places in found.items()}


def _of_terms(card: Card) -> Iterator[tuple[str, Iterable[float]]]:
    for term in card.terms:
        if isinstance(term, Curve):
            yield term.feature, term.knots
        elif isinstance(term, Steps):
            yield term.feature, term.edges
        elif isinstance(term, Pair):
            yield from zip(term.features, term.knots, strict=True)
        elif isinstance(term, Table):
            axes = zip(term.features, term.axes, strict=True)
            yield from ((name, axis.edges) for name, axis in axes if isinstance(axis, NumberAxis))


def _at_levels() -> Iterator[Row]:
    for name, levels in LEVELS.items():
        yield from (beside(name, level) for level in levels)
        if name in ABSENT and NO in levels:
            yield {**beside(name, ABSENT[name][1]), name: NO}
        if ATTRIBUTES[name].other:
            yield {name: "surely another level"}


def beside(name: str, level: Value) -> Row:
    """A level with what it needs of the service that this one needs."""
    if name not in ABSENT:
        return {name: level}
    parent, absent = ABSENT[name]
    present = next(other for other in LEVELS[parent] if other != WITHOUT[parent])
    return {name: level, parent: WITHOUT[parent] if level == absent else present}


def _at_numbers(places: Mapping[str, Iterable[float]]) -> Iterator[Row]:
    for name in ATTRIBUTES:
        for number in _around(name, places.get(name, ())):
            yield {name: number}


def _around(name: str, places: Iterable[float]) -> list[float]:
    """The places and what lies next to them, as far as it is allowed."""
    note = ATTRIBUTES[name]
    step = (lambda at, to: at + (1 if to > 0 else -1)) if note.whole else nextafter
    found = {one for at in places for one in (at, step(at, inf), step(at, -inf))}
    return [one for one in sorted(found) if note.low <= one <= note.high]


def _at_ratios(card: Card, places: Mapping[str, Iterable[float]]) -> Iterator[Row]:
    """Two numbers whose ratio is at an edge, where both are allowed."""
    schema = ((name, note.made) for name, note in NOTES.items() if note.made is not None)
    made = {name: how.parts for name, how in schema if how.kind == "ratio"}
    for name, parts in {**made, **{own: one.ratio for own, one in card.made.items()}}.items():
        if not all(part in ATTRIBUTES for part in parts):
            continue
        pairs = ((edge * DIVISOR, DIVISOR) for edge in places[name])
        for pair in pairs:
            row: Row = dict(zip(parts, pair, strict=True))
            if all(_is_allowed(part, one) for part, one in zip(parts, pair, strict=True)):
                yield row


def _is_allowed(name: str, number: float) -> bool:
    note = ATTRIBUTES[name]
    return note.low <= number <= note.high and (number.is_integer() or not note.whole)


def _unknown() -> Iterator[Row]:
    for name in ARGUMENTS:
        if not ATTRIBUTES[name].required or ATTRIBUTES[name].blank is not None:
            yield {name: None}
        if name in ABSENT:
            yield {**beside(name, ABSENT[name][1]), name: None}


def plain(changes: Mapping[str, Value]) -> Row:
    services = {name: one for name, one in changes.items() if name in WITHOUT}
    row = {**example(**services).__dict__, **changes}
    return {name: row[name] for name in ARGUMENTS}


def _at_random(places: Mapping[str, list[float]], random: Random) -> Row:
    row = {name: _value(name, places, random) for name in ARGUMENTS}
    for name in ABSENT.keys() & row.keys():
        parent, absent = ABSENT[name]
        others = [level for level in LEVELS[name] if level != absent]
        row[name] = absent if row[parent] == WITHOUT[parent] else random.choice(others)
    return row


def _value(name: str, places: Mapping[str, list[float]], random: Random) -> Value:
    note = ATTRIBUTES[name]
    if not note.required and random.random() < UNKNOWN:
        return None
    if name in LEVELS:
        return random.choice(LEVELS[name])
    # The end of what is allowed lies far beyond all customers.
    low, *_, last, _end = [note.low, *places[name]]
    number = random.uniform(low, max(low, last))
    return round(number) if note.whole else round(number, 2)


def _facts(names: Iterable[str], random: Random) -> Row:
    return {name: _fact(name, random) for name in names}


def _fact(name: str, random: Random) -> Value:
    if random.random() < UNKNOWN:
        return None
    if name in TRUTHS:
        return random.random() < 0.5
    return random.randrange(MOST_DAYS) if name in COUNTS else round(random.uniform(0, 120), 2)

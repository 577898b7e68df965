"""Made-up customers over what the rules of catalogues ask for, the same ones every time."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from churn_lib.customer.model import (
    ABSENT,
    ATTRIBUTES,
    LEVELS,
    NOTES,
    SCHEMA,
    WITHOUT,
    Customer,
    Value,
    example,
)
from churn_lib.customer.schema import Attribute
from churn_lib.offers.catalogue import Catalogue, catalogue
from churn_lib.offers.rules import OTHER, Condition

MOST = 2000
"""Customers; of more combinations so many are taken, spread evenly over all."""

NEIGHBOUR = 0.01
"""How far beyond the bound of a rule the next number is tried, where it is not whole."""

GOLDEN = (math.sqrt(5) - 1) / 2


def grid(*catalogues: Catalogue) -> Iterator[Customer]:
    """Customers with all levels, and all numbers where something begins or ends, of what rules of
    these catalogues (else the one in force) ask for, and of bill and tenure; the rest is plainest.
    """
    rules = [rule for one in catalogues or (catalogue(),) for rule in _rules(one)]
    axes = {name: _points(name, rules) for name in _named(rules)}
    for places in _spread([len(points) for points in axes.values()]):
        chosen = {name: axes[name][place] for name, place in zip(axes, places, strict=True)}
        yield example(**_agreeing(chosen))


def _rules(catalogue: Catalogue) -> Iterator[Condition]:
    yield from catalogue.contact
    for offer in catalogue.offers:
        for layer in (offer.answers, offer.eligible, offer.suitable, offer.contact):
            yield from layer


def _named(rules: Iterable[Condition]) -> Iterator[str]:
    """The attributes that rules name or need, in the order of the schema."""
    wanted = {str(SCHEMA.bill), str(SCHEMA.tenure)}  # neither where it is no attribute
    for name in {rule.field for rule in rules} & NOTES.keys():
        made = NOTES[name].made
        wanted |= {name} if made is None or NOTES[name].asked else {*made.parts}
    wanted |= {ABSENT[name][0] for name in wanted & ABSENT.keys()}
    return (name for name in ATTRIBUTES if name in wanted)


def _points(name: str, rules: Iterable[Condition]) -> Sequence[Value]:
    note = ATTRIBUTES[name]
    unknown = [None] if note.unknown else []
    if note.levels:
        levels = [level for level in LEVELS[name] if level != ABSENT.get(name, ("", None))[1]]
        return [*levels, *([OTHER] if note.other else []), *unknown]
    numbers = {*_ends(note), *_bounds(note, [rule for rule in rules if rule.field == name])}
    inside = sorted(number for number in numbers if note.low <= number <= note.high)
    return [*((int(number) for number in inside) if note.whole else inside), *unknown]


def _ends(note: Attribute) -> Iterator[float]:
    """Where the words of a number begin, and one beyond the last of them."""
    starts = [float(start) for start in note.phrases]
    yield from starts
    widths = [after - before for before, after in pairwise(starts)]
    beyond = starts[-1] + (widths[-1] if widths else (note.high - note.low) / 10)
    yield math.ceil(beyond) if note.whole else beyond


def _bounds(note: Attribute, rules: Iterable[Condition]) -> Iterator[float]:
    """The bounds of rules, and the next number beyond each."""
    step = 1 if note.whole else NEIGHBOUR
    for rule in rules:
        if rule.at_least is not None:
            yield from (rule.at_least - step, rule.at_least)
        if rule.at_most is not None:
            yield from (rule.at_most, rule.at_most + step)


def _spread(sizes: Sequence[int]) -> Iterator[list[int]]:
    """A place on each axis, for all combinations, or for as many as there may be."""
    combinations = math.prod(sizes)
    step = 1
    if combinations > MOST:  # a step of the golden section leaves no region out
        step = int(combinations * GOLDEN)
        while math.gcd(step, combinations) > 1:
            step += 1
    for number in range(min(combinations, MOST)):
        left = number * step % combinations
        places = []
        for size in sizes:
            left, place = divmod(left, size)
            places.append(place)
        yield places


def _agreeing(chosen: Mapping[str, Value]) -> dict[str, Value]:
    """Without services that need another one which is absent: those are absent too."""
    return {
        name: point
        for name, point in chosen.items()
        if name not in ABSENT or chosen[ABSENT[name][0]] != WITHOUT[ABSENT[name][0]]
    }

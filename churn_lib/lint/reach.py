"""Which rules of a catalogue nobody can meet, and which bounds make no sense."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from churn_lib.customer.model import ABSENT
from churn_lib.offers.faults import Place
from churn_lib.offers.rules import Condition, Level, high, is_whole, low, span

Found = Iterator[tuple[Place, str]]


class Placed(NamedTuple):
    """A rule or a reason, and where it stands."""

    place: Place
    rule: Condition


def unmet(rules: Iterable[Placed]) -> Placed | None:
    """The first rule that nobody can meet, alone or together with those before it."""
    sets: dict[str, frozenset[Level]] = {}
    ranges: dict[str, tuple[float, float]] = {}
    for placed in rules:
        rule = placed.rule
        if rule.one_of is not None or rule.none_of is not None:
            sets[rule.field] = sets.get(rule.field, rule.levels) & rule.levels
            empty = not _possible(sets)
        else:
            lowest, highest = ranges.get(rule.field, span(rule.field))
            ranges[rule.field] = max(lowest, low(rule.at_least)), min(highest, high(rule.at_most))
            empty = ranges[rule.field][0] > ranges[rule.field][1]
        if empty:
            return placed
    return None


def bounds(placed: Placed) -> Found:
    """Bounds that the field can't have: a part of a month, or more days than a request may
    state.
    """
    rule = placed.rule
    for name, bound in (("at_least", rule.at_least), ("at_most", rule.at_most)):
        if bound is None:
            continue
        lowest, highest = span(rule.field)
        if not lowest <= bound <= highest:
            yield (
                (*placed.place, name),
                f"must be from {lowest:g} to {highest:,.0f}, as {rule.field} is",
            )
        elif is_whole(rule.field) and not bound.is_integer():
            yield (*placed.place, name), f"must be a whole number, as {rule.field} is"


def _possible(sets: Mapping[str, frozenset[Level]]) -> bool:
    """Whether levels remain for each field, also of the services that need another one."""
    left = dict(sets)
    for name, (parent, absent) in ABSENT.items():
        if name in left and parent in left:
            without, only = "No" not in left[parent], left[parent] == {"No"}
            left[name] = (
                left[name] & {absent} if only else left[name] - ({absent} if without else set())
            )
    return all(left.values())

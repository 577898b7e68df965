"""Which rules of a catalogue nobody can meet, and which bounds make no sense."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from churn_lib.customer.model import ABSENT, WITHOUT
from churn_lib.errors import FieldFault
from churn_lib.offers.rules import Condition, Level, high, is_whole, low, span


class Placed(NamedTuple):
    """A rule or a reason, and the field of the catalogue where it stands."""

    field: str
    rule: Condition


def placed(layer: str, rules: Sequence[Condition]) -> list[Placed]:
    """The rules of one layer, each with its place there."""
    return [Placed(f"{layer}.{index}", rule) for index, rule in enumerate(rules)]


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
            lowest, highest = max(lowest, low(rule.at_least)), min(highest, high(rule.at_most))
            ranges[rule.field] = lowest, highest
            empty = lowest > highest
        if empty:
            return placed
    return None


def bounds(placed: Placed) -> Iterator[FieldFault]:
    """Bounds that the field can't have: a part of a month, more days than a request may state."""
    rule = placed.rule
    for name, bound in (("at_least", rule.at_least), ("at_most", rule.at_most)):
        if bound is None:
            continue
        lowest, highest = span(rule.field)
        if not lowest <= bound <= highest:
            allowed = f"from {lowest:g} to {highest:,.0f}"
        elif is_whole(rule.field) and not bound.is_integer():
            allowed = "a whole number"
        else:
            continue
        yield FieldFault(f"{placed.field}.{name}", f"must be {allowed}, as {rule.field} is")


def _possible(sets: Mapping[str, frozenset[Level]]) -> bool:
    """Whether levels remain for each field, also of the services that need another one."""
    left = dict(sets)
    for name, (parent, absent) in ABSENT.items():
        if name not in left or parent not in left:
            continue
        # Who lacks the parent has the level that says so, and nobody else has it.
        if left[parent] == {WITHOUT[parent]}:
            left[name] &= {absent}
        elif WITHOUT[parent] not in left[parent]:
            left[name] -= {absent}
    return all(left.values())

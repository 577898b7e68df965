"""What a new schema breaks: callers, offers and the scorecard; whatever schema is in force."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from churn_lib.customer.schema import Attribute, Schema
from churn_lib.customer.spelling import plain
from churn_lib.errors import FieldFault
from churn_lib.toml import is_number

Breaks = Literal["callers", "offers", "scorecard", "nothing"]

Tables = Mapping[str, object]

WORDS = ("label", "phrases", "unit", "shown", "unknown", "other")
"""What is told of an attribute, and decides nothing."""


class Change(NamedTuple):
    """breaks: whose work is lost unless they change too."""

    breaks: Breaks
    field: str
    message: str


def schema_diff(old: Schema, new: Schema, offers: Tables | None = None) -> Iterator[Change]:
    """What changes and whom it breaks. offers: the catalogue that goes with the new schema."""
    for fault in _callers(old, new):
        yield Change("callers", *fault)
    for fault in _money(old, new):
        yield Change("offers", *fault)
    for fault in _catalogue(old, new, offers or {}):
        yield Change("offers", *fault)
    if old.digest != new.digest:
        yield Change("scorecard", "(file)", "is another schema than it was trained for: train anew")
    yield from _harmless(old, new)


def _callers(old: Schema, new: Schema) -> Iterator[FieldFault]:
    before, after, renamed = _asked(old), _asked(new), _renamed(old, new)
    for name, one in before.items():
        gone = f"is called {renamed[name]} now" if name in renamed else _gone(name, new)
        messages = _narrowed(one, after[name]) if name in after else [gone]
        for message in messages:
            yield FieldFault(f"attributes.{name}", message)
    for name, one in after.items():
        if one.required and name not in before and name not in renamed.values():
            yield FieldFault(f"attributes.{name}", "is new, and every caller must give it")
        if name in before and name in new.absent and old.absent.get(name) != new.absent[name]:
            parent, level = new.absent[name]
            message = f"must be {level!r} wherever {parent} is {new.without[parent]!r}"
            yield FieldFault(f"attributes.{name}", message)
    if old.identifier != new.identifier:
        yield FieldFault("identifier", "is another column of files")


def _asked(schema: Schema) -> dict[str, Attribute]:
    return {name: one for name, one in schema.attributes.items() if one.asked}


def _renamed(old: Schema, new: Schema) -> dict[str, str]:
    """The new names of attributes that are gone and have another one's heading."""
    named = {plain(one.column): name for name, one in _asked(new).items()}
    gone = [name for name in _asked(old) if name not in new.attributes]
    found = {name: named.get(plain(old.attributes[name].column), "") for name in gone}
    return {name: other for name, other in found.items() if other and other not in old.attributes}


def _gone(name: str, new: Schema) -> str:
    if name in new.attributes:
        return "is worked out now, and refused when it is given"
    return "is gone, and refused when it is given"


def _narrowed(old: Attribute, new: Attribute) -> Iterator[str]:
    """Why what was accepted of an attribute no longer is."""
    if bool(old.levels) != bool(new.levels):
        yield "is a number now" if old.levels else "has levels now, and was a number"
        return
    gone = [level for level in old.levels if level not in new.levels]
    if gone and not new.other:
        yield f"has no longer {_listed(gone)}"
    if old.other and not new.other:
        yield "takes listed levels only"
    if not old.levels and (new.low > old.low or new.high < old.high):
        yield f"must be from {new.low:g} to {new.high:g}, and was from {old.low:g} to {old.high:g}"
    if new.whole and not old.whole:
        yield "must be a whole number"
    if new.required and not old.required:
        yield "must be given"
    elif old.unknown and not (new.unknown or new.made or new.protected):
        yield "must be known"
    if plain(new.column) != plain(old.column):
        yield f"stands under {new.column!r} in files, and stood under {old.column!r}"
    if new.blank != old.blank:
        yield "has another meaning where a file's cell is empty"


def _listed(levels: Sequence[object], most: int = 5) -> str:
    more = f" and {len(levels) - most} more" if len(levels) > most else ""
    return ", ".join(map(repr, levels[:most])) + more


def _money(old: Schema, new: Schema) -> Iterator[FieldFault]:
    if old.bill != new.bill:
        message = f"is {new.bill} and was {old.bill}: the money of every offer hangs on it"
        yield FieldFault("bill", message)


def _catalogue(old: Schema, new: Schema, offers: Tables) -> Iterator[FieldFault]:
    """Rules of a catalogue about what is gone; those about facts of a contact stay."""
    for place, rule in _rules(offers):
        name = rule.get("field")
        if not isinstance(name, str) or name not in old.attributes.keys() | new.attributes.keys():
            continue
        one = new.attributes.get(name)
        if one is None or one.protected:
            why = "is gone" if one is None else "is protected"
            yield FieldFault(place, f"names {name}, which {why}")
        else:
            for message in _unmet(rule, one):
                yield FieldFault(place, f"{name} {message}")


def _rules(offers: Tables) -> Iterator[tuple[str, Tables]]:
    for place, rule in _layer(offers, "contact"):
        yield place, rule
    for number, offer in enumerate(_tables(offers.get("offers")), start=1):
        of = f"offer {offer.get('id', f'number {number}')}"
        for layer in ("answers", "eligible", "suitable", "contact"):
            for place, rule in _layer(offer, layer):
                yield f"{of}: {place}", rule


def _layer(table: Tables, layer: str) -> Iterator[tuple[str, Tables]]:
    for number, rule in enumerate(_tables(table.get(layer))):
        yield f"{layer}.{number}", rule


def _tables(content: object) -> list[Tables]:
    return [one for one in content if isinstance(one, Mapping)] if isinstance(content, list) else []


def _unmet(rule: Tables, one: Attribute) -> Iterator[str]:
    levels = [level for key in ("is", "is_not") for level in _levels(rule.get(key))]
    bounds = [is_number(rule.get(key)) for key in ("at_least", "at_most")]
    if one.levels and any(bound is not None for bound in bounds):
        yield "has levels, and the rule has a range"
    elif levels and not one.levels:
        yield "is a number, and the rule has levels"
    elif gone := [level for level in levels if level not in one.levels]:
        yield f"has no longer {_listed(gone)}"
    elif one.asked and any(b is not None and not one.low <= b <= one.high for b in bounds):
        yield f"is from {one.low:g} to {one.high:g}, and the rule goes beyond"


def _levels(content: object) -> Sequence[object]:
    return content if isinstance(content, list) else []


def _harmless(old: Schema, new: Schema) -> Iterator[Change]:
    for name, one in new.attributes.items():
        was, place = old.attributes.get(name), f"attributes.{name}"
        if was is None:
            if not (one.required and one.asked):
                yield Change("nothing", place, "is new, and may be left out")
            continue
        told = [word for word in WORDS if getattr(was, word) != getattr(one, word)]
        if told and was.levels == one.levels:
            yield Change("nothing", place, f"is told in other words ({', '.join(told)})")
    for role in ("business", "tenure", "example", "target"):
        if getattr(old, role) != getattr(new, role):
            yield Change("nothing", role, "is another one")

"""What the parts of `customer.toml` do not agree on."""

from collections.abc import Iterable, Iterator, Mapping

from churn_lib.customer.schema import MOST_ATTRIBUTES, Attribute, Schema
from churn_lib.customer.spelling import plain
from churn_lib.errors import FieldFault


def disagreements(schema: Schema) -> Iterator[FieldFault]:
    """What the parts of a file do not agree on."""
    named = schema.attributes
    if not 1 <= len(named) <= MOST_ATTRIBUTES:
        yield FieldFault("attributes", f"must be 1 to {MOST_ATTRIBUTES}")
    if not any(not one.protected and one.asked for one in named.values()):
        yield FieldFault("attributes", "must hold one that is not protected")
    yield from _roles(schema)
    for name, one in named.items():
        yield from _parts(name, one, named)
    for name, (parent, _) in schema.absent.items():
        if parent in schema.absent:
            yield FieldFault(f"attributes.{name}.absent", f"is of {parent}, which needs another")
    taken = [one.column for one in named.values() if one.asked]
    roles = [text for text in (schema.identifier, schema.target.column) if text]
    for column, places in _spelled([*named, *taken, *roles], [*named, *_asked(named), *roles]):
        yield FieldFault(f"attributes.{places[0]}", f"is read like {places[1]}: {column!r}")
    for name in schema.example:
        if name not in _asked(named) and name != "customerID":
            yield FieldFault(f"example.{name[:60]}", "is no attribute that a caller gives")
    yield from _of_example(schema)


def _asked(named: Mapping[str, Attribute]) -> list[str]:
    return [name for name, one in named.items() if one.asked]


def _spelled(texts: Iterable[str], owners: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Names and headings that reading can't tell apart, with whose they are."""
    found: dict[str, set[str]] = {}
    for text, owner in zip(texts, owners, strict=True):
        found.setdefault(plain(text) or text, set()).add(owner)
    for text, names in found.items():
        if len(names) > 1:
            yield text, sorted(names)


def _roles(schema: Schema) -> Iterator[FieldFault]:
    for role, name in (("bill", schema.bill), ("tenure", schema.tenure)):
        if name is None or not isinstance(name, str):
            continue
        one = schema.attributes.get(name)
        if one is None or one.levels or one.protected:
            yield FieldFault(role, "must name an attribute that is a number and not protected")
        elif role == "bill" and (one.unknown or one.made):
            yield FieldFault(role, f"must always be known: {name} may be unknown, or is worked out")
    if schema.bill == 0:
        yield FieldFault("bill", "is required: an attribute, or everybody's average amount")
    if schema.identifier in schema.attributes:
        yield FieldFault("identifier", "must not be an attribute: it is used for nothing")


def _parts(name: str, one: Attribute, named: Mapping[str, Attribute]) -> Iterator[FieldFault]:
    if one.made is None:
        return
    parts = [named.get(part) for part in one.made.parts]
    if any(part is None or part.levels or part.made for part in parts) or one.levels:
        place = f"attributes.{name}.{'missing' if one.asked else one.made.kind}"
        yield FieldFault(place, "must name numbers that a caller gives")
    elif not one.protected and any(part is not None and part.protected for part in parts):
        yield FieldFault(f"attributes.{name}", "must be protected, for it is made of what is")


def _of_example(schema: Schema) -> Iterator[FieldFault]:
    """Values of the example that no customer can have, and those that are missing."""
    for name, one in schema.attributes.items():
        if not schema.example or not one.asked:
            continue
        if name not in schema.example:
            if one.required:
                yield FieldFault(f"example.{name}", "is missing")
        elif not _allowed(one, schema.example[name]):
            must = "one of its levels" if one.levels else "a number that is allowed"
            yield FieldFault(f"example.{name}", f"must be {must}")


def _allowed(one: Attribute, value: object) -> bool:
    if one.levels:
        known = [level for level in one.levels if type(level) is type(value)]
        return value in known or (isinstance(value, str) and bool(value and one.other))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return one.low <= value <= one.high and (not one.whole or float(value).is_integer())

"""All that is wrong with a schema's file, and what is unwise in it, whatever schema is in force."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from churn_lib.customer.schema import Attribute, Schema
from churn_lib.customer.schema_file import examine
from churn_lib.errors import FieldFault
from churn_lib.gemini.sayable import LONGEST_NAME, unsayable
from churn_lib.toml import tables_of

PROPOSED = re.compile(r"\bin the (bottom|middle|top) (third|half)\b")
"""Words that `churn init` makes up, which say little to people."""

LONGEST_SHOWN = 60


class Findings(NamedTuple):
    """faults: with any of them the file is refused. unwise: it may stay as it is."""

    faults: list[FieldFault]
    unwise: list[FieldFault]


def lint_schema(text: str) -> Findings:
    """What is to say about the text of a schema; no fault hides another."""
    try:
        tables = tables_of(text)
    except ValueError as error:
        return Findings([FieldFault("(file)", f"is not valid TOML: {error}")], [])
    schema, faults = examine(tables)
    return Findings(faults, [] if not schema.attributes else list(_unwise(schema, tables)))


def _unwise(schema: Schema, tables: Mapping[str, object]) -> Iterator[FieldFault]:
    if reason := unsayable(schema.business, LONGEST_NAME):
        yield FieldFault("business", f"{reason}: Gemini is told that a company speaks")
    if not schema.tenure:
        message = "is not given: nothing depends on how long somebody has been a customer"
        yield FieldFault("tenure", message)
    if not isinstance(schema.bill, str):
        yield FieldFault("bill", "is the same amount for everybody: offers pay as if all paid it")
    given = tables.get("attributes")
    for name, one in schema.attributes.items():
        table = given.get(name) if isinstance(given, Mapping) else None
        yield from _of_attribute(name, one, table)


def _of_attribute(name: str, one: Attribute, table: object) -> Iterator[FieldFault]:
    if not (isinstance(table, Mapping) and "label" in table):
        yield FieldFault(f"attributes.{name}", f"has no label: people read {one.label!r}")
    if one.protected:  # its words are said to nobody
        return
    place = f"attributes.{name}.{'levels' if one.levels else 'from'}"
    bare = [words for level, words in one.phrases.items() if words == _bare(one, level)]
    if bare:
        count = f"{len(bare)} of {len(one.levels)} have no words of their own"
        yield FieldFault(place, f"{count}: {bare[0]!r}")
    if proposed := [words for words in one.phrases.values() if PROPOSED.search(words)]:
        yield FieldFault(place, f"has words that nobody would say: {proposed[0]!r}")
    yield from _unsaid(place, one.phrases.values())
    for field, words in (("unknown", one.unknown), ("other", one.other)):
        yield from _unsaid(f"attributes.{name}.{field}", [words] if words else [])


def _bare(one: Attribute, level: object) -> str:
    """What stands for a level without words."""
    return f"has {one.label[:1].lower()}{one.label[1:]} {level}"


def _unsaid(place: str, phrases: Iterable[str]) -> Iterator[FieldFault]:
    """Words that no prompt may hold: Gemini is not told a reason that needs them."""
    found = [(words, reason) for words in phrases if (reason := unsayable(words))]
    if found:
        words, reason = found[0]
        more = f", and {len(found) - 1} more" if len(found) > 1 else ""
        shown = words if len(words) <= LONGEST_SHOWN else f"{words[:LONGEST_SHOWN]}..."
        yield FieldFault(place, f"{shown!r} is not said to Gemini: it {reason}{more}")

"""Reads `customer.toml`, and names all that is wrong with it."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from itertools import pairwise
from pathlib import Path
from string import Formatter

from churn_lib.customer.schema import (
    CUSTOMER,
    KINDS,
    MOST_LEVELS,
    NAME,
    RESERVED,
    TRENDS,
    Attribute,
    Level,
    Made,
    Schema,
    Target,
)
from churn_lib.customer.schema_rules import disagreements
from churn_lib.errors import ArtifactError, FieldFault
from churn_lib.toml import ONE_LINE, Table, is_number, is_table, is_words, read_toml

MOST_SHOWN = 20
"""Faults that one error tells."""

NOTHING: Mapping[str, object] = {}
NO_WORDS: Mapping[str, str] = {}
NO_LEVEL: Level = ""
NO_NAMES: tuple[str, ...] = ()
NO_BILL: str | float = 0
NO_PAIRS: Sequence[tuple[object, str]] = ()


def load(path: Path) -> Schema:
    """The schema in a file. Raises ArtifactError, which names every faulty field."""
    try:
        text = path.read_text("utf-8-sig")  # some editors begin with a byte order mark
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ArtifactError(f"{path.name} can't be read: {reason}") from None
    return parse(text, path.name)


def parse(text: str, name: str = CUSTOMER) -> Schema:
    """The schema in a text. Raises ArtifactError, which names every faulty field."""
    schema, faults = examine(read_toml(text, name))
    if faults:
        told = [f"{name}: {fault.field} {fault.message}" for fault in faults[:MOST_SHOWN]]
        more = [f"and {len(faults) - MOST_SHOWN} more"] if len(faults) > MOST_SHOWN else []
        raise ArtifactError("; ".join([*told, *more]))
    return schema


def examine(tables: Mapping[str, object]) -> tuple[Schema, list[FieldFault]]:
    """The schema in the tables of a file, and all that is wrong with it."""
    faults: list[FieldFault] = []
    top = Table("", tables, faults)
    named = {
        name: _attribute(name, top.table(f"attributes.{name}", content))
        for name, content in top.taken("attributes", is_table, NOTHING, "must be a table").items()
    }
    absent, without = _absences(top, named)
    target = top.table("target", top.taken("target", is_table, NOTHING, "must be a table"))
    schema = Schema(
        version=top.text("version", "1.0.0"),
        business=top.text("business", "company"),
        target=_target(target),
        attributes=named,
        bill=top.taken(
            "bill", _is_bill, NO_BILL, "must name an attribute, or be an amount above 0"
        ),
        identifier=top.optional("identifier"),
        tenure=top.optional("tenure"),
        absent=absent,
        without=without,
        example=top.taken("example", is_table, NOTHING, "must be a table"),
        ignored=top.taken("ignored", is_words, NO_WORDS, "must be a table of reasons"),
        digest=_digest(named, absent, without),
    )
    top.close()
    faults += disagreements(schema)
    return schema, faults


def _bill(top: Table) -> str | float:
    must = "must name an attribute, or be an amount above 0"
    found: str | float = top.taken("bill", _is_bill, NO_BILL, must)
    return found


def _is_bill(value: object) -> str | float | None:
    if isinstance(value, str):
        return value or None
    number = is_number(value)
    return number if number is not None and number > 0 else None


def _is_level(value: object) -> Level | None:
    if isinstance(value, str):
        return value if len(value) <= 100 and ONE_LINE.fullmatch(value) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _is_pairs(value: object) -> Sequence[tuple[object, str]] | None:
    """Pairs of a value and its words, which may be left out."""
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_LEVELS:
        return None
    pairs = [(one[0], one[1]) if _is_pair(one) else (one, "") for one in value]
    return None if any(isinstance(first, list) for first, _ in pairs) else pairs


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and isinstance(value[1], str)


def _is_names(value: object) -> tuple[str, ...] | None:
    fits = isinstance(value, list) and len(value) >= 2 and all(isinstance(n, str) for n in value)
    return tuple(map(str, value)) if isinstance(value, list) and fits else None


def _target(table: Table) -> Target:
    must = "must be a value of the column, or a list of some"
    found = Target(
        column=table.text("column", ""),
        left=table.taken("left", _is_values, NO_NAMES, must),
        stayed=table.taken("stayed", _is_values, NO_NAMES, must),
    )
    table.close()
    for name, value in zip(found._fields, found, strict=True):
        if not value:
            table.fault(name, "is required")
    if {one.casefold() for one in found.left} & {one.casefold() for one in found.stayed}:
        table.fault("stayed", "must not be a value of those who left")
    return found


def _is_values(value: object) -> tuple[str, ...] | None:
    values = value if isinstance(value, list) else [value]
    fits = values and all(_is_level(one) is not None or isinstance(one, bool) for one in values)
    return tuple(map(str, values)) if fits else None


def _attribute(name: str, table: Table) -> Attribute:
    if not NAME.fullmatch(name):
        table.fault("", "must be a letter, then letters, digits or _, at most 60; see `column`")
    if name in RESERVED or name.startswith("model_"):
        table.fault("", f"has a reserved name; call it {name}_value, and give its `column`")
    label = table.text("label", _words(name), 80)
    common = _common(name, label, table)
    found = _number(table, common) if "from" in table else _category(label, table, common)
    if found.blank is not None and found.unknown:
        table.fault("blank", "can't stand beside `unknown`: an empty cell means one of them")
    table.close()
    return found


def _words(name: str) -> str:
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ").strip()
    return text[:1].upper() + text[1:].lower()


def _common(name: str, label: str, table: Table) -> Attribute:
    """What categories and numbers have alike."""
    protected, unknown = table.truth("protected"), table.text("unknown", "")
    made, asked = _made(table)
    may_lack = protected and not table.truth("required")
    return Attribute(
        label=label,
        phrases={},
        group=table.text("group", "", 80),
        protected=protected,
        required=not (may_lack or unknown or made),
        column=table.text("column", name),
        unknown=unknown,
        made=made,
        asked=asked,
    )


def _made(table: Table) -> tuple[Made | None, bool]:
    """How it is worked out, and whether a caller may give it all the same."""
    asked = "missing" in table
    content = table.taken("missing", is_table, NOTHING, "must be a table") if asked else None
    within = table if content is None else table.table("missing", content)
    must = "must be a list of two numbers' names"
    for kind in KINDS:
        if parts := within.taken(kind, _is_names, NO_NAMES, must):
            if kind == "ratio" and len(parts) != 2:
                table.fault(kind, must)
            if within is not table:
                within.close()
            return Made(kind, parts), asked
    return None, True


def _category(label: str, table: Table, base: Attribute) -> Attribute:
    phrases: dict[str | float, str] = {}
    if has := table.text("has", ""):
        phrases = {"Yes": f"has {has}", "No": f"has no {has}"}
    must = 'must be a list such as [["Yes", "has it"], ["No", "has it not"]]'
    for level, words in table.taken("levels", _is_pairs, NO_PAIRS, must):
        checked = _is_level(level)
        if checked is None or checked in phrases:
            must = "must be texts of 1 to 100 characters or whole numbers, each once"
            table.fault("levels", must)
        else:
            phrases[checked] = words or f"has {label[:1].lower()}{label[1:]} {checked}"
    if absent := table.text("absent", "", 100):
        phrases.setdefault(absent, f"has {absent[:1].lower()}{absent[1:]}")
    if not phrases:
        table.fault("", "needs `levels`, `has`, or, where it is a number, `from`")
    levels = tuple(level for level in phrases if isinstance(level, str | int))
    if len({type(level) for level in levels}) > 1:
        table.fault("levels", "must all be texts, or all whole numbers")
    if len({str(level).casefold() for level in levels}) < len(levels):
        table.fault("levels", "must differ in more than capital letters")
    blank: Level | None = table.taken("blank", _is_level, None, "must be one of its levels")
    if blank is not None and blank not in levels:
        table.fault("blank", "must be one of its levels")
    other = table.text("other", "")
    if other and not all(isinstance(level, str) for level in levels):
        table.fault("other", "may only stand where levels are texts")
    return replace(base, phrases=phrases, levels=levels, blank=blank, other=other)


def _number(table: Table, base: Attribute) -> Attribute:
    must = 'must be a list such as [[0, "has little"], [10, "has much"]], smallest first'
    pairs = table.taken("from", _is_pairs, NO_PAIRS, must)
    bounds = [number for bound, _ in pairs if (number := is_number(bound)) is not None]
    if len(bounds) < len(pairs) or any(a >= b for a, b in pairwise(bounds)):
        table.fault("from", must)
    if not all(words for _, words in pairs):
        table.fault("from", "needs words for each number")
    low = min(bounds, default=0.0)
    whole = table.truth("whole")
    if base.asked and "to" not in table:
        table.fault("to", "is required: the highest number that is allowed")
    high = table.number("to", low)
    if base.asked and high <= low:
        table.fault("to", "must be above the first number of `from`")
    if whole and not (float(low).is_integer() and float(high).is_integer()):
        table.fault("to", "and the first number of `from` must be whole, as the attribute is")
    shown = table.text("shown", "", 80)
    if shown and not _is_format(shown):
        table.fault("shown", "must hold one {}, {:.0f}, {:,.2f} or the like for the number")
    blank = table.taken("blank", is_number, None, "must be a number")
    if blank is not None and not low <= blank <= high:
        table.fault("blank", "must be a number that is allowed")
    trends = [trend for trend in TRENDS if table.truth(trend)]
    if len(trends) > 1:
        table.fault("falls", "can't be true where `rises` is")
    return replace(
        base,
        phrases={float(bound): words for bound, (_, words) in zip(bounds, pairs, strict=False)},
        low=low,
        high=high,
        whole=whole,
        unit=table.text("unit", "", 80),
        shown=shown,
        blank=blank,
        trend=trends[0] if trends else None,
    )


def _is_format(text: str) -> bool:
    try:
        fields = [part for part in Formatter().parse(text) if part[1] is not None]
        fits = [name == "" and not conversion for _, name, _, conversion in fields] == [True]
        return fits and "{" not in str(fields[0][2]) and bool(text.format(0.0))
    except ValueError:
        return False


def _absences(
    top: Table, named: Mapping[str, Attribute]
) -> tuple[dict[str, tuple[str, Level]], dict[str, Level]]:
    absent: dict[str, tuple[str, Level]] = {}
    without: dict[str, Level] = {}
    for level, content in top.taken("absent", is_table, NOTHING, "must be a table").items():
        table = top.table(f"absent.{level}", content)
        for parent, attribute in named.items():
            if parent not in table:
                continue
            when = table.taken(parent, _is_level, NO_LEVEL, f"must be a level of {parent}")
            if when not in attribute.levels or without.get(parent, when) != when:
                table.fault(parent, f"must be a level of {parent}, the same wherever it stands")
            without[parent] = when
            absent |= {
                name: (parent, level)
                for name, other in named.items()
                if level in other.levels and name != parent
            }
        table.close()
    return absent, without


def _digest(
    named: Mapping[str, Attribute],
    absent: Mapping[str, tuple[str, Level]],
    without: Mapping[str, Level],
) -> str:
    """SHA-256 of all that decides what a customer may be and how a file is read; no words.

    What is as it would be unsaid is left out: a field that a later version knows changes nothing.
    """
    told = {"label", "group", "phrases", "unit", "shown"}
    defaults = {one.name: one.default for one in fields(Attribute) if one.name not in told}
    meaning = {
        name: {key: getattr(one, key) for key in defaults if getattr(one, key) != defaults[key]}
        | {"unknown": bool(one.unknown), "other": bool(one.other)}
        for name, one in named.items()
    }
    written = json.dumps([meaning, absent, without], sort_keys=True, default=str)
    return hashlib.sha256(written.encode()).hexdigest()

"""A small catalogue to begin with, from the roles of a schema alone."""

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from string import Template
from typing import NamedTuple

from churn_lib.customer.schema import Attribute, Level, Schema

STARTER = Path(__file__).parent / "starter.toml"
OFFER = re.compile(r"(?m)^(?=#[^\n]*\n\[\[offers\]\])")
"""Where each offer begins: at the comment above it."""

USUAL_BILL = 50.0
"""Where the schema has no bill above 0, so that costs have some size."""

MOST_MONEY = 1_000_000.0

UNITS: Mapping[int, str] = {
    1: "month months monthly monat monate monatlich mois mensuel mensuelle mes meses mensual",
    3: "quarter quarters quarterly",
    12: "year years yearly yr yrs annual annually annum jahr jahre an ans annuel annuelle año años "
    "anual",
}
MONTHS = {word: months for months, words in UNITS.items() for word in words.split()}
NUMBERS = ("", "one", "two", "three", "four", "five", "six")
FILLING = frozenset(
    {"to", "by", "a", "per", "contract", "plan", "term", "subscription", "rolling", "fixed"}
)
NAMES = re.compile(r"contract|plan|term|subscription|tari|vertrag|abo", re.IGNORECASE)


class Term(NamedTuple):
    """An attribute that says for how long customers are bound; the levels of the shortest, and the
    months of the next longer one.
    """

    attribute: str
    shortest: tuple[Level, ...]
    months: int


def starter(schema: Schema, today: date | None = None) -> str:
    """The text of a catalogue that is valid for the schema; today: when its offers begin."""
    head, *offers = OFFER.split(STARTER.read_text("utf-8"))
    bill, term = _bill(schema), _term(schema)
    kept = [head]
    for offer in offers:
        changes_price, is_longer = 'model = "discount"' in offer, "$short_term" in offer
        if not (changes_price and bill is None) and not (is_longer and term is None):
            kept.append(offer)
    year = (today or datetime.now(UTC).date()).year
    values = {
        **_money(bill or USUAL_BILL),
        **_rules(schema, bill, term),
        "valid_from": f"{year}-01-01",
        "valid_until": f"{year + 1}-12-31",
        "months": str(term.months if term else 0),
    }
    text = Template("".join(kept)).substitute(values)
    return re.sub(r"(?m)^(answers|suitable) = \[\n\]\n", "", text)


def _bill(schema: Schema) -> float | None:
    """A low bill that leaves room for a discount; everybody's, where no attribute says it."""
    if not isinstance(schema.bill, str):
        return schema.bill
    one = schema.attributes[schema.bill]
    low, *starts = _starts(one)
    above = [start for start in [*starts, low, one.high / 100] if start > 0]
    return _whole(one, above[0]) if above else None


def _starts(one: Attribute) -> list[float]:
    """Where the words of a number begin."""
    return [float(start) for start in one.phrases]


def _whole(one: Attribute, number: float) -> float:
    return float(math.ceil(number)) if one.whole else number


def _term(schema: Schema) -> Term | None:
    found = [term for name, one in schema.attributes.items() if (term := _terms(name, one))]
    labels = {term: f"{term.attribute} {schema.attributes[term.attribute].label}" for term in found}
    named = [term for term in found if NAMES.search(labels[term])]
    return next(iter([*named, *found]), None)


def _terms(name: str, one: Attribute) -> Term | None:
    lengths = {level: months for level in one.levels if (months := _months(level))}
    distinct = sorted(set(lengths.values()))
    if one.protected or len(distinct) < 2:
        return None
    shortest = tuple(level for level, months in lengths.items() if months == distinct[0])
    return Term(name, shortest, distinct[1])


def _months(level: Level) -> int | None:
    """How long a level binds, where it says that and nothing else: "One year" is 12."""
    words = re.findall(r"[^\W\d_]+|\d+", str(level).casefold())
    told = [word for word in words if word not in FILLING]
    units = {MONTHS[word] for word in told if word in MONTHS}
    counts = [_count(word) for word in told if word not in MONTHS]
    if len(units) != 1 or len(counts) > 1 or 0 in counts:
        return None
    months = units.pop() * (counts[0] if counts else 1)
    return months if months <= 120 else None


def _count(word: str) -> int:
    """0 for what is no number."""
    if word.isdecimal():
        return int(word) if len(word) <= 3 else 0
    return NUMBERS.index(word) if word in NUMBERS else 0


def _money(bill: float) -> dict[str, str]:
    """Costs in the size of the bills."""
    shares = {"email": 0.002, "sms": 0.003, "call": 0.1, "chat": 0.01, "floor": 0.02, "visit": 0.3}
    shares["price_floor"] = 0.5
    return {name: _amount(min(share * bill, MOST_MONEY)) for name, share in shares.items()}


def _amount(number: float) -> str:
    """Two digits of it, rounded down."""
    if number <= 0:
        return "0.0"
    size = 10.0 ** (math.floor(math.log10(number)) - 1)
    return repr(round(math.floor(number / size) * size, 12))


def _rules(schema: Schema, bill: float | None, term: Term | None) -> dict[str, str]:
    """The lines of rules that depend on the schema."""
    found = {"dear": "", "known": "", "affordable": "", "short_term": ""}
    if isinstance(schema.bill, str) and bill is not None:
        one = schema.attributes[schema.bill]
        found["affordable"] = _at_least(schema.bill, bill)
        found["dear"] = _at_least(schema.bill, max(bill, _whole(one, _starts(one)[-1])))
    if schema.tenure:
        one = schema.attributes[schema.tenure]
        starts = [_whole(one, start) for start in _starts(one)[1:]]
        found["known"] = "".join(_at_least(schema.tenure, start) for start in starts[:1])
    if term:
        levels = ", ".join(json.dumps(level, ensure_ascii=False) for level in term.shortest)
        found["short_term"] = f'  {{ field = "{term.attribute}", is = [{levels}] }},\n'
    return found


def _at_least(field: str, bound: float) -> str:
    number = repr(int(bound) if bound.is_integer() else bound)
    return f'  {{ field = "{field}", at_least = {number} }},    # assumption\n'

"""Customers with facts of a contact, and for which of them a statement decides otherwise than the
service.
"""

from collections.abc import Iterable, Mapping, Sequence
from random import Random

from churn_lib.customer.contact import FACTS, TRUTHS
from churn_lib.customer.model import Customer, Value
from churn_lib.offers.catalogue import Catalogue
from churn_lib.offers.economics import pricing
from churn_lib.offers.terms import Terms
from churn_lib.scale.golden import Row
from churn_lib.scale.reference import Answer
from churn_lib.scale.request import Request
from churn_lib.scale.statement import statement
from churn_lib.score.scorecard import scorecard
from tests.churn_lib.scale.asked import DAY, DUCKDB, differences, native_table, run

ALL = Request(DAY, facts=tuple(FACTS), reasons=1)
"""With all facts."""

UNKNOWN = 0.4
"""The share of facts that are not known."""

HINDERING = 0.1
"""The share of those known ones that rule offers out."""

GRANTED = {"consent", "fibre_available"}
"""The facts of which yes is the better answer."""

COUNTED: Mapping[str, tuple[int, ...]] = {
    "days_since_last_contact": (13, 14, 15, 400),
    "days_since_last_offer_declined": (89, 90, 91, 400),
    "months_left_on_contract": (4, 3, 2, 0),
}
"""Where the shipped rules end, and both sides of it; the first hinders."""

PERCENTS = (10.0, 15.0)
"""Of the shipped offers."""


def contacted(customers: Iterable[Customer]) -> list[Row]:
    """A row for each, with facts that often allow an offer; the same ones every time."""
    random = Random(7)
    return [{**one.__dict__, **_facts(one.bill, random)} for one in customers]


def _facts(bill: float, random: Random) -> Row:
    known = [name for name in FACTS if random.random() >= UNKNOWN]
    return {**dict.fromkeys(FACTS), **{name: _fact(name, bill, random) for name in known}}


def _fact(name: str, bill: float, random: Random) -> Value:
    if name in TRUTHS:
        return (name in GRANTED) != (random.random() < HINDERING)
    if name in COUNTED:
        hinders, *allow = COUNTED[name]
        return hinders if random.random() < HINDERING else random.choice(allow)
    return _tariff(bill, random)


def _tariff(bill: float, random: Random) -> float:
    """Often what an offer comes to, or a cent less."""
    price = pricing(Terms(percent=random.choice(PERCENTS)))
    assert price
    cents = round(price(bill) * 100) + random.choice((0, 0, -1, 700))
    return max(cents, 0) / 100


def written(catalogue: Catalogue, request: Request = ALL) -> str:
    """The statement for DuckDB."""
    return statement(request, DUCKDB, scorecard(), catalogue)


def answered(sql: str, rows: Sequence[Row], request: Request = ALL) -> list[Answer]:
    """What DuckDB answers, row by row."""
    return run(sql, native_table(rows, request.facts))


def differing(
    catalogue: Catalogue, rows: Sequence[Row], request: Request = ALL, sql: str | None = None
) -> list[tuple[str, Row, object, object]]:
    """All that a statement answers otherwise than the service."""
    return differences(rows, scorecard(), catalogue, request, sql)

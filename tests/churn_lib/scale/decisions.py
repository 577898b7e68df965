"""Customers with facts of a contact, and what Python and a statement in DuckDB decide on them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import duckdb
import numpy as np
import pyarrow as pa

from churn_lib.customer.contact import COUNTS, FACTS, TRUTHS, Context
from churn_lib.customer.model import Customer
from churn_lib.offers.catalogue import Catalogue
from churn_lib.offers.decide import Decider
from churn_lib.offers.economics import pricing
from churn_lib.offers.terms import Terms
from churn_lib.scale.dialects import DIALECTS
from churn_lib.scale.request import Request
from churn_lib.scale.statement import statement
from churn_lib.score.reasons import Cause
from churn_lib.score.scorecard import Score, scorecard
from churn_lib.words.segments import segments

DAY = date(2026, 6, 15)
ALL = Request(DAY, facts=tuple(FACTS))
"""With all facts."""

Fact = bool | int | float | None
Row = Mapping[str, object]

NUMBERS: Mapping[str, tuple[int, ...]] = {
    "days_since_last_contact": (0, 13, 14, 15, 400),
    "days_since_last_offer_declined": (0, 89, 90, 91, 400),
    "months_left_on_contract": (0, 2, 3, 4, 24),
}
"""Each rule's bound with both its neighbours."""


class Asked(NamedTuple):
    """A customer, what is known of the contact, and what Python scores."""

    customer: Customer
    facts: Mapping[str, Fact]
    score: Score
    reasons: Sequence[Cause]


class Decided(NamedTuple):
    offer: str | None
    value: float | None


def asked(customers: Iterable[Customer]) -> list[Asked]:
    """These customers, with facts that often allow an offer; the same ones every time."""
    rng, card = np.random.default_rng(7), scorecard()
    found = []
    for customer in customers:
        score = card.score(customer)
        reasons = card.reasons(customer, score)
        found.append(Asked(customer, _facts(customer.bill, rng), score, reasons))
    return found


def _facts(bill: float, rng: np.random.Generator) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    for name in FACTS:
        if rng.random() < 0.4:
            facts[name] = None
        elif name in TRUTHS:
            usual = name in {"consent", "fibre_available"}
            facts[name] = usual != bool(rng.random() < 0.1)
        elif name in NUMBERS:
            facts[name] = int(rng.choice(NUMBERS[name], p=[0.1, 0.1, 0.3, 0.3, 0.2]))
        else:
            facts[name] = _tariff(bill, rng)
    return facts


def _tariff(bill: float, rng: np.random.Generator) -> float:
    """Often exactly what an offer comes to, or a cent less."""
    price = pricing(Terms(percent=float(rng.choice([10.0, 15.0]))))
    assert price
    cents = round(price(bill) * 100) - int(rng.choice([0, 0, 1, -700]))
    return max(cents, 0) / 100


def by_python(catalogue: Catalogue, rows: Sequence[Asked], request: Request) -> list[Decided]:
    """What the service decides."""
    decider, found = Decider(catalogue, segments), []
    for one in rows:
        facts = {name: one.facts[name] for name in request.facts}
        told = {"channel": request.channel, "language": request.language, **facts}
        made = decider.decide(
            one.customer,
            probability=one.score.probability,
            reasons=one.reasons,
            context=Context.model_validate(told),
            today=request.day,
        ).chosen
        found.append(Decided(made and made.offer.id, made and made.economics.expected_value))
    return found


def written(catalogue: Catalogue, request: Request = ALL) -> str:
    """The statement for DuckDB."""
    return statement(request, DIALECTS["duckdb"], scorecard(), catalogue)


def answered(sql: str, rows: Sequence[Asked], facts: Sequence[str]) -> list[Row]:
    """What DuckDB answers, in the order of the rows."""
    columns = {"place": pa.array(range(len(rows)))}
    for name in Customer.model_fields:
        columns[name] = pa.array([getattr(one.customer, name) for one in rows])
    for name in facts:
        kind = pa.bool_() if name in TRUTHS else pa.int64() if name in COUNTS else pa.float64()
        columns[name] = pa.array([one.facts[name] for one in rows], kind)
    with duckdb.connect() as connection:
        connection.register("customers", pa.table(columns))
        rows_found: list[Row] = connection.sql(f"{sql} ORDER BY place").to_arrow_table().to_pylist()
        return rows_found


def differing(
    catalogue: Catalogue, rows: Sequence[Asked], request: Request = ALL, sql: str = ""
) -> list[int]:
    """The places of the rows that the statement decides otherwise than Python."""
    ours = answered(sql or written(catalogue, request), rows, request.facts)
    theirs = by_python(catalogue, rows, request)
    return [
        place
        for place, (row, decided) in enumerate(zip(ours, theirs, strict=True))
        if not _same(row, decided)
    ]


def _same(row: Row, decided: Decided) -> bool:
    offer, value = row["offer"], row["expected_value"]
    if offer is None or decided.value is None:
        return (offer, value) == decided
    assert isinstance(value, float)
    return offer == decided.offer and abs(value - decided.value) <= 1e-9 * max(1, decided.value)

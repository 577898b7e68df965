"""What an offer brings, costs and is priced at is the same number in SQL."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from churn_lib.customer.contact import Context
from churn_lib.customer.model import ATTRIBUTES, Customer
from churn_lib.offers.catalogue import catalogue
from churn_lib.offers.decide import Decider
from churn_lib.offers.economics import pricing, spent
from churn_lib.offers.terms import Terms
from churn_lib.scale.dialects import DIALECTS
from churn_lib.scale.golden import Row
from churn_lib.scale.money import price
from churn_lib.scale.request import Request
from churn_lib.score.scorecard import scorecard
from churn_lib.words.segments import segments
from tests.churn_lib.lint.companies import GYM, printed
from tests.churn_lib.scale.contacts import ALL, answered, contacted, written
from tests.customers import probes

SHIPPED = catalogue()
DUCKDB = DIALECTS["duckdb"]

BILLS = [
    *np.arange(-500, 20_000, 7) / 100,
    *np.arange(0, 200, 0.125),
    115.75,
    0.004,
    0.005,
    1e4,
    12_345_678.9,
]


@pytest.mark.parametrize("percent", [1e-5, 0.3, 5.0, 10.0, 12.5, 33.33, 99.9999, 100.0])
def test_a_price_after_percent_is_the_same_to_the_last_bit(percent: float) -> None:
    same_price(Terms(percent=percent))


@pytest.mark.parametrize("after", ["unchanged", 19.9])
def test_a_price_that_is_told_is_the_same(after: object) -> None:
    same_price(Terms.model_validate({"price_after": after}))


def same_price(terms: Terms) -> None:
    told = price(terms, "bill", "FLOOR(bill * 100e0 + 0.5e0)", DUCKDB)
    python = pricing(terms)
    assert python
    with duckdb.connect() as connection:
        bills = connection.from_arrow(pa.table({"bill": [float(bill) for bill in BILLS]}))
        for bill, found in bills.project(f"bill, {told}").fetchall():
            assert found == python(bill)


def test_what_sets_no_price_has_none() -> None:
    assert price(Terms(amount=5.0), "bill", "cents", DUCKDB) is None


CHECKED = """
from churn_lib.errors import InputError
from churn_lib.offers.terms import Terms
from churn_lib.scale.money import check_cents
for percent in (None, 10.0, 33.3333):
    try:
        check_cents([Terms(percent=percent)])
        print("fine")
    except InputError as error:
        print(error)
"""


@pytest.mark.parametrize(("highest", "fine"), [("900", 3), ("1e9", 2), ("2e13", 1), ("1e15", 0)])
def test_bills_whose_cents_are_not_exact_are_refused(
    highest: str, fine: int, tmp_path: Path
) -> None:
    found = printed(tmp_path, GYM.replace("to = 900", f"to = {highest}"), CHECKED).splitlines()
    refused = "fee: may be too high for whole cents: lower its `to`"
    assert found == ["fine"] * fine + [refused] * (3 - fine)


def test_each_offer_has_its_value_and_cost_unless_it_is_vetoed() -> None:
    rows = contacted(probes(np.random.default_rng(5), 300))[:600]
    request = replace(ALL, channel="sms", each_offer=True)
    decider, allowed = Decider(SHIPPED, segments), 0
    for row, found in zip(rows, answered(written(SHIPPED, request), rows, request), strict=True):
        for number, money in enumerate(told(decider, row, request), 1):
            ours = found[f"value_{number}"], found[f"cost_{number}"]
            assert ours == ((None, None) if money is None else pytest.approx(money, abs=1e-9))
            allowed += money is not None
    assert allowed > 1000


def told(decider: Decider, row: Row, request: Request) -> Iterator[tuple[float, float] | None]:
    """The expected value and the expected cost of each offer, by the trace."""
    facts = {name: row[name] for name in request.facts}
    context = Context.model_validate({"channel": request.channel, **facts})
    customer = Customer.model_validate({name: row[name] for name in ATTRIBUTES})
    score = scorecard().score(customer)
    trace = decider.decide(
        customer,
        probability=score.probability,
        reasons=scorecard().reasons(customer, score),
        context=context,
        today=request.day,
        explain=True,
    ).trace
    for plan, line in zip(decider.plans("sms", context.language), trace, strict=True):
        money, p = line.economics, score.probability
        cost = spent(plan.constants, customer.bill, p, "sms", money.acceptance)
        yield None if line.outcome == "vetoed" else (money.expected_value, cost)

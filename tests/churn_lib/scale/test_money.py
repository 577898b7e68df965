"""What an offer brings, costs and is priced at is the same number in SQL."""

from dataclasses import replace

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_lib.customer.contact import Context
from churn_lib.offers.catalogue import catalogue
from churn_lib.offers.constants import offer_constants
from churn_lib.offers.decide import Decider
from churn_lib.offers.economics import OfferConstants, appraise, pricing, spent
from churn_lib.offers.terms import Terms
from churn_lib.scale.dialects import DIALECTS
from churn_lib.scale.money import Line, expected, price, spending
from churn_lib.words.segments import segments
from tests.churn_lib.scale.decisions import ALL, DAY, Asked, answered, asked, written
from tests.customers import probes

SHIPPED = catalogue()
DUCKDB = DIALECTS["duckdb"]

constants = st.sampled_from(SHIPPED.offers).map(
    lambda offer: offer_constants(offer.terms, offer.cost, offer.economy, SHIPPED.assumptions)
)
sums = st.floats(0, 1_000_000)
bills = st.floats(0, 10_000)
shares = st.floats(0, 1)


def at(line: Line, bill: float, p: float) -> float:
    slope, rest = (part.share * bill + part.flat for part in line)
    return p * slope + rest


@given(constants, sums, bills, shares, st.booleans())
def test_money_is_linear_in_the_probability_and_in_the_bill(
    offer: OfferConstants, flat: float, bill: float, p: float, answers: bool
) -> None:
    offer = offer._replace(cost=flat, gift=flat / 2)
    value = appraise(offer, bill, p, "call", answers).expected_value
    accepted = (offer.answering if answers else offer.other).mean
    cost = spent(offer, bill, p, "call", accepted)
    size = 1e-12 * (flat + 100 * bill + 1)
    assert at(expected(offer, "call", answers), bill, p) == pytest.approx(value, abs=size)
    assert at(spending(offer, "call", answers), bill, p) == pytest.approx(cost, abs=size)


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


def test_each_offer_has_its_value_and_cost_unless_it_is_vetoed() -> None:
    rows = asked(probes(np.random.default_rng(5), 300))[:600]
    request = replace(ALL, channel="sms", each_offer=True)
    found = answered(written(SHIPPED, request), rows, request.facts)
    decider = Decider(SHIPPED, segments)
    allowed = 0
    for one, row in zip(rows, found, strict=True):
        for number, (value, cost) in enumerate(told(decider, one), 1):
            assert row[f"value_{number}"] == (value and pytest.approx(value, abs=1e-9))
            assert row[f"cost_{number}"] == (cost and pytest.approx(cost, abs=1e-9))
            allowed += value is not None
    assert allowed > 1000


def told(decider: Decider, one: Asked) -> list[tuple[float | None, float | None]]:
    """The expected value and the expected cost of each offer, by the trace."""
    context = Context.model_validate({"channel": "sms", **one.facts})
    trace = decider.decide(
        one.customer,
        probability=one.score.probability,
        reasons=one.reasons,
        context=context,
        today=DAY,
        explain=True,
    ).trace
    plans, found = decider.plans("sms", context.language), []
    for plan, line in zip(plans, trace, strict=True):
        money, p = line.economics, one.score.probability
        cost = spent(plan.constants, one.customer.bill, p, "sms", money.acceptance)
        vetoed = line.outcome == "vetoed"
        found.append((None, None) if vetoed else (money.expected_value, cost))
    return found

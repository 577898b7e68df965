"""The four numbers of an offer's money against the formulas that they are made of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_lib.offers.catalogue import catalogue
from churn_lib.offers.constants import offer_constants
from churn_lib.offers.economics import OfferConstants, appraise, spent
from churn_lib.offers.linear import Line, expected, spending

SHIPPED = catalogue()

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

from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from churn_lib.customer.model import SCHEMA
from churn_lib.lint.catalogue import unanchored
from churn_lib.lint.varied import varied
from churn_lib.offers.beta import Beta, moved, regularised
from churn_lib.offers.catalogue import catalogue, parse
from churn_lib.offers.constants import offer_constants
from churn_lib.offers.economics import OfferConstants, appraise
from churn_lib.offers.generosity import accepted, beside_reference, mean_at
from churn_lib.offers.offer import Offer
from churn_lib.offers.terms import Economy
from churn_lib.propose.offers import starter
from tests.churn_lib.offers.samples import messages, small

SHIPPED = catalogue()
GIVING = [offer for offer in SHIPPED.offers if offer.economy.reference is not None]
BY_ID = {offer.id: offer for offer in SHIPPED.offers}

means = st.floats(0.01, 0.99)
halves = st.floats(0.05, 20)
gifts = st.floats(0, 50)
betas = st.builds(Beta, st.integers(1, 60), st.integers(1, 60))


def constants(offer: Offer) -> OfferConstants:
    return offer_constants(offer.terms, offer.cost, offer.economy, SHIPPED.assumptions)


def worth(offer: Offer, probability: float, bill: float = 80.0) -> float:
    return appraise(constants(offer), bill, probability, "email", answers=True).expected_value


@given(means, halves)
def test_nothing_is_accepted_by_nobody_and_the_reference_as_stated(
    mean: float, half: float
) -> None:
    assert mean_at(mean, 0.0, half) == 0
    assert mean_at(mean, 1.0, half) == pytest.approx(mean)


@given(means, halves, gifts, gifts)
def test_who_gives_more_is_accepted_more_and_ever_less_so(
    mean: float, half: float, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    at_low, at_high = mean_at(mean, low, half), mean_at(mean, high, half)
    assert 0 <= at_low <= at_high + 1e-12
    assert at_high < 1
    assert mean_at(mean, (low + high) / 2, half) >= (at_low + at_high) / 2 - 1e-9


@given(st.floats(1e-3, 600), st.floats(1e-3, 600), st.floats(0, 1, allow_subnormal=False))
def test_the_tail_of_any_beta_is_that_of_scipy(a: float, b: float, x: float) -> None:
    assert regularised(a, b, x) == pytest.approx(stats.beta(a, b).cdf(x), abs=1e-10)


def test_the_tail_is_right_at_the_least_number_where_scipy_is_not() -> None:
    """The value is mpmath's, with 40 digits; SciPy 1.17 says 8.97e-06."""
    assert regularised(1 / 64, 2, 5e-324) == pytest.approx(9.0172428870847867e-06, rel=1e-12)


@given(betas, st.floats(0.05, 0.95))
def test_a_moved_acceptance_keeps_its_weight(beta: Beta, mean: float) -> None:
    made, weight = moved(beta, mean, 2.0), sum(beta)
    theirs = stats.beta(mean * weight, (1 - mean) * weight)
    assert (made.mean, made.generosity) == (mean, 2.0)
    assert (made.low, made.high) == pytest.approx(theirs.ppf([0.05, 0.95]), abs=1e-7)
    assert made.above(mean) == pytest.approx(theirs.sf(mean), abs=1e-9)


def test_at_the_reference_the_acceptance_is_the_one_that_is_stated() -> None:
    assert accepted(Beta(6, 14), 1.0, 0.3).mean == 0.3
    assert [beside_reference(one.terms, one.cost, one.economy.reference) for one in GIVING] == [
        1.0
    ] * len(GIVING)


def test_every_shipped_offer_that_gives_something_says_what_its_acceptance_holds_for() -> None:
    assert {one.id for one in SHIPPED.offers} - {one.id for one in GIVING} == {
        "paperless",
        "streaming-bundle",
    }


@pytest.mark.parametrize(
    ("offer", "field"),
    [
        ("annual-plan", "percent"),
        ("loyalty-discount", "percent"),
        ("tech-support", "amount"),
        ("welcome-credit", "amount"),
        ("autopay", "amount"),
    ],
)
@given(probability=st.floats(0, 1))
def test_a_giver_of_nothing_gains_nothing(offer: str, field: str, probability: float) -> None:
    assert worth(varied(BY_ID[offer], field, 0.0), probability) <= 0


@pytest.mark.parametrize("offer", ["annual-plan", "loyalty-discount", "price-lock", "tech-support"])
def test_a_shorter_offer_is_accepted_less(offer: str) -> None:
    one = BY_ID[offer]
    assert one.terms.months is not None
    shorter = varied(one, "months", one.terms.months - 1)
    assert constants(shorter).answering.mean < constants(one).answering.mean


def test_what_gives_nothing_away_keeps_its_take_up() -> None:
    paperless, streaming = (constants(BY_ID[name]) for name in ("paperless", "streaming-bundle"))
    assert (paperless.answering.mean, streaming.answering.mean) == (0.3, 0.1)


@given(st.floats(0.45, 0.95), st.floats(25, 120))
def test_the_best_discount_is_neither_none_nor_the_largest(probability: float, bill: float) -> None:
    percents = [step / 2 for step in range(61)]
    annual = BY_ID["annual-plan"]
    worths = [worth(varied(annual, "percent", percent), probability, bill) for percent in percents]
    best = max(worths)
    assert worths[0] < best > worths[-1]


def test_a_credit_is_worth_what_is_promised_and_not_what_it_costs_us() -> None:
    credit = BY_ID["welcome-credit"]
    smaller = credit.model_copy(update={"terms": credit.terms.model_copy(update={"amount": 5.0})})
    assert constants(smaller).answering.generosity == 0.25


def test_the_starter_says_what_each_acceptance_holds_for() -> None:
    assert list(unanchored(parse(starter(SCHEMA)))) == []


REFERENCE = 'cost = { model = "discount" }\neconomy = { reference = %s }'


@pytest.mark.parametrize(
    ("reference", "fault"),
    [
        ("{ amount = 5.0 }", "economy.reference: must have share, and no amount, with the cost "),
        ("{ share = 0.1, amount = 5.0 }", "economy.reference: must have share, and no amount"),
        ("{ share = 0 }", "economy.reference.share: must be more than 0"),
        ("{ months = 6 }", "economy.reference: must have share"),
    ],
)
def test_a_reference_fits_its_cost_model(reference: str, fault: str) -> None:
    found = messages(('cost = { model = "discount" }', REFERENCE % reference))
    assert [message for message in found if fault in message]


def test_what_is_given_once_has_no_months() -> None:
    gift = "once = 2.0 }\neconomy = { reference = { amount = 2.0, months = 3 } }"
    found = messages(("monthly = 1.5 }", f"monthly = 1.5, {gift}"))
    assert "new.toml: offer club: economy.reference.months: is for offers that last" in found[0]


def test_an_offer_without_a_reference_is_accepted_as_stated() -> None:
    offer = small(("percent = 10", "percent = 1")).offers[0]
    assert offer.economy == Economy()
    made = offer_constants(offer.terms, offer.cost, offer.economy, small().assumptions)
    assert made.answering.mean == 0.3


def test_the_money_of_an_offer_says_what_it_gives_beside_its_reference() -> None:
    half = appraise(constants(varied(BY_ID["annual-plan"], "percent", 5.0)), 80, 0.7, "email", True)
    assert asdict(half.economics())["generosity"] == 0.5
    assert half.economics().acceptance == pytest.approx(0.35 * 2 / 3)

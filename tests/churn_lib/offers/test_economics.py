from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from empulse.metrics import empc_score, mpc_score
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from churn_lib.offers import economics
from churn_lib.offers.beta import Beta, belief
from churn_lib.offers.catalogue import catalogue
from churn_lib.offers.constants import annuity, offer_constants
from churn_lib.offers.economics import Belief, pricing
from churn_lib.offers.offer import Offer
from churn_lib.offers.terms import AddOn, Discount, Economy, Fixed, Gain, PriceLock, Terms
from churn_lib.offers.trace import Economics
from tests.churn_lib.offers.samples import small

PRIOR = belief(Beta(6, 14))


def retention(
    p: float,
    acceptance: Belief,
    value: float,
    cost: float,
    contact_cost: float = 0.0,
    deadweight: float = 0.5,
    sleeping_dogs: float = 0.0,
) -> Economics:
    return economics.retention(
        p, acceptance, value, cost, contact_cost, deadweight, sleeping_dogs
    ).economics()


def value_added(
    p: float, acceptance: Belief, gain: float, contact_cost: float, disturbed: float
) -> Economics:
    return economics.value_added(p, acceptance, gain, contact_cost, disturbed).economics()


betas = st.builds(Beta, st.integers(1, 60), st.integers(1, 60))
shares = st.floats(0, 1)
sums = st.floats(0, 1000)
rates = st.floats(0, 0.2)
months = st.integers(1, 60)
steps = st.floats(0, 100)


@given(betas, shares)
def test_the_tail_of_acceptance_is_that_of_scipy(beta: Beta, x: float) -> None:
    assert belief(beta).above(x) == pytest.approx(stats.beta(*beta).sf(x), abs=1e-12)


@pytest.mark.parametrize(
    "beta", [Beta(500, 500), Beta(500, 1), Beta(1, 500), Beta(400, 100), Beta(1, 1)]
)
def test_the_tail_holds_at_the_ends_of_the_parameters(beta: Beta) -> None:
    points = np.linspace(0, 1, 201)
    ours = [belief(beta).above(float(x)) for x in points]
    assert ours == pytest.approx(stats.beta(*beta).sf(points), abs=1e-11)


@given(betas)
def test_the_interval_of_acceptance_is_that_of_scipy(beta: Beta) -> None:
    made = belief(beta)
    assert (made.low, made.high) == pytest.approx(stats.beta(*beta).ppf([0.05, 0.95]), abs=1e-9)


@given(months, rates, rates)
def test_the_annuity_is_the_sum_over_the_months(count: int, hazard: float, rate: float) -> None:
    summed = sum((1 - hazard) ** t / (1 + rate) ** t for t in range(1, count + 1))
    assert annuity(count, hazard, rate) == pytest.approx(summed, rel=1e-9)


def test_an_annuity_without_hazard_and_interest_is_the_number_of_months() -> None:
    assert annuity(24, 0.0, 0.0) == 24


def test_the_expected_value_is_the_formula_in_the_documents() -> None:
    p, g, value, cost, contact, psi, sigma = 0.4, 0.3, 400.0, 60.0, 2.0, 0.5, 0.01
    expected = p * g * (value - cost) - (1 - p) * psi * cost - contact - (1 - p) * sigma * value
    assert retention(p, PRIOR, value, cost, contact, psi, sigma).expected_value == pytest.approx(
        expected
    )


def test_a_value_added_offer_is_worth_its_take_up_by_those_who_stay() -> None:
    money = value_added(0.2, PRIOR, 40.0, 1.0, 0.5)
    assert money.expected_value == pytest.approx(0.8 * (0.3 * 40 - 0.5) - 1)
    assert money.break_even_probability == pytest.approx(1 - 1 / (0.3 * 40 - 0.5))


@given(shares, shares, st.floats(1, 1000), sums)
def test_expected_value_rises_with_the_probability_of_leaving(
    p: float, q: float, cost: float, more: float
) -> None:
    low, high = sorted((p, q))
    ours = [retention(x, PRIOR, cost + more, cost, 1.0).expected_value for x in (low, high)]
    assert ours[0] <= ours[1] + 1e-9


@given(shares, sums, sums, steps)
def test_expected_value_rises_with_the_margin(
    p: float, value: float, cost: float, more: float
) -> None:
    ours = [retention(p, PRIOR, value + step, cost, 1.0).expected_value for step in (0, more)]
    assert ours[0] <= ours[1] + 1e-9


@given(shares, sums, sums, steps, shares)
def test_expected_value_falls_with_every_cost(
    p: float, value: float, cost: float, more: float, psi: float
) -> None:
    base = retention(p, PRIOR, value, cost, 1.0, psi).expected_value
    assert retention(p, PRIOR, value, cost + more, 1.0, psi).expected_value <= base + 1e-9
    assert retention(p, PRIOR, value, cost, 1.0 + more, psi).expected_value <= base + 1e-9
    assert retention(p, PRIOR, value, cost, 1.0, psi, more / 100).expected_value <= base + 1e-9


@given(st.floats(50, 1000), st.floats(0, 40), st.floats(0, 5), shares, st.floats(0, 0.05))
def test_at_the_break_even_probability_the_expected_value_is_0(
    value: float, cost: float, contact: float, psi: float, sigma: float
) -> None:
    turning = retention(0.5, PRIOR, value, cost, contact, psi, sigma).break_even_probability
    assert turning is not None or contact > PRIOR.mean * (value - cost)
    if turning is not None:
        at = retention(turning, PRIOR, value, cost, contact, psi, sigma)
        assert at.expected_value == pytest.approx(0, abs=1e-6)


@given(st.floats(0.01, 1), st.floats(50, 1000), st.floats(0, 40), st.floats(0, 5), betas)
def test_at_the_break_even_acceptance_the_offer_neither_gains_nor_loses(
    p: float, value: float, cost: float, contact: float, beta: Beta
) -> None:
    money = retention(p, belief(beta), value, cost, contact)
    needed, loss = money.break_even_acceptance, contact + (1 - p) * 0.5 * cost
    assert needed is not None or loss > p * (value - cost)
    if needed is not None:
        assert p * needed * (value - cost) == pytest.approx(loss, abs=1e-9)


def test_one_in_n_is_the_largest_n_that_still_pays() -> None:
    money = retention(0.5, PRIOR, 400.0, 50.0, 1.0)
    assert money.break_even_acceptance is not None
    assert money.one_in is not None
    assert 1 / money.one_in >= money.break_even_acceptance > 1 / (money.one_in + 1)


@given(st.floats(0.01, 1), sums, sums, st.floats(0.01, 5), betas)
def test_the_chance_of_a_profit_and_the_interval_are_those_of_the_acceptance(
    p: float, value: float, cost: float, contact: float, beta: Beta
) -> None:
    money, spread = retention(p, belief(beta), value, cost, contact), stats.beta(*beta)
    slope, loss = p * (value - cost), contact + (1 - p) * 0.5 * cost
    chance = spread.sf(loss / slope) if slope > 0 else 0.0
    assert money.probability_of_profit == pytest.approx(chance, abs=1e-9)
    assert money.interval == pytest.approx(
        sorted(slope * spread.ppf([0.05, 0.95]) - loss), abs=1e-6, rel=1e-6
    )


def test_an_offer_that_costs_nothing_always_pays() -> None:
    for loss in (0.0, 5e-324):
        money = retention(0.5, PRIOR, 400.0, 0.0, loss)
        assert (money.probability_of_profit, money.one_in) == (1.0, None)


def test_an_offer_that_costs_more_than_the_customer_is_worth_never_pays() -> None:
    money = retention(0.9, PRIOR, 50.0, 60.0)
    assert (money.probability_of_profit, money.break_even_acceptance, money.one_in) == (
        0.0,
        None,
        None,
    )
    assert money.interval[0] <= money.expected_value <= money.interval[1] <= 0


ASSUMED = small().assumptions


def test_a_discount_of_24_months_costs_24_months() -> None:
    made = offer_constants(
        Terms(percent=10, months=24), Discount(model="discount"), Economy(), ASSUMED
    )
    assert made.cost_of_bill == pytest.approx(sum(0.1 * (0.97 / 1.01) ** t for t in range(1, 25)))
    assert made.value == pytest.approx(sum(0.5 * (0.97 / 1.01) ** t for t in range(1, 13)))


def test_a_price_lock_costs_the_rise_from_its_month_on() -> None:
    lock = PriceLock(model="price_lock", expected_rise=4.0, from_month=7)
    made = offer_constants(Terms(months=24, price_after="unchanged"), lock, Economy(), ASSUMED)
    assert made.cost_of_bill == pytest.approx(sum(0.04 * (0.97 / 1.01) ** t for t in range(7, 25)))


def test_an_add_on_costs_its_own_cost_and_the_sales_it_replaces() -> None:
    service = AddOn(model="add_on", list_price=5.0, marginal_cost=2.0, lost_sales=0.2)
    made = offer_constants(Terms(months=6), service, Economy(), ASSUMED)
    assert made.cost == pytest.approx((2 + 0.2 * 5) * sum((0.97 / 1.01) ** t for t in range(1, 7)))


def test_a_fixed_amount_is_spent_once_and_a_gain_lasts_the_horizon() -> None:
    spent = offer_constants(Terms(amount=20), Fixed(model="fixed", amount=20.0), Economy(), ASSUMED)
    gained = offer_constants(Terms(), Gain(model="gain", monthly=2.0, once=3.0), Economy(), ASSUMED)
    assert (spent.cost, spent.cost_of_bill) == (20.0, 0.0)
    assert gained.gain == pytest.approx(2 * sum((0.97 / 1.01) ** t for t in range(1, 13)) - 3)


GROUPS = {0.05: 400, 0.2: 300, 0.5: 200, 0.8: 100}
"""Customers by their probability of leaving; in each group exactly that share leaves, so the scores
are calibrated.
"""


def base() -> tuple[list[int], list[float]]:
    leaves = [int(i < p * n) for p, n in GROUPS.items() for i in range(n)]
    return leaves, [p for p, n in GROUPS.items() for _ in range(n)]


def worth(p: float, acceptance: Belief) -> Economics:
    return retention(p, acceptance, 200.0, 10.0, 1.0, deadweight=1.0, sleeping_dogs=0.0)


def test_contacting_all_who_pay_is_the_maximum_profit_of_empulse() -> None:
    theirs = mpc_score(*base(), accept_rate=0.3, clv=200, incentive_cost=10, contact_cost=1)
    ours = sum(n * max(0.0, worth(p, PRIOR).expected_value) for p, n in GROUPS.items()) / sum(
        GROUPS.values()
    )
    assert ours == pytest.approx(theirs, rel=1e-9)


def test_the_profit_over_all_acceptances_is_the_expected_maximum_profit_of_empulse() -> None:
    theirs = empc_score(*base(), alpha=6, beta=14, clv=200, incentive_cost=10, contact_cost=1)
    more = belief(Beta(7, 14))
    ours = 0.0
    for p, n in GROUPS.items():
        money, slope = worth(p, PRIOR), p * 190.0
        needed = money.break_even_acceptance
        if needed is not None:
            ours += n * slope * (0.3 * more.above(needed) - needed * money.probability_of_profit)
    assert ours / sum(GROUPS.values()) == pytest.approx(theirs, rel=1e-9)


@pytest.mark.parametrize("percent", [5.0, 10.0, 12.5, 20.0, 33.33, 100.0])
def test_a_price_after_percent_is_in_whole_cents_half_of_one_rounded_up(percent: float) -> None:
    price = pricing(Terms(percent=percent))
    assert price is not None
    kept = 1 - Decimal(str(percent)) / 100
    for cents in [*range(1000, 20_000, 7), 11_575]:
        exact = (Decimal(cents) / 100 * kept).quantize(Decimal("0.01"), ROUND_HALF_UP)
        assert price(cents / 100) == float(exact)


@given(st.sampled_from(catalogue().offers), shares, sums, st.booleans())
def test_what_is_spent_is_what_the_formulas_lose_where_nobody_is_worth_anything(
    offer: Offer, p: float, bill: float, answers: bool
) -> None:
    made = offer_constants(offer.terms, offer.cost, offer.economy, catalogue().assumptions)
    worthless = made._replace(value=0.0, gain=-made.gift)
    lost = -economics.appraise(worthless, bill, p, "call", answers).expected_value
    accepted = (made.answering if answers else made.other).mean
    assert economics.spent(made, bill, p, "call", accepted) == pytest.approx(lost)


def test_a_gift_to_whoever_takes_more_is_spent() -> None:
    club = small(("monthly = 1.5", "monthly = 1.5, once = 4.0")).offers[1]
    made = offer_constants(club.terms, club.cost, club.economy, small().assumptions)
    assert economics.spent(made, 50.0, 0.2, None, 0.25) == pytest.approx(0.8 * 0.25 * 4)

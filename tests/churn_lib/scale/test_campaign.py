"""The choice of a campaign: as good as can be, and never above a limit."""

import math
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_lib.scale.campaign import GOOD, Limits, Plan, choose
from churn_lib.scale.exact import CORE
from churn_lib.scale.pairs import Floats, pairs
from tests.churn_lib.scale.campaigns import keeps, made_up, oracle, tight

NONE = Limits(None, None, (None, None, None))

Rows = list[list[tuple[float, float]]]

amounts = st.integers(0, 400).map(lambda cents: cents / 4)
costs_of = st.integers(0, 40).map(lambda cents: cents / 4)
matrices = st.lists(st.lists(st.tuples(amounts, costs_of), min_size=3, max_size=3), max_size=8)
some_limits = st.builds(
    Limits,
    budget=st.none() | st.integers(0, 40).map(float),
    contacts=st.none() | st.integers(0, 8),
    caps=st.tuples(*[st.none() | st.integers(0, 4)] * 3),
)


def matrix(rows: Rows) -> tuple[Floats, Floats]:
    drawn = np.array(rows, float).reshape(-1, 3, 2)
    return drawn[:, :, 0], drawn[:, :, 1]


def chosen(values: Floats, costs: Floats, limits: Limits) -> Plan:
    return choose(pairs(values, costs), limits)


def about(value: float) -> object:
    return pytest.approx(value, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("seed", range(30))
def test_a_small_campaign_brings_what_the_integer_program_of_all_brings(seed: int) -> None:
    values, costs = made_up(300, 6, seed)
    limits = tight(300, 6)
    plan = chosen(values, costs, limits)
    assert plan.total == about(oracle(values, costs, limits))
    assert keeps(plan, limits)


@pytest.mark.parametrize("customers", [CORE + 500, 200_000])
def test_a_large_campaign_is_close_to_a_bound_that_its_prices_prove(customers: int) -> None:
    values, costs = made_up(customers, 12, seed=1)
    limits = tight(customers, 12)
    plan = chosen(values, costs, limits)
    worth = values - plan.prices[0] * costs - plan.prices[1] - plan.prices[2:]
    each = np.nanmax(np.where(np.isnan(worth), 0.0, np.maximum(worth, 0.0)), axis=1)
    proven = math.fsum(each) + math.fsum(plan.prices * limits.vector())
    assert plan.total <= proven
    assert plan.bound == about(proven)
    assert plan.gap <= GOOD
    assert keeps(plan, limits)
    assert plan.total > plan.greedy


def test_many_customers_who_are_alike_are_not_all_decided_alike() -> None:
    drawn = np.random.default_rng(2)
    values, costs = drawn.uniform(5, 10, 3), drawn.uniform(1, 3, 3)
    limits = Limits(6_000, 5_000, (100, 500, 2_000))
    plan = chosen(np.tile(values, (10_000, 1)), np.tile(costs, (10_000, 1)), limits)
    assert keeps(plan, limits)
    assert plan.gap <= 10 * GOOD


@given(matrices, some_limits)
def test_no_limit_is_exceeded_and_nothing_better_is_left(rows: Rows, limits: Limits) -> None:
    values, costs = matrix(rows)
    plan = chosen(values, costs, limits)
    assert keeps(plan, limits)
    assert plan.total <= plan.bound
    best = oracle(values, costs, limits) if rows else 0.0
    assert plan.total == about(best)


@given(matrices)
def test_without_limits_everybody_gets_their_best_offer(
    rows: Rows,
) -> None:
    values, costs = matrix(rows)
    plan = chosen(values, costs, NONE)
    assert plan.total == about(math.fsum(values.max(axis=1, initial=0.0)))
    assert plan.gap == 0
    assert not plan.prices.any()


@given(matrices, some_limits, st.integers(1, 20))
def test_more_money_never_brings_less(rows: Rows, limits: Limits, more: int) -> None:
    values, costs = matrix(rows)
    richer = Limits((limits.budget or 0.0) + more, limits.contacts, limits.caps)
    poorer = Limits(limits.budget or 0.0, limits.contacts, limits.caps)
    before, after = chosen(values, costs, poorer), chosen(values, costs, richer)
    assert after.total >= before.total - 1e-6


@given(matrices, some_limits, st.sampled_from([0.01, 0.5, 8.0, 1000.0]))
def test_in_another_currency_the_campaign_brings_as_much(
    rows: Rows, limits: Limits, rate: float
) -> None:
    values, costs = matrix(rows)
    budget = None if limits.budget is None else limits.budget + 0.1
    here = chosen(values, costs, Limits(budget, limits.contacts, limits.caps))
    abroad = Limits(None if budget is None else budget * rate, limits.contacts, limits.caps)
    assert chosen(values * rate, costs * rate, abroad).total == about(here.total * rate)


@given(matrices, some_limits, st.randoms(use_true_random=False))
def test_the_order_of_customers_decides_nothing_but_ties(
    rows: Rows, limits: Limits, order: Random
) -> None:
    mixed = list(rows)
    order.shuffle(mixed)
    assert chosen(*matrix(mixed), limits).total == about(chosen(*matrix(rows), limits).total)


@pytest.mark.parametrize(
    "limits",
    [
        Limits(0.0, None, (None, None, None)),
        Limits(None, 0, (None, None, None)),
        Limits(None, None, (0, 0, 0)),
    ],
    ids=["budget", "contacts", "caps"],
)
def test_a_limit_of_zero_leaves_nothing(limits: Limits) -> None:
    values, costs = made_up(2_000, 3, seed=3)
    plan = chosen(values, costs, limits)
    assert len(plan.row) == 0
    assert (plan.total, plan.spent, plan.gap) == (0, 0, 0)


@pytest.mark.parametrize("customers", [0, 1, 3_000])
def test_without_an_allowed_offer_nobody_gets_one(customers: int) -> None:
    nothing = np.full((customers, 3), np.nan)
    plan = chosen(nothing, nothing, Limits(10.0, 1, (1, 1, 1)))
    assert len(plan.row) == 0
    assert plan.gap == 0


def test_one_customer_gets_the_best_offer_that_there_is_money_for() -> None:
    values, costs = np.array([[9.0, 5.0, -1.0]]), np.array([[8.0, 2.0, 0.0]])
    plan = chosen(values, costs, Limits(7.0, None, (None, None, None)))
    assert (plan.row.tolist(), plan.offer.tolist(), plan.total) == ([0], [1], 5.0)


def test_the_price_of_a_contact_is_what_the_next_customer_brings() -> None:
    values = np.arange(1.0, 101.0).reshape(-1, 1)
    plan = chosen(values, np.ones_like(values), Limits(None, 10, (None,)))
    assert plan.row.tolist() == list(range(90, 100))
    assert 90.0 <= plan.prices[1] <= 91.0
    assert not plan.prices[[0, 2]].any()


def test_a_higher_priority_goes_first_where_there_is_not_enough_for_all() -> None:
    values = np.array([[9.0, 1.0], [9.0, 2.0], [9.0, np.nan]])
    offered = pairs(values, np.ones_like(values))
    few, enough = Limits(None, 2, (None, None)), Limits(None, 3, (None, None))
    assert choose(offered, few, (0, 1)).offer.tolist() == [1, 1]
    assert choose(offered, few, (1, 0)).total == 18.0
    assert choose(offered, enough, (0, 1)).offer.tolist() == [0, 0, 0]


def test_a_budget_is_kept_to_the_last_digit_of_the_exact_sum() -> None:
    costs = next(
        drawn
        for drawn in np.random.default_rng(4).uniform(0, 1, (1000, 3))
        if sum(drawn.tolist()) < math.fsum(drawn)
    )
    values, budget = np.array([[3.0], [2.0], [1.0]]), sum(costs.tolist())
    plan = chosen(values, costs.reshape(-1, 1), Limits(budget, None, (None,)))
    assert plan.row.tolist() == [0, 1]
    assert plan.spent <= budget


def test_the_same_customers_get_the_same_offers_again() -> None:
    values, costs = made_up(5_000, 6, seed=5)
    once, again = (chosen(values, costs, tight(5_000, 6)) for _ in range(2))
    assert once.row.tolist() == again.row.tolist()
    assert once.offer.tolist() == again.offer.tolist()

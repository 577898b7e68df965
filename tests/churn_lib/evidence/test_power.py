"""Sizes of experiments: as published, as simulated, and told in words."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

from churn_lib.evidence.power import Design, units_needed, visible_lift, visible_loss
from churn_lib.evidence.ratio import sample_ratio

TENTH = Design(holdout=0.10, explore=0.0)
HALF = Design(holdout=0.50, explore=0.0)


@pytest.mark.parametrize(
    ("design", "churn", "lift", "total"),
    [
        (TENTH, 0.05, 0.01, 36_138),
        (TENTH, 0.30, 0.03, 19_527),
        (TENTH, 0.20, 0.05, 4_831),
        (HALF, 0.05, 0.02, 3_012),
        (HALF, 0.30, 0.05, 2_501),
    ],
)
def test_the_size_is_that_of_the_pooled_formula(
    design: Design, churn: float, lift: float, total: int
) -> None:
    assert units_needed(design, churn, lift).total == pytest.approx(total, abs=2)


def test_so_many_customers_show_the_effect_as_often_as_was_promised() -> None:
    rng, churn, lift = np.random.default_rng(1), 0.3, 0.05
    units = units_needed(TENTH, churn, lift)
    held = rng.binomial(units.holdout, churn, 2000)
    offered = rng.binomial(units.policy, churn - lift, 2000)
    seen = [
        confint_proportions_2indep(a, units.holdout, b, units.policy, method="newcomb")[0] > 0
        for a, b in zip(held, offered, strict=True)
    ]
    assert np.mean(seen) == pytest.approx(0.8, abs=0.03)


@given(st.floats(0.02, 0.6), st.floats(0.05, 0.9))
def test_forwards_and_backwards_agree(churn: float, share: float) -> None:
    lift = churn * share
    needed = units_needed(TENTH, churn, lift).total
    assert visible_lift(TENTH, churn, needed) == pytest.approx(lift, rel=0.02)


@given(st.floats(0.02, 0.6), st.floats(0.05, 0.5))
def test_smaller_effects_need_more_and_a_covariate_fewer(churn: float, share: float) -> None:
    lift = churn * share
    needed = units_needed(TENTH, churn, lift).total
    assert units_needed(TENTH, churn, lift / 2).total > needed
    assert units_needed(Design(explore=0.0, saved=0.3), churn, lift).total < needed
    assert units_needed(Design(explore=0.0, power=0.9), churn, lift).total > needed


def test_too_few_customers_show_nothing() -> None:
    assert visible_lift(TENTH, 0.05, 100) is None
    assert visible_loss(TENTH, 100) is None


def test_a_lost_share_of_the_holdout_is_found_as_often_as_was_promised() -> None:
    rng, customers = np.random.default_rng(2), 10_000
    lost = visible_loss(TENTH, customers)
    assert lost is not None
    shares = {"holdout": 0.1, "policy": 0.9}
    alarms = 0
    for _ in range(2000):
        held = rng.binomial(customers, 0.1)
        kept = rng.binomial(held, 1 - lost)
        found = {"holdout": int(kept), "policy": customers - int(held)}
        alarms += not sample_ratio(found, shares).is_right
    assert alarms / 2000 == pytest.approx(0.8, abs=0.03)


def test_public_arms_of_unequal_size_are_told() -> None:
    cats = sample_ratio({"30": 44_700, "40": 45_489}, {"30": 0.5, "40": 0.5})
    assert round(cats.p, 4) == 0.0086
    assert cats.is_right
    assert not sample_ratio({"30": 44_000, "40": 45_489}, {"30": 0.5, "40": 0.5}).is_right


def test_nobody_is_no_wrong_ratio() -> None:
    assert sample_ratio({}, {"holdout": 0.1, "policy": 0.9}).is_right

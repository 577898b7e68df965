import numpy as np
import pytest

from churn_lib.scale.pairs import CAPS, pairs
from churn_lib.scale.prices import SAMPLE, bound, lowered, sampled
from tests.churn_lib.scale.campaigns import made_up, oracle, tight


@pytest.mark.parametrize("seed", range(5))
def test_at_any_prices_the_bound_is_above_the_best_choice(seed: int) -> None:
    values, costs = made_up(60, 4, seed)
    limits = tight(60, 4)
    best = oracle(values, costs, limits)
    for prices in np.random.default_rng(seed).uniform(0, 9, (20, CAPS + 4)):
        assert bound(pairs(values, costs), limits.vector(), prices).value >= best


def test_the_slope_is_how_the_bound_changes_with_each_price() -> None:
    offered, limits = pairs(*made_up(500, 4, seed=1)), tight(500, 4).vector()
    prices = np.full(CAPS + 4, 1.5)
    found = bound(offered, limits, prices)
    for limit, slope in enumerate(found.slope):
        dearer = prices.copy()
        dearer[limit] += 1e-7
        changed = bound(offered, limits, dearer).value - found.value
        assert changed == pytest.approx(1e-7 * slope, rel=1e-3)


def test_prices_of_a_sample_are_lowered_to_those_of_all() -> None:
    offered = pairs(*made_up(2 * SAMPLE, 5, seed=2))
    limits = tight(2 * SAMPLE, 5).vector()
    start = sampled(offered, limits)
    found = lowered(offered, limits, start)
    reached = bound(offered, limits, found)
    assert reached.value < bound(offered, limits, start).value
    left = reached.slope
    assert (left[found == 0] >= 0).all()
    assert (np.abs(left[found > 0]) <= 0.001 * SAMPLE).all()


def test_a_limit_that_is_none_has_no_price() -> None:
    offered = pairs(*made_up(300, 2, seed=3))
    prices = sampled(offered, np.array([np.inf, 50.0, np.inf, np.inf]))
    assert prices[1] > 0
    assert not prices[[0, 2, 3]].any()

import math

import numpy as np

from churn_lib.scale.exact import CORE, decided
from churn_lib.scale.pairs import BUDGET, CAPS, pairs
from churn_lib.scale.prices import sampled
from tests.churn_lib.scale.campaigns import made_up, tight


def test_a_choice_is_never_made_worse_and_keeps_the_limits() -> None:
    offered = pairs(*made_up(2 * CORE, 4, seed=1))
    limits = tight(2 * CORE, 4).vector()
    nothing = np.array([], np.int64)
    found = decided(offered, limits, sampled(offered, limits), nothing)
    assert offered.value[found.chosen].sum() > 0
    assert (offered.used(found.chosen, 4) <= limits).all()
    assert found.most == math.inf
    again = decided(offered, limits, np.zeros(CAPS + 4), found.chosen)
    assert offered.value[again.chosen].sum() >= offered.value[found.chosen].sum()


def test_money_that_the_solver_spent_by_its_tolerance_is_not_spent() -> None:
    costs = np.array([[1.0], [1.0], [1.0000001]])
    offered = pairs(np.array([[5.0], [4.0], [4.5]]), costs)
    limits = np.array([3.0, np.inf, np.inf])
    found = decided(offered, limits, np.zeros(3), np.array([], np.int64))
    assert offered.value[found.chosen].tolist() == [5.0, 4.5]
    assert offered.cost[found.chosen].sum() <= limits[BUDGET]
    assert found.most >= 9.5

import numpy as np
import pytest

from churn_lib.scale.choice import filled, regret
from churn_lib.scale.pairs import CAPS, Pairs, pairs
from tests.churn_lib.scale.campaigns import made_up


def one_by_one(offered: Pairs, contacts: int, caps: list[int]) -> set[int]:
    """The most valuable pair of all first, then the next that is still possible."""
    taken, chosen = set[int](), set[int]()
    for place in np.argsort(-offered.value).tolist():
        owner, offer = int(offered.owner[place]), int(offered.offer[place])
        if owner not in taken and caps[offer] and len(chosen) < contacts:
            caps[offer] -= 1
            taken.add(owner)
            chosen.add(place)
    return chosen


@pytest.mark.parametrize("seed", range(10))
def test_without_prices_the_most_valuable_goes_first(seed: int) -> None:
    offered = pairs(*made_up(400, 5, seed))
    caps = [10, 20, 30, 40, 200]
    limits = np.array([np.inf, 150.0, *caps])
    found = filled(offered, limits, np.zeros(CAPS + 5), "value")
    assert set(found.tolist()) == one_by_one(offered, 150, caps)


def test_whoever_loses_most_without_an_offer_gets_it() -> None:
    values = np.array([[9.0, 8.0], [7.0, 1.0]])
    offered = pairs(values, np.ones_like(values))
    limits = np.array([np.inf, np.inf, 1.0, np.inf])
    found = filled(offered, limits, np.zeros(4), "regret")
    assert offered.value[found].tolist() == [8.0, 7.0]


def test_what_wrong_prices_leave_goes_to_whoever_brings_most() -> None:
    values = np.array([[1.0], [3.0], [2.0]])
    offered = pairs(values, np.ones_like(values))
    limits, too_dear = np.array([2.5, np.inf, np.inf]), np.array([100.0, 0.0, 0.0])
    assert filled(offered, limits, too_dear, "regret").tolist() == [1, 2]


def test_regret_is_what_lies_between_the_best_and_the_next_best() -> None:
    offered = pairs(np.array([[9.0, 7.0], [2.0, np.nan]]), np.ones((2, 2)))
    assert regret(offered, offered.value).tolist() == [2.0, 2.0]
    assert regret(offered, offered.value - 10).tolist() == [1.0, 8.0]

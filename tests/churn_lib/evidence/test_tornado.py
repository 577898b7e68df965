"""How much hangs on an assumption: the profit of today's decisions, and who would get others."""

from datetime import date
from itertools import islice

import pytest

from churn_lib.evidence.policies import compare
from churn_lib.evidence.tornado import Swing, tornado
from churn_lib.evidence.truth import Truth
from churn_lib.evidence.world import Scored, scored
from churn_lib.lint.grid import grid
from churn_lib.offers.catalogue import catalogue
from churn_lib.score.scorecard import scorecard

TODAY = date(2026, 11, 28)


@pytest.fixture(scope="module")
def people() -> list[Scored]:
    return scored(scorecard(), islice(grid(), 0, None, 20))


@pytest.fixture(scope="module")
def swings(people: list[Scored]) -> dict[str, Swing]:
    return {one.name: one for one in tornado(catalogue(), people, today=TODAY)}


def test_what_hangs_most_comes_first(swings: dict[str, Swing]) -> None:
    widths = [one.width for one in swings.values()]
    assert widths == sorted(widths, reverse=True)
    assert next(iter(swings)) == "acceptance"


def test_profit_lies_between_the_ends_of_what_is_assumed(
    swings: dict[str, Swing], people: list[Scored]
) -> None:
    found = compare(catalogue(), people, Truth(), today=TODAY)
    assumed = next(one.assumed for one in found if one.name == "expected value")
    for one in swings.values():
        assert min(one.profit) <= assumed <= max(one.profit)


def test_more_is_lost_where_more_take_offers_for_nothing(swings: dict[str, Swing]) -> None:
    for name in ("deadweight", "sleeping_dogs", "contact_cost", "hazard_after_save"):
        low, high = swings[name].profit
        assert low >= high
    assert swings["deadweight"].changed[0] > 0


def test_a_policy_is_as_unsure_as_its_acceptances(people: list[Scored]) -> None:
    first, random, _, best = compare(catalogue(), people, Truth(), today=TODAY)
    assert (first.ends, first.changed) == ((0, 0), best.contacts)
    for one in (random, best):
        low, high = one.ends
        assert low < one.assumed < high
    assert best.changed == 0
    assert random.changed > 0

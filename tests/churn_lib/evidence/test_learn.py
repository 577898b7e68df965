"""Acceptances come out as they are, whatever the score says, and no surer than the counts allow."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn_lib.customer.schema import ARTIFACTS
from churn_lib.evidence.learn import Learnt, learn
from churn_lib.evidence.truth import Calibration
from churn_lib.offers.catalogue import OFFERS as OFFERS_FILE
from churn_lib.offers.catalogue import catalogue, parse
from churn_lib.propose.learned import rewritten
from tests.churn_lib.evidence.drawn import OFFERS, RIGHT, Real, drawn

WORLDS = 40
OFF = Calibration(a=-0.3, b=0.8)


@cache
def worlds(calibration: Calibration, customers: int = 5000) -> list[Learnt]:
    rng = np.random.default_rng(11)
    return [learn(drawn(rng, customers, calibration), catalogue()) for _ in range(WORLDS)]


def gaps(found: list[Learnt]) -> list[tuple[float, bool]]:
    """By how much each acceptance is off that was learnt, and whether its interval holds."""
    told = []
    for one in [one for world in found for one in world.acceptances if one.learnt]:
        real = OFFERS[one.offer].answering if one.answers else OFFERS[one.offer].other
        assert one.learnt is not None
        told.append((one.learnt.value - real, one.learnt.low <= real <= one.learnt.high))
    return told


@pytest.mark.parametrize("calibration", [RIGHT, OFF], ids=["a right score", "a wrong score"])
def test_intervals_of_acceptances_hold_what_they_promise(calibration: Calibration) -> None:
    found = gaps(worlds(calibration))
    assert len(found) > 4 * WORLDS
    assert 0.91 < np.mean([holds for _, holds in found]) < 0.995
    assert abs(np.mean([gap for gap, _ in found])) < 0.02


def test_a_score_that_is_off_is_told() -> None:
    for calibration in (RIGHT, OFF):
        for place, name in enumerate("ab"):
            estimates = [(world.a, world.b)[place] for world in worlds(calibration)]
            real = getattr(calibration, name)
            assert np.mean([one.low <= real <= one.high for one in estimates]) > 0.88
    assert np.mean([world.b.high < 1 for world in worlds(OFF)]) > 0.5


def test_accepted_of_shown_is_far_from_the_acceptance() -> None:
    by_naive = [
        one.naive - OFFERS[one.offer].answering
        for world in worlds(RIGHT)
        for one in world.acceptances
        if one.offer == "tech-support" and one.answers and one.naive is not None
    ]
    assert np.mean(by_naive) < -0.15


def test_who_takes_an_offer_for_nothing_is_learnt_from_who_accepts() -> None:
    found = [one for world in worlds(OFF) for one in world.deadweights if one.learnt]
    holds = []
    for one in found:
        assert one.learnt is not None
        holds.append(one.learnt.low <= OFFERS[one.offer].deadweight <= one.learnt.high)
    assert np.mean(holds) > 0.9
    assert np.mean([one.new - OFFERS[one.offer].deadweight for one in found]) < 0.03


def test_an_acceptance_of_nothing_is_written_as_next_to_nothing() -> None:
    rng, below = np.random.default_rng(12), 0
    offers = {"annual-plan": Real(0.35, 0.0, 0.5), "tech-support": Real(0.45, 0.0, 0.1)}
    for customers in (5000, 20_000) * 4:
        for one in learn(drawn(rng, customers, offers=offers), catalogue()).acceptances:
            if one.learnt is not None:
                assert one.learnt.low <= one.new.mean <= one.learnt.high
                assert one.learnt.variance > 0.01**2  # also where all likely ones left
                below += one.learnt.value < 0
    assert below > 0


def test_too_few_customers_teach_nothing_and_change_nothing() -> None:
    found = learn(drawn(np.random.default_rng(1), 40), catalogue())
    assert [one.learnt for one in found.acceptances] == [None] * len(found.acceptances)
    assert all(one.new == one.old for one in found.acceptances)
    assert found.catalogue is catalogue()


def test_what_is_written_is_a_catalogue_of_whole_numbers() -> None:
    found = learn(drawn(np.random.default_rng(2), 400_000), catalogue())
    betas = [one.new for one in found.acceptances]
    assert max(max(beta) for beta in betas) <= 500
    text = rewritten((ARTIFACTS / OFFERS_FILE).read_text(encoding="utf-8"), found.catalogue)
    assert parse(text) == found.catalogue
    assert found.catalogue.version == "1.2.1"


@settings(max_examples=10)
@given(st.integers(0, 1000))
def test_the_order_of_the_counts_changes_nothing(seed: int) -> None:
    cells = drawn(np.random.default_rng(5), 3000)
    order = np.random.default_rng(seed).permutation(len(cells.bin))
    one, other = learn(cells, catalogue()), learn(cells.where(order), catalogue())
    assert other.a == pytest.approx(one.a, abs=1e-6)
    assert [kept.new for kept in other.acceptances] == [kept.new for kept in one.acceptances]


def test_twice_as_many_customers_teach_more() -> None:
    cells = drawn(np.random.default_rng(6), 5000)
    twice = replace(cells, sums={name: column * 2 for name, column in cells.sums.items()})
    one, other = (learn(each, catalogue()) for each in (cells, twice))
    assert other.a.variance < one.a.variance
    assert sum(one.acceptances[0].new) < sum(other.acceptances[0].new)

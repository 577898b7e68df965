"""Segments: shrunk lifts hold, and what looks best by chance is not told."""

import numpy as np
import pytest
from scipy import stats

from churn_lib.evidence.lift import Estimate
from churn_lib.evidence.segments import LEVEL, heterogeneity, segments, shrunk
from churn_lib.evidence.table import Floats
from tests.churn_lib.evidence.drawn import Real, drawn

COUNT, WORLDS = 18, 400
Lifts = tuple[Floats, Floats, Floats]


def lifts(rng: np.random.Generator, spread: float) -> Lifts:
    """True lifts of segments, what was counted, and its variance."""
    truth = 0.05 + spread * rng.standard_normal(COUNT)
    v = rng.uniform(0.03, 0.09, COUNT) ** 2
    return truth, truth + np.sqrt(v) * rng.standard_normal(COUNT), v


def holds(estimates: list[Estimate], truth: Floats) -> list[bool]:
    return [one.low <= real <= one.high for one, real in zip(estimates, truth, strict=True)]


@pytest.mark.parametrize("spread", [0.0, 0.03])
def test_the_best_segment_promises_a_quarter_of_what_was_counted_too_much(spread: float) -> None:
    rng, counted, less, covered = np.random.default_rng(1), [], [], []
    for _ in range(WORLDS):
        truth, y, v = lifts(rng, spread)
        estimates = shrunk(y, v)
        best = int(np.argmax([one.value for one in estimates]))
        counted.append(y.max() - truth[y.argmax()])
        less.append(estimates[best].value - truth[best])
        covered += holds(estimates, truth)
    assert np.mean(less) < 0.25 * np.mean(counted)
    assert np.mean(covered) > 0.94


def test_segments_that_do_not_differ_are_seldom_told() -> None:
    rng = np.random.default_rng(2)
    found = [heterogeneity(*lifts(rng, 0.0)[1:]) < LEVEL for _ in range(WORLDS)]
    assert stats.binomtest(sum(found), WORLDS, LEVEL).pvalue > 0.001
    assert np.mean([heterogeneity(*lifts(rng, 0.1)[1:]) < LEVEL for _ in range(50)]) > 0.9


def test_offers_that_differ_are_told_the_best_first() -> None:
    offers = {"annual-plan": Real(0.9, 0.9, 0.1), "price-lock": Real(0.0, 0.0, 0.1)}
    found = segments(drawn(np.random.default_rng(3), 8000, offers=offers))
    assert found is not None
    assert (found.looked_at, found.p < 0.001) == (12, True)
    assert [one.offer for one in found.segments[:3]] == ["annual-plan"] * 3
    assert found.segments[0].band == "high"
    assert found.segments[0].lift.value < found.segments[0].raw.value + 0.01


def test_segments_of_few_customers_are_not_looked_at() -> None:
    assert segments(drawn(np.random.default_rng(4), 300)) is None

"""Drift is shown where there is one, seldom where there is none, and the rows that it takes."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from churn_lib.errors import DataError
from churn_lib.evidence.drift import (
    ACT,
    LEVEL,
    POWER,
    SCORE,
    Drift,
    aligned,
    drifts,
    homogeneity,
    noise,
    psi,
    rows_needed,
    worst,
)
from churn_lib.evidence.table import Floats
from churn_lib.score.reference import REFUSED, Distribution, Reference

BINS = [f"from {place}" for place in range(10)]
COUNTS = st.lists(st.integers(0, 500), min_size=2, max_size=8)


def spread(counts: Floats | NDArray[np.int64]) -> Distribution:
    return Distribution(counts=dict(zip(BINS, map(int, counts), strict=False)))


def reference(customers: int = 5000, attributes: int = 20) -> Reference:
    even = spread(np.full(10, customers // 10))
    names = [f"attribute {place}" for place in range(attributes)]
    return Reference(customers=customers, score=even, attributes=dict.fromkeys(names, even))


def seen(rng: np.random.Generator, rows: int, shares: Floats) -> dict[str, Distribution]:
    """Attributes without a drift, and a score with these shares."""
    even = {
        name: spread(rng.multinomial(rows, np.full(10, 0.1))) for name in reference().attributes
    }
    return {**even, SCORE: spread(rng.multinomial(rows, shares))}


def alarms(rows: int, shares: Floats, times: int) -> list[Drift]:
    rng, known = np.random.default_rng(2), reference()
    return [one for _ in range(times) for one in worst(drifts(known, seen(rng, rows, shares)))]


def tilted(size: float) -> Floats:
    found: Floats = np.linspace(1 - size, 1 + size, 10) / 10
    return found


@pytest.mark.parametrize("rows", [100, 5000])
def test_without_a_drift_hardly_anything_is_shown(rows: int) -> None:
    assert len(alarms(rows, tilted(0), 10)) <= 2


def test_a_drift_is_shown_where_it_is_and_large_ones_call_to_act() -> None:
    for size, verdict in ((0.4, "look"), (0.8, "act")):
        found = alarms(20_000, tilted(size), 2)
        assert [(one.name, one.verdict) for one in found] == [(SCORE, verdict)] * 2


def test_a_drift_that_does_not_matter_is_not_shown_however_many_rows_there_are() -> None:
    (*_, score) = drifts(reference(10**6), seen(np.random.default_rng(3), 10**6, tilted(0.1)))
    assert score.p is not None
    assert score.p < 1e-9
    assert score.verdict == "none"


def test_chance_alone_makes_the_size_that_is_told() -> None:
    rng, n, m = np.random.default_rng(4), 5665, 200
    found = [
        psi(*(rng.multinomial(size, np.full(10, 0.1)).astype(float) for size in (n, m)))
        for _ in range(2000)
    ]
    assert np.mean(found) == pytest.approx(noise(n, m, 10), rel=0.06)


def test_so_many_rows_show_a_drift_with_the_power_that_is_told() -> None:
    shares = tilted(0.53)
    size = float(np.sum((shares - 0.1) * np.log(shares / 0.1)))
    n, tests = 50_000, 21
    m = rows_needed(n, 10, tests, size)
    assert m is not None
    rng, before = np.random.default_rng(5), np.full(10, n / 10)
    p = [homogeneity(before, rng.multinomial(m, shares).astype(float)) for _ in range(1000)]
    shown = np.mean([value is not None and value < LEVEL / tests for value in p])
    assert shown == pytest.approx(POWER, abs=0.05)
    assert rows_needed(100, 10, tests, ACT) is None


def test_values_that_are_not_allowed_are_a_drift_of_their_own() -> None:
    even = reference().score
    now = even.model_copy(update={"counts": {**even.counts, REFUSED: 300}})
    (found,) = drifts(reference(), {"attribute 0": now})
    assert (found.verdict, found.refused) == ("act", 300)


def test_one_bin_alone_can_not_drift() -> None:
    one = Distribution(counts={"any": 10})
    (found,) = drifts(Reference(customers=10, score=one, attributes={}), {SCORE: one})
    assert (found.p, found.needed, found.verdict) == (None, None, "none")


@given(COUNTS)
def test_the_order_of_bins_changes_nothing(counts: list[int]) -> None:
    names = BINS[: len(counts)]
    before, now = dict(zip(names, counts[::-1], strict=True)), dict(zip(names, counts, strict=True))
    turned = dict(reversed(now.items()))
    assert psi(*aligned(before, now)) == pytest.approx(psi(*aligned(before, turned)))


@given(COUNTS, COUNTS)
def test_psi_is_never_negative_and_the_same_from_both_sides(a: list[int], b: list[int]) -> None:
    size = min(len(a), len(b))
    one, other = (np.array(counts[:size], dtype=float) for counts in (a, b))
    assert psi(one, other) >= 0
    assert psi(one, other) == pytest.approx(psi(other, one))


def test_a_picture_of_all_attributes_is_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="needs matplotlib, of the extra evidence")
    from churn_lib.evidence.figure import draw

    found = drifts(reference(), seen(np.random.default_rng(1), 500, tilted(0.5)))
    draw(found, tmp_path / "drift.png")
    assert (tmp_path / "drift.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(DataError, match=r"drift\.docx can't be written"):
        draw(found, tmp_path / "drift.docx")

"""How often drift is shown that is not there, and that is: of attributes, of scores, and of a score
that is off; beside the naive way.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from churn_lib.evidence.drift import ACT, LEVEL, LOOK, homogeneity, noise, psi
from churn_lib.evidence.table import Floats
from churn_lib.evidence.truth import Calibration
from churn_lib.evidence.untouched import recalibration
from churn_lib.evidence.world import calibrated
from tests.bench.bench_evidence import told
from tests.bench.figures import Goal, at_least, at_most

REFERENCE, BINS, ATTRIBUTES = 5665, 10, 20
DRAWS, WORLDS, FITS = 4000, 150, 400
NOMINAL = 0.05
SIZES = (200, 1000, 5000, 50_000)


def figures() -> Iterator[Goal]:
    rng = np.random.default_rng(2)
    for rows in (50, *SIZES):
        yield from _size(rng, rows)
    for rows in SIZES:
        yield from _alarms(rng, rows)
    for shift in (0.1, 0.2, 0.3, 0.5):
        _power(rng, shift)
    yield from _recalibrations(rng)


def nominal(what: str, hits: int, of: int) -> Iterator[Goal]:
    """A share that is 5 %, as far as so many draws can tell (99 %)."""
    low, high = stats.binom.ppf([0.005, 0.995], of, NOMINAL) / of
    yield at_least(what, hits / of, low, told(hits, of))
    yield at_most(what, hits / of, high)


def _drawn(rng: np.random.Generator, rows: int, times: int) -> NDArray[np.int64]:
    return rng.multinomial(rows, np.full(BINS, 1 / BINS), times)


def _size(rng: np.random.Generator, rows: int) -> Iterator[Goal]:
    before, now = _drawn(rng, REFERENCE, DRAWS), _drawn(rng, rows, DRAWS)
    p = [homogeneity(a.astype(float), b.astype(float)) for a, b in zip(before, now, strict=True)]
    hits = sum(one is not None and one < NOMINAL for one in p)
    yield from nominal(f"chi-square of {rows:,} rows, no drift: below 5 %", hits, DRAWS)


def _alarms(rng: np.random.Generator, rows: int) -> Iterator[Goal]:
    """Of twenty attributes without a drift: shown for any."""
    shown = naive = tests = 0
    for _ in range(WORLDS):
        pairs = zip(*(_drawn(rng, size, ATTRIBUTES) for size in (REFERENCE, rows)), strict=True)
        # The first step of Holm's correction, by which one is shown if any is.
        found = [_seen(a.astype(float), b.astype(float), LEVEL / ATTRIBUTES) for a, b in pairs]
        by_test, by_size, both = (any(column) for column in zip(*found, strict=True))
        shown, naive, tests = shown + both, naive + by_size, tests + by_test
    name = f"{ATTRIBUTES} attributes of {rows:,} rows, no drift"
    print(f"{name}, naive (PSI above {ACT:g} for any): {told(naive, WORLDS)}")
    print(f"{name}, by the test alone: {told(tests, WORLDS)}")
    most = stats.binom.ppf(0.995, WORLDS, LEVEL) / WORLDS  # as far as so many worlds can tell
    yield at_most(f"{name}: shown for any", shown / WORLDS, most, told(shown, WORLDS))


def _power(rng: np.random.Generator, shift: float) -> None:
    """Of scores whose log-odds have moved; one test alone, at its level."""
    scores = rng.beta(1, 3, 200_000)
    edges = np.quantile(scores, np.arange(1, BINS) / BINS)
    moved = calibrated(scores, Calibration(a=shift))
    before, now = (_shares(one, edges) for one in (scores, moved))
    size, reference = psi(before * 1e9, now * 1e9), rng.multinomial(REFERENCE, before, FITS)
    for rows in SIZES:
        pairs = zip(reference, rng.multinomial(rows, now, FITS), strict=True)
        seen = [_seen(a.astype(float), b.astype(float)) for a, b in pairs]
        by_test, by_size, both = (sum(column) for column in zip(*seen, strict=True))
        what = f"score moved by {shift:g} (PSI {size:.3f}), {rows:,} rows"
        shares = f"test {by_test / FITS:.2f}, PSI above {ACT:g} {by_size / FITS:.2f}"
        print(f"{what}: shown {both / FITS:.2f}; {shares}")


def _shares(scores: Floats, edges: Floats) -> Floats:
    counts = np.bincount(np.searchsorted(edges, scores, "right"), minlength=BINS)
    found: Floats = counts / len(scores)
    return found


def _seen(before: Floats, now: Floats, level: float = LEVEL) -> tuple[bool, bool, bool]:
    p, size = homogeneity(before, now), psi(before, now)
    is_shown = p is not None and p < level
    by_chance = noise(before.sum(), now.sum(), BINS)
    return is_shown, size > ACT, is_shown and size - by_chance > LOOK


def _recalibrations(rng: np.random.Generator) -> Iterator[Goal]:
    for customers in SIZES[:3]:
        hits = _off(rng, customers, Calibration())
        yield from nominal(f"score of {customers:,} that is right: below 5 %", hits, FITS)
        for off in (Calibration(a=0.2), Calibration(b=0.8)):
            seen = _off(rng, customers, off)
            print(f"score of {customers:,} off by {off.a:g} and {off.b:g}: {told(seen, FITS)}")


def _off(rng: np.random.Generator, customers: int, truth: Calibration) -> int:
    hits = 0
    for _ in range(FITS):
        score = rng.beta(2, 3, customers)
        left = (rng.random(customers) < calibrated(score, truth)).astype(float)
        hits += recalibration(score, left)[2] < NOMINAL
    return hits

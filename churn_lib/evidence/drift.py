"""Whether the customers of today are like those of the training: a test, and a size beside it.

A test alone alarms at nothing where there are many customers, a size alone where there are few.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal

import numpy as np
from scipy import stats
from scipy.optimize import brentq
from statsmodels.stats.multitest import multipletests

from churn_lib.evidence.table import Floats
from churn_lib.score.reference import REFUSED, Distribution, Reference

LEVEL = 0.01
"""Of all tests of one comparison together, by Holm's correction."""
LOOK, ACT = 0.02, 0.1
"""Sizes, as PSI less what chance makes of it, from which on a drift that is shown matters."""
POWER = 0.8
HALF = 0.5
"""Added to each count, so that an empty bin has a logarithm."""

SCORE = "score"
"""What the drift of the probabilities is called beside those of the attributes."""

Verdict = Literal["none", "look", "act"]


@dataclass(frozen=True)
class Drift:
    """Of one attribute, or of the score.

    before, now: customers by level or bin. p: of the chi-square test, corrected for all tests; None
    where there is one bin alone. psi: population stability index. noise: what it would be on
    average by chance. tests: how many were made.
    """

    name: str
    before: Mapping[str, int]
    now: Mapping[str, int]
    p: float | None
    psi: float
    noise: float
    tests: int

    @property
    def needed(self) -> int | None:
        """Customers of today so that a PSI of ACT is shown with POWER; None where the reference has
        too few, or one bin alone.
        """
        bins = len(aligned(self.before, self.now)[0])
        return rows_needed(sum(self.before.values()), bins, self.tests) if bins > 1 else None

    @property
    def verdict(self) -> Verdict:
        size = self.psi - self.noise
        if self.p is None or self.p >= LEVEL or size <= LOOK:
            return "none"
        return "act" if size > ACT else "look"

    @property
    def refused(self) -> int:
        """Customers of today whose value is not allowed."""
        return self.now.get(REFUSED, 0)


def drifts(reference: Reference, now: Mapping[str, Distribution]) -> list[Drift]:
    """The drift of each attribute in `now` and of the score there, under the name SCORE.

    now: counted like the reference.
    """
    before = {**reference.attributes, SCORE: reference.score}
    pairs = {name: aligned(before[name].counts, found.counts) for name, found in now.items()}
    tests = {name: p for name, pair in pairs.items() if (p := homogeneity(*pair)) is not None}
    holm = multipletests([*tests.values()], method="holm")[1] if tests else []
    corrected = dict(zip(tests, map(float, holm), strict=True))
    found = []
    for name, (old, new) in pairs.items():
        is_known = old.sum() and new.sum()
        chance = noise(old.sum(), new.sum(), len(old)) if is_known else 0.0
        counts = before[name].counts, now[name].counts
        size = psi(old, new)
        found.append(Drift(name, *counts, corrected.get(name), size, chance, len(tests)))
    return found


def aligned(before: Mapping[str, int], now: Mapping[str, int]) -> tuple[Floats, Floats]:
    """Both counts, of the bins in which there is anybody."""
    names = [name for name in now if before.get(name, 0) + now[name]]
    old, new = ([float(counts.get(name, 0)) for name in names] for counts in (before, now))
    return np.array(old), np.array(new)


def homogeneity(before: Floats, now: Floats) -> float | None:
    """The probability of two such samples from one population: Pearson's chi-square."""
    if len(before) < 2 or not before.sum() or not now.sum():
        return None
    return float(stats.chi2_contingency([before, now], correction=False).pvalue)


def psi(before: Floats, now: Floats) -> float:
    """The population stability index: the sum of (q - p) ln(q / p) over shares p before, q now."""
    p, q = ((counts + HALF) / (counts + HALF).sum() for counts in (before, now))
    return float(np.sum((q - p) * np.log(q / p)))


def noise(before: float, now: float, bins: int) -> float:
    """The mean PSI of two samples of one population, of so many customers.

    It is (1/n + 1/m) times a chi-square of bins - 1 degrees: Yurdakul 2018, "Statistical Properties
    of Population Stability Index", Western Michigan University.
    """
    return (bins - 1) * (1 / before + 1 / now)


def rows_needed(before: float, bins: int, tests: int, size: float = ACT) -> int | None:
    """Customers so that a drift of this PSI is shown with POWER, where so many tests are made.

    The statistic is noncentral by PSI / (1/n + 1/m); the level is the first of Holm's.
    """
    degrees = bins - 1
    critical = float(stats.chi2.isf(LEVEL / max(tests, 1), degrees))

    def lacking(shift: float) -> float:
        return float(stats.ncx2.sf(critical, degrees, shift)) - POWER

    shift = float(brentq(lacking, 1e-9, 10 * critical + 100))
    rest = size / shift - 1 / before
    return ceil(1 / rest) if rest > 0 else None


def worst(found: Sequence[Drift]) -> Iterator[Drift]:
    """Those that are shown and matter, the largest first."""
    shown = [one for one in found if one.verdict != "none"]
    yield from sorted(shown, key=lambda one: one.noise - one.psi)

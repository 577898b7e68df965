"""Whether offers keep some customers better than others, and how much of that is chance."""

from collections.abc import Iterator
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.optimize import brentq

from churn_lib.evidence.lift import Estimate, Z
from churn_lib.evidence.table import Cells, Floats

SMALLEST = 30
"""Customers of a segment in each arm; who left does not decide whether a segment is looked at."""
FEWEST = 4
"""Segments: with fewer, nothing can be shrunk."""
BANDS = ("low", "middle", "high")
"""Of the probability of leaving, a third of the customers each."""
LEVEL = 0.03
"""Of the test: where holdouts are of 30 to 120 customers, it finds differences that are none in
about 6 of 100.
"""


class Segment(NamedTuple):
    """Customers who would get one offer, with a probability of leaving in one third.

    raw: the lift as counted. lift: what remains of it once the chance is taken out that one of so
    many segments looks best.
    """

    offer: str
    answers: bool
    band: str
    customers: int
    raw: Estimate
    lift: Estimate


class Segments(NamedTuple):
    """looked_at: how many. p: of Cochran's test that all have one lift. segments: the best first;
    none where they are not shown to differ.
    """

    looked_at: int
    p: float
    segments: tuple[Segment, ...]


def segments(cells: Cells) -> Segments | None:
    """By would-be offer, whether it answers a reason, and the third of the probability; None where
    too few are large enough.
    """
    raw = [*_raw(cells)]
    if len(raw) < FEWEST:
        return None
    y, v = (np.array([getattr(one.raw, name) for one in raw]) for name in ("value", "variance"))
    p = heterogeneity(y, v)
    if p >= LEVEL:
        return Segments(len(raw), p, ())
    found = [one._replace(lift=lift) for one, lift in zip(raw, shrunk(y, v), strict=True)]
    found.sort(key=lambda one: -one.lift.value)
    return Segments(len(raw), p, tuple(found))


def heterogeneity(y: Floats, v: Floats) -> float:
    """The probability of lifts y, with variances v, that differ so much by chance alone.

    Cochran 1954, Biometrics 10:101-129: Q is chi-square with one degree of freedom less than lifts.
    """
    mean = np.average(y, weights=1 / v)
    return float(stats.chi2.sf(((y - mean) ** 2 / v).sum(), len(y) - 1))


def shrunk(y: Floats, v: Floats) -> list[Estimate]:
    """Lifts drawn to their common mean by as much as they are chance.

    Morris 1983, JASA 78:47-55, eq. 1.17 and 4.1; the variance between lifts is that of Paule and
    Mandel 1982, J. Research of the National Bureau of Standards 87:377-385.
    """
    k, between = len(y), _between(y, v)
    weight = 1 / (v + between)
    mean = np.average(y, weights=weight)
    factor = (k - 3) / (k - 1) * v * weight
    value = y + factor * (mean - y)
    unsure = 2 / (k - 3) * factor**2 * (y - mean) ** 2 * (v.mean() + between) * weight
    variance = v * (1 - factor) + factor**2 / weight.sum() + unsure
    return [_normal(float(m), float(s)) for m, s in zip(value, variance, strict=True)]


def _between(y: Floats, v: Floats) -> float:
    def excess(between: float) -> float:
        weight = 1 / (v + between)
        mean = np.average(y, weights=weight)
        return float((weight * (y - mean) ** 2).sum()) - (len(y) - 1)

    if excess(0.0) <= 0:
        return 0.0
    widest = float(np.ptp(y)) ** 2
    return float(brentq(excess, 0.0, max(widest, 1e-12), xtol=1e-12))


def _raw(cells: Cells) -> Iterator[Segment]:
    band = _bands(cells)
    for offer in sorted(set(cells.would_offer.tolist())):
        for answers in (True, False):
            for place, name in enumerate(BANDS):
                here = (cells.would_offer == offer) & (cells.answers == answers) & (band == place)
                mine = cells.where(here)
                held, offered = mine.of("holdout"), mine.of("policy")
                if min(held["n"], offered["n"]) < SMALLEST:
                    continue
                raw = difference(held["n"], held["left"], offered["n"], offered["left"])
                yield Segment(offer, answers, name, int(held["n"] + offered["n"]), raw, raw)


def difference(held: float, held_left: float, offered: float, offered_left: float) -> Estimate:
    """The lift, with a variance that is never 0: Agresti and Caffo 2000, American Statistician
    54:280-288.
    """
    variance = 0.0
    for n, left in ((held, held_left), (offered, offered_left)):
        share = (left + 1) / (n + 2)
        variance += share * (1 - share) / (n + 2)
    return _normal(held_left / held - offered_left / offered, variance)


def _normal(value: float, variance: float) -> Estimate:
    half = Z * sqrt(variance)
    return Estimate(value, value - half, value + half, variance)


def _bands(cells: Cells) -> NDArray[np.int64]:
    """The third of each row, by customers of the arms that are compared."""
    n = np.where(cells.arm == "explore", 0, cells.sums["n"])
    counts = np.bincount(cells.bin, weights=n)
    middle = counts.cumsum() - counts / 2
    third = np.minimum(middle * len(BANDS) / max(counts.sum(), 1), len(BANDS) - 1)
    return np.asarray(third.astype(int)[cells.bin])

"""What other ways to choose offers would have brought, from the log of this one.

Each arm does something with a known probability, the propensity. Customers with whom was done what
the other way would do stand for all the others, weighed by w = 1 / propensity.
"""

from collections.abc import Iterator
from math import inf
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from churn_lib.evidence.lift import FEWEST, Estimate, Z
from churn_lib.evidence.weighed import UNSEEN, Floats, Weighed

NONE = "none"
SMALLEST_SAMPLE = 0.01
"""Of the customers: with a smaller effective sample a few of them would decide everything."""

POWER = 0.8416212335729143
"""Of the normal distribution, 80 % are below it."""

NOBODY, RISKIEST, NOW, OTHER = "nobody", "the riskier half", "as now", "other"

Names = NDArray[np.str_]
Whole = NDArray[np.int64]


class PolicyValue(NamedTuple):
    """What a way to choose brings a customer, in the catalogue's currency.

    customers: those of whom the log can show it. unseen: those with whom no arm does what this way
    would. sample: the effective one, as a share of the customers. snips: self-normalised; robust:
    doubly robust; gain: the latter beside what is done now, of the same customers. The three are
    None where the sample is too small.
    """

    name: str
    customers: int
    unseen: int
    sample: float
    snips: Estimate | None
    robust: Estimate | None
    gain: Estimate | None

    @property
    def is_better(self) -> bool:
        """The gate of a new way to choose: its gain is shown to be above 0."""
        return self.gain is not None and self.gain.low > 0

    @property
    def visible(self) -> float | None:
        """The gain that so many customers show with a power of 80 %; four times as many show half
        of it.
        """
        return None if self.gain is None else (Z + POWER) * float(np.sqrt(self.gain.variance))


def values(weighed: Weighed) -> tuple[PolicyValue, ...]:
    """Of no offers, of offers to the riskier half alone, of the present way, and of the other one
    where there is one.
    """
    return tuple(_values(weighed))


def _values(weighed: Weighed) -> Iterator[PolicyValue]:
    if not weighed.sums["w"].sum():
        return
    would = weighed.would_offer
    nobody = np.full(len(would), NONE)
    yield _value(NOBODY, weighed, nobody)
    yield _value(RISKIEST, weighed, np.where(_is_risky(weighed), would, NONE))
    yield _value(NOW, weighed, would)
    told = weighed.other != ""
    if told.any():
        seen = weighed.where(told & (weighed.other != UNSEEN))
        lost = int(weighed.sums["n"][weighed.other == UNSEEN].sum())
        yield _value(OTHER, seen, seen.other, lost)


def _is_risky(weighed: Weighed) -> NDArray[np.bool_]:
    """Whether a row is above the median of the probability."""
    n = weighed.sums["n"]
    mean = weighed.sums["p"] / n
    order = np.argsort(mean)
    middle = np.searchsorted(n[order].cumsum(), n.sum() / 2)
    return np.asarray(mean > mean[order][middle])


def _value(name: str, weighed: Weighed, does: Names, unseen: int = 0) -> PolicyValue:
    """does: what this way does, by row."""
    n = float(weighed.sums["n"].sum())
    same = (weighed.offer == does).astype(float)
    sample = effective_sample(weighed, same)
    if sample < SMALLEST_SAMPLE:
        return PolicyValue(name, int(n), unseen, sample, None, None, None)
    mine, now = _expected(weighed, does), _expected(weighed, weighed.would_offer)
    acted = (weighed.offer == weighed.would_offer).astype(float)
    robust = _mean(weighed, mine, -same * mine, same)
    gain = _mean(weighed, mine - now, acted * now - same * mine, same - acted)
    return PolicyValue(name, int(n), unseen, sample, snips(weighed, same), robust, gain)


def effective_sample(weighed: Weighed, same: Floats) -> float:
    """sum(w)^2 / sum(w^2) as a share of the customers; same: 1 where the two ways agree, else 0.

    Kish 1965, Survey Sampling.
    """
    w, ww = (float(same @ weighed.sums[name]) for name in ("w", "ww"))
    n = float(weighed.sums["n"].sum())
    return w**2 / ww / n if ww else 0.0


def snips(weighed: Weighed, same: Floats) -> Estimate:
    """sum(w m) / sum(w) over those with whom both ways do the same: Swaminathan and Joachims 2015,
    NeurIPS; the variance is that of a ratio (Owen 2013, Monte Carlo theory, eq. 9.8).
    """
    w, ww, wm, wwm, wwmm = (
        float(same @ weighed.sums[name]) for name in ("w", "ww", "wm", "wwm", "wwmm")
    )
    value = wm / w
    return _around(value, (wwmm - 2 * value * wwm + value**2 * ww) / w**2)


def _mean(weighed: Weighed, constant: Floats, by_weight: Floats, by_margin: Floats) -> Estimate:
    """The mean over customers of `constant + w (by_weight + by_margin m)`, each given by row.

    With Q(t) as the constant, -Q(t) and 1 where both ways do the same it is the doubly robust value
    of t: Dudik, Langford and Li 2011, ICML, eq. 4. Where a few heavy customers make most of the
    variance, the interval is as wide as so few make it: Satterthwaite 1946, Biometrics Bulletin
    2:110-114.
    """
    n, w, ww, wm, wwm, wwmm = (weighed.sums[name] for name in ("n", "w", "ww", "wm", "wwm", "wwmm"))
    moved = by_weight * w + by_margin * wm
    sums = n * constant + moved
    squares = n * constant**2 + 2 * constant * moved
    squares += by_weight**2 * ww + 2 * by_weight * by_margin * wwm + by_margin**2 * wwmm
    size = float(n.sum())
    mean = float(sums.sum()) / size
    apart = np.maximum(squares - 2 * mean * sums + n * mean**2, 0.0)
    variance, spread = float(apart.sum()) / size**2, float((apart**2 / n).sum())
    freedom = float(apart.sum()) ** 2 / spread if spread else inf
    return _around(mean, variance, float(stats.t.ppf(stats.norm.cdf(Z), freedom)))


def _around(value: float, variance: float, errors: float = Z) -> Estimate:
    """errors: standard ones on each side."""
    half = errors * float(np.sqrt(max(variance, 0.0)))
    return Estimate(value, value - half, value + half, variance)


def _expected(weighed: Weighed, does: Names) -> Floats:
    """Q by row: the margin that is expected of what a way does, a line in p for each pair of the
    offer that the policy would make and the one that is made, all with one slope.

    A pair with few customers has the line of all customers whom the policy would make the same.
    """
    p, n, w, wm = (weighed.sums[name] for name in ("p", "n", "w", "wm"))
    x, y = p / n, np.divide(wm, w, out=np.zeros_like(w), where=w > 0)
    pair, wanted = _pairs(weighed.would_offer, weighed.offer, does)
    would = np.unique(weighed.would_offer, return_inverse=True)[1]
    size, x_pair, y_pair = _means(pair, n, x, y, wanted)
    _, x_would, y_would = _means(would, n, x, y, would)
    _, x_own, y_own = _means(pair, n, x, y, pair)
    dx, dy = x - x_own, y - y_own
    spread = float(n @ dx**2)
    slope = float(n @ (dx * dy)) / spread if spread > 0 else 0.0
    is_known = size >= FEWEST
    middle, level = np.where(is_known, x_pair, x_would), np.where(is_known, y_pair, y_would)
    return np.asarray(level + slope * (x - middle))


def _pairs(would: Names, made: Names, does: Names) -> tuple[Whole, Whole]:
    """Numbers of the pairs that each row is, and that it would be if the way had been followed."""
    rows = len(would)
    texts = [f"{a} {b}" for a, b in zip((*would, *would), (*made, *does), strict=True)]
    numbers = np.unique(texts, return_inverse=True)[1]
    return numbers[:rows], numbers[rows:]


def _means(by: Whole, n: Floats, x: Floats, y: Floats, at: Whole) -> tuple[Floats, Floats, Floats]:
    """Customers and means of x and y of the group that each row asks for."""
    groups = int(max(by.max(), at.max())) + 1
    counts, sum_x, sum_y = (
        np.bincount(by, weights=weights, minlength=groups).astype(np.float64)
        for weights in (n, n * x, n * y)
    )
    size = np.maximum(counts, 1)
    return counts[at], (sum_x / size)[at], (sum_y / size)[at]

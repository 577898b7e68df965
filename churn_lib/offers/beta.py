"""The Beta distribution without scipy: a polynomial tail for whole parameters, else a fraction."""

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Annotated, NamedTuple

from pydantic import Field

from churn_lib.offers.economics import Belief

Whole = Annotated[int, Field(ge=1, le=500)]
"""Up to 500, every term of the tail is a float of full precision; scale larger counts down."""

Tail = Callable[[float], float]
"""The probability that the acceptance is above x, from 0 to 1."""

NEGLIGIBLE = 1e-12
"""A mean below this is none, and one so near to 1 is no nearer."""

STEPS = 1000
"""Of the continued fraction: it needs about the root of the larger parameter, and few more."""


class Beta(NamedTuple):
    """How likely each acceptance is: as if `a` had been seen to accept and `b` had not."""

    a: Whole
    b: Whole

    @property
    def mean(self) -> float:
        return self.a / (self.a + self.b)


@lru_cache(maxsize=1024)
def belief(beta: Beta) -> Belief:
    """The distribution made ready for use, once for each pair of parameters."""
    return _ready(beta.mean, _polynomial(*beta))


@lru_cache(maxsize=4096)
def moved(beta: Beta, mean: float, generosity: float) -> Belief:
    """As much seen as in `beta`, with another mean; the parameters are no whole numbers then.

    generosity: at which the mean is this, for whoever asks later.
    """
    if mean < NEGLIGIBLE:
        return Belief(0.0, 0.0, 0.0, lambda _x: 0.0, generosity)
    weight, kept = beta.a + beta.b, min(mean, 1 - NEGLIGIBLE)
    a, b = kept * weight, (1 - kept) * weight
    return _ready(kept, lambda x: regularised(b, a, 1 - x))._replace(generosity=generosity)


def _ready(mean: float, above: Tail) -> Belief:
    return Belief(mean, _quantile(above, 0.05), _quantile(above, 0.95), above)


def _polynomial(a: int, b: int) -> Tail:
    """P(g > x) is the chance of fewer than `a` successes before the b-th failure, where each try
    succeeds with chance x: (1-x)^b * sum of C(b-1+k, k) * x^k over k < a (Abramowitz and Stegun
    26.5.24 and 26.5.26). All terms are positive, so nothing cancels.
    """
    coefficients: Sequence[float] = [float(math.comb(b - 1 + k, k)) for k in reversed(range(a))]

    def above(x: float) -> float:
        total = 0.0
        for coefficient in coefficients:
            total = total * x + coefficient
        return total * (1 - x) ** b

    return above


def regularised(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b): P(g <= x) for any a and b above 0.

    The continued fraction is 8.17.22 of the NIST Digital Library of Mathematical Functions; it is
    quick where x is below (a + 1) / (a + b + 2), and the other tail serves above (ibid. 8.17.4).
    """
    if not 0 < x < 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - regularised(b, a, 1 - x)
    size = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    return math.exp(size + a * math.log(x) + b * math.log1p(-x)) / (a * _fraction(a, b, x))


def _fraction(a: float, b: float, x: float) -> float:
    """1 + d1 / (1 + d2 / (1 + ...)), by the method of Lentz as Press et al. have it, *Numerical
    Recipes*, 3rd edition, 5.2.
    """
    value = up = 1.0
    down = 0.0
    for step in range(1, STEPS):
        part = _coefficient(a, b, step) * x
        down = 1 / (1 + part * down)
        up = 1 + part / up
        value *= up * down
        if abs(up * down - 1) < 1e-15:
            break
    return value


def _coefficient(a: float, b: float, step: int) -> float:
    half, is_odd = divmod(step, 2)
    place = a + 2 * half
    if is_odd:
        return -(a + half) * (a + b + half) / (place * (place + 1))
    return half * (b - half) / ((place - 1) * place)


def _quantile(above: Tail, part: float) -> float:
    """The acceptance below which this part of the distribution lies, by halving the interval."""
    low, high = 0.0, 1.0
    for _ in range(54):
        middle = (low + high) / 2
        low, high = (middle, high) if above(middle) > 1 - part else (low, middle)
    return (low + high) / 2

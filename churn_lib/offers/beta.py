"""The Beta distribution with whole-number parameters: its tail is a polynomial, without scipy."""

import math
from functools import lru_cache
from typing import Annotated, NamedTuple

from pydantic import Field

from churn_lib.offers.economics import Belief

Whole = Annotated[int, Field(ge=1, le=500)]
"""Up to 500, every term of the tail is a float of full precision; scale larger counts down."""


class Beta(NamedTuple):
    """How likely each acceptance is: as if `a` had been seen to accept and `b` had not."""

    a: Whole
    b: Whole


@lru_cache(maxsize=1024)
def belief(beta: Beta) -> Belief:
    """The distribution made ready for use, once for each pair of parameters."""
    a, b = beta
    coefficients = tuple([float(math.comb(b - 1 + k, k)) for k in reversed(range(a))])
    raw = Belief(a / (a + b), 0.0, 1.0, b, coefficients)
    return raw._replace(low=_quantile(raw, 0.05), high=_quantile(raw, 0.95))


def _quantile(distribution: Belief, part: float) -> float:
    """The acceptance below which this part of the distribution lies, by halving the interval."""
    low, high = 0.0, 1.0
    for _ in range(54):
        middle = (low + high) / 2
        low, high = (middle, high) if distribution.above(middle) > 1 - part else (low, middle)
    return (low + high) / 2

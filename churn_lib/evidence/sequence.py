"""Intervals that hold at every look, until an experiment has the size that was planned."""

from math import log, sqrt

from churn_lib.evidence.lift import Estimate

ALPHA = 0.05
AT_THE_END = 2.0537489106318225
"""Of the fixed interval at the planned size, 96 %: looks on the way and the end together are wrong
in 5 % (simulated in `tests/bench/bench_evidence.py`).
"""


def any_time(estimate: Estimate, planned_variance: float) -> Estimate:
    """The interval of a confidence sequence, narrowest where the variance is the planned one.

    estimate: with its variance now. Robbins' normal mixture in its asymptotic form: Waudby-Smith et
    al. 2024, Annals of Statistics 52(6), on the scale of information I = 1 / variance, with planned
    information I*: r = I* / (2 ln(1/alpha) + ln(1 + 2 ln(1/alpha))), and half the width is
    sqrt((I + r) ln((I + r) / (r alpha^2))) / I.
    """
    information, planned = 1 / estimate.variance, 1 / planned_variance
    twice = 2 * log(1 / ALPHA)
    r = planned / (twice + log(1 + twice))
    half = sqrt((information + r) * log((information + r) / (r * ALPHA**2))) / information
    return estimate._replace(low=estimate.value - half, high=estimate.value + half)


def hybrid(estimate: Estimate, planned_variance: float) -> Estimate:
    """The sequence until the planned end, then the fixed interval."""
    if estimate.variance > planned_variance:
        return any_time(estimate, planned_variance)
    half = AT_THE_END * sqrt(estimate.variance)
    return estimate._replace(low=estimate.value - half, high=estimate.value + half)

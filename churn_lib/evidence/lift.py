"""How many more customers stay with an offer than without: differences between arms.

`lift` is the share who left without an offer less the share who left with one, among those who
would get one, by the arm that they are in, whatever became of it: intention to treat.
"""

from math import sqrt
from typing import NamedTuple

import numpy as np
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from churn_lib.evidence.table import Ages, Cells, Floats, Sums

Z = 1.959963984540054
"""Of a two-sided 95 %."""

FEWEST = 10
"""Leavers in each arm; with fewer, no interval of a sequence holds what it promises."""


class Estimate(NamedTuple):
    """A number with its interval of 95 %, and its variance where it is used on."""

    value: float
    low: float
    high: float
    variance: float = float("nan")

    @property
    def excludes_zero(self) -> bool:
        """Whether an effect is shown, of either sign."""
        return self.low > 0 or self.high < 0


def shares(held: int, held_left: int, offered: int, offered_left: int) -> Estimate:
    """The lift of shares, with Newcombe's interval.

    held, offered: customers of both arms, above 0. Newcombe 1998, Statistics in Medicine
    17:873-890, method 10.
    """
    low, high = confint_proportions_2indep(
        held_left, held, offered_left, offered, method="newcomb", compare="diff"
    )
    a, b = held_left / held, offered_left / offered
    variance = a * (1 - a) / held + b * (1 - b) / offered
    return Estimate(a - b, float(low), float(high), variance)


def adjusted(held: Sums, offered: Sums) -> Estimate:
    """The lift of shares, less what differs by chance in the probability of leaving.

    held, offered: sums of `Cells.of`. Each arm has its own slope: Lin 2013, Annals of Applied
    Statistics 7:295-318; the variance is that of the residuals (Deng et al. 2013, WSDM).
    """
    mean = (held["p"] + offered["p"]) / (held["n"] + offered["n"])
    value = variance = 0.0
    for sign, arm in ((1, held), (-1, offered)):
        level, spread = _regressed(arm, "left", "left", "p_left", mean)
        value += sign * level
        variance += spread
    return _normal(value, variance)


def standardised(held: Sums, offered: Sums) -> Estimate:
    """The lift where offers are made to others than are held out, such as those whom the rules
    allow one: beside what the held out would do with the probabilities of the offered.

    It takes for granted that of two customers with one probability neither is likelier to leave.
    """
    mean, n = offered["p"] / offered["n"], held["n"]
    level, spread = _regressed(held, "left", "left", "p_left", mean)
    middle = held["p"] / n
    sxx = held["pp"] - n * middle**2
    spread *= 1 + (n * (mean - middle) ** 2 / sxx if sxx > 0 else 0.0)
    share = offered["left"] / offered["n"]
    return _normal(level - share, spread + share * (1 - share) / offered["n"])


def _regressed(arm: Sums, y: str, yy: str, xy: str, mean: float) -> tuple[float, float]:
    """The mean of y where p has this mean, and its variance. y, yy, xy: the names of the sums."""
    n = arm["n"]
    x_bar, y_bar = arm["p"] / n, arm[y] / n
    sxx = arm["pp"] - n * x_bar**2
    sxy = arm[xy] - n * x_bar * y_bar
    syy = arm[yy] - n * y_bar**2
    slope = sxy / sxx if sxx > 0 else 0.0
    rest = max(syy - slope * sxy, 0.0)
    return y_bar + slope * (mean - x_bar), rest / max(n - 2, 1) / n


def _normal(value: float, variance: float) -> Estimate:
    half = Z * sqrt(variance)
    return Estimate(value, value - half, value + half, variance)


def margin(held: Sums, offered: Sums) -> Estimate:
    """What offers bring a customer: the margin with less the margin without. Welch 1947."""
    means, variances, parts = [], [], []
    for arm in (held, offered):
        n = arm["n"]
        mean = arm["m"] / n
        spread = max(arm["mm"] - n * mean**2, 0.0) / max(n - 1, 1) / n
        means.append(mean)
        variances.append(spread)
        parts.append(spread**2 / max(n - 1, 1))
    value, variance = means[1] - means[0], sum(variances)
    freedom = variance**2 / sum(parts) if variance else 1.0
    half = float(stats.t.isf(0.025, freedom)) * sqrt(variance)
    return Estimate(value, value - half, value + half, variance)


def adjusted_margin(held: Sums, offered: Sums) -> Estimate:
    """The same, less what differs by chance in the probability of leaving, as in `adjusted`."""
    mean = (held["p"] + offered["p"]) / (held["n"] + offered["n"])
    value = variance = 0.0
    for sign, arm in ((-1, held), (1, offered)):
        level, spread = _regressed(arm, "m", "mm", "p_m", mean)
        value += sign * level
        variance += spread
    return _normal(value, variance)


def per_saved(held: Sums, offered: Sums) -> Estimate | None:
    """What one more customer who stays costs; None where the lift may be nothing, and so the cost
    anything.

    Fieller 1954, J. Royal Statistical Society B 16:175-185: limits of the ratio of two means that
    are correlated, here what is spent on a customer and the lift.
    """
    n, z = offered["n"], Z**2
    without, left = held["left"] / held["n"], offered["left"] / n
    spent, lift = offered["cost"] / n, without - left
    of_cost = (offered["cc"] / n - spent**2) / n
    of_lift = without * (1 - without) / held["n"] + left * (1 - left) / n
    together = -(offered["cost_left"] / n - spent * left) / n
    determinant = lift**2 - z * of_lift
    if determinant <= 0:
        return None
    middle = lift * spent - z * together
    half = sqrt(max(middle**2 - determinant * (spent**2 - z * of_cost), 0.0))
    return Estimate(spent / lift, (middle - half) / determinant, (middle + half) / determinant)


def survival(ages: Ages, arm: str) -> tuple[float, float]:
    """The share that has not left by the end of the window, and its variance, of all customers who
    are observed so far.

    Kaplan and Meier 1958; the variance is Greenwood's 1926.
    """
    size = max([len(part) for part in (*ages.left.values(), *ages.censored.values())], default=1)
    none: Floats = np.zeros(size)
    left, censored = ages.left.get(arm, none), ages.censored.get(arm, none)
    gone = left + censored
    at_risk = gone[::-1].cumsum()[::-1]
    known = at_risk > 0
    share = float(np.prod(1 - left[known] / at_risk[known]))
    rest = at_risk[known] - left[known]
    summed = float(np.sum(left[known][rest > 0] / (at_risk[known] * rest)[rest > 0]))
    return share, share**2 * summed


def of_survival(ages: Ages, arm: str, holdout: str = "holdout") -> Estimate:
    """The lift by `survival`."""
    with_offer, spread = survival(ages, arm)
    without, other = survival(ages, holdout)
    return _normal(with_offer - without, spread + other)


def lift_of(cells: Cells, arm: str, holdout: str = "holdout") -> Estimate | None:
    """The lift of an arm; None where one of the arms has nobody."""
    held, offered = cells.of(holdout), cells.of(arm)
    if not held["n"] or not offered["n"]:
        return None
    return shares(int(held["n"]), int(held["left"]), int(offered["n"]), int(offered["left"]))

"""How good the score is now, by customers whom no offer has touched.

Offers keep some of those who would have left, and a perfect score looks broken on them. So only
those count to whom no decision of the log has made an offer: the held out, and those for whom none
pays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import statsmodels.api as sm
from scipy import stats

from churn_lib.errors import DataError
from churn_lib.evidence import queries as q
from churn_lib.evidence.drift import LEVEL
from churn_lib.evidence.lift import FEWEST, Estimate, Z
from churn_lib.evidence.table import Floats, connected, opened, table_of, tell


@dataclass(frozen=True)
class Untouched:
    """Customers with their first decision. score: its probability. left: 1 or 0. weight: how many
    customers one stands for: those who would get an offer are there only as far as held out.
    held: how many are.
    """

    score: Floats
    left: Floats
    weight: Floats
    held: int


@dataclass(frozen=True)
class Quality:
    """a, b: true log-odds are a + b * logit(score). p: of a score that is right, a = 0 and b = 1.
    auc: of all customers, weighted; None where nobody is held out, for then the likeliest leavers
    are missing. left, expected: how many left, and how many should by the score.
    """

    customers: int
    held: int
    left: int
    expected: float
    a: Estimate
    b: Estimate
    p: float
    auc: Estimate | None

    @property
    def is_off(self) -> bool:
        return self.p < LEVEL


def is_log(path: Path) -> bool:
    """Whether a file holds decisions of the log, and not customers."""
    try:
        with connected("a table") as base:
            return {"decision_id", "probability"} <= set(table_of(base, [path]).columns)
    except DataError:
        return False  # customers are kept in files of more kinds


def scores(decisions: Sequence[Path]) -> Floats:
    """The probability of each customer's first decision; decisions without a unit count apart.

    Raises DataError.
    """
    with opened(decisions) as base:
        return np.asarray(base.execute(q.SCORES).fetchnumpy()["score"], dtype=float)


def untouched(
    decisions: Sequence[Path], outcomes: Sequence[Path], *, as_of: date, window: int = 90
) -> Untouched:
    """Those of the log's customers whose first decision is `window` days old, and whom no offer has
    touched. Arguments as of `table.count`. Raises DataError.
    """
    with opened(decisions, outcomes) as base:
        tell(base, as_of)
        spoken = bool(base.execute(q.EVER_SPOKEN).fetchall()[0][0])
        given = {"as_of": as_of, "window": window, "spoken": spoken}
        found = base.execute(q.UNTOUCHED, given).fetchnumpy()
    score, left, weight, held = (np.asarray(found[name], dtype=float) for name in q.UNTOUCHED_NAMES)
    return Untouched(score, left, weight, int(held.sum()))


def quality(found: Untouched) -> Quality | None:
    """None where too few have left, or stayed, to tell."""
    n, left = len(found.left), int(found.left.sum())
    if min(left, n - left) < FEWEST:
        return None
    a, b, p = recalibration(found.score, found.left)
    auc = weighted_auc(found.score, found.left, found.weight) if found.held else None
    expected = float(found.score.sum())
    return Quality(n, found.held, left, expected, a, b, p, auc)


def recalibration(score: Floats, left: Floats) -> tuple[Estimate, Estimate, float]:
    """Intercept and slope of `left` on the logit of the score, and the p-value of 0 and 1.

    Cox 1958, Biometrika 45:562-565; the likelihood ratio has two degrees of freedom (Miller, Hui
    and Tierney 1991, Statistics in Medicine 10:1213-1226).
    """
    p = np.clip(score, 1e-9, 1 - 1e-9)
    logit = np.log(p / (1 - p))
    fit = sm.GLM(left, sm.add_constant(logit), family=sm.families.Binomial()).fit()
    as_it_is = float(np.sum(left * np.log(p) + (1 - left) * np.log(1 - p)))
    ratio = max(2 * (float(fit.llf) - as_it_is), 0.0)
    a, b = (
        Estimate(float(m), float(m - Z * s), float(m + Z * s), float(s**2))
        for m, s in zip(fit.params, fit.bse, strict=True)
    )
    return a, b, float(stats.chi2.sf(ratio, 2))


def weighted_auc(score: Floats, left: Floats, weight: Floats) -> Estimate:
    """The chance that of a leaver and another the leaver's score is higher, as if nobody had been
    touched: each customer counts by the inverse of the chance of being so.

    Its variance is that of DeLong et al. 1988, Biometrics 44:837-845, with weights.
    """
    gone = left == 1
    above = _share_below(score[gone], score[~gone], weight[~gone])
    below = 1 - _share_below(score[~gone], score[gone], weight[gone])
    value = float(np.average(above, weights=weight[gone]))
    parts = ((above, weight[gone]), (below, weight[~gone]))
    variance = sum(
        float(np.sum((w * (part - value)) ** 2)) / float(w.sum()) ** 2 for part, w in parts
    )
    half = Z * variance**0.5
    return Estimate(value, value - half, value + half, variance)


def _share_below(at: Floats, others: Floats, weight: Floats) -> Floats:
    """The share of the others, by weight, whose score is lower; half of those that are equal."""
    order = np.argsort(others)
    summed = np.concatenate([[0.0], np.cumsum(weight[order])])
    left, right = (np.searchsorted(others[order], at, side=side) for side in ("left", "right"))
    found: Floats = (summed[left] + summed[right]) / 2 / summed[-1]
    return found

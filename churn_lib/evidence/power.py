"""How many customers an experiment needs, and what one with so many could see.

Counted are the triggered: customers to whom the policy would make an offer, whatever their arm.
"""

from dataclasses import dataclass
from math import ceil

from scipy import stats
from scipy.optimize import brentq
from statsmodels.stats.proportion import samplesize_proportions_2indep_onetail

from churn_lib.evidence.ratio import ALARM

LEVEL = 0.05
"""Of the two-sided test."""

LOOKING = 1.07
"""So many times the customers let one look at any time and stop early: the sequence until the
planned end, then the fixed interval (simulated in `tests/bench/bench_evidence.py`).
"""


@dataclass(frozen=True)
class Design:
    """Shares of the arms, which add up to 1; power: the chance to see an effect that is there.

    saved: share of the variance that the probability of leaving explains (R2), which need not be
    paid for in customers.
    """

    holdout: float = 0.10
    explore: float = 0.05
    power: float = 0.80
    saved: float = 0.0

    @property
    def policy(self) -> float:
        """The share that gets the best offer."""
        return 1 - self.holdout - self.explore


@dataclass(frozen=True)
class Units:
    """Triggered customers by arm."""

    holdout: int
    policy: int
    explore: int

    @property
    def total(self) -> int:
        """Of all arms."""
        return self.holdout + self.policy + self.explore


def units_needed(design: Design, churn: float, lift: float) -> Units:
    """Triggered customers so that a lift is seen with the power of the design.

    churn: share of the triggered who leave without an offer. lift: that share less the one with the
    best offer; both from 0 to 1. The pooled formula of Farrington and Manning 1990, as statsmodels
    has it, for a test of two proportions with unequal arms.
    """
    ratio = design.holdout / design.policy
    treated = samplesize_proportions_2indep_onetail(
        -lift, churn, design.power, ratio=ratio, alpha=LEVEL
    )
    treated *= 1 - design.saved
    explored = treated * design.explore / design.policy
    return Units(ceil(treated * ratio), ceil(treated), ceil(explored))


def visible_lift(design: Design, churn: float, triggered: int) -> float | None:
    """The smallest lift that so many triggered customers show; None where not even all of the churn
    would be.
    """

    def lacking(lift: float) -> float:
        return units_needed(design, churn, lift).total - triggered

    largest = churn * (1 - 1e-6)
    if lacking(largest) > 0:
        return None
    smallest = churn * 1e-4
    return (
        float(brentq(lacking, smallest, largest, xtol=1e-6)) if lacking(smallest) > 0 else smallest
    )


def visible_loss(design: Design, customers: int) -> float | None:
    """The smallest share of the holdout's customers whose loss the check of the sample ratio sees
    with the power of the design; None where it would not even see the loss of all.

    The noncentral chi-square distribution of Pearson's statistic, one degree of freedom.
    """
    held = design.holdout
    critical = stats.chi2.isf(ALARM, 1)

    def lacking(lost: float) -> float:
        left = 1 - held * lost
        seen = held * (1 - lost) / left
        shift = customers * left * (seen - held) ** 2 / (held * (1 - held))
        return float(stats.ncx2.sf(critical, 1, shift)) - design.power

    if lacking(1.0) < 0:
        return None
    return float(brentq(lacking, 1e-6, 1.0, xtol=1e-6))

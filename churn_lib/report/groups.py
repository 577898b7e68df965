"""Whether the score and the offers treat protected groups alike, with the uncertainty of that."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats
from statsmodels.stats.multitest import multipletests

from churn_lib.customer.model import NOTES, phrase
from churn_lib.report.curves import wilson
from churn_lib.report.evaluation import Figure, Group
from churn_lib.report.money import Decided
from churn_lib.training.data import Dataset, Labels
from churn_lib.training.evaluate import SMALLEST_CLASS
from churn_lib.training.learner import Floats
from churn_lib.training.versus import value_in

NORMAL = float(stats.norm.ppf(0.975))
AUC, GAP, RATE, COST, VALUE = "AUC", "calibration", "offer rate", "depth", "value"

Chosen = NDArray[np.bool_]


class Measure(NamedTuple):
    """A figure of a group with its 95 % interval, and the p-value before any correction."""

    value: float
    low: float
    high: float
    p: float


def groups_of(dataset: Dataset, probabilities: Floats, decided: Decided | None) -> list[Group]:
    """Each group of each protected attribute; those of numbers are the bands that have words."""
    found = [
        (name, words, inside, _measures(dataset.left, probabilities, decided, inside))
        for name in dataset.protected.columns
        for words, inside in _parts(dataset.protected[name])
    ]
    corrected = [*_corrected([measures for *_, measures in found])]
    return [
        Group(
            attribute=NOTES[name].label,
            name=words,
            customers=int(inside.sum()),
            left=float(dataset.left[inside].mean()),
            figures=figures,
        )
        for (name, words, inside, _), figures in zip(found, corrected, strict=True)
    ]


def _parts(column: pl.Series) -> Iterator[tuple[str, Chosen]]:
    """The groups of an attribute by their words."""
    words = {one: phrase(column.name, value_in(column.name, one)) for one in column.unique()}
    told = np.array([words[value] for value in column])
    for name in sorted({*words.values()}):
        yield name, told == name


def _measures(
    left: Labels, probabilities: Floats, decided: Decided | None, inside: Chosen
) -> dict[str, Measure]:
    """What enough customers of the group and of the others can tell."""
    if inside.all() or min(map(_rarest, (left[inside], left[~inside]))) < SMALLEST_CLASS:
        return {}
    found = {
        AUC: _auc(left, probabilities, inside),
        GAP: _gap(left[inside], probabilities[inside]),
    }
    if decided is None:
        return found
    here = inside[decided.rows]
    found[RATE] = _rate(decided.made, here)
    for name, amounts in ((COST, decided.cost), (VALUE, decided.expected)):
        mine, others = (amounts[decided.made & side] for side in (here, ~here))
        if min(len(mine), len(others)) >= SMALLEST_CLASS:
            found[name] = _mean(mine, others)
    return found


def _rarest(left: Labels) -> int:
    return int(np.bincount(left, minlength=2).min())


def _auc(left: Labels, probabilities: Floats, inside: Chosen) -> Measure:
    mine, variance = auc_of(left[inside], probabilities[inside])
    others, other_variance = auc_of(left[~inside], probabilities[~inside])
    margin = NORMAL * variance**0.5
    p = _two_sided(mine - others, variance + other_variance)
    return Measure(mine, max(mine - margin, 0.0), min(mine + margin, 1.0), p)


def auc_of(left: Labels, probabilities: Floats) -> tuple[float, float]:
    """The area under the ROC curve and its variance (DeLong et al. 1988, Biometrics 44:837).

    By ranks: Sun and Xu 2014, IEEE Signal Processing Letters 21:1389, eq. 5 to 8.
    """
    gone, here = probabilities[left == 1], probabilities[left == 0]
    ranks = stats.rankdata(np.concatenate([gone, here]))
    above = (ranks[: len(gone)] - stats.rankdata(gone)) / len(here)
    below = 1 - (ranks[len(gone) :] - stats.rankdata(here)) / len(gone)
    variance = above.var(ddof=1) / len(gone) + below.var(ddof=1) / len(here)
    return float(above.mean()), float(variance)


def _gap(left: Labels, probabilities: Floats) -> Measure:
    """Mean probability less the share who left, whose variance is that of true probabilities."""
    gap = float((probabilities - left).mean())
    variance = float((probabilities * (1 - probabilities)).sum()) / len(left) ** 2
    margin = NORMAL * variance**0.5
    return Measure(gap, gap - margin, gap + margin, _two_sided(gap, variance))


def _rate(made: Chosen, inside: Chosen) -> Measure:
    counts = [
        [int((made[side] == one).sum()) for one in (True, False)] for side in (inside, ~inside)
    ]
    low, high = wilson(counts[0][0], sum(counts[0]))
    table = np.array(counts)
    alike = not all(table.sum(axis=0))
    p = 1.0 if alike else float(stats.chi2_contingency(table, correction=False).pvalue)
    return Measure(float(made[inside].mean()), low, high, p)


def _mean(mine: Floats, others: Floats) -> Measure:
    """A mean and Welch's test against the others."""
    if np.ptp(np.concatenate([mine, others])) == 0:
        return Measure(float(mine[0]), float(mine[0]), float(mine[0]), 1.0)
    found = stats.ttest_ind(mine, others, equal_var=False)
    own = stats.ttest_1samp(mine, 0.0).confidence_interval()
    return Measure(float(mine.mean()), float(own.low), float(own.high), float(found.pvalue))


def _two_sided(difference: float, variance: float) -> float:
    if variance <= 0:
        return 1.0
    return 2 * float(stats.norm.sf(abs(difference) / variance**0.5))


def _corrected(groups: list[dict[str, Measure]]) -> Iterator[dict[str, Figure]]:
    """The measures of each group, each corrected over all groups that have it (Holm 1979)."""
    names = dict.fromkeys(name for one in groups for name in one)
    adjusted = {name: iter(_holm([one[name].p for one in groups if name in one])) for name in names}
    for one in groups:
        yield {
            name: Figure(value=value, low=low, high=high, p=next(adjusted[name]))
            for name, (value, low, high, _) in one.items()
        }


def _holm(found: list[float]) -> list[float]:
    return [float(p) for p in multipletests(found, method="holm")[1]]

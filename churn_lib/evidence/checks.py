"""Whether an experiment can be believed: what is looked at before anything is compared."""

from collections.abc import Iterator, Mapping
from math import isclose, sqrt
from typing import NamedTuple

import numpy as np
from scipy import stats

from churn_lib.evidence.lift import FEWEST
from churn_lib.evidence.ratio import ALARM, sample_ratio
from churn_lib.evidence.table import Cells, Counted

HOLDOUT, EXPLORE, POLICY = "holdout", "explore", "policy"
MOST_MIXED = 0.001
MOST_EARLY = 0.01
"""Shares of customers above which something is wrong with the files."""


class Check(NamedTuple):
    """Whether arms may be compared: what was looked at, and what was found, in words."""

    name: str
    holds: bool
    text: str


def checked(counted: Counted, shares: Mapping[str, float]) -> Iterator[Check]:
    """All that is looked at. shares: of the arms, as the experiment in force has them."""
    for name, found in (("customers", counted.units), ("those triggered", counted.triggered)):
        ratio = sample_ratio(found, shares)
        arms = ", ".join(
            f"{arm} {ratio.found[arm]:,} of {ratio.expected[arm]:,.0f} expected" for arm in shares
        )
        text = f"{name}: {arms} (p {ratio.p:.4f})"
        yield Check(f"the arms have their shares of {name}", ratio.is_right, text)
    total = sum(counted.units.values())
    holds = counted.mixed <= MOST_MIXED * max(total, 1)
    yield Check("each customer is in one arm", holds, f"{counted.mixed:,} in several")
    yield _done(counted.cells)
    yield _unknown(counted, shares)
    left = sum(counted.cells.of(arm)["left"] for arm in shares)
    holds = counted.early <= MOST_EARLY * max(left, 1)
    yield Check("nobody left before the decision", holds, f"{counted.early:,} did")
    yield from _drawn(counted, shares)


def _done(cells: Cells) -> Check:
    """Whether what was done is what each arm does."""
    made = cells.offer != "none"
    wrong = made == (cells.arm == HOLDOUT)
    wrong |= (cells.arm == POLICY) & (cells.offer != cells.would_offer)
    count, n = int(cells.sums["n"][wrong].sum()), float(cells.sums["n"].sum())
    text = f"{count:,} held out who got an offer, or others who got another one or none"
    return Check("each arm got what it is for", count <= MOST_MIXED * n, text)


def _unknown(counted: Counted, shares: Mapping[str, float]) -> Check:
    """Whether outcomes are missing as often in each arm."""
    name = "outcomes are known as often in each arm"
    if not counted.spoken:
        return Check(name, True, "no line says that somebody stayed: silence is taken for it")
    missing = [counted.unknown.get(arm, 0) for arm in shares]
    known = [int(counted.cells.of(arm)["n"]) for arm in shares]
    text = ", ".join(f"{arm} {count:,} unknown" for arm, count in zip(shares, missing, strict=True))
    table = np.array([missing, known])[:, np.sum([missing, known], axis=0) > 0]
    if table.shape[1] < 2 or not all(table.sum(axis=1)):
        return Check(name, True, text)
    p = float(stats.chi2_contingency(table, correction=False).pvalue)
    return Check(name, p >= ALARM, f"{text} (p {p:.4f})")


def _drawn(counted: Counted, shares: Mapping[str, float]) -> Iterator[Check]:
    """Whether chance alone decides who is held out, as often as is said, all the time."""
    yield from _one_share(counted, shares.get(HOLDOUT, 0.0))
    sums = [counted.cells.of(arm) for arm in (HOLDOUT, POLICY)]
    if min(one["n"] for one in sums) < FEWEST:
        return
    means = [one["p"] / one["n"] for one in sums]
    spread = sum(
        (one["pp"] / one["n"] - mean**2) / one["n"] for one, mean in zip(sums, means, strict=True)
    )
    gap = means[1] - means[0]
    p = 2 * float(stats.norm.sf(abs(gap) / sqrt(spread))) if spread > 0 else 1.0
    text = f"probability {means[0]:.3f} without an offer, {means[1]:.3f} with one (p {p:.4f})"
    yield Check("the arms have the same customers", p >= ALARM, text)


def _one_share(counted: Counted, share: float) -> Iterator[Check]:
    """By the propensities of those without an offer, where the log has them."""
    weighed = counted.weighed
    here = weighed.offer == "none"
    n, w, ww = (float(weighed.sums[name][here].sum()) for name in ("n", "w", "ww"))
    if not w:
        return
    same = isclose(w * share, n, rel_tol=1e-6) and isclose(ww * share**2, n, rel_tol=1e-6)
    text = f"{share:.1%}, and by the log {n / w:.1%} on average"
    yield Check("the share without an offer never changed", same, text)

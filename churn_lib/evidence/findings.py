"""What an experiment shows: first whether it can be believed, then what offers did."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from scipy import stats
from statsmodels.stats.multitest import multipletests

from churn_lib.evidence import lift as effects
from churn_lib.evidence.checks import EXPLORE, HOLDOUT, POLICY, Check, checked
from churn_lib.evidence.lift import FEWEST, Estimate
from churn_lib.evidence.offpolicy import PolicyValue, values
from churn_lib.evidence.segments import Segments, segments
from churn_lib.evidence.sequence import hybrid
from churn_lib.evidence.table import Cells, Counted, Sums


class OfOffer(NamedTuple):
    """The lift of one offer, with its p-value after Holm's correction over all offers."""

    offer: str
    customers: int
    lift: Estimate
    p: float


@dataclass(frozen=True)
class Effects:
    """What offers did; money is in the catalogue's currency.

    without, with_offer: shares who left. lift, adjusted: of the policy against the holdout. now:
    the interval for one who looks on the way. observed: the lift by all customers so far, mature or
    not (Kaplan-Meier). margin, adjusted_margin: a customer. total: of all who were offered
    something. expected: what the catalogue promised a customer. per_saved: what one more who stays
    costs. choosing: of the best offer against one by chance. naive: shares who left of those who
    accepted and of those who did not, which is no effect.
    """

    without: float
    with_offer: float
    lift: Estimate
    adjusted: Estimate
    now: Estimate | None
    observed: Estimate
    margin: Estimate
    adjusted_margin: Estimate
    total: float
    expected: float
    per_saved: Estimate | None
    by_policy: tuple[OfOffer, ...]
    by_chance: tuple[OfOffer, ...]
    choosing: Estimate | None
    naive: tuple[float, float] | None
    segments: Segments | None
    ways: tuple[PolicyValue, ...]


@dataclass(frozen=True)
class Findings:
    """held, offered: mature customers without an offer, and with the best one. effects: None where
    the arms may not be compared, or too few have left.
    """

    checks: tuple[Check, ...]
    held: int
    offered: int
    effects: Effects | None

    @property
    def may_be_compared(self) -> bool:
        return all(check.holds for check in self.checks)


def findings(counted: Counted, shares: Mapping[str, float], planned: int | None = None) -> Findings:
    """What the counts show.

    shares: of the arms. planned: triggered customers of the whole trial.
    """
    checks = tuple(checked(counted, shares))
    held, offered = counted.cells.of(HOLDOUT), counted.cells.of(POLICY)
    enough = min(held["left"], offered["left"]) >= FEWEST
    shown = None
    if enough and all(check.holds for check in checks):
        compared = (shares[HOLDOUT] + shares[POLICY]) * (planned or 0)
        shown = _effects(counted, held, offered, compared)
    return Findings(checks, int(held["n"]), int(offered["n"]), shown)


def _effects(counted: Counted, held: Sums, offered: Sums, planned: float) -> Effects:
    """planned: customers of both arms in the whole trial; 0 where nobody looks before its end."""
    n, cells = offered["n"], counted.cells
    lift = effects.shares(int(held["n"]), int(held["left"]), int(n), int(offered["left"]))
    margin = effects.margin(held, offered)
    at_the_end = lift.variance * (held["n"] + n) / planned if planned else 0.0
    return Effects(
        without=held["left"] / held["n"],
        with_offer=offered["left"] / n,
        lift=lift,
        adjusted=effects.adjusted(held, offered),
        now=hybrid(lift, at_the_end) if planned else None,
        observed=effects.of_survival(counted.ages, POLICY),
        margin=margin,
        adjusted_margin=effects.adjusted_margin(held, offered),
        total=margin.value * n,
        expected=offered["expected"] / n,
        per_saved=effects.per_saved(held, offered),
        by_policy=tuple(_by_offer(cells, POLICY)),
        by_chance=tuple(_by_offer(cells, EXPLORE)),
        choosing=effects.lift_of(cells, POLICY, EXPLORE),
        naive=_naive(offered),
        segments=segments(cells),
        ways=values(counted.weighed),
    )


def _naive(offered: Sums) -> tuple[float, float] | None:
    accepted = offered["accepted"]
    others = offered["n"] - accepted
    if not accepted or not others:
        return None
    left = offered["left"] - offered["accepted_left"]
    return offered["accepted_left"] / accepted, left / others


def _by_offer(cells: Cells, arm: str) -> Iterator[OfOffer]:
    """Each offer against those held out who would have got it; of the explore arm, against all who
    are held out, by their probabilities: the rules do not allow them all the offer.
    """
    chosen = cells.would_offer if arm == POLICY else cells.offer
    found: list[tuple[str, int, Estimate, float]] = []
    for offer in sorted({str(name) for name in chosen[cells.arm == arm]} - {"none"}):
        here = (cells.arm == arm) & (chosen == offer)
        held = cells.arm == HOLDOUT
        if arm == POLICY:
            held &= cells.would_offer == offer
        mine, theirs = cells.where(here).of(arm), cells.where(held).of(HOLDOUT)
        if min(mine["left"], theirs["left"]) < FEWEST:
            continue
        lift = effects.standardised(theirs, mine)
        if arm == POLICY:
            lift = effects.shares(
                int(theirs["n"]), int(theirs["left"]), int(mine["n"]), int(mine["left"])
            )
        p = 2 * float(stats.norm.sf(abs(lift.value) / lift.variance**0.5)) if lift.variance else 1.0
        found.append((offer, int(mine["n"]), lift, p))
    if found:
        corrected = multipletests([p for *_, p in found], method="holm")[1]
        for (offer, customers, lift, _), p in zip(found, corrected, strict=True):
            yield OfOffer(offer, customers, lift, float(p))

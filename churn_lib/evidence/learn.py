"""What an experiment teaches: new acceptances and deadweights for the offers of a catalogue.

Accepted of shown is not the acceptance: the loyal accept too. A would-be leaver who stays is seen
only beside customers who got no offer, so acceptance is learnt from who left.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

import numpy as np
from scipy import stats

from churn_lib.evidence.lift import Estimate, Z
from churn_lib.evidence.posterior import Counts, Fit, fitted, recalibrated
from churn_lib.evidence.table import Cells, Floats
from churn_lib.evidence.truth import Calibration, Effect, Truth
from churn_lib.evidence.world import Bools
from churn_lib.offers.beta import Beta
from churn_lib.offers.catalogue import Catalogue
from churn_lib.offers.constants import offer_constants
from churn_lib.offers.economics import Belief
from churn_lib.offers.offer import Offer
from churn_lib.offers.terms import Assumptions, Economy

MOST = 500
"""Of a parameter of a Beta."""
FEWEST = 50
"""Customers offered something, below which its deadweight stays; so much does the stated one weigh
in customers, too.
"""
TOLD = 0.9
"""An acceptance is learnt where its deviation is at most this times the one before."""


class Acceptance(NamedTuple):
    """Of an offer, where it answers a reason or where not, by its terms.

    customers: who were offered it. old, new: as the catalogue states it. learnt: mean and interval;
    None where the experiment says too little. bands: by how much more it is where leaving is
    likelier. naive: accepted of shown.
    """

    offer: str
    answers: bool
    customers: int
    old: Beta
    new: Beta
    learnt: Estimate | None
    bands: Estimate | None
    naive: float | None


class Deadweight(NamedTuple):
    """Of the loyal, who took an offer for nothing; `learnt` is None where too few were offered."""

    offer: str
    customers: int
    old: float
    new: float
    learnt: Estimate | None


@dataclass(frozen=True)
class Learnt:
    """a, b: true log-odds are a + b * logit(score). catalogue: with all that is new."""

    a: Estimate
    b: Estimate
    acceptances: tuple[Acceptance, ...]
    deadweights: tuple[Deadweight, ...]
    catalogue: Catalogue

    @property
    def truth(self) -> Truth:
        """What is believed now, for a comparison of policies."""
        calibration = Calibration(a=self.a.value, b=max(self.b.value, 0.01))
        assumptions = self.catalogue.assumptions
        effects = {one.id: _believed(one, assumptions) for one in self.catalogue.offers}
        return Truth(calibration=calibration, offers=effects)


class _Group(NamedTuple):
    """Customers who were offered the same, and what the catalogue says of them."""

    offer: Offer
    answers: bool
    here: Bools
    stated: Beta
    belief: Belief

    @property
    def deviation(self) -> float:
        mean, weight = self.belief.mean, sum(self.stated)
        return sqrt(mean * (1 - mean) / (weight + 1))


def learn(cells: Cells, catalogue: Catalogue) -> Learnt:
    """What the counts of an experiment say about the offers of its catalogue."""
    kept = [*_groups(cells, catalogue, "retention")]
    counts = _counts(cells, catalogue, kept)
    fit = _fit(counts, kept)
    a, b, *acceptances = _estimates(fit)
    bands = _bands(counts, kept)
    q = recalibrated(_logit(cells), a.value, b.value)
    taken = [*_groups(cells, catalogue, "value_added")]
    found = [
        *map(_of_group, [cells] * len(kept), kept, acceptances, bands),
        *(_of_group(cells, one, _taken(cells, one, q), None) for one in taken),
    ]
    wasted = tuple(_deadweights(cells, catalogue, q))
    new = _with(catalogue, found, wasted)
    return Learnt(a, b, tuple(found), wasted, new)


def _groups(cells: Cells, catalogue: Catalogue, kind: str) -> Iterator[_Group]:
    assumed = catalogue.assumptions
    for offer in catalogue.offers:
        if offer.kind != kind:
            continue
        money = offer_constants(offer.terms, offer.cost, offer.economy, assumed)
        own = offer.economy
        stated = {
            True: (own.acceptance or assumed.acceptance, money.answering),
            False: (own.acceptance_otherwise or assumed.acceptance_otherwise, money.other),
        }
        for answers, (beta, belief) in stated.items():
            here = (cells.offer == offer.id) & (cells.answers == answers)
            if here.any() and 0 < belief.mean < 1:
                yield _Group(offer, answers, here, beta, belief)


def _logit(cells: Cells) -> Floats:
    p = np.clip(cells.sums["p"] / cells.sums["n"], 1e-6, 1 - 1e-6)
    return np.asarray(np.log(p / (1 - p)))


def _counts(cells: Cells, catalogue: Catalogue, groups: list[_Group]) -> Counts:
    group = np.full(len(cells.bin), -1)
    for place, one in enumerate(groups):
        group[one.here] = place
    dogs: Floats = np.zeros(len(cells.bin))
    for offer in catalogue.offers:
        own = offer.economy.sleeping_dogs
        woken = catalogue.assumptions.sleeping_dogs if own is None else own
        dogs[cells.offer == offer.id] = woken
    return Counts(_logit(cells), cells.sums["n"], cells.sums["left"], group, dogs)


def _fit(counts: Counts, groups: list[_Group]) -> Fit:
    means = np.array([one.belief.mean for one in groups])
    return fitted(counts, means, np.array([one.deviation for one in groups]))


def _estimates(fit: Fit) -> list[Estimate]:
    return [
        Estimate(float(m), float(m - Z * s), float(m + Z * s), float(s**2))
        for m, s in zip(fit.mode, fit.deviations, strict=True)
    ]


def _bands(counts: Counts, groups: list[_Group]) -> list[Estimate]:
    """The acceptance of each group among its likelier leavers less that among the others."""
    likely = np.zeros(len(counts.n), dtype=bool)
    for one in groups:
        order = np.argsort(counts.logit[one.here])
        below = np.cumsum(counts.n[one.here][order]) <= counts.n[one.here].sum() / 2
        likely[np.flatnonzero(one.here)[order[~below]]] = True
    size = len(groups)
    split = np.where(likely & (counts.group >= 0), counts.group + size, counts.group)
    halves = Counts(counts.logit, counts.n, counts.left, split, counts.dogs)
    fit = _fit(halves, [*groups, *groups])
    found = []
    for place in range(size):
        low, high = 2 + place, 2 + size + place
        covered = fit.covariance[[low, high]][:, [low, high]]
        spread = sqrt(covered[0, 0] + covered[1, 1] - 2 * covered[0, 1])
        gap = float(fit.mode[high] - fit.mode[low])
        found.append(Estimate(gap, gap - Z * spread, gap + Z * spread, spread**2))
    return found


def _of_group(cells: Cells, group: _Group, now: Estimate, bands: Estimate | None) -> Acceptance:
    customers, accepted = (cells.sums[name][group.here].sum() for name in ("n", "accepted"))
    is_told = sqrt(now.variance) <= TOLD * group.deviation
    new = _beta(now, group) if is_told else group.stated
    return Acceptance(
        group.offer.id,
        group.answers,
        int(customers),
        group.stated,
        new,
        now if is_told else None,
        bands if is_told else None,
        float(accepted / customers) if customers else None,
    )


def _beta(now: Estimate, group: _Group) -> Beta:
    """Whole parameters with this mean and variance, at the reference of the offer.

    What is learnt may be below 0 by chance, so it is a normal distribution cut off at 0 and 1. The
    mean is kept where so little is known that a parameter would be below 1.
    """
    deviation = sqrt(now.variance)
    ends = -now.value / deviation, (1 - now.value) / deviation
    cut = stats.truncnorm(*ends, loc=now.value, scale=deviation)
    mean = min(max(float(cut.mean()), 0.002), 0.998)
    weight = max(mean * (1 - mean) / float(cut.var()) - 1, 1 / mean, 1 / (1 - mean))
    at, before = group.belief.generosity, group.stated.mean
    if at != 1:  # the way back along the curve, which starts from the stated mean
        mean = min(mean * before / group.belief.mean, 0.998)
    a, b = mean * weight, (1 - mean) * weight
    scale = min(1.0, MOST / max(a, b))
    return Beta(max(1, round(a * scale)), max(1, round(b * scale)))


def _shares(cells: Cells, here: Bools, columns: list[Floats]) -> tuple[Floats, Floats] | None:
    """Who accepted, as a sum of shares of these columns, with the covariance; None where the
    customers do not tell them apart.
    """
    n, rows = cells.sums["n"][here], np.column_stack([one[here] for one in columns])
    weighed = rows.T @ (rows * n[:, None])
    if n.sum() < FEWEST or np.linalg.cond(weighed) > 1e8:
        return None
    inverse = np.linalg.inv(weighed)
    found = inverse @ (rows.T @ cells.sums["accepted"][here])
    mu = np.clip(rows @ found, 0.01, 0.99)
    middle = rows.T @ (rows * (n * mu * (1 - mu))[:, None])
    return found, inverse @ middle @ inverse


def _taken(cells: Cells, group: _Group, q: Floats) -> Estimate:
    """The acceptance of a value-added offer by the loyal, together with what is stated."""
    mean, variance = group.belief.mean, group.deviation**2
    found = _shares(cells, group.here, [q, 1 - q])
    if found is not None:
        of_data = float(found[1][1, 1])
        share = variance / (variance + of_data)
        mean += share * (float(found[0][1]) - mean)
        variance *= 1 - share
    half = Z * sqrt(variance)
    return Estimate(mean, mean - half, mean + half, variance)


def _deadweights(cells: Cells, catalogue: Catalogue, q: Floats) -> Iterator[Deadweight]:
    for offer in catalogue.offers:
        here = cells.offer == offer.id
        if offer.kind != "retention" or not here.any():
            continue
        own = offer.economy.deadweight
        old = catalogue.assumptions.deadweight if own is None else own
        customers = float(cells.sums["n"][here].sum())
        of_leavers = [q * cells.answers, q * ~cells.answers]
        told = [column for column in of_leavers if column[here].any()]
        found = _shares(cells, here, [1 - q, *told])
        if found is None:
            yield Deadweight(offer.id, int(customers), old, old, None)
            continue
        share, half = float(found[0][0]), Z * sqrt(found[1][0, 0])
        learnt = Estimate(share, max(share - half, 0.0), min(share + half, 1.0))
        weight = customers / (customers + FEWEST)
        new = min(max(weight * share + (1 - weight) * old, 0.01), 1.0)
        yield Deadweight(offer.id, int(customers), old, round(new, 2), learnt)


def _with(
    catalogue: Catalogue, found: list[Acceptance], wasted: tuple[Deadweight, ...]
) -> Catalogue:
    """The catalogue with what was learnt, under the next version."""
    changes: dict[str, dict[str, object]] = {}
    for one in found:
        if one.learnt is not None and one.new != one.old:
            name = "acceptance" if one.answers else "acceptance_otherwise"
            changes.setdefault(one.offer, {})[name] = one.new
    for loss in wasted:
        if loss.learnt is not None and loss.new != loss.old:
            changes.setdefault(loss.offer, {})["deadweight"] = loss.new
    if not changes:
        return catalogue
    offers = [
        one.model_copy(update={"economy": one.economy.model_copy(update=changes.get(one.id, {}))})
        for one in catalogue.offers
    ]
    return catalogue.model_copy(
        update={"offers": tuple(offers), "version": _next(catalogue.version)}
    )


def _next(version: str) -> str:
    first, dot, last = version.rpartition(".")
    return f"{first}{dot}{int(last) + 1}" if last.isdigit() else f"{version[:33]}-learnt"


def _believed(offer: Offer, assumptions: Assumptions) -> Effect:
    own: Economy = offer.economy
    other = own.acceptance_otherwise or assumptions.acceptance_otherwise
    dogs, loyal = own.sleeping_dogs, own.deadweight
    return Effect(
        saves=(own.acceptance or assumptions.acceptance).mean,
        saves_otherwise=other.mean,
        deadweight=assumptions.deadweight if loyal is None else loyal,
        sleeping_dogs=assumptions.sleeping_dogs if dogs is None else dogs,
    )

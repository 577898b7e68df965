"""A base of customers as arrays, their trial, and what choosing by a catalogue brings in truth:
five offers whose true effects are known and are not what the catalogue states.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from churn_lib.evidence.table import BINS, SUMS, Cells, Floats
from churn_lib.evidence.world import Bools, became
from churn_lib.offers.catalogue import Catalogue, catalogue
from churn_lib.offers.constants import offer_constants
from churn_lib.offers.terms import Cost, Discount, Economy, Fixed, Terms
from tests.churn_lib.evidence.drawn import counted

HOLDOUT, EXPLORE = 0.10, 0.05
Whole = NDArray[np.int64]


class Real(NamedTuple):
    """An offer: what it costs, and what it does in truth: whom it keeps where it answers a reason
    and where not, takers for nothing, whom it wakes up, and leavers who take it and leave. fits,
    allowed: shares of the customers for whom it answers a reason, and who may have it.
    """

    terms: Terms
    cost: Cost
    answering: float
    other: float
    deadweight: float
    dogs: float
    leaves: float
    fits: float
    allowed: float


def _discount(percent: float, months: int) -> tuple[Terms, Cost]:
    return Terms(percent=percent, months=months), Discount(model="discount")


def _sum(amount: float) -> tuple[Terms, Cost]:
    return Terms(), Fixed(model="fixed", amount=amount)


OFFERS: Mapping[str, Real] = {
    "annual": Real(*_discount(10, 12), 0.35, 0.10, 0.50, 0.004, 0.05, 0.4, 0.8),
    "lock": Real(*_discount(5, 12), 0.20, 0.08, 0.30, 0.002, 0.05, 0.5, 0.9),
    "support": Real(*_sum(45), 0.45, 0.12, 0.10, 0.001, 0.03, 0.3, 0.7),
    "loyalty": Real(*_discount(15, 6), 0.15, 0.05, 0.60, 0.002, 0.05, 0.3, 0.6),
    "credit": Real(*_sum(25), 0.25, 0.20, 0.90, 0.002, 0.20, 0.1, 1.0),
}
NAMES, TRUTH = np.array([*OFFERS]), np.array([one[2:] for one in OFFERS.values()])


class Base(NamedTuple):
    """Customers: probability, bill; answers and allowed have a column for each offer."""

    p: Floats
    bill: Floats
    answers: Bools
    allowed: Bools


class Believed(NamedTuple):
    """Arrays with one number an offer: acceptances, takers for nothing, and whom it wakes up."""

    answering: Floats
    other: Floats
    deadweight: Floats
    dogs: Floats


TRUE = Believed(*TRUTH[:, :4].T)


def unlearnt() -> Catalogue:
    """The five offers as a catalogue whose acceptances are what nobody has measured."""
    first = next(one for one in catalogue().offers if one.kind == "retention")
    offers = tuple(
        first.model_copy(
            update={"id": name, "terms": one.terms, "cost": one.cost, "economy": Economy()}
        )
        for name, one in OFFERS.items()
    )
    return catalogue().model_copy(update={"offers": offers})


def base(rng: np.random.Generator, n: int) -> Base:
    shape = (n, len(OFFERS))
    fits, allowed = TRUTH[:, 5], TRUTH[:, 6]
    p, bill = np.clip(rng.beta(0.7, 1.95, n), 0.005, 0.97), rng.uniform(18, 118, n)
    return Base(p, bill, rng.random(shape) < fits, rng.random(shape) < allowed)


def believed(of: Catalogue) -> Believed:
    """What a catalogue states."""
    money = [offer_constants(one.terms, one.cost, one.economy, of.assumptions) for one in of.offers]
    rows = [(m.answering.mean, m.other.mean, m.deadweight, m.sleeping_dogs) for m in money]
    return Believed(*np.array(rows).T)


def brought(them: Base, of: Believed) -> Floats:
    """What each offer brings each customer, by the catalogue's formula."""
    plain = unlearnt()
    money = [
        offer_constants(one.terms, one.cost, one.economy, plain.assumptions) for one in plain.offers
    ]
    per_bill, flat = np.array([(one.cost_of_bill, one.cost) for one in money]).T
    p, value = them.p[:, None], money[0].value * them.bill[:, None]
    cost = per_bill * them.bill[:, None] + flat
    g = np.where(them.answers, of.answering, of.other)
    lost = of.deadweight * cost + of.dogs * value
    found: Floats = p * g * (value - cost) - (1 - p) * lost - money[0].contact_cost["email"]
    return found


def choice(them: Base, of: Believed) -> Whole:
    """The place of the best allowed offer, -1 where none pays."""
    expected = np.where(them.allowed, brought(them, of), -np.inf)
    best = expected.argmax(axis=1)
    pays = expected[np.arange(len(best)), best] > catalogue().assumptions.floor
    return np.where(pays, best, -1)


def worth(them: Base, chosen: Whole) -> float:
    """What these choices bring a customer in truth."""
    rows = np.arange(len(chosen))
    return float(np.where(chosen >= 0, brought(them, TRUE)[rows, chosen], 0).mean())


def trial(rng: np.random.Generator, them: Base) -> Cells:
    """The counts of a trial in which the policy chooses as nobody has learnt yet."""
    best = choice(them, believed(unlearnt()))
    chosen = best >= 0
    p, answers, allowed = them.p[chosen], them.answers[chosen], them.allowed[chosen]
    best, n, rows = best[chosen], int(chosen.sum()), np.arange(chosen.sum())
    lot, tickets = rng.random(n), np.where(allowed, rng.random(allowed.shape), -1)
    arm = np.where(lot < HOLDOUT, "holdout", np.where(lot < HOLDOUT + EXPLORE, "explore", "policy"))
    made = np.where(arm == "explore", tickets.argmax(axis=1), best)
    fits, offered = answers[rows, made], arm != "holdout"
    g = np.where(fits, TRUE.answering[made], TRUE.other[made]) * offered
    shares = [column[made] * offered for column in (TRUTH[:, 4], TRUE.deadweight, TRUE.dogs)]
    left, accepted = became(rng.random((2, n)), p, g, *shares)
    sums: dict[str, Floats] = {name: np.zeros(n) for name in SUMS}
    sums |= {"n": np.ones(n), "p": p}
    sums |= {"left": left.astype(np.float64), "accepted": accepted.astype(np.float64)}
    offer = np.where(offered, NAMES[made], "none")
    bins = np.minimum((p * BINS).astype(int), BINS - 1)
    return counted(Cells(arm, NAMES[best], offer, fits, bins, sums))


def naively_learnt(cells: Cells) -> Believed:
    """Accepted of shown, with the catalogue's Betas before."""
    stated, found = believed(unlearnt()), []
    assumed = unlearnt().assumptions
    for answers, beta in ((True, assumed.acceptance), (False, assumed.acceptance_otherwise)):
        shown: Sequence[Floats] = [
            np.array([cells.sums[name][(cells.offer == one) & (cells.answers == answers)].sum()
                      for one in NAMES])
            for name in ("accepted", "n")
        ]  # fmt: skip
        found.append((shown[0] + beta.a) / (shown[1] + beta.a + beta.b))
    return stated._replace(answering=found[0], other=found[1])

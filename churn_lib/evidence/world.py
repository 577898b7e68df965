"""A world whose truth is known: customers are decided on as in production, and live on.

Two numbers from 0 to 1 are drawn for a customer. The first says who would leave without an offer;
by the second an offer keeps a leaver, is taken all the same, is taken by the loyal for nothing, or
wakes one up. All policies meet the same customers, and the truth is a closed form:

    P(left | offer)     = p (1 - g) + (1 - p) sigma
    P(accepted | offer) = p (g + alpha) + (1 - p) psi
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic_core import to_json

from churn_lib import log
from churn_lib.customer.contact import Context
from churn_lib.customer.model import Customer
from churn_lib.evidence.table import Floats
from churn_lib.evidence.truth import Calibration, Truth
from churn_lib.offers.catalogue import Catalogue
from churn_lib.offers.decide import Decider, Decision
from churn_lib.offers.economics import OfferConstants
from churn_lib.offers.experiment import Assignment, assigned, keys_of
from churn_lib.score.scorecard import Scorecard, risk
from churn_lib.score.shape import Cause
from churn_lib.settings import settings

WINDOW = 90
"""Days in which leavers leave."""
ACCEPTING = 14
"""Days in which those who accept do."""
SHAPE = 2.0
"""Of the gamma distribution of days until leaving."""

Bools = NDArray[np.bool_]


class Scored(NamedTuple):
    """A customer with the probability of leaving by the score, and the reasons."""

    customer: Customer
    probability: float
    reasons: Sequence[Cause]


@dataclass(frozen=True)
class Trial:
    """customers: how many take part, over so many days. seed: of all that is drawn."""

    customers: int
    begin: date
    days: int
    seed: int


class Lived(NamedTuple):
    """Lines of the decision log, of decisions and of outcomes, by time."""

    decisions: bytes
    outcomes: bytes


class _Case(NamedTuple):
    """One customer who takes part, the decision, and the offer's true effects, if one is made."""

    seed: int
    number: int
    at: datetime
    scored: Scored
    decision: Decision
    true: OfferConstants | None
    alpha: float
    delays: int


class Became(NamedTuple):
    """Who left, and who accepted."""

    left: Bools
    accepted: Bools


def scored(card: Scorecard, customers: Iterable[Customer]) -> list[Scored]:
    """The customers with what the score says of them."""
    found = []
    for customer in customers:
        score = card.score(customer)
        found.append(Scored(customer, score.probability, card.reasons(customer, score)))
    return found


def calibrated(probability: Floats, calibration: Calibration) -> Floats:
    """The true probabilities where the score says these."""
    p = np.clip(probability, 1e-9, 1 - 1e-9)
    logit = np.log(p / (1 - p))
    return np.asarray(1 / (1 + np.exp(-(calibration.a + calibration.b * logit))))


def became(
    drawn: Floats, p: Floats, saves: Floats, alpha: Floats, loyal: Floats, dogs: Floats
) -> Became:
    """What becomes of customers; shares are 0 where no offer is made.

    drawn: two numbers a customer, in two rows. p: true probability of leaving. saves: g. alpha: who
    accepts and leaves all the same. loyal: psi, dogs: sigma.
    """
    leaver, second = drawn[0] < p, drawn[1]
    saved = leaver & (second < saves)
    woken = ~leaver & (second < dogs)
    took = ~leaver & ~woken & (second < dogs + loyal)
    accepted = (leaver & (second < saves + alpha)) | took
    return Became((leaver & ~saved) | woken, accepted)


def live(
    trial: Trial, catalogue: Catalogue, version: str, people: Sequence[Scored], truth: Truth
) -> Lived:
    """What the log holds after a trial with customers drawn from these.

    version: of the model. The arms are those of the catalogue's experiment, drawn by a key that
    follows from the seed.
    """
    rng = np.random.default_rng(trial.seed)
    cases = list(_cases(trial, catalogue, people, truth, rng))
    p = calibrated(np.array([one.scored.probability for one in cases]), truth.calibration)
    shares = np.array([_shares(one) for one in cases]).T
    found = became(rng.random((2, len(cases))), p, *shares)
    return Lived(_decisions(cases, catalogue, version), _outcomes(cases, found, truth, rng))


def would_do(trial: Trial, other: Catalogue, people: Sequence[Scored]) -> bytes:
    """What another catalogue would do with the customers of `live`: lines of decision and offer."""
    decider, lines = Decider(other), []
    for row, (at, one) in enumerate(_visits(trial, people, np.random.default_rng(trial.seed))):
        made = _decided(decider, one, at, None).chosen
        line = {"decision_id": _id(trial.seed, row), "offer": made.offer.id if made else log.NONE}
        lines.append(to_json(line))
    return b"\n".join([*lines, b""])


def _visits(
    trial: Trial, people: Sequence[Scored], rng: np.random.Generator
) -> Iterator[tuple[datetime, Scored]]:
    """When who is decided on, by time."""
    begin = datetime.combine(trial.begin, datetime.min.time(), UTC)
    seconds = np.sort(rng.integers(0, trial.days * 86_400, trial.customers))
    chosen = rng.integers(0, len(people), trial.customers)
    for second, place in zip(seconds, chosen, strict=True):
        yield begin + timedelta(seconds=int(second)), people[place]


def _decided(
    decider: Decider, one: Scored, at: datetime, assignment: Assignment | None
) -> Decision:
    return decider.decide(
        one.customer,
        probability=one.probability,
        reasons=one.reasons,
        context=Context(),
        today=at.date(),
        assignment=assignment,
    )


def _cases(
    trial: Trial,
    catalogue: Catalogue,
    people: Sequence[Scored],
    truth: Truth,
    rng: np.random.Generator,
) -> Iterator[_Case]:
    decider, keys = Decider(catalogue), keys_of(f"simulated {trial.seed}")
    true = {one.id: truth.constants(one, catalogue.assumptions) for one in catalogue.offers}
    for row, (at, one) in enumerate(_visits(trial, people, rng)):
        trying = catalogue.experiment
        assignment = assigned(trying, keys, f"{trial.seed}-{row}") if trying else None
        decision = _decided(decider, one, at, assignment)
        made = decision.chosen
        if made is None:
            yield _Case(trial.seed, row, at, one, decision, None, 0.0, 0)
            continue
        told, effects = truth.of(made.offer), true[made.offer.id]
        alpha, delays = told.leaves_all_the_same, told.delays
        yield _Case(trial.seed, row, at, one, decision, effects, alpha, delays)


def _shares(case: _Case) -> tuple[float, float, float, float]:
    """Saves, alpha, loyal and dogs, as `became` takes them."""
    true = case.true
    if true is None:
        return 0.0, 0.0, 0.0, 0.0
    g = (true.answering if case.decision.evidence.answers else true.other).mean
    saves, loyal = (g, true.deadweight) if true.retention else (0.0, g)
    return saves, case.alpha, loyal, true.sleeping_dogs


def _decisions(cases: Sequence[_Case], catalogue: Catalogue, version: str) -> bytes:
    bounds, lines = settings().score, []
    for case in cases:
        made, probability = case.decision.chosen, case.scored.probability
        answer = {
            "churn_probability": probability,
            "risk": risk(probability, bounds),
            "offer": {"id": made and made.offer.id, "eligible": case.decision.eligible},
            "metadata": {
                "decision_id": _id(case.seed, case.number),
                "model_version": version,
                "catalogue_version": catalogue.version,
                "latency_ms": 0.0,
            },
        }
        evidence = case.decision.evidence
        lines.append(log.decision_line("simulated", answer, evidence, Context(), {}, case.at))
    return b"".join(lines)


def _id(seed: int, number: int) -> str:
    return f"{seed:016x}{number:016x}"


def _outcomes(
    cases: Sequence[_Case], found: Became, truth: Truth, rng: np.random.Generator
) -> bytes:
    n = len(cases)
    age = rng.gamma(SHAPE, truth.days / SHAPE, n) + np.array([case.delays for case in cases])
    takes, told = rng.integers(0, ACCEPTING, n), rng.random(n)
    lines: list[tuple[datetime, str, str]] = []
    for number, case in enumerate(cases):
        if found.accepted[number]:
            at = case.at + timedelta(days=int(takes[number]))
            lines.append((at, _id(case.seed, case.number), "accepted"))
        is_told = told[number] >= getattr(truth.unreported, case.decision.evidence.arm)
        if found.left[number] and is_told:
            at = case.at + timedelta(days=min(int(age[number]), WINDOW - 1))
            lines.append((at, _id(case.seed, case.number), "left"))
        elif is_told and not truth.silent and not found.left[number]:
            lines.append((case.at + timedelta(days=WINDOW), _id(case.seed, case.number), "stayed"))
    lines.sort()
    return b"".join(
        log.outcome_line(name, became, at.isoformat(), {}, at) for at, name, became in lines
    )

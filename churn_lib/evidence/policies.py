"""What ways to choose an offer bring, as the catalogue assumes and in truth, in closed form."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from churn_lib.customer.contact import Context
from churn_lib.evidence.truth import Truth
from churn_lib.evidence.world import Scored, calibrated
from churn_lib.offers.catalogue import Catalogue
from churn_lib.offers.constants import offer_constants
from churn_lib.offers.decide import Decider
from churn_lib.offers.economics import Appraisal, OfferConstants, appraise

DRAWS = 4000


class Policy(NamedTuple):
    """A way to choose offers, for 1,000 customers: how many are contacted, how many more stay and
    what is spent in truth, and the profit beside no offers as the catalogue assumes and in truth.

    ends: between them lies what is assumed in 90 % of cases, by the Betas of the acceptances.
    changed: who gets another decision than by the highest expected value.
    """

    name: str
    contacts: float
    kept: float
    spent: float
    assumed: float
    true: float
    ends: tuple[float, float]
    changed: float


class _Offered(NamedTuple):
    """An allowed offer, for one customer: what it brings if it is made. slope: how much more it
    would bring if all accepted than if nobody did.
    """

    offer: str
    answers: bool
    slope: float
    kept: float
    spent: float
    assumed: float
    true: float


class _Case(NamedTuple):
    """A customer with the offers that the rules allow, the best first, and the one that is made.

    now: the one that is made by the catalogue with which others are compared.
    """

    probability: float
    allowed: Sequence[_Offered]
    made: _Offered | None
    now: str | None


Choice = Callable[[_Case], Sequence[_Offered]]
"""The offers among which a way to choose draws one, each as likely."""


def compare(
    catalogue: Catalogue,
    people: Sequence[Scored],
    truth: Truth,
    *,
    today: date,
    against: Mapping[str, Catalogue] | None = None,
) -> list[Policy]:
    """No offer, one by chance, the riskiest, the highest expected value, and other catalogues.

    The riskiest are as many as the highest expected value contacts, each with the best offer that
    the rules allow. against: catalogues by name.
    """
    cases = _cases(catalogue, people, truth, today)
    contacted = sum(case.made is not None for case in cases)
    may_have = [case.probability for case in cases if case.allowed]
    riskiest = sorted(may_have, reverse=True)[:contacted]
    bound = riskiest[-1] if riskiest else 2.0
    ways: dict[str, Choice] = {
        "none": lambda _case: (),
        "random": lambda case: case.allowed,
        "highest risk": lambda case: case.allowed[:1] if case.probability >= bound else (),
        "expected value": _made,
    }
    found = [_policy(name, cases, choice, catalogue) for name, choice in ways.items()]
    for name, other in (against or {}).items():
        theirs = [
            case._replace(now=one.now)
            for case, one in zip(_cases(other, people, truth, today), cases, strict=True)
        ]
        found.append(_policy(name, theirs, _made, other))
    return found


def _made(case: _Case) -> Sequence[_Offered]:
    return () if case.made is None else (case.made,)


def _policy(name: str, cases: Sequence[_Case], choice: Choice, by: Catalogue) -> Policy:
    sums, changed = np.zeros(5), 0.0
    slopes: dict[tuple[str, bool], float] = defaultdict(float)
    share = 1000 / max(len(cases), 1)
    for case in cases:
        chosen = choice(case)
        same = [one.offer for one in chosen].count(case.now or "") / max(len(chosen), 1)
        changed += 1 - (same if case.now else not chosen)
        for one in chosen:
            sums += np.array([1.0, *one[3:]]) / len(chosen)
            slopes[one.offer, one.answers] += one.slope / len(chosen)
    totals = map(float, sums * share)
    around = _around(slopes, by)
    contacts, kept, spent, assumed, true = totals
    low, high = (assumed + share * end for end in around)
    return Policy(name, contacts, kept, spent, assumed, true, (low, high), changed * share)


def _around(slopes: Mapping[tuple[str, bool], float], by: Catalogue) -> tuple[float, float]:
    """How far below and above its mean the profit lies in 90 % of cases; it is linear in the
    acceptances, each of which is drawn from its Beta.
    """
    rng, total = np.random.default_rng(1), np.zeros(DRAWS)
    offers, assumed = {one.id: one for one in by.offers}, by.assumptions
    for (name, answers), slope in slopes.items():
        offer, own = offers[name], offers[name].economy
        money = offer_constants(offer.terms, offer.cost, own, assumed)
        stated = (
            (own.acceptance or assumed.acceptance)
            if answers
            else (own.acceptance_otherwise or assumed.acceptance_otherwise)
        )
        mean, weight = (money.answering if answers else money.other).mean, sum(stated)
        if 0 < mean < 1:
            total += slope * (rng.beta(mean * weight, (1 - mean) * weight, DRAWS) - mean)
    low, high = np.quantile(total, [0.05, 0.95])
    return float(low), float(high)


def _cases(
    catalogue: Catalogue, people: Sequence[Scored], truth: Truth, today: date
) -> list[_Case]:
    decider, assumptions = Decider(catalogue), catalogue.assumptions
    money = {
        one.id: (
            offer_constants(one.terms, one.cost, one.economy, assumptions),
            truth.constants(one, assumptions),
        )
        for one in catalogue.offers
    }
    p = calibrated(np.array([one.probability for one in people]), truth.calibration)
    return [
        _case(decider, one, float(true), money, today) for one, true in zip(people, p, strict=True)
    ]


def _case(
    decider: Decider,
    one: Scored,
    true: float,
    money: Mapping[str, tuple[OfferConstants, OfferConstants]],
    today: date,
) -> _Case:
    context, bill = Context(), one.customer.bill
    decision = decider.decide(
        one.customer,
        probability=one.probability,
        reasons=one.reasons,
        context=context,
        today=today,
        explain=True,
    )
    answers = {told.offer: told.answers for told in decision.trace}
    allowed = []
    for ranked in decision.eligible:
        offer, is_answer = ranked["id"], answers[ranked["id"]]
        mine, theirs = money[offer]
        assumed = appraise(mine, bill, one.probability, context.channel, is_answer)
        real = appraise(theirs, bill, true, context.channel, is_answer)
        kept, spent = _kept(real, theirs, true), _spent(real, theirs, true)
        told = (offer, is_answer, assumed.slope, kept, spent)
        allowed.append(_Offered(*told, assumed.expected_value, real.expected_value))
    made = allowed[0] if decision.chosen else None
    return _Case(one.probability, allowed, made, made and made.offer)


def _kept(real: Appraisal, true: OfferConstants, p: float) -> float:
    """By how much an offer makes it likelier that the customer stays."""
    saved = p * real.acceptance.mean if true.retention else 0.0
    return saved - (1 - p) * true.sleeping_dogs


def _spent(real: Appraisal, true: OfferConstants, p: float) -> float:
    """The contact, and the offer where it is used."""
    used = p * real.acceptance.mean + (1 - p) * true.deadweight
    return real.contact_cost + real.cost * used

"""Which offer to make, or none: rules first, then money.

The same customer on the same day always gets the same answer.

Every offer is judged by its rules. Of those that nothing vetoes, the one with the highest expected
value wins if that exceeds the floor. Retention offers compete at every probability: where leaving
is unlikely their own formula makes them a loss. Value-added offers compete only below
`likely_leaver_from`: whoever is likely to leave is not sold to.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import NamedTuple

from churn_lib.customer.contact import Channel, Context, Language
from churn_lib.customer.model import NOTES, Customer, value_of
from churn_lib.offers.catalogue import Catalogue, catalogue
from churn_lib.offers.checks import INBOUND, Judge, Question, checker, first_veto
from churn_lib.offers.constants import offer_constants
from churn_lib.offers.economics import appraise, pricing
from churn_lib.offers.judged import Judged, Plan, Words, best_first, left_out, not_checked
from churn_lib.offers.offer import Offer
from churn_lib.offers.rules import Values
from churn_lib.offers.trace import Candidate, Check, Economics, Open, Ranked
from churn_lib.score.reasons import Cause, raising
from churn_lib.score.scorecard import Scorecard

_WORKED_OUT = {name: value_of(name) for name, note in NOTES.items() if not note.asked}


class Chosen(NamedTuple):
    """The offer to make, its money, and the customer's own last day to accept it."""

    offer: Offer
    economics: Economics
    accept_until: date


class Decision(NamedTuple):
    """The offer to make, or none; `why` is a sentence either way.

    eligible: the offers that no rule vetoes, the best first. not_checked: facts that rules of the
    contact and of the offer ask for (without an offer: of all allowed ones) and that are not known.
    runner_up: the next offer that pays. trace: what became of every offer, when that was asked for.
    """

    chosen: Chosen | None
    why: str
    eligible: tuple[Ranked, ...] = ()
    not_checked: tuple[Open, ...] = ()
    runner_up: Chosen | None = None
    trace: tuple[Candidate, ...] = ()


Segments = Callable[[Catalogue, Offer, str], int]
"""In how many parts an offer is sent as a text message, in a language."""


def _one(_catalogue: Catalogue, _offer: Offer, _language: str) -> int:
    return 1


class Decider:
    """Decides by one catalogue, whose rules and money are made ready once.

    segments: left out, a text message is taken to cost one.
    """

    def __init__(self, catalogue: Catalogue, segments: Segments = _one) -> None:
        assumed = catalogue.assumptions
        self.catalogue, self._segments = catalogue, segments
        self._by_sms: dict[str, list[Plan]] = {}
        self._words = Words(assumed.floor, catalogue.currency)
        self._gates = [checker(rule, "contact") for rule in catalogue.contact]
        self._plans = [
            Plan(
                offer,
                Judge(offer, assumed),
                pricing(offer.terms),
                offer_constants(offer.terms, offer.cost, offer.economy, assumed),
            )
            for offer in catalogue.offers
        ]

    def decide(
        self,
        customer: Customer,
        *,
        probability: float,
        reasons: Sequence[Cause],
        context: Context,
        today: date,
        explain: bool = False,
    ) -> Decision:
        """The best offer for one customer, or none.

        Only reasons that raise the probability (0 to 1) are looked at. today: the day that an offer
        must be valid on, and its deadline is counted from. explain: whether to tell what became of
        every offer.
        """
        question = Question(
            values={**_attributes(customer), **context.__dict__},
            raising={name: place for place, name in enumerate(raising(reasons))},
            probability=probability,
            bill=customer.bill,
            today=today,
            channel=context.channel,
            language=context.language,
            best_tariff=context.best_tariff,
            direction=context.direction,
            excluded=context.exclude,
        )
        gates = [gate(question.values) for gate in self._gates]
        judged = self._judge(question, first_veto(gates), explain)
        ranked = best_first(judged)
        decision = self._decision(judged, ranked, gates, question)
        if explain:
            best = ranked[0] if decision.chosen else None
            return decision._replace(trace=self._trace(judged, best, gates, question))
        return decision

    def _judge(self, question: Question, blocked: Check | None, explain: bool) -> list[Judged]:
        """Every offer: each step for all of them before the next. blocked: a veto for all."""
        plans = self.plans(question.channel, question.language)
        bill, probability = question.bill, question.probability
        prices = [plan.price(bill) if plan.price else None for plan in plans]
        found: list[Iterable[Check]] = [
            plan.judge.checks(question, price) for plan, price in zip(plans, prices, strict=True)
        ]
        if explain:  # else nobody reads what comes after a veto
            found = [[*checks] for checks in found]
        vetoes = [blocked or first_veto(checks) for checks in found]
        answered = [plan.judge.answered(question) for plan in plans]
        channel = None if question.direction == INBOUND else question.channel
        appraisals = [
            appraise(
                plan.constants, bill, probability, channel, bool(name or not plan.judge.claims)
            )
            for plan, name in zip(plans, answered, strict=True)
        ]
        return list(map(Judged, plans, prices, found, vetoes, answered, appraisals))

    def plans(self, channel: Channel, language: Language) -> list[Plan]:
        """All offers made ready, in the order of the file, with what a contact costs there."""
        return self._in_segments(language) if channel == "sms" else self._plans

    def _in_segments(self, language: str) -> list[Plan]:
        """The plans with what a text message costs: its segments, counted once a language."""
        if language not in self._by_sms:
            counted = [(plan, self._segments_of(plan.offer, language)) for plan in self._plans]
            self._by_sms[language] = [_dearer(plan, count) for plan, count in counted]
        return self._by_sms[language]

    def _segments_of(self, offer: Offer, language: str) -> int:
        is_sent = "sms" in offer.channels and language in offer.texts
        return self._segments(self.catalogue, offer, language) if is_sent else 1

    def _decision(
        self,
        judged: list[Judged],
        ranked: list[Judged],
        gates: list[Check],
        question: Question,
    ) -> Decision:
        """ranked: the allowed ones of those judged, the best first."""
        floor = self.catalogue.assumptions.floor
        paying = [one for one in ranked[:2] if one.appraisal.expected_value > floor]
        made = [self._chosen(one, question.today) for one in paying]
        if made:
            why = self._words.outcome(ranked[0], made[0].economics, ranked[0], question)[1]
        else:
            why = self._words.none(judged)
        asked = ranked[:1] if made else ranked
        checks = [
            one.checks
            if isinstance(one.checks, list)  # else they were read up to the first veto
            else one.plan.judge.checks(question, one.price)
            for one in asked
        ]
        best, runner_up, *_ = *made, None, None
        return Decision(
            best,
            why + left_out(judged, question.excluded),
            tuple([self._words.ranked(one, question) for one in ranked]),
            not_checked(chain(gates, *checks)),
            runner_up,
        )

    def _chosen(self, one: Judged, today: date) -> Chosen:
        money = one.appraisal.economics()
        return Chosen(one.offer, money, self.accept_until(one.offer, today))

    def accept_until(self, offer: Offer, today: date) -> date:
        """The last day on which a customer who is offered it today may accept."""
        days = offer.accept_within_days or self.catalogue.accept_within_days
        return min(offer.valid_until, today + timedelta(days))

    def _trace(
        self, judged: list[Judged], best: Judged | None, gates: list[Check], question: Question
    ) -> tuple[Candidate, ...]:
        found = []
        for one in judged:
            offer, money = one.plan.offer, one.appraisal.economics()
            texts = offer.texts.get(question.language)
            name = texts.name if texts else offer.id
            outcome, why = self._words.outcome(one, money, best, question)
            shown = (*gates, *one.checks)
            line = Candidate(offer.id, name, offer.kind, shown, money, one.answers, outcome, why)
            found.append(line)
        return tuple(found)


def decided(
    decider: Decider, customer: Customer, card: Scorecard, context: Context, today: date
) -> Decision:
    """The decision for a customer of whom nothing but the attributes and the contact is known."""
    score = card.score(customer)
    return decider.decide(
        customer,
        probability=score.probability,
        reasons=card.reasons(customer, score),
        context=context,
        today=today,
    )


def decider(segments: Segments = _one) -> Decider:
    """The one of this process, by the catalogue in force. Raises ArtifactError."""
    known, made = catalogue(), _made.get(segments)
    if made is None or made.catalogue is not known:
        made = _made[segments] = Decider(known, segments)
    return made


_made: dict[Segments, Decider] = {}


def _dearer(plan: Plan, segments: int) -> Plan:
    costs = plan.constants.contact_cost
    costs = {**costs, "sms": costs["sms"] * segments}
    return plan._replace(constants=plan.constants._replace(contact_cost=costs))


def _attributes(customer: Customer) -> Values:
    values = customer.__dict__
    return values | {name: value(values) for name, value in _WORKED_OUT.items()}

"""Which offer to make, or none: rules first, then money.

The same customer on the same day always gets the same answer.

Every offer is judged by its rules. Of those that nothing vetoes, the one with the highest expected
value wins if that exceeds the floor. Retention offers compete at every probability: where leaving
is unlikely their own formula makes them a loss. Value-added offers compete only below
`likely_leaver_from`: whoever is likely to leave is not sold to.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import NamedTuple

from churn_lib.customer.contact import Channel, Context, Language
from churn_lib.customer.model import NOTES, Customer, value_of
from churn_lib.log import Evidence
from churn_lib.offers.catalogue import Catalogue, catalogue
from churn_lib.offers.checks import INBOUND, Judge, Question, checker, first_veto
from churn_lib.offers.constants import offer_constants
from churn_lib.offers.economics import appraise, pricing
from churn_lib.offers.experiment import Assignment, acted_on, evidence_of
from churn_lib.offers.judged import Judged, Plan, Words, left_out, not_checked
from churn_lib.offers.offer import Offer
from churn_lib.offers.rules import Values
from churn_lib.offers.trace import Candidate, Check, Economics, Open, Ranked
from churn_lib.score.reasons import raising
from churn_lib.score.scorecard import Scorecard
from churn_lib.score.shape import Cause

HELD_OUT = "No offer, so that experiment {experiment} can show what offers do."
CHOSEN_BY_CHANCE = "Chosen by chance among the allowed offers, for experiment {experiment}."

_WORKED_OUT = {name: value_of(name) for name, note in NOTES.items() if not note.asked}


class Chosen(NamedTuple):
    """The offer to make, its money, and the customer's own last day to accept it."""

    offer: Offer
    economics: Economics
    accept_until: date


class Decision(NamedTuple):
    """The offer to make, or none; `why` is a sentence either way. evidence: for the decision log.

    eligible: the offers that no rule vetoes, the best first. not_checked: facts that rules of the
    contact and of the offer ask for (without an offer: of all allowed ones) and that are not known.
    runner_up: the next offer that pays. trace: what became of every offer. Each when asked for.
    """

    chosen: Chosen | None
    why: str
    eligible: tuple[Ranked, ...] = ()
    not_checked: tuple[Open, ...] = ()
    runner_up: Chosen | None = None
    trace: tuple[Candidate, ...] = ()
    evidence: Evidence = Evidence()


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
        assignment: Assignment | None = None,
        runner_up: bool = False,
        brief: bool = False,
    ) -> Decision:
        """The best offer for one customer, or none.

        Only reasons that raise the probability (0 to 1) are looked at. today: the day that an offer
        must be valid on, and its deadline is counted from. explain: whether to tell what became of
        every offer; runner_up: of the next one that pays. assignment: what an experiment does with
        this customer. brief: neither of these, nor other offers, nor what was not checked.
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
        floor = self.catalogue.assumptions.floor
        gates = [gate(question.values) for gate in self._gates]
        looked_at = self._judge(question, first_veto(gates), explain)
        judged = list(looked_at if assignment or not brief else _until_allowed(looked_at))
        ranked = [one for one in judged if one.veto is None]
        best = ranked[: 2 if runner_up else 1]
        paying = [one for one in best if one.appraisal.expected_value > floor]
        acted = acted_on(paying, ranked, assignment)
        by_chance = assignment.experiment.name if assignment and acted is not paying else ""
        decision = self._decision(acted, judged, ranked, question, by_chance)
        decision = decision._replace(evidence=evidence_of(acted, paying, ranked, assignment))
        if not brief:
            eligible = tuple([self._words.ranked(one, question) for one in ranked])
            unknown = _not_checked(acted[:1] or ranked, gates, question)
            decision = decision._replace(eligible=eligible, not_checked=unknown)
        if explain:
            chosen = acted[0] if acted else None
            trace = self._trace(judged, chosen, gates, question, by_chance)
            return decision._replace(trace=trace)
        return decision

    def _judge(self, question: Question, blocked: Check | None, explain: bool) -> Iterator[Judged]:
        """Every offer by what it brings, each in its turn; of equal ones the first by id, whatever
        the order of the file. blocked: a veto for all.
        """
        plans = self.plans(question.channel, question.language)
        bill, probability = question.bill, question.probability
        answered = [plan.judge.answered(question) for plan in plans]
        channel = None if question.direction == INBOUND else question.channel
        appraisals = [
            appraise(
                plan.constants, bill, probability, channel, bool(name or not plan.judge.claims)
            )
            for plan, name in zip(plans, answered, strict=True)
        ]
        ranks = [
            (-appraisal.expected_value, plan.offer.id, at)
            for at, (plan, appraisal) in enumerate(zip(plans, appraisals, strict=True))
        ]
        for _, _, at in sorted(ranks):
            plan = plans[at]
            price = plan.price(bill) if plan.price else None
            checks: Iterable[Check] = plan.judge.checks(question, price)
            if explain:  # else nobody reads what comes after a veto
                checks = [*checks]
            veto = blocked or first_veto(checks)
            yield Judged(plan, price, checks, veto, answered[at], appraisals[at])

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
        acted: list[Judged],
        judged: list[Judged],
        ranked: list[Judged],
        question: Question,
        by_chance: str,
    ) -> Decision:
        """acted: the offer to make, and the next one. ranked: the allowed ones of those judged, the
        best first. by_chance: the experiment that chose, if one did.
        """
        made = [self._chosen(one, question.today) for one in acted]
        if by_chance:
            why = CHOSEN_BY_CHANCE if made else HELD_OUT
            why = why.format(experiment=by_chance)
        elif made:
            why = self._words.outcome(ranked[0], made[0].economics, ranked[0], question)[1]
        else:
            why = self._words.none(judged)
        best, runner_up, *_ = *made, None, None
        said = why + left_out(self.catalogue.offers, question.excluded)
        return Decision(best, said, runner_up=runner_up)

    def _chosen(self, one: Judged, today: date) -> Chosen:
        money = one.appraisal.economics()
        return Chosen(one.offer, money, self.accept_until(one.offer, today))

    def accept_until(self, offer: Offer, today: date) -> date:
        """The last day on which a customer who is offered it today may accept."""
        days = offer.accept_within_days or self.catalogue.accept_within_days
        return min(offer.valid_until, today + timedelta(days))

    def _trace(
        self,
        judged: list[Judged],
        best: Judged | None,
        gates: list[Check],
        question: Question,
        by_chance: str,
    ) -> tuple[Candidate, ...]:
        found, by_id = [], {one.offer.id: one for one in judged}
        for offer in self.catalogue.offers:
            one = by_id[offer.id]
            money = one.appraisal.economics()
            texts = offer.texts.get(question.language)
            name = texts.name if texts else offer.id
            outcome, why = self._words.outcome(one, money, best, question, by_chance)
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


def _until_allowed(judged: Iterable[Judged]) -> Iterator[Judged]:
    for one in judged:
        yield one
        if one.veto is None:
            return


def _not_checked(
    offers: Iterable[Judged], gates: Iterable[Check], question: Question
) -> tuple[Open, ...]:
    checks = [
        one.checks
        if isinstance(one.checks, list)  # else they were read up to the first veto
        else one.plan.judge.checks(question, one.price)
        for one in offers
    ]
    return not_checked(chain(gates, *checks))


def _dearer(plan: Plan, segments: int) -> Plan:
    costs = plan.constants.contact_cost
    costs = {**costs, "sms": costs["sms"] * segments}
    return plan._replace(constants=plan.constants._replace(contact_cost=costs))


def _attributes(customer: Customer) -> Values:
    values = customer.__dict__
    return values | {name: value(values) for name, value in _WORKED_OUT.items()}

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
from churn_lib.offers.experiment import Assignment, acted_on, evidence_of
from churn_lib.offers.judged import Judged, Plan, Words, left_out, not_checked
from churn_lib.offers.offer import Offer
from churn_lib.offers.ranking import Ranking
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
        self._rankings: dict[tuple[Channel | None, str], Ranking] = {}
        self._words = Words(assumed.floor, catalogue.currency)
        self._gates = [checker(rule, "contact") for rule in catalogue.contact]
        self._plans = [
            Plan(
                offer,
                Judge(offer, assumed),
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
        question = _question(customer, probability, reasons, context, today)
        floor = self.catalogue.assumptions.floor
        gates = [gate(question.values) for gate in self._gates]
        looked_at = self._judge(question, first_veto(gates), explain)
        judged = list(looked_at if assignment or not brief else _until_allowed(looked_at))
        ranked = [one for one in judged if one.veto is None]
        best = ranked[: 2 if runner_up else 1]
        paying = [one for one in best if one.appraisal.expected_value > floor]
        acted = acted_on(paying, ranked, assignment)
        by_chance = assignment.experiment.name if assignment and acted is not paying else ""
        first, second, *_ = *[self._chosen(one, today) for one in acted], None, None
        why = self._why(first, judged, ranked, question, by_chance)
        evidence = evidence_of(acted, paying, ranked, assignment)
        if brief:
            return Decision(first, why, runner_up=second, evidence=evidence)
        asked = [one.plan.judge.checks(question) for one in acted[:1] or ranked]
        return Decision(
            first,
            why,
            tuple([self._words.ranked(one, question) for one in ranked]),
            not_checked(chain(gates, *asked)),
            second,
            self._trace(judged, acted, gates, question, by_chance) if explain else (),
            evidence,
        )

    def _judge(self, question: Question, blocked: Check | None, explain: bool) -> Iterator[Judged]:
        """Every offer, the one that brings most first. blocked: a veto for all."""
        ranking = self._ranking(question.charged, question.language)
        for plan, answered in ranking.best_first(question):
            checks: Iterable[Check] = plan.judge.checks(question)
            if explain:  # else nobody reads what comes after a veto
                checks = [*checks]
            yield Judged(plan, question, answered, checks, blocked or first_veto(checks))

    def _ranking(self, channel: Channel | None, language: Language) -> Ranking:
        """Made ready once."""
        key = channel, language if channel == "sms" else ""
        found = self._rankings.get(key)
        if found is None:
            plans = self._plans if channel is None else self.plans(channel, language)
            found = self._rankings[key] = Ranking(plans, channel)
        return found

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

    def _why(
        self,
        made: Chosen | None,
        judged: list[Judged],
        ranked: list[Judged],
        question: Question,
        by_chance: str,
    ) -> str:
        """ranked: the allowed offers of those judged, the best first. by_chance: the experiment
        that chose, if one did.
        """
        if by_chance:
            why = (CHOSEN_BY_CHANCE if made else HELD_OUT).format(experiment=by_chance)
        elif made:
            why = self._words.outcome(ranked[0], made.economics, ranked[0], question)[1]
        else:
            why = self._words.none(judged)
        return why + left_out(self.catalogue.offers, question.excluded)

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
        acted: list[Judged],
        gates: list[Check],
        question: Question,
        by_chance: str,
    ) -> tuple[Candidate, ...]:
        best = acted[0] if acted else None
        found, by_id = [], {one.plan.offer.id: one for one in judged}
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


def _dearer(plan: Plan, segments: int) -> Plan:
    costs = plan.constants.contact_cost
    costs = {**costs, "sms": costs["sms"] * segments}
    return plan._replace(constants=plan.constants._replace(contact_cost=costs))


def _question(
    customer: Customer,
    probability: float,
    reasons: Sequence[Cause],
    context: Context,
    today: date,
) -> Question:
    return Question(
        values=_values(customer, context),
        raising=raising(reasons),
        probability=probability,
        bill=customer.bill,
        today=today,
        channel=context.channel,
        charged=None if context.direction == INBOUND else context.channel,
        language=context.language,
        best_tariff=context.best_tariff,
        excluded=context.exclude,
    )


def _values(customer: Customer, context: Context) -> Values:
    """The customer's attributes and the facts of the contact."""
    values = {**customer.__dict__, **context.__dict__}
    for name, value in _WORKED_OUT.items():
        values[name] = value(values)
    return values

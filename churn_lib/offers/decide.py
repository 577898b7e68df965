"""Which offer to make, or none: rules first, then money.

The same customer on the same day always gets the same answer.

Every offer is judged by its rules. Of those that nothing vetoes, the one with the highest expected
value wins if that exceeds the floor. Retention offers compete at every probability: where leaving
is unlikely their own formula makes them a loss. Value-added offers compete only below
`likely_leaver_from`: whoever is likely to leave is not sold to.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from churn_lib.customer.contact import Context
from churn_lib.customer.model import NOTES, Customer, value_of
from churn_lib.offers.catalogue import Catalogue, catalogue
from churn_lib.offers.checks import Judge, Question, checker, first_veto
from churn_lib.offers.constants import offer_constants
from churn_lib.offers.economics import Appraisal, OfferConstants, Pricing, appraise, pricing
from churn_lib.offers.offer import Offer
from churn_lib.offers.rules import Values
from churn_lib.offers.trace import Candidate, Check, Economics, Outcome
from churn_lib.score.reasons import Cause, raising

_WORKED_OUT = {name: value_of(name) for name, note in NOTES.items() if not note.asked}


class Chosen(NamedTuple):
    """The offer to make, its money, and the customer's own last day to accept it."""

    offer: Offer
    economics: Economics
    accept_until: date


class Decision(NamedTuple):
    """The offer to make, or none; `why` is a sentence either way.

    eligible: ids of the offers that no rule vetoes. trace: what became of every offer, when that
    was asked for.
    """

    chosen: Chosen | None
    why: str
    eligible: tuple[str, ...] = ()
    trace: tuple[Candidate, ...] = ()


class _Plan(NamedTuple):
    """An offer made ready: its rules, its price after acceptance, the constants of its money."""

    offer: Offer
    judge: Judge
    price: Pricing | None
    constants: OfferConstants


class _Judged(NamedTuple):
    """What became of one offer. veto: the first one, if there is any."""

    offer: Offer
    checks: Iterable[Check]
    veto: Check | None
    answers: bool
    appraisal: Appraisal


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
        self._by_sms: dict[str, list[_Plan]] = {}
        self._gates = [checker(rule, "contact") for rule in catalogue.contact]
        self._plans = [
            _Plan(
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
            raising=frozenset(raising(reasons)),
            probability=probability,
            bill=customer.bill,
            today=today,
            channel=context.channel,
            language=context.language,
            best_tariff=context.best_tariff,
        )
        gates = [gate(question.values) for gate in self._gates]
        judged = self._judge(question, first_veto(gates), explain)
        best = _best(judged, self.catalogue.assumptions.floor)
        decision = self._decision(judged, best, today)
        if explain:
            return decision._replace(trace=self._trace(judged, best, gates, context))
        return decision

    def _judge(self, question: Question, blocked: Check | None, explain: bool) -> list[_Judged]:
        """Every offer: each step for all of them before the next. blocked: a veto for all."""
        plans, bill, probability = self._plans, question.bill, question.probability
        if question.channel == "sms":
            plans = self._in_segments(question.language)
        prices = [plan.price(bill) if plan.price else None for plan in plans]
        found: list[Iterable[Check]] = [
            plan.judge.checks(question, price) for plan, price in zip(plans, prices, strict=True)
        ]
        if explain:  # else nobody reads what comes after a veto
            found = [[*checks] for checks in found]
        vetoes = [blocked or first_veto(checks) for checks in found]
        answers = [plan.judge.answers(question) for plan in plans]
        appraisals = [
            appraise(plan.constants, bill, probability, question.channel, answered)
            for plan, answered in zip(plans, answers, strict=True)
        ]
        return list(map(_Judged, self.catalogue.offers, found, vetoes, answers, appraisals))

    def _in_segments(self, language: str) -> list[_Plan]:
        """The plans with what a text message costs: its segments, counted once a language."""
        if language not in self._by_sms:
            counted = [(plan, self._segments_of(plan.offer, language)) for plan in self._plans]
            self._by_sms[language] = [_dearer(plan, count) for plan, count in counted]
        return self._by_sms[language]

    def _segments_of(self, offer: Offer, language: str) -> int:
        is_sent = "sms" in offer.channels and language in offer.texts
        return self._segments(self.catalogue, offer, language) if is_sent else 1

    def _decision(self, judged: list[_Judged], best: _Judged | None, today: date) -> Decision:
        eligible = tuple([one.offer.id for one in judged if one.veto is None])
        if best is None:
            return Decision(None, self._why_none(judged), eligible)
        money = best.appraisal.economics()
        chosen = Chosen(best.offer, money, self.accept_until(best.offer, today))
        return Decision(chosen, self._outcome(best, money, best)[1], eligible)

    def accept_until(self, offer: Offer, today: date) -> date:
        """The last day on which a customer who is offered it today may accept."""
        days = offer.accept_within_days or self.catalogue.accept_within_days
        return min(offer.valid_until, today + timedelta(days))

    def _trace(
        self,
        judged: list[_Judged],
        best: _Judged | None,
        gates: list[Check],
        context: Context,
    ) -> tuple[Candidate, ...]:
        found, language = [], context.language
        for one in judged:
            offer, checks, _, answers, appraisal = one
            money = appraisal.economics()
            texts = offer.texts.get(language)
            name = texts.name if texts else offer.id
            outcome, why = self._outcome(one, money, best)
            shown = (*gates, *checks)
            found.append(Candidate(offer.id, name, offer.kind, shown, money, answers, outcome, why))
        return tuple(found)

    def _outcome(self, one: _Judged, money: Economics, best: _Judged | None) -> tuple[Outcome, str]:
        floor, currency = self.catalogue.assumptions.floor, self.catalogue.currency
        if one.veto is not None:
            return "vetoed", f"Not allowed: {one.veto.text}."
        value = f"Its expected value, {money.expected_value:,.2f} {currency}, is"
        if one is best:
            return "chosen", f"{value} the highest of the offers that are allowed."
        if best is None or money.expected_value <= floor:
            return "below_floor", f"{value} not above the floor of {floor:,.2f}."
        return "outbid", f"{value} not above that of {best.offer.id}."

    def _why_none(self, judged: list[_Judged]) -> str:
        values = [one.appraisal.expected_value for one in judged if one.veto is None]
        if values:
            best = f"{max(values):,.2f} {self.catalogue.currency}"
            floor = f"{self.catalogue.assumptions.floor:,.2f}"
            return (
                f"No allowed offer pays: the best would bring {best}, "
                f"which is not above the floor of {floor}."
            )
        vetoes = {one.veto.text for one in judged if one.veto is not None}
        if not vetoes:
            return "The catalogue has no offer."
        if len(vetoes) == 1:
            return f"No offer may be made: {vetoes.pop()}."
        return "No offer may be made: each is ruled out by a rule of its own."


def decider(segments: Segments = _one) -> Decider:
    """The one of this process, by the catalogue in force. Raises ArtifactError."""
    known, made = catalogue(), _made.get(segments)
    if made is None or made.catalogue is not known:
        made = _made[segments] = Decider(known, segments)
    return made


_made: dict[Segments, Decider] = {}


def _dearer(plan: _Plan, segments: int) -> _Plan:
    costs = plan.constants.contact_cost
    costs = {**costs, "sms": costs["sms"] * segments}
    return plan._replace(constants=plan.constants._replace(contact_cost=costs))


def _attributes(customer: Customer) -> Values:
    values = customer.__dict__
    return values | {name: value(values) for name, value in _WORKED_OUT.items()}


def _best(judged: list[_Judged], floor: float) -> _Judged | None:
    """The highest expected value above the floor.

    Of equal ones the first by id, whatever the order of the file.
    """
    paying = [one for one in judged if one.veto is None and one.appraisal.expected_value > floor]
    return min(paying, key=lambda one: (-one.appraisal.expected_value, one.offer.id), default=None)

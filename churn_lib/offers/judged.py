"""What became of each offer by rules and money, and the words in which that is told."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from churn_lib.customer.contact import QUESTIONS
from churn_lib.customer.model import describe
from churn_lib.offers.checks import Judge, Question
from churn_lib.offers.economics import Appraisal, OfferConstants, appraise
from churn_lib.offers.offer import Offer
from churn_lib.offers.rules import label
from churn_lib.offers.trace import Check, Economics, Open, Outcome, Ranked


class Plan(NamedTuple):
    """An offer made ready: its rules, and the constants of its money."""

    offer: Offer
    judge: Judge
    constants: OfferConstants


class Judged:
    """What became of one offer.

    answered: the attribute of the reason that it answers. veto: the first one, if there is any.
    """

    def __init__(
        self,
        plan: Plan,
        question: Question,
        answered: str | None,
        checks: Iterable[Check],
        veto: Check | None,
    ) -> None:
        self.plan, self.answered, self.checks, self.veto = plan, answered, checks, veto
        self._question = question
        self._appraisal: Appraisal | None = None

    @property
    def offer(self) -> Offer:
        return self.plan.offer

    @property
    def answers(self) -> bool:
        """One that claims to answer no reason in particular suits them all."""
        return self.answered is not None or not self.plan.judge.claims

    @property
    def appraisal(self) -> Appraisal:
        """What it is worth; of an offer that is out of the question, few ask."""
        if self._appraisal is None:
            asked = self._question
            self._appraisal = appraise(
                self.plan.constants, asked.bill, asked.probability, asked.charged, self.answers
            )
        return self._appraisal


def not_checked(checks: Iterable[Check]) -> tuple[Open, ...]:
    """The facts that are not known, each once, with what to ask."""
    fields = dict.fromkeys([one.field for one in checks if one.result == "not_checked"])
    return tuple([_open(field) for field in fields])


@cache
def _open(field: str) -> Open:
    question = QUESTIONS.get(field) or f"What is known of this: {label(field)}?"
    return {"field": field, "question": question}


class Words(NamedTuple):
    """Tells of decisions by a catalogue with this floor, in this currency."""

    floor: float
    currency: str

    def ranked(self, one: Judged, question: Question) -> Ranked:
        """An allowed offer in its place."""
        offer, money, why = one.plan.offer, one.appraisal, self._answers(one, question)
        if money.expected_value <= self.floor:
            why += f"; not above the floor of {self.floor:,.2f}"
        value = round(money.expected_value, 2)
        return {
            "id": offer.id,
            "kind": offer.kind,
            "expected_value": value,
            "one_in": money.one_in,
            "why": why,
        }

    def outcome(
        self,
        one: Judged,
        money: Economics,
        best: Judged | None,
        question: Question,
        trial: str = "",
    ) -> tuple[Outcome, str]:
        """What became of an offer, and why. trial: the experiment that decides by chance."""
        veto = one.veto
        if veto is not None:
            return "vetoed", f"Not allowed: {veto.text}."
        if trial:
            return "left_to_chance", f"Experiment {trial} decides by chance what is offered."
        value = f"Its expected value, {money.expected_value:,.2f} {self.currency}, is"
        if one is best:
            why = f"the highest of the offers that are allowed; {self._answers(one, question)}"
            return "chosen", f"{value} {why}."
        if best is None or money.expected_value <= self.floor:
            return "below_floor", f"{value} not above the floor of {self.floor:,.2f}."
        return "outbid", f"{value} not above that of {best.offer.id}."

    def none(self, judged: Sequence[Judged]) -> str:
        """Why no offer is made."""
        values = [one.appraisal.expected_value for one in judged if one.veto is None]
        if values:
            return (
                f"No allowed offer pays: the best would bring {max(values):,.2f} {self.currency}, "
                f"which is not above the floor of {self.floor:,.2f}."
            )
        vetoes = {one.veto.text for one in judged if one.veto is not None}
        if not vetoes:
            return "The catalogue has no offer."
        if len(vetoes) == 1:
            return f"No offer may be made: {vetoes.pop()}."
        return "No offer may be made: each is ruled out by a rule of its own."

    def _answers(self, one: Judged, question: Question) -> str:
        if one.answered is not None:
            return f"answers: {describe(one.answered, question.values[one.answered])}"
        reason = "none of the reasons to leave" if one.offer.answers else "no reason in particular"
        return f"answers {reason}"


def left_out(offers: Iterable[Offer], excluded: Sequence[str]) -> str:
    """A sentence about the offers that were declined in this talk; empty where there is none."""
    found = [offer.id for offer in offers if offer.id in excluded]
    return f" Left out, for declined in this talk: {', '.join(found)}." if found else ""

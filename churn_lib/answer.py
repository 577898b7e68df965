"""The whole answer for one customer: the score first, the offer second, never silent."""

import asyncio
import os
import sys
from asyncio import gather
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from math import inf
from time import perf_counter
from typing import TYPE_CHECKING, Literal, NamedTuple

from churn_lib.customer.request import PredictRequest
from churn_lib.errors import ArtifactError, SecretError, SettingsError
from churn_lib.log import Evidence
from churn_lib.score.rows import row_of
from churn_lib.score.scorecard import risk, scorecard
from churn_lib.settings import settings

if TYPE_CHECKING:
    from churn_lib.offers.catalogue import Catalogue
    from churn_lib.offers.decide import Chosen, Decider, Decision
    from churn_lib.offers.experiment import Assignment
    from churn_lib.offers.shape import Brief, NoBrief, NoOffer, Offer, RunnerUp, Told, Worded
    from churn_lib.offers.trace import Economics
    from churn_lib.score.shape import Cause
    from churn_lib.secrets.key import Secret
    from churn_lib.shape import Answer, Identified, Versions
    from churn_lib.words.template import Proposal, Written

OfferMode = Literal["none", "template", "gemini"]


def _nothing(why: str) -> "NoOffer":
    """No offer, where none was looked for."""
    return {"id": None, "why": why, "eligible": (), "not_checked": (), "trace": ()}


NOT_ASKED = _nothing("No offer was asked for.")
NO_CATALOGUE = _nothing("The catalogue of offers can't be used; the log says why.")


class Answered(NamedTuple):
    """An answer, and what the decision log holds beside it."""

    answer: "Answer"
    evidence: Evidence


async def answer(
    request: PredictRequest,
    mode: OfferMode | None = None,
    *,
    explain: bool = False,
    runner_up: bool = False,
) -> "Answer":
    """`answered` for whoever keeps no log."""
    return (await answered(request, mode, explain=explain, runner_up=runner_up)).answer


async def answered(
    request: PredictRequest,
    mode: OfferMode | None = None,
    *,
    explain: bool = False,
    runner_up: bool = False,
    seconds: float | None = inf,
) -> Answered:
    """The answer of `POST /predict`.

    mode: whether an offer is wanted and who writes its text; left out, Gemini when it is
    configured, else templates. explain: whether the offer shows what became of every other offer.
    runner_up: whether it comes with the next one that pays, in words too.
    seconds: how long Gemini may take at most; GEMINI_DEADLINE holds too. None keeps to words that
    are there already: approved ones, else templates.
    Raises ArtifactError and SettingsError.
    """
    started = perf_counter()
    card, bounds = scorecard(), settings().score
    score = card.score(request)
    reasons = card.reasons(request, score)
    versions: Versions = {"model_version": card.version}
    proposed = Proposed("", NOT_ASKED)
    if mode != "none":
        asked = Asked(request, score.probability, reasons, datetime.now(UTC).date())
        proposed = await propose(asked, seconds, explain, mode, runner_up)
        if proposed.catalogue_version:
            versions["catalogue_version"] = proposed.catalogue_version
    named: Identified = {} if request.customerID is None else {"customerID": request.customerID}
    found: Answer = {
        **named,
        "churn_probability": score.probability,
        "risk": risk(score.probability, bounds),
        **card.explanation(request, score, reasons),
        "marketing_offer": proposed.said,
        "offer": proposed.offer,
        "metadata": {
            "decision_id": os.urandom(16).hex(),
            **versions,
            "arm": proposed.evidence.arm,
            "latency_ms": round((perf_counter() - started) * 1000, 3),
        },
    }
    return Answered(found, proposed.evidence)


async def in_two(
    request: PredictRequest,
    mode: OfferMode | None = None,
    *,
    explain: bool = False,
    runner_up: bool = False,
    seconds: float = inf,
) -> AsyncIterator[Answered]:
    """The answer at once, in words that are there already, and the same decision with the words
    that are last. As `answered` otherwise.
    """
    first = await answered(request, mode, explain=explain, runner_up=runner_up, seconds=None)
    yield first
    last = await answered(request, mode, explain=explain, runner_up=runner_up, seconds=seconds)
    last.answer["metadata"]["decision_id"] = first.answer["metadata"]["decision_id"]
    yield last


class Asked(NamedTuple):
    """A customer who was scored, and the day on which an offer would be made."""

    request: PredictRequest
    probability: float
    reasons: "list[Cause]"
    today: date


class Proposed(NamedTuple):
    """All that the customer reads or hears, the offer's part of an answer, and its catalogue.

    catalogue_version: empty where no catalogue was read.
    """

    said: str
    offer: "Offer | NoOffer"
    catalogue_version: str = ""
    evidence: Evidence = Evidence()


async def decided_row(customer: PredictRequest, *, explained: bool = False) -> dict[str, object]:
    """As `score_row`, with the decision in brief: without words, and nothing for the log.

    Raises ArtifactError and SettingsError.
    """
    card = scorecard()
    score = card.score(customer)
    causes = card.reasons(customer, score)
    asked = Asked(customer, score.probability, causes, datetime.now(UTC).date())
    return row_of(customer, score, causes if explained else None) | {"offer": await _brief(asked)}


async def _brief(asked: Asked) -> "Brief | NoBrief":
    try:
        decision = (await _decided(asked, brief=True))[1]
    except ArtifactError:  # logged where the file was read
        return {"id": None, "why": NO_CATALOGUE["why"]}
    if decision.chosen is None:
        return {"id": None, "why": decision.why}
    offer, money, _ = decision.chosen
    return {
        "id": offer.id,
        "name": offer.texts[asked.request.context.language].name,
        "kind": offer.kind,
        "expected_value": round(money.expected_value, 2),
        "one_in": money.one_in,
        "value": round(money.value, 2),
        "why": decision.why,
    }


async def _decided(
    asked: Asked, explain: bool = False, runner_up: bool = False, brief: bool = False
) -> "tuple[Catalogue, Decision]":
    """Raises ArtifactError."""
    context, decides = asked.request.context, await load_offers()
    if context.channel == "sms" and context.language in decides.catalogue.languages:
        from churn_lib.words.template import load_forms

        await load_forms(context.language)  # to count segments takes a text
    decision = decides.decide(
        asked.request,
        probability=asked.probability,
        reasons=asked.reasons,
        context=context,
        today=asked.today,
        explain=explain,
        runner_up=runner_up,
        brief=brief,
        assignment=await _assignment(decides.catalogue, asked.request),
    )
    return decides.catalogue, decision


async def _assignment(catalogue: "Catalogue", request: PredictRequest) -> "Assignment | None":
    """What the experiment of the catalogue does with the customer; None without one, and where the
    customer has no name, or the key can't be read.
    """
    if catalogue.experiment is None or request.customerID is None or (key := _key()) is None:
        return None
    from churn_lib.offers.experiment import assigned, keys_of

    try:
        return assigned(catalogue.experiment, keys_of(await key.get()), request.customerID)
    except SecretError:  # logged where it was read
        return None


async def read_for_decisions() -> None:
    """Reads what decisions wait for the first time: the catalogue, and the key of its experiment.

    Raises ArtifactError and SecretError.
    """
    catalogue = (await load_offers()).catalogue
    if catalogue.experiment is not None and (key := _key()) is not None:
        await key.get()


@cache
def _key() -> "Secret | None":
    """The key of this process; None where it is not set, or a setting is wrong: the log says so."""
    from churn_lib.secrets.key import experiment_key

    try:
        return experiment_key(settings().experiment, settings().gemini)
    except SettingsError:
        return None


async def propose(
    asked: Asked,
    seconds: float | None,
    explain: bool,
    mode: OfferMode | None = "template",
    runner_up: bool = False,
) -> Proposed:
    """The best offer in words, or none and why. seconds: for Gemini; None does not ask it."""
    try:
        catalogue, decision = await _decided(asked, explain, runner_up)
    except ArtifactError:  # logged where the file was read
        return Proposed("", NO_CATALOGUE)
    told: Told = {
        "eligible": decision.eligible,
        "not_checked": decision.not_checked,
        "trace": tuple(
            [replace(one, economics=_in_cents(one.economics)) for one in decision.trace]
        ),
    }
    if decision.chosen is None:
        none: NoOffer = {"id": None, "why": decision.why, **told}
        return Proposed("", none, catalogue.version, decision.evidence)
    first, second = _worded(decision.chosen, asked, catalogue, seconds, mode), None
    if decision.runner_up is not None:
        other = _worded(decision.runner_up, asked, catalogue, seconds, mode)
        said, following = await gather(first, other)
        second = _next(following, decision)
    else:
        said = await first
    worded: Worded = {**said.offer, "why": decision.why}
    shown: Offer = {**worded, **told, "runner_up": second}
    return Proposed(said.text, shown, catalogue.version, decision.evidence)


class _Said(NamedTuple):
    """All that the customer reads or hears of an offer, and the offer."""

    text: str
    offer: "Worded"


async def _worded(
    chosen: "Chosen",
    asked: Asked,
    catalogue: "Catalogue",
    seconds: float | None,
    mode: OfferMode | None,
) -> _Said:
    """seconds: for Gemini; None does not ask it."""
    from churn_lib.words.template import Proposal, said, sent, terms

    offer, money, until = chosen
    request, context = asked.request, asked.request.context
    proposal = Proposal(offer, until, request, context, catalogue)
    words = await _written(proposal, asked.reasons, seconds, mode)
    parts = sent(words.text, context.channel)
    shown: Worded = {
        "id": offer.id,
        "name": offer.texts[context.language].name,
        "kind": offer.kind,
        "why": "",
        "terms": terms(offer, request),
        "accept_until": until.isoformat(),
        "headline": parts.headline,
        "message": parts.message,
        "call_to_action": parts.call_to_action,
        "currency": catalogue.currency,
        "economics": _in_cents(money),
        "written_by": words.written_by,
        "fallback_reason": words.fallback_reason,
    }
    return _Said(said(words.text, context.channel), shown)


def _next(said: _Said, decision: "Decision") -> "RunnerUp":
    why = f"Next after {decision.eligible[0]['id']}; {decision.eligible[1]['why']}."
    return {**said.offer, "why": why, "marketing_offer": said.text}


async def load_offers() -> "Decider":
    """Who decides by the catalogue in force; without delay, unless none was ever read.

    Raises ArtifactError.
    """
    # An answer without an offer does without all that makes one: it would double the start.
    from churn_lib.offers.catalogue import in_force

    if not in_force().is_there:
        await asyncio.to_thread(in_force().get)
    return _decider()


def offers_are_wanted() -> bool:
    """Whether an offer was ever asked for: until then nobody needs what makes one."""
    return "churn_lib.offers.catalogue" in sys.modules


def refresh_offers() -> None:
    """Puts a catalogue and texts into force that are new and without a fault. May take seconds."""
    from churn_lib.offers.catalogue import in_force

    in_force().refresh()
    with suppress(ArtifactError):  # logged where it was read
        _decider()
    if "churn_lib.words.texts" in sys.modules:
        from churn_lib.words.texts import shelf

        shelf().refresh()


def _decider() -> "Decider":
    from churn_lib.offers.decide import decider
    from churn_lib.words.segments import segments

    return decider(segments)


async def _written(
    proposal: "Proposal", reasons: "list[Cause]", seconds: float | None, mode: OfferMode | None
) -> "Written":
    if mode != "template":
        from churn_lib.words.compose import composer

        return await composer().compose(proposal, reasons, seconds=seconds)
    from churn_lib.words.template import Written, load_forms, template

    await load_forms(proposal.context.language)
    return Written(template(proposal), "template", None)


def _in_cents(money: "Economics") -> "Economics":
    """More would promise what assumptions can not keep."""
    low, high = money.interval
    return replace(
        money,
        expected_value=round(money.expected_value, 2),
        interval=(round(low, 2), round(high, 2)),
        probability_of_profit=_rounded(money.probability_of_profit),
        value=round(money.value, 2),
        cost=round(money.cost, 2),
        contact_cost=round(money.contact_cost, 2),
    )


def _rounded(chance: float) -> float:
    """To three digits, and no certainty by that alone."""
    return round(chance, 3) if chance in {0, 1} else min(max(round(chance, 3), 0.001), 0.999)


async def close() -> None:
    """Closes the connections to Gemini, at the end of a process or of its event loop.

    Gemini is not called there any more, not even by the first who would ask for a text.
    """
    from churn_lib.words.compose import composer

    await composer().aclose()

"""The whole answer for one customer: the score first, the offer second, never silent.

Here is its one shape too: the function's document, the command line and the trial of a running
function are all made from it.
"""

import os
from dataclasses import replace
from datetime import UTC, date, datetime
from math import inf
from time import perf_counter
from typing import Annotated, Literal, NamedTuple, NotRequired

from pydantic import Field
from typing_extensions import TypedDict, TypeIs

from churn_lib.customer.request import PredictRequest
from churn_lib.errors import ArtifactError, FallbackReason
from churn_lib.offers.trace import Candidate, Economics, Kind
from churn_lib.score.scorecard import Reason, Risk, risk, scorecard
from churn_lib.settings import settings

OfferMode = Literal["none", "template", "gemini"]
Version = Annotated[str, Field(pattern=r"^[\w.+-]{1,40}$")]
Probability = Annotated[float, Field(ge=0, le=1)]
DecisionId = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]


class Offer(TypedDict):
    """The offer that pays best, and its words with every number filled in."""

    id: str
    name: str
    kind: Kind
    why: str
    terms: dict[str, float]
    accept_until: Annotated[
        str,
        Field(json_schema_extra={"format": "date"}, description="the last day to accept"),
    ]
    headline: str
    message: str
    call_to_action: str
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    economics: Economics
    written_by: Literal["gemini", "template"]
    fallback_reason: Annotated[
        FallbackReason | None, Field(description="why Gemini did not write, where it should")
    ]
    eligible: Annotated[tuple[str, ...], Field(description="all offers that no rule vetoes")]
    trace: Annotated[
        tuple[Candidate, ...],
        Field(description="what became of every offer, with `explain=true`"),
    ]


class NoOffer(TypedDict):
    """No offer, and why."""

    id: None
    why: str
    eligible: tuple[str, ...]
    trace: tuple[Candidate, ...]


class Versions(TypedDict):
    """What made an answer."""

    model_version: Version
    catalogue_version: NotRequired[Version]


class Metadata(Versions):
    """Which decision this is, and what made it.

    `latency_ms` is the time spent inside the function.
    """

    decision_id: DecisionId
    arm: Literal["policy"]
    latency_ms: Annotated[float, Field(ge=0)]


class Identified(TypedDict, total=False):
    """The caller's own name for the customer, where one was sent."""

    customerID: str


class Answer(Identified):
    """Probability of leaving, exact reasons in log-odds, the offer that pays, and what to say."""

    churn_probability: Probability
    risk: Risk
    reasons: list[Reason]
    marketing_offer: Annotated[
        str, Field(description="all that the customer reads or hears; empty without an offer")
    ]
    offer: Offer | NoOffer
    metadata: Metadata


def is_made(offer: Offer | NoOffer) -> TypeIs[Offer]:
    """Whether there is an offer."""
    return offer["id"] is not None


NOT_ASKED: NoOffer = {"id": None, "why": "No offer was asked for.", "eligible": (), "trace": ()}
NO_CATALOGUE: NoOffer = {
    "id": None,
    "why": "The catalogue of offers can't be used; the log says why.",
    "eligible": (),
    "trace": (),
}


async def answer(
    request: PredictRequest,
    mode: OfferMode | None = None,
    *,
    explain: bool = False,
    seconds: float = inf,
) -> Answer:
    """The answer of `POST /predict`.

    mode: whether an offer is wanted and who writes its text; left out, Gemini when it is
    configured, else templates. explain: whether the offer shows what became of every other offer.
    seconds: how long Gemini may take at most; GEMINI_DEADLINE holds too.
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
        by_gemini = None if mode == "template" else seconds
        proposed = await propose(asked, by_gemini, explain)
        if proposed.catalogue_version:
            versions["catalogue_version"] = proposed.catalogue_version
    named: Identified = {} if request.customerID is None else {"customerID": request.customerID}
    return {
        **named,
        "churn_probability": score.probability,
        "risk": risk(score.probability, bounds),
        "reasons": reasons,
        "marketing_offer": proposed.said,
        "offer": proposed.offer,
        "metadata": {
            "decision_id": os.urandom(16).hex(),
            **versions,
            "arm": "policy",
            "latency_ms": round((perf_counter() - started) * 1000, 3),
        },
    }


class Asked(NamedTuple):
    """A customer who was scored, and the day on which an offer would be made."""

    request: PredictRequest
    probability: float
    reasons: list[Reason]
    today: date


class Proposed(NamedTuple):
    """All that the customer reads or hears, the offer's part of an answer, and its catalogue.

    catalogue_version: empty where no catalogue was read.
    """

    said: str
    offer: Offer | NoOffer
    catalogue_version: str = ""


async def propose(asked: Asked, seconds: float | None, explain: bool) -> Proposed:
    """The best offer in words, or none and why. seconds: for Gemini; None keeps to the template."""
    # An answer without an offer does without all that makes one: it would double the start.
    from churn_lib.offers.decide import decider
    from churn_lib.words.template import Proposal, Written, load_forms, said, sent, template, terms

    try:
        decides = decider()
    except ArtifactError:  # logged where the file was read
        return Proposed("", NO_CATALOGUE)
    catalogue, request, context = decides.catalogue, asked.request, asked.request.context
    decision = decides.decide(
        request,
        probability=asked.probability,
        reasons=asked.reasons,
        context=context,
        today=asked.today,
        explain=explain,
    )
    trace = tuple([replace(one, economics=_in_cents(one.economics)) for one in decision.trace])
    if decision.chosen is None:
        nothing = NoOffer(id=None, why=decision.why, eligible=decision.eligible, trace=trace)
        return Proposed("", nothing, catalogue.version)
    offer, money, until = decision.chosen
    proposal = Proposal(offer, until, request, context, catalogue)
    if seconds is None:
        await load_forms(context.language)
        words = Written(template(proposal), "template", None)
    else:
        from churn_lib.words.compose import composer

        words = await composer().compose(proposal, asked.reasons, seconds=seconds)
    parts = sent(words.text, context.channel)
    shown: Offer = {
        "id": offer.id,
        "name": offer.texts[context.language].name,
        "kind": offer.kind,
        "why": decision.why,
        "terms": terms(offer, request),
        "accept_until": until.isoformat(),
        "headline": parts.headline,
        "message": parts.message,
        "call_to_action": parts.call_to_action,
        "currency": catalogue.currency,
        "economics": _in_cents(money),
        "written_by": words.written_by,
        "fallback_reason": words.fallback_reason,
        "eligible": decision.eligible,
        "trace": trace,
    }
    return Proposed(said(words.text, context.channel), shown, catalogue.version)


def _in_cents(money: Economics) -> Economics:
    """More would promise what assumptions can not keep."""
    low, high = money.interval
    return replace(
        money,
        expected_value=round(money.expected_value, 2),
        interval=(round(low, 2), round(high, 2)),
        value=round(money.value, 2),
        cost=round(money.cost, 2),
        contact_cost=round(money.contact_cost, 2),
    )


async def close() -> None:
    """Closes the connections to Gemini, at the end of a process or of its event loop.

    Gemini is not called there any more, not even by the first who would ask for a text.
    """
    from churn_lib.words.compose import composer

    await composer().aclose()

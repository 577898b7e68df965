"""The whole answer for one customer: the score first, the offer second, never silent.

Here is its one shape too: the function's document, the command line and the trial of a running
function are all made from it.
"""

import asyncio
import os
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from math import inf
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, NotRequired

from pydantic import Field
from typing_extensions import TypedDict, TypeIs

from churn_lib.customer.request import PredictRequest
from churn_lib.errors import ArtifactError, FallbackReason
from churn_lib.offers.trace import Candidate, Economics, Kind
from churn_lib.score.reasons import Cause, Explanation
from churn_lib.score.scorecard import Risk, bands, risk, scorecard
from churn_lib.settings import Settings, settings

if TYPE_CHECKING:
    from churn_lib.offers.decide import Decider
    from churn_lib.words.template import Proposal, Written

OfferMode = Literal["none", "template", "gemini"]
Version = Annotated[str, Field(pattern=r"^[\w.+-]{1,40}$")]
Probability = Annotated[float, Field(ge=0, le=1)]
DecisionId = Annotated[
    str,
    Field(
        pattern="^[0-9a-f]{32}$",
        description="name of this decision, by which `/outcomes` and the decision log know it",
        examples=["bf8fca13db0e485f90b60abfaff78966"],
    ),
]
ModelVersion = Annotated[
    Version,
    Field(description="the model: beginning of its SHA-256", examples=["49e6a1496f62"]),
]
CatalogueVersion = Annotated[
    Version, Field(description="the catalogue of offers, as its owner named it", examples=["1.1.0"])
]
Eligible = Annotated[
    tuple[str, ...],
    Field(
        description="all offers that no rule vetoes, in the order of the catalogue",
        examples=[["annual-plan", "autopay-credit"]],
    ),
]
Trace = Annotated[
    tuple[Candidate, ...],
    Field(description="what became of every offer, with `explain=true`; else empty"),
]


class Offer(TypedDict):
    """The offer that pays best, and its words with every number filled in."""

    id: Annotated[str, Field(description="as in the catalogue", examples=["annual-plan"])]
    name: Annotated[str, Field(description="in the customer's language", examples=["Annual plan"])]
    kind: Kind
    why: Annotated[
        str,
        Field(
            description="why this offer and no other, for whoever makes it",
            examples=[
                "Its expected value, 28.76 USD, is the highest of the offers that are allowed."
            ],
        ),
    ]
    terms: Annotated[
        dict[str, float],
        Field(
            description="every number that is promised: percent, months, and amounts in `currency`",
            examples=[{"percent": 10.0, "months": 12, "price_after": 80.91}],
        ),
    ]
    accept_until: Annotated[
        str,
        Field(
            json_schema_extra={"format": "date"},
            description="the last day to accept",
            examples=["2026-12-06"],
        ),
    ]
    headline: Annotated[
        str,
        Field(
            description="empty in a text message, and in a call that a template is read from",
            examples=["The same for less"],
        ),
    ]
    message: Annotated[
        str,
        Field(
            description="what the customer is told",
            examples=["Stay another year for $80.91 a month instead of $89.90."],
        ),
    ]
    call_to_action: Annotated[
        str,
        Field(description="empty in a text message", examples=["Reply to this message to accept."]),
    ]
    currency: Annotated[
        str, Field(pattern="^[A-Z]{3}$", description="of all amounts, ISO 4217", examples=["USD"])
    ]
    economics: Annotated[Economics, Field(description="what the offer is worth")]
    written_by: Annotated[
        Literal["gemini", "template"],
        Field(description="who wrote the words", examples=["template"]),
    ]
    fallback_reason: Annotated[
        FallbackReason | None,
        Field(description="why Gemini did not write, where it should", examples=["no_key"]),
    ]
    eligible: Eligible
    trace: Trace


class NoOffer(TypedDict):
    """No offer, and why."""

    id: Annotated[None, Field(description="there is no offer", examples=[None])]
    why: Annotated[
        str, Field(description="why there is none", examples=["No offer was asked for."])
    ]
    eligible: Eligible
    trace: Trace


class Versions(TypedDict):
    """What made an answer."""

    model_version: ModelVersion
    catalogue_version: NotRequired[CatalogueVersion]


class Metadata(Versions):
    """Which decision this is, and what made it."""

    decision_id: DecisionId
    arm: Annotated[
        Literal["policy"],
        Field(description="the best offer was chosen, not one by chance", examples=["policy"]),
    ]
    latency_ms: Annotated[
        float,
        Field(ge=0, description="milliseconds spent inside the function", examples=[0.412]),
    ]


class Identified(TypedDict, total=False):
    """The caller's own name for the customer, where one was sent."""

    customerID: Annotated[
        str, Field(description="your name for the customer, as sent", examples=["7590-VHVEG"])
    ]


class Answer(Identified, Explanation):
    """Probability of leaving, exact reasons in log-odds, the offer that pays, and what to say."""

    churn_probability: Annotated[
        Probability, Field(description="of leaving, from 0 to 1", examples=[0.6516629763545101])
    ]
    risk: Annotated[
        Risk,
        Field(
            description=f"{bands(Settings())}, unless RISK_MEDIUM_FROM and RISK_HIGH_FROM say "
            "otherwise",
            examples=["medium"],
        ),
    ]
    marketing_offer: Annotated[
        str,
        Field(
            description="all that the customer reads or hears; empty without an offer",
            examples=["The same for less ..."],
        ),
    ]
    offer: Annotated[Offer | NoOffer, Field(description="the offer, or why there is none")]
    metadata: Annotated[Metadata, Field(description="of the decision, and what made it")]


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
        **card.explanation(request, reasons),
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
    reasons: list[Cause]
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
    from churn_lib.words.template import Proposal, load_forms, said, sent, terms

    request, context = asked.request, asked.request.context
    try:
        decides = await load_offers()
    except ArtifactError:  # logged where the file was read
        return Proposed("", NO_CATALOGUE)
    catalogue = decides.catalogue
    if context.channel == "sms" and context.language in catalogue.languages:
        await load_forms(context.language)  # to count segments takes a text
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
    words = await _written(proposal, asked.reasons, seconds)
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


async def load_offers() -> "Decider":
    """Who decides by the catalogue in force; without delay, unless none was ever read.

    Raises ArtifactError.
    """
    from churn_lib.offers.catalogue import in_force

    if not in_force().is_there:
        await asyncio.to_thread(in_force().get)
    return _decider()


def offers_are_wanted() -> bool:
    """Whether an offer was ever asked for: until then nobody needs what makes one."""
    return "churn_lib.offers.catalogue" in sys.modules


def refresh_offers() -> None:
    """Puts a catalogue into force that is new and without a fault. May take seconds."""
    from churn_lib.offers.catalogue import in_force

    in_force().refresh()
    with suppress(ArtifactError):  # logged where it was read
        _decider()


def _decider() -> "Decider":
    from churn_lib.offers.decide import decider
    from churn_lib.words.segments import segments

    return decider(segments)


async def _written(proposal: "Proposal", reasons: list[Cause], seconds: float | None) -> "Written":
    if seconds is not None:
        from churn_lib.words.compose import composer

        return await composer().compose(proposal, reasons, seconds=seconds)
    from churn_lib.words.template import Written, load_forms, template

    await load_forms(proposal.context.language)
    return Written(template(proposal), "template", None)


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

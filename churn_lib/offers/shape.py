"""The offer's part of an answer, in its own names: with an offer, or why there is none.

It imports nothing heavy, so that an answer without an offer can name its own shape without loading
what makes offers.
"""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict, TypeIs

from churn_lib.errors import FallbackReason
from churn_lib.offers.trace import SAID, Candidate, Economics, Kind, Open, Ranked

Eligible = Annotated[
    tuple[Ranked, ...],
    Field(description="all offers that no rule vetoes, the one that brings most first"),
]
NotChecked = Annotated[
    tuple[Open, ...],
    Field(
        description="facts that are not known, so that rules of the offer, or of all allowed ones "
        "where none is made, were not checked; also those that hold for every offer"
    ),
]
Said = Annotated[
    str,
    Field(
        description="all that the customer reads or hears; empty without an offer",
        examples=["The same for less ..."],
    ),
]
Trace = Annotated[
    tuple[Candidate, ...],
    Field(description="what became of every offer, with `explain=true`; else empty"),
]


class Worded(TypedDict):
    """An offer, and its words with every number filled in."""

    id: Annotated[str, Field(description="as in the catalogue", examples=["annual-plan"])]
    name: Annotated[str, Field(description="in the customer's language", examples=["Annual plan"])]
    kind: Kind
    why: Annotated[
        str,
        Field(
            description="why this offer and no other, for whoever makes it",
            examples=[
                f"Its expected value, 28.76 USD, is the highest that is allowed; answers: {SAID}."
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
        str, Field(description="empty in a text message", examples=["The same for less"])
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
        Literal["approved", "gemini", "template"],
        Field(
            description="who wrote the words; `approved`: a person has read them before",
            examples=["template"],
        ),
    ]
    fallback_reason: Annotated[
        FallbackReason | None,
        Field(description="why Gemini did not write, where it should", examples=["no_key"]),
    ]


class RunnerUp(Worded):
    """The next offer that pays, for whoever hears a no to the first."""

    marketing_offer: Said


class Told(TypedDict):
    """What is told of a decision with an offer and without one."""

    eligible: Eligible
    not_checked: NotChecked
    trace: Trace


class Offer(Worded, Told):
    """The offer that pays best."""

    runner_up: Annotated[
        RunnerUp | None,
        Field(description="the next offer that pays, with `runner_up=true`; null without one"),
    ]


class NoOffer(Told):
    """No offer, and why."""

    id: Annotated[None, Field(description="there is no offer", examples=[None])]
    why: Annotated[
        str, Field(description="why there is none", examples=["No offer was asked for."])
    ]


class Brief(TypedDict):
    """The decision alone: which offer, and its money."""

    id: str
    name: str
    kind: Kind
    expected_value: float
    one_in: int | None
    value: float
    why: str


class NoBrief(TypedDict):
    """No offer, and why."""

    id: None
    why: str


def is_made(offer: Offer | NoOffer) -> TypeIs[Offer]:
    """Whether there is an offer."""
    return offer["id"] is not None


def nothing(why: str) -> NoOffer:
    """No offer, where none was looked for."""
    return {"id": None, "why": why, "eligible": (), "not_checked": (), "trace": ()}

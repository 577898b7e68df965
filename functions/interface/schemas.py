"""Shapes that no other module has; tests compare every real answer with them."""

from typing import Annotated, Literal, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from churn_lib.customer.model import allowed
from churn_lib.customer.shown import shown_number
from churn_lib.log import OutcomeName
from churn_lib.shape import CatalogueVersion, DecisionId, ModelVersion
from functions.outcomes import Reason
from functions.slices import MOST_ROWS

Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


MUST = f"must be {allowed(shown_number())}"


class Fault(TypedDict):
    """One wrong field and what is allowed there."""

    field: Annotated[
        str,
        Field(
            description="the field, header or parameter; in brackets what is none of them",
            examples=[shown_number()],
        ),
    ]
    message: Annotated[
        str,
        Field(
            description="what is allowed there; nothing of what was sent",
            examples=[MUST],
        ),
    ]


class Problem(TypedDict):
    """What is wrong (RFC 9457): fields and what is allowed there, and nothing of what was sent."""

    type: Annotated[
        Literal["about:blank"],
        Field(description="the title says it all", examples=["about:blank"]),
    ]
    title: Annotated[
        str,
        Field(
            description="what is wrong, in words that stay the same",
            examples=["Some values are missing or not allowed"],
        ),
    ]
    status: Annotated[int, Field(ge=400, le=599, description="that of the answer", examples=[422])]
    detail: NotRequired[
        Annotated[
            str,
            Field(
                description="all faults in one line",
                examples=[f"{shown_number()}: {MUST}"],
            ),
        ]
    ]
    errors: NotRequired[Annotated[list[Fault], Field(description="each wrong field")]]


class OutcomeAnswer(TypedDict):
    """The outcome as it was recorded."""

    decision_id: DecisionId
    outcome: Annotated[
        OutcomeName,
        Field(description="as sent", examples=["accepted"]),
    ]
    occurred_at: Annotated[
        Moment, Field(description="as sent; else now", examples=["2026-11-22T14:00:00Z"])
    ]
    offer: NotRequired[Annotated[str, Field(description="as sent", examples=["annual-plan"])]]
    reason: NotRequired[Annotated[Reason, Field(description="as sent", examples=["fits_better"])]]


@with_config(ConfigDict(extra="forbid"))
class Mode(TypedDict, total=False):
    """The function's own setting in BigQuery."""

    mode: Literal["score", "offer"]


@with_config(ConfigDict(extra="allow"))
class Calls(TypedDict):
    """What BigQuery sends, and more that is of no use here: each call has one argument."""

    calls: Annotated[
        list[Annotated[list[object], Field(min_length=1, max_length=1)]],
        Field(max_length=MOST_ROWS),
    ]
    userDefinedContext: NotRequired[Mode | None]


class Replies(TypedDict):
    """What each call is answered, in the same order."""

    replies: Annotated[
        list[object],
        Field(
            description="of each call the score, all of `/predict`, or `errors`; with the "
            "`customerID` that the row has",
            examples=[[{"churn_probability": 0.6516629763545101, "risk": "medium"}]],
        ),
    ]


class Refused(TypedDict):
    """Why there are no replies."""

    errorMessage: Annotated[
        str, Field(description="shown by BigQuery", examples=["calls: must be an array"])
    ]


class Health(TypedDict):
    """The model is there."""

    status: Annotated[
        Literal["healthy"], Field(description="the model is there", examples=["healthy"])
    ]
    model_version: ModelVersion
    timestamp: Annotated[
        float, Field(description="now, in seconds since 1970", examples=[1795356000.0])
    ]
    time: Annotated[
        Moment, Field(description="now, RFC 3339", examples=["2026-11-22T14:00:00+00:00"])
    ]


class Ready(TypedDict):
    """This instance takes requests; without a catalogue it makes no offers."""

    status: Annotated[
        Literal["ready"], Field(description="this instance takes requests", examples=["ready"])
    ]
    model_version: ModelVersion
    catalogue_version: NotRequired[CatalogueVersion]
    wrong: NotRequired[
        Annotated[
            list[str],
            Field(
                description="settings and files that cost offers or Gemini's words, by name",
                examples=[["GEMINI_THINKING"]],
            ),
        ]
    ]


class Draining(TypedDict):
    """This instance is being stopped."""

    status: Annotated[
        Literal["draining"],
        Field(description="this instance is being stopped", examples=["draining"]),
    ]


class Index(TypedDict):
    """Each call, and what it is for."""

    endpoints: Annotated[
        dict[str, str],
        Field(
            description="method and path, and what it is for",
            examples=[{"GET /health": "whether the model is there, and which one"}],
        ),
    ]

"""Shapes that no other module has; tests compare every real answer with them."""

from typing import Annotated, Literal, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from churn_lib.answer import DecisionId, Version
from functions.slices import MOST_ROWS


class Fault(TypedDict):
    """One wrong field and what is allowed there."""

    field: str
    message: str


class Problem(TypedDict):
    """What is wrong (RFC 9457): fields and what is allowed there, and nothing of what was sent."""

    type: Literal["about:blank"]
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    detail: NotRequired[str]
    errors: NotRequired[list[Fault]]


class OutcomeAnswer(TypedDict):
    """The outcome as it was recorded."""

    decision_id: DecisionId
    outcome: Literal["shown", "accepted", "declined", "stayed", "left"]
    occurred_at: Annotated[str, Field(json_schema_extra={"format": "date-time"})]


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

    replies: list[object]


class Refused(TypedDict):
    """Why there are no replies."""

    errorMessage: str


class Health(TypedDict):
    """The model is there."""

    status: Literal["healthy"]
    model_version: Version
    timestamp: Annotated[float, Field(description="seconds since 1970")]


class Ready(TypedDict):
    """This instance takes requests; without a catalogue it makes no offers."""

    status: Literal["ready"]
    model_version: Version
    catalogue_version: NotRequired[Version]
    wrong: NotRequired[
        Annotated[
            list[str],
            Field(description="settings and files that cost offers or Gemini's words, by name"),
        ]
    ]


class Draining(TypedDict):
    """This instance is being stopped."""

    status: Literal["draining"]


class Index(TypedDict):
    """Each call, and what it is for."""

    endpoints: dict[str, str]

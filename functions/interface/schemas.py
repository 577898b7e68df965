"""What the answers look like, for the interface's document alone; tests compare every real answer
with it.

Requests, reasons, checks and money are described by the very types that the code works with.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from churn_lib.errors import FallbackReason, FieldFault
from churn_lib.offers.trace import Candidate, Economics, Kind
from churn_lib.score.scorecard import Reason, Risk

Probability = Annotated[float, Field(ge=0, le=1)]
DecisionId = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
Absent = Annotated[str, Field(default_factory=str)]
"""A key that is left out where there is nothing to say."""


class AsObjects(GenerateJsonSchema):
    """Writes a named tuple as the object that its `_asdict()` is, and leaves all names as they
    are.
    """

    def named_tuple_schema(self, schema: core_schema.NamedTupleSchema) -> JsonSchemaValue:
        properties = {
            field["name"]: self.generate_inner(field["schema"]) for field in schema["fields"]
        }
        return {
            "type": "object",
            "properties": properties,
            "required": [*properties],
            "additionalProperties": False,
        }

    def get_title_from_name(self, name: str) -> str:
        return name


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Offer(Part):
    """The offer that pays best, and its words with every number filled in."""

    id: str
    name: str
    kind: Kind
    why: str
    terms: dict[str, float]
    accept_until: Annotated[
        str, Field(json_schema_extra={"format": "date"}, description="the last day to accept")
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
    eligible: Annotated[list[str], Field(description="all offers that no rule vetoes")]
    trace: Annotated[
        list[Candidate], Field(description="what became of every offer, with `explain=true`")
    ]


class NoOffer(Part):
    """No offer, and why."""

    id: None
    why: str
    eligible: list[str]
    trace: list[Candidate]


class Metadata(Part):
    """Which decision this is, and what made it.

    `latency_ms` is the time spent inside the function.
    """

    decision_id: DecisionId
    model_version: str
    catalogue_version: Absent
    arm: Literal["policy"]
    latency_ms: Annotated[float, Field(ge=0)]


class Answer(Part):
    """Probability of leaving, exact reasons in log-odds, the offer that pays or none, and what to
    say.
    """

    customerID: Absent
    churn_probability: Probability
    risk: Risk
    reasons: list[Reason]
    marketing_offer: Annotated[
        str, Field(description="all that the customer reads or hears; empty without an offer")
    ]
    offer: Offer | NoOffer
    metadata: Metadata


class OutcomeAnswer(Part):
    """The outcome as it was recorded."""

    decision_id: DecisionId
    outcome: Literal["shown", "accepted", "declined", "stayed", "left"]
    occurred_at: Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class Health(Part):
    """The model is there."""

    status: Literal["healthy"]
    model_version: str
    timestamp: Annotated[float, Field(description="seconds since 1970")]


class Ready(Part):
    """This instance takes requests."""

    status: Literal["ready"]
    model_version: str
    catalogue_version: str


class Draining(Part):
    """This instance is being stopped."""

    status: Literal["draining"]


class Index(Part):
    """Each call, and what it is for."""

    endpoints: dict[str, str]


class Problem(Part):
    """What is wrong (RFC 9457): fields and what is allowed there, and nothing of what was sent."""

    type: Literal["about:blank"]
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    detail: Absent
    errors: Annotated[list[FieldFault], Field(default_factory=list)]

"""`POST /outcomes`: what became of a decision, as one line of the decision log."""

import re
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError
from starlette.requests import Request
from starlette.responses import Response

from churn_lib import log
from churn_lib.customer.contact import ID
from churn_lib.customer.reading import parse_json
from churn_lib.errors import FieldFault, InputError
from churn_lib.log import OutcomeName
from functions.predict import parameters
from functions.server.reply import json_reply

if TYPE_CHECKING:
    from cachetools import TTLCache

KEY = r"^[\x21-\x7e]{1,100}$"
KEY_HEADER = "Idempotency-Key"
REMEMBERED = 10_000
SECONDS_REMEMBERED = 24 * 3600

MOMENT = "a moment with its offset, such as 2026-11-22T14:00:00Z"
_MOMENT = r"(?a)\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)"


def _moment(text: str) -> str:
    """RFC 3339 as it came, once it is sure to be a moment that there is."""
    try:
        datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        text = ""
    if not re.fullmatch(_MOMENT, text):
        raise ValueError
    return text


Reason = Literal[
    "too_expensive",
    "not_useful",
    "has_another_offer",
    "bad_service",
    "moving_away",
    "wants_time",
    "asked_for_it",
    "fits_better",
    "other",
]
"""Why somebody declined, or why another offer was made: nothing of a person in it."""

WITH_A_REASON = ("declined", "overridden")


class Outcome(BaseModel):
    """What became of a decision."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", hide_input_in_errors=True)

    decision_id: Annotated[
        str, Field(pattern=r"^[0-9a-f]{32}$", description="`metadata.decision_id` of the answer")
    ]
    outcome: OutcomeName = Field(
        description="`overridden`: another offer was made than the one decided on"
    )
    occurred_at: (
        Annotated[str, AfterValidator(_moment), Field(json_schema_extra={"format": "date-time"})]
        | None
    ) = Field(None, description=f"{MOMENT}; left out, now")

    offer: Annotated[str, Field(pattern=ID)] | None = Field(
        None, description="id of the offer that was made; with `overridden`, and only there"
    )
    reason: Reason | None = Field(
        None, description="why; with `declined` or `overridden`, and only there"
    )

    @model_validator(mode="after")
    def _agree(self) -> Self:
        overridden, faults = self.outcome == "overridden", []
        if overridden != (self.offer is not None):
            faults.append(FieldFault("offer", "must be given with `overridden`, and only there"))
        if self.reason is not None and self.outcome not in WITH_A_REASON:
            faults.append(FieldFault("reason", "must be left out but with declined or overridden"))
        if faults:
            raise PydanticCustomError("contradiction", "fields disagree", {"faults": faults})
        return self


Recorded = dict[str, str]


async def outcomes(request: Request, body: bytes) -> Response:
    """Records the outcome, once for each key, and answers 202; the decision is not looked up."""
    parameters(request)
    outcome, key = parse_json(Outcome, body), request.headers.get(KEY_HEADER)
    if key is None:
        return json_reply(_record(outcome, None, request), 202)
    if not re.fullmatch(KEY, key):
        raise InputError(
            [FieldFault(KEY_HEADER, "must be 1 to 100 printable ASCII characters without spaces")]
        )
    seen = _seen()
    known = seen.get(key)
    asked, answer = known or (outcome, _record(outcome, key, request))
    seen[key] = asked, answer
    if asked != outcome:
        raise InputError([FieldFault(KEY_HEADER, "was used for another outcome")])
    return json_reply(answer, 202)


def _record(outcome: Outcome, key: str | None, request: Request) -> Recorded:
    occurred_at = outcome.occurred_at or datetime.now(UTC).isoformat()
    trace = log.trace_fields(request.headers)
    known = {
        "decision_id": outcome.decision_id,
        "outcome": outcome.outcome,
        "occurred_at": occurred_at,
    }
    offer, reason = outcome.offer, outcome.reason
    log.outcome(**known, offer=offer, reason=reason, key=key, trace=trace)
    more = {"offer": offer, "reason": reason}
    return known | {name: given for name, given in more.items() if given is not None}


@cache
def _seen() -> "TTLCache[str, tuple[Outcome, Recorded]]":
    """The keys of this instance.

    Another one does not know them, which is why the line holds the key too.
    """
    from cachetools import TTLCache

    return TTLCache(REMEMBERED, SECONDS_REMEMBERED)

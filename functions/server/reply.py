"""JSON answers, written so that no content can make them unreadable."""

from collections.abc import AsyncIterator

from pydantic_core import to_json
from starlette.responses import Response, StreamingResponse

from churn_lib.errors import ChurnError, InputError, MethodError, SlowBodyError

POLICY = b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""Of an answer that is no page; a page says itself what it needs."""


NDJSON = "application/x-ndjson"


def json_line(content: object) -> bytes:
    """JSON in UTF-8 and the end of its line; a number that JSON does not know becomes null."""
    return to_json(content, inf_nan_mode="null") + b"\n"


def lines_reply(lines: AsyncIterator[bytes]) -> Response:
    """NDJSON, sent as it is written."""
    return StreamingResponse(lines, headers={"Cache-Control": "no-store"}, media_type=NDJSON)


def json_reply(
    content: object, status: int = 200, media_type: str = "application/json"
) -> Response:
    """A JSON response."""
    return Response(json_line(content), status, {"Cache-Control": "no-store"}, media_type)


def problem(error: ChurnError) -> Response:
    """The error as its status and a JSON body that names fields and what is allowed, and repeats no
    input.
    """
    content: dict[str, object] = {
        "type": "about:blank",
        "title": error.title,
        "status": error.status,
    }
    if error.status < 500:
        content["detail"] = str(error)
    if isinstance(error, InputError):
        content["errors"] = [fault._asdict() for fault in error.faults]
    return refusal(error, json_reply(content, error.status, "application/problem+json"))


def refusal(error: ChurnError, reply: Response) -> Response:
    """The reply with the headers that belong to the error."""
    if isinstance(error, MethodError):
        reply.headers["Allow"] = ", ".join(error.allowed)
    elif isinstance(error, SlowBodyError):
        reply.headers["Connection"] = "close"  # else the rest of the body would be waited for
    elif error.status == 503:
        reply.headers["Retry-After"] = "1"
    return reply

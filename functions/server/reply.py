"""JSON answers, written so that no content can make them unreadable."""

from pydantic_core import to_json
from starlette.responses import Response

POLICY = b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""Of an answer that is no page; a page says itself what it needs."""


def json_reply(
    content: object, status: int = 200, media_type: str = "application/json"
) -> Response:
    """A JSON response in UTF-8; a number that JSON does not know becomes null."""
    body = to_json(content, inf_nan_mode="null") + b"\n"
    return Response(body, status, {"Cache-Control": "no-store"}, media_type)

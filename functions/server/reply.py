"""JSON answers, written so that no content can make them unreadable."""

from pydantic_core import to_json
from starlette.responses import Response

POLICY = b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""Of an answer that is no page; a page says itself what it needs."""


def json_reply(
    content: object, status: int = 200, media_type: str = "application/json"
) -> Response:
    """A JSON response in UTF-8; a number that JSON does not know becomes null."""
    return JsonReply(to_json(content, inf_nan_mode="null") + b"\n", status, media_type)


class JsonReply(Response):
    """Writes its headers itself: Starlette's general way takes as long as the score."""

    def __init__(self, body: bytes, status: int, media_type: str) -> None:
        self.body, self.status_code, self.background = body, status, None
        self.raw_headers = [
            (b"content-length", b"%d" % len(body)),
            (b"content-type", media_type.encode()),
            (b"cache-control", b"no-store"),
            (b"content-security-policy", POLICY),
        ]

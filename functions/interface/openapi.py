"""`GET /openapi.json`: the interface as OpenAPI 3.1."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response


async def openapi(_request: Request, _body: bytes) -> Response:
    """The document, made when it is first asked for: serving does without what makes it."""
    return Response(
        await asyncio.to_thread(_document),
        headers={"Cache-Control": "max-age=300"},
        media_type="application/json",
    )


def _document() -> bytes:
    from functions.interface.document import DOCUMENT

    return DOCUMENT

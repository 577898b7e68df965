"""`GET /openapi.json`: the interface as OpenAPI 3.1."""

import asyncio
from functools import cache

from starlette.requests import Request
from starlette.responses import Response

from functions.server.packed import Packed


async def openapi(request: Request, _body: bytes) -> Response:
    """The document, made when it is first asked for: serving does without what makes it."""
    return (await asyncio.to_thread(_document)).reply(request)


@cache
def _document() -> Packed:
    from functions.interface.document import DOCUMENT

    return Packed(DOCUMENT, "application/json", {"Cache-Control": "max-age=300"})

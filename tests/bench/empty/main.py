"""The empty function that the real one is measured against: the framework and nothing else."""

from functions_framework import aio
from starlette.requests import Request
from starlette.responses import Response


@aio.http
async def predict(_request: Request) -> Response:
    return Response(b"{}", media_type="application/json")

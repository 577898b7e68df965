"""`GET /health`: is the model there, and which one.

`GET /ready`: may this instance get requests.
"""

import asyncio
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response

from churn_lib.score.scorecard import scorecard
from functions.server.drain import drain
from functions.server.reply import json_reply


async def health(_request: Request, _body: bytes) -> Response:
    """`healthy` and the model's version; 503 when the model can't be loaded."""
    version, now = scorecard().version, datetime.now(UTC)
    # `timestamp` is for clients of the first version, `time` for everybody else.
    return json_reply(
        {
            "status": "healthy",
            "model_version": version,
            "timestamp": now.timestamp(),
            "time": now.isoformat(),
        }
    )


async def ready(_request: Request, _body: bytes) -> Response:
    """`ready` with the versions of model and catalogue, loaded by then; 503 when they can't be.

    503 with `draining` once the instance is being stopped.
    """
    if drain.begun:
        return json_reply({"status": "draining"}, 503)
    model, catalogue = await asyncio.to_thread(_versions)
    return json_reply({"status": "ready", "model_version": model, "catalogue_version": catalogue})


def _versions() -> tuple[str, str]:
    from churn_lib.offers.catalogue import catalogue

    return scorecard().version, catalogue().version

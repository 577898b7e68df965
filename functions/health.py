"""`GET /health`: is the model there, and which one."""

import time

from starlette.requests import Request
from starlette.responses import Response

from churn_lib import scorecard
from functions.reply import json_reply


async def health(_request: Request, _body: bytes) -> Response:
    """`healthy` and the model's version; 503 when the model can't be loaded."""
    version = scorecard.shared().version
    return json_reply({"status": "healthy", "model_version": version, "timestamp": time.time()})

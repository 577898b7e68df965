"""`GET /health` and `GET /ready` on a real server."""

import asyncio
import json
import math
import time
from datetime import datetime, timedelta

import httpx2
import pytest
from starlette.requests import Request

from churn_lib.offers.catalogue import catalogue
from churn_lib.score.scorecard import scorecard
from functions.health import ready
from functions.server.drain import drain


def test_health_keeps_the_originals_keys_and_tells_which_model_serves(
    client: httpx2.Client,
) -> None:
    answer = client.get("/health").json()
    assert (answer["status"], answer["model_version"]) == ("healthy", scorecard().version)
    assert abs(answer["timestamp"] - time.time()) < 60
    now = datetime.fromisoformat(answer["time"])
    assert now.utcoffset() == timedelta(0)
    assert now.timestamp() == pytest.approx(answer["timestamp"], abs=1e-3)


def test_ready_tells_which_model_and_catalogue_serve(client: httpx2.Client) -> None:
    assert client.get("/ready").json() == {
        "status": "ready",
        "model_version": scorecard().version,
        "catalogue_version": catalogue().version,
    }


def test_an_instance_that_is_being_stopped_is_not_ready() -> None:
    """Not over the network: by then the server takes no new connection, and asks for no more on the
    open ones.
    """
    drain.ends_at = 0.0
    try:
        response = asyncio.run(ready(Request({"type": "http", "headers": []}), b""))
    finally:
        drain.ends_at = math.inf
    assert (response.status_code, json.loads(bytes(response.body))) == (503, {"status": "draining"})

"""`GET /health` and `GET /ready` on a real server."""

import time

import httpx2

from churn_lib import scorecard
from churn_lib.offers import catalogue


def test_health_keeps_the_originals_keys_and_tells_which_model_serves(client: httpx2.Client) -> None:
    answer = client.get("/health").json()
    assert (answer["status"], answer["model_version"]) == ("healthy", scorecard.shared().version)
    assert abs(answer["timestamp"] - time.time()) < 60


def test_ready_tells_which_model_and_catalogue_serve(client: httpx2.Client) -> None:
    assert client.get("/ready").json() == {
        "status": "ready",
        "model_version": scorecard.shared().version,
        "catalogue_version": catalogue.shared().version,
    }

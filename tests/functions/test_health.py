"""`GET /health` on a real server."""

import time

import httpx2

from churn_lib import scorecard


def test_health_keeps_the_originals_keys_and_tells_which_model_serves(client: httpx2.Client) -> None:
    answer = client.get("/health").json()
    assert (answer["status"], answer["model_version"]) == ("healthy", scorecard.shared().version)
    assert abs(answer["timestamp"] - time.time()) < 60

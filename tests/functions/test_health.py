"""`GET /health` and `GET /ready` on a real server."""

import asyncio
import json
import math
import shutil
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from starlette.requests import Request

from churn_lib.customer.request import PredictRequest
from churn_lib.offers.catalogue import catalogue
from churn_lib.score.scorecard import scorecard
from functions.health import ready
from functions.server.drain import drain
from tests.serving import ROOT, serve


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


@pytest.mark.parametrize(
    ("name", "value", "health"),
    [
        ("RISK_HIGH_FROM", "canary4711", 503),
        ("RISK_MEDIUM_FROM", "0.9", 503),
        ("DECISION_LOG", "/canary4711/x", 200),
        ("DECISION_LOG_ATTRIBUTES", "canary4711", 200),
    ],
)
def test_no_traffic_moves_to_where_nobody_is_scored_or_no_decision_logged(
    name: str, value: str, health: int
) -> None:
    with serve({name: value}) as server:
        found = [
            httpx2.get(server.url + path, trust_env=False).status_code
            for path in ("/ready", "/health")
        ]
        printed = server.printed()
    assert found == [503, health]
    assert f"NotReadyError: {name} must" in printed
    assert "canary4711" not in printed


def test_readiness_names_every_setting_that_is_wrong() -> None:
    wrong = {"RISK_HIGH_FROM": "7", "DECISION_LOG": "/canary4711/x", "GEMINI_SLOTS": "1_0"}
    with serve(wrong) as server:
        status = httpx2.get(f"{server.url}/ready", trust_env=False).status_code
        printed = server.printed()
    assert status == 503
    assert [f"{name} must be" in printed for name in wrong] == [True] * 3
    assert "Traceback" not in printed


def test_readiness_names_keys_that_can_be_none_and_what_costs_less() -> None:
    wrong = {
        "GEMINI_API_KEY_FILE": "/canary4711/x",
        "EXPERIMENT_KEY_SECRET": "canary4711",
        "GOOGLE_CLOUD_PROJECT": "Canary4711 x",
    }
    with serve(wrong) as server:
        response = httpx2.get(f"{server.url}/ready", trust_env=False)
        printed = server.printed()
    assert response.status_code == 200
    assert set(response.json()["wrong"]) == wrong.keys()
    assert "canary4711" not in printed + response.text


def test_a_log_that_can_not_be_kept_costs_no_answer_and_loses_no_outcome_in_silence(
    example: dict[str, object],
) -> None:
    outcome = {"decision_id": "0" * 32, "outcome": "accepted"}
    with serve({"DECISION_LOG_ATTRIBUTES": "canary4711"}) as server:
        answered = httpx2.post(f"{server.url}/predict", json=example, trust_env=False, timeout=30)
        recorded = httpx2.post(f"{server.url}/outcomes", json=outcome, trust_env=False)
        printed = server.printed()
    assert (answered.status_code, recorded.status_code) == (200, 503)
    assert answered.json()["offer"]["id"]
    assert '"decision"' not in printed
    assert "Traceback" not in printed


@pytest.fixture(scope="module", params=["cut", "missing", "not UTF-8", "percent"])
def without_offers(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx2.Client]:
    """A client of a function whose catalogue can't be used."""
    folder = tmp_path_factory.mktemp("function")
    for name in ("main.py", "churn_lib", "functions", "artifacts"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    damage(folder / "artifacts" / "offers.toml", request.param)
    with (
        serve(folder=folder) as server,
        httpx2.Client(base_url=server.url, trust_env=False, timeout=30) as client,
    ):
        yield client
        printed = server.printed()
    assert printed.count("no offers can be made: offers.toml") <= 4  # not once for each request
    assert "Traceback" not in printed


def damage(file: Path, how: str) -> None:
    content = file.read_bytes()
    match how:
        case "cut":
            file.write_bytes(content[: len(content) // 2])
        case "missing":
            file.unlink()
        case "not UTF-8":
            file.write_bytes(content + b"# \xff\n")
        case _:
            file.write_bytes(content.replace(b"percent = 10,", b"percent = 110,", 1))
            assert file.read_bytes() != content


def test_a_damaged_catalogue_costs_the_offer_alone(
    without_offers: httpx2.Client, example: dict[str, object]
) -> None:
    probability = scorecard().score(PredictRequest.model_validate(example)).probability
    calls = {"calls": [[example]] * 2, "userDefinedContext": {"mode": "offer"}}
    rows = without_offers.post("/predict/batch?offer=template", json=[example] * 2).text
    answers = [
        *(
            without_offers.post(f"/predict{query}", json=example).json()
            for query in ("", "?offer=template", "?offer=gemini&explain=true")
        ),
        *map(json.loads, rows.splitlines()[:2]),
        *without_offers.post("/bigquery", json=calls).json()["replies"],
    ]
    assert len(answers) == 7
    for answer in answers:
        assert answer["churn_probability"] == probability
        assert answer["reasons"]
        assert (answer["marketing_offer"], answer["offer"]["id"]) == ("", None)
        assert "catalogue" in answer["offer"]["why"]
        assert "catalogue_version" not in answer["metadata"]


def test_an_instance_without_a_catalogue_is_ready_and_tells_so(
    without_offers: httpx2.Client,
) -> None:
    assert without_offers.get("/health").status_code == 200
    assert without_offers.get("/ready").json() == {
        "status": "ready",
        "model_version": scorecard().version,
        "wrong": ["offers.toml"],
    }

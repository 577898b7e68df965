"""Routes and the edge."""

import asyncio
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from churn_lib.errors import ChurnError
from churn_lib.settings import settings
from functions.app import Function
from tests.serving import ROOT, Served, serve


@pytest.mark.parametrize(
    "path", ["/nothing", "/predict/", "/predict/x", "/PREDICT", "/health/x", "/%00", "/../etc"]
)
def test_an_unknown_path_is_404(client: httpx2.Client, path: str) -> None:
    response = client.post(path, content=b"{}")
    assert response.status_code == 404
    assert response.json()["title"] == "There is nothing at this path"


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/", "GET, POST, HEAD"),
        ("GET", "/predict", "POST"),
        ("PUT", "/predict", "POST"),
        ("OPTIONS", "/predict", "POST"),
        ("PATCH", "/health", "GET, HEAD"),
        ("POST", "/health", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_405_and_names_the_right_ones(
    client: httpx2.Client, method: str, path: str, allow: str
) -> None:
    response = client.request(method, path)
    assert response.status_code == 405
    assert response.headers["allow"] == allow


def test_head_is_get_without_a_body(client: httpx2.Client) -> None:
    response = client.head("/health")
    assert response.status_code == 200
    assert response.content == b""


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """The function with a scorecard that somebody changed by hand."""
    for name in ("main.py", "churn_lib", "functions", "artifacts"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    scorecard = tmp_path / "artifacts" / "scorecard.json"
    scorecard.write_bytes(scorecard.read_bytes().replace(b'"intercept":', b'"intercept": ', 1))
    return tmp_path


def test_a_damaged_model_is_503_for_the_caller_and_one_clear_line_in_the_log(
    damaged: Path, example: dict[str, object]
) -> None:
    with (
        serve(folder=damaged) as server,
        httpx2.Client(base_url=server.url, trust_env=False) as client,
    ):
        responses = [
            client.post("/predict", json=example),
            client.get("/health"),
            client.get("/ready"),
        ]
        printed = server.printed()
    assert [response.status_code for response in responses] == [503, 503, 503]
    assert responses[0].json() == {
        "type": "about:blank",
        "title": "The model or the catalogue can't be loaded",
        "status": 503,
    }
    assert "scorecard.json is not the file that manifest.json describes" in printed
    assert "Traceback" not in printed


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """An environment whose changes are read."""
    settings.cache_clear()
    yield monkeypatch
    settings.cache_clear()


def ask(content: object) -> httpx2.Response:
    """The answer of a function in this process."""

    async def answer() -> httpx2.Response:
        transport = httpx2.ASGITransport(app=Function())
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.post("/predict?offer=none", json=content)

    return asyncio.run(answer())


@pytest.mark.parametrize(
    ("name", "value", "message", "status"),
    [
        ("RISK_HIGH_FROM", "canary4711", "RISK_HIGH_FROM must be", 500),
        ("DECISION_LOG", "/canary4711/x", "DECISION_LOG must be a file in a folder", 200),
        ("DECISION_LOG_ATTRIBUTES", "canary4711", "DECISION_LOG_ATTRIBUTES must be", 200),
        ("GOOGLE_CLOUD_PROJECT", "Canary4711 x", "GOOGLE_CLOUD_PROJECT must be", 200),
        ("GEMINI_DEADLINE", "canary4711", "GEMINI_DEADLINE must be", 200),
    ],
)
def test_a_wrong_setting_is_named_in_the_log_without_its_value(
    example: dict[str, object],
    variables: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    name: str,
    value: str,
    message: str,
    status: int,
) -> None:
    variables.setenv(name, value)
    response = ask(example)
    assert response.status_code == status
    assert message in caplog.text
    assert "canary4711" not in caplog.text + response.text


def test_the_bands_of_risk_are_settings(
    example: dict[str, object], variables: pytest.MonkeyPatch
) -> None:
    variables.setenv("RISK_MEDIUM_FROM", "0")
    variables.setenv("RISK_HIGH_FROM", "0")
    assert ask(example).json()["risk"] == "high"


def test_no_request_of_this_session_left_anything_in_the_log(
    served: Served, client: httpx2.Client
) -> None:
    client.post("/predict", json={"gender": "canary4711"})
    assert "canary4711" not in served.printed()
    assert "Traceback" not in served.printed()


def classes(root: type[ChurnError]) -> list[type[ChurnError]]:
    return [root, *(found for child in root.__subclasses__() for found in classes(child))]


@pytest.mark.parametrize("error", classes(ChurnError))
def test_every_error_has_a_status_an_exit_code_and_a_place_in_the_tree(
    error: type[ChurnError],
) -> None:
    import churn_lib.errors

    assert error.status in {400, 404, 405, 408, 413, 415, 421, 422, 500, 503}
    assert error.exit_code in {1, 2, 3, 4}
    assert f"{error.__name__} " in str(churn_lib.errors.__doc__)


def test_problems_are_rfc_9457(client: httpx2.Client) -> None:
    response = client.post("/predict", json=[])
    assert response.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "status", "detail"} <= set(json.loads(response.content))

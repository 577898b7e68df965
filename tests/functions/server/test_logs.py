"""What the running function prints and writes: one JSON object a line."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from functions.interface.examples import OUTCOME
from tests.serving import Served, serve, until

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
CLOUD = {"K_SERVICE": "predict", "GOOGLE_CLOUD_PROJECT": "my-project"}
CANARY = "canary4711"


@pytest.fixture(scope="module")
def full() -> Iterator[Served]:
    """A server whose decision log is on a disk that is full."""
    with serve({"DECISION_LOG": "/dev/full"}) as server:
        yield server


def ask(server: Served, content: object, **headers: str) -> httpx2.Response:
    return httpx2.post(
        f"{server.url}/predict?offer=none", json=content, headers=headers, trust_env=False
    )


def printed(server: Served, lines: int = 1) -> list[dict[str, Any]]:
    """What the server printed, once it is so many lines: they come soon after the answers."""
    assert until(lambda: server.printed().count("\n") >= lines)
    return [json.loads(line) for line in server.printed().splitlines()]


def test_each_decision_is_one_line_with_the_trace_of_its_request(
    example: dict[str, object],
) -> None:
    with serve(CLOUD) as server:
        answer = ask(server, example, traceparent=f"00-{TRACE_ID}-b7ad6b7169203331-01").json()
        ask(server, {**example, "Contract": CANARY})
        (line,) = printed(server)
    assert line["decision_id"] == answer["metadata"]["decision_id"]
    assert line["logging.googleapis.com/trace"] == f"projects/my-project/traces/{TRACE_ID}"


def test_a_file_takes_the_lines_in_their_order_and_no_kill_loses_one_of_an_earlier_answer(
    example: dict[str, object], tmp_path: Path
) -> None:
    path = tmp_path / "decisions.ndjson"
    with serve({"DECISION_LOG": str(path)}) as server:
        missing = path.exists()
        answers = [ask(server, example).json() for _ in range(20)]
        assert httpx2.get(f"{server.url}/health", trust_env=False).status_code == 200
        (worker,) = server.workers()
        os.kill(worker, signal.SIGKILL)
        lines = path.read_text().splitlines()
        assert '"decision"' not in server.printed()
    ids = [json.loads(line)["decision_id"] for line in lines]
    assert not missing
    assert ids == [answer["metadata"]["decision_id"] for answer in answers]


def test_a_full_disk_is_an_error_in_the_log_and_costs_nobody_an_answer(
    full: Served, example: dict[str, object]
) -> None:
    assert ask(full, example).status_code == 200
    message = "DECISION_LOG can't be written: No space left on device"
    assert until(lambda: message in full.printed())


def test_an_outcome_that_can_not_be_written_is_503_so_that_it_is_sent_again(full: Served) -> None:
    key = {"Idempotency-Key": "lost"}
    answers = [
        httpx2.post(f"{full.url}/outcomes", json=OUTCOME, headers=key, trust_env=False)
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [503, 503]


@pytest.mark.parametrize("variables", [CLOUD, {**CLOUD, "LOG_EXECUTION_ID": "true"}])
def test_on_google_cloud_errors_are_lines_with_their_severity_too(
    example: dict[str, object], variables: dict[str, str]
) -> None:
    wrong = {"RISK_HIGH_FROM": CANARY, "GUNICORN_LOG_LEVEL": "info"}
    with serve({**variables, **wrong}) as server:
        assert ask(server, example).status_code == 500
        lines = printed(server)
    (error,) = (line for line in lines if line["logger"] == "functions.app")
    assert error["severity"] == "ERROR"
    assert "RISK_HIGH_FROM" in error["message"]
    assert CANARY not in error["message"]
    assert "INFO" in {line["severity"] for line in lines if line["logger"] == "gunicorn.error"}


def test_an_error_is_not_lost_where_the_framework_sets_up_logging_its_own_way(
    example: dict[str, object],
) -> None:
    with serve({"LOG_EXECUTION_ID": "true", "RISK_HIGH_FROM": CANARY}) as server:
        ask(server, example)
        assert "RISK_HIGH_FROM" in server.printed()

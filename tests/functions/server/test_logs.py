"""What the running function prints and writes: one JSON object a line."""

import json
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.serving import Served, serve

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
CLOUD = {"K_SERVICE": "predict", "GOOGLE_CLOUD_PROJECT": "my-project"}
CANARY = "canary4711"


def ask(server: Served, content: object, **headers: str) -> httpx2.Response:
    return httpx2.post(
        f"{server.url}/predict?offer=none", json=content, headers=headers, trust_env=False
    )


def printed(server: Served) -> list[dict[str, Any]]:
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


def test_a_file_takes_the_lines_in_the_place_of_the_output(
    example: dict[str, object], tmp_path: Path
) -> None:
    path = tmp_path / "decisions.ndjson"
    with serve({"DECISION_LOG": str(path)}) as server:
        missing = path.exists()
        answers = [ask(server, example).json() for _ in range(2)]
        assert server.printed() == ""
    ids = [json.loads(line)["decision_id"] for line in path.read_text().splitlines()]
    assert not missing
    assert ids == [answer["metadata"]["decision_id"] for answer in answers]


def test_a_file_in_a_folder_that_is_not_there_is_a_wrong_setting(
    example: dict[str, object],
) -> None:
    with serve({"DECISION_LOG": f"/{CANARY}/decisions.ndjson"}) as server:
        response = ask(server, example)
        log = server.printed()
    assert response.status_code == 500
    assert "DECISION_LOG must be a file in a folder that exists" in log
    assert CANARY not in log


def test_a_file_that_can_not_be_written_costs_nobody_an_answer(
    example: dict[str, object], tmp_path: Path
) -> None:
    with serve({"DECISION_LOG": str(tmp_path)}) as server:
        assert ask(server, example).status_code == 200
        assert "DECISION_LOG can't be written: Is a directory" in server.printed()


@pytest.mark.parametrize("variables", [CLOUD, {**CLOUD, "LOG_EXECUTION_ID": "true"}])
def test_on_google_cloud_errors_are_lines_with_their_severity_too(
    example: dict[str, object], variables: dict[str, str]
) -> None:
    with serve({**variables, "RISK_HIGH_FROM": CANARY}) as server:
        ask(server, example)
        (line,) = printed(server)
    assert (line["severity"], line["logger"]) == ("ERROR", "functions.app")
    assert "RISK_HIGH_FROM" in line["message"]
    assert CANARY not in line["message"]


def test_the_servers_own_errors_are_lines_as_well(example: dict[str, object]) -> None:
    with serve({**CLOUD, "GUNICORN_LOG_LEVEL": "info"}) as server:
        ask(server, example)
        lines = printed(server)
    assert {"INFO"} <= {
        line["severity"] for line in lines if line.get("logger") == "gunicorn.error"
    }


def test_an_error_is_not_lost_where_the_framework_sets_up_logging_its_own_way(
    example: dict[str, object],
) -> None:
    with serve({"LOG_EXECUTION_ID": "true", "RISK_HIGH_FROM": CANARY}) as server:
        ask(server, example)
        assert "RISK_HIGH_FROM" in server.printed()

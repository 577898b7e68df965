"""`POST /predict` with Gemini: a real server, a real fake of Gemini on a port, and every fault
between them.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.churn_lib.gemini.test_reply import REASONS
from tests.churn_lib.gemini.writing import KEY, variables
from tests.conftest import EXAMPLE
from tests.fakes.gemini import FakeGemini, unused_port
from tests.serving import ROOT, Served, serve, wait_for, wait_for_gemini

ONE_OF_EACH = {reason: scenario for scenario, (reason, _) in reversed(REASONS.items())}
"""A fault for each label: all of them are told apart by the writer, and tested there."""

DEADLINE = 2.5
LONGEST_REQUEST = 9
FEW_FAILURES = 2
"""Good calls before each fault, so that the breaker stays closed."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Gemini:
    """The fake in its own process."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def script(self, *scenarios: str) -> None:
        self.control(script=scenarios)

    def control(self, **told: object) -> None:
        """As `POST /_control` of the fake: scenario, delay, script."""
        httpx2.post(f"{self.url}/_control", json=told, trust_env=False).raise_for_status()

    @property
    def calls(self) -> int:
        return int(httpx2.get(f"{self.url}/_control", trust_env=False).json()["calls"])


@pytest.fixture(scope="module")
def gemini() -> Iterator[Gemini]:
    port = unused_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.gemini", "--port", str(port)], cwd=ROOT
    )
    try:
        wait_for(port, process)
        yield Gemini(port)
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def served(gemini: Gemini) -> Iterator[Served]:
    variables = {
        "GEMINI_API_KEY": KEY,
        "GEMINI_BASE_URL": gemini.url,
        "GEMINI_DEADLINE": str(DEADLINE),
        "GEMINI_CALLS_PER_MINUTE": "100000",
        "TEXT_CACHE_SIZE": "0",
    }
    with serve(variables) as server:
        wait_for_gemini(server.url, json.loads(EXAMPLE.read_bytes()))
        yield server


def test_gemini_writes_when_it_is_configured(
    client: httpx2.Client, example: dict[str, object]
) -> None:
    offer = client.post("/predict", json=example).json()["offer"]
    assert (offer["written_by"], offer["fallback_reason"]) == ("gemini", None)
    assert offer["headline"] == "An offer for you"


def test_each_call_is_a_line_with_its_tokens(
    client: httpx2.Client, example: dict[str, object], gemini: Gemini, served: Served
) -> None:
    gemini.script("500")
    client.post("/predict", json=example)
    client.get("/health")  # once that is answered, the lines of what came before are written
    lines = [json.loads(line) for line in served.printed().splitlines() if '"gemini_call"' in line]
    assert [line["result"] for line in lines[-2:]] == ["unavailable", "ok"]
    assert lines[-1]["input_tokens"] > lines[-2]["input_tokens"] == 0
    assert lines[-1]["output_tokens"] > 0


@pytest.mark.parametrize("mode", ["none", "template"])
def test_gemini_is_not_called_when_it_is_not_wanted(
    client: httpx2.Client, example: dict[str, object], gemini: Gemini, mode: str
) -> None:
    before = gemini.calls
    assert client.post(f"/predict?offer={mode}", json=example).status_code == 200
    assert gemini.calls == before


@pytest.mark.parametrize("scenario", [*ONE_OF_EACH.values(), "lies"])
def test_any_fault_is_a_labelled_template_in_time(
    client: httpx2.Client, example: dict[str, object], gemini: Gemini, scenario: str, served: Served
) -> None:
    reason, calls = REASONS.get(scenario, ("guard", 2))
    for _ in range(FEW_FAILURES):
        assert client.post("/predict", json=example).json()["offer"]["written_by"] == "gemini"
    gemini.script(*[scenario] * calls)
    started = time.perf_counter()
    response = client.post("/predict", json=example)
    seconds = time.perf_counter() - started
    answer = response.json()
    assert response.status_code == 200
    assert (answer["offer"]["written_by"], answer["offer"]["fallback_reason"]) == (
        "template",
        reason,
    )
    assert 0 < answer["churn_probability"] < 1
    assert answer["reasons"]
    assert answer["marketing_offer"]
    assert seconds < LONGEST_REQUEST
    assert KEY not in response.text + served.printed()


@pytest.mark.parametrize("scenario", ["in_fence", "after_words", "in_string", "in_parts"])
def test_a_right_answer_in_wrapping_is_used_and_costs_one_call(
    client: httpx2.Client, example: dict[str, object], gemini: Gemini, scenario: str
) -> None:
    before = gemini.calls
    gemini.script(scenario)
    offer = client.post("/predict", json=example).json()["offer"]
    assert (offer["written_by"], offer["headline"]) == ("gemini", "An offer for you")
    assert gemini.calls == before + 1


def test_many_answers_of_another_form_are_no_outage(
    client: httpx2.Client, example: dict[str, object], gemini: Gemini
) -> None:
    gemini.script(*["trailing_comma"] * 30)
    offers = [client.post("/predict", json=example).json()["offer"] for _ in range(16)]
    reasons = [offer["fallback_reason"] for offer in offers]
    assert reasons == ["bad_answer"] * 15 + [None]


@pytest.mark.anyio
async def test_after_sigterm_no_row_of_a_batch_calls_gemini_anew() -> None:
    rows = [json.loads(EXAMPLE.read_bytes())] * 40
    async with FakeGemini("hang") as hanging:
        with serve(variables(hanging.url)) as server:
            async with (
                httpx2.AsyncClient(base_url=server.url, trust_env=False, timeout=30) as client,
                asyncio.TaskGroup() as tasks,
            ):
                batch = tasks.create_task(client.post("/predict/batch?offer=gemini", json=rows))
                await asyncio.wait_for(hanging.called.wait(), 20)
                server.process.terminate()
                answered = await batch
            assert await asyncio.to_thread(server.process.wait, 8) == 0
            assert server.complaints() == []
    *answers, last = map(json.loads, answered.text.splitlines())
    assert {answer["offer"]["fallback_reason"] for answer in answers} == {"shutdown"}
    assert last == {"done": True, "rows": len(rows), "rejected": 0}
    assert len(hanging.calls) == 1


@pytest.fixture(scope="module")
def misconfigured() -> Iterator[Served]:
    """A server whose model does not think so little."""
    wrong = {"GEMINI_MODEL": "gemini-3.8-flash", "GEMINI_THINKING": "minimal"}
    with serve({"GEMINI_API_KEY": KEY, **wrong}) as server:
        yield server


@pytest.mark.parametrize(
    ("path", "many"),
    [
        ("/predict", False),
        ("/?offer=gemini", False),
        ("/predict/batch?offer=gemini", True),
        ("/bigquery", True),
    ],
)
def test_a_wrong_setting_of_gemini_costs_its_words_alone(
    misconfigured: Served, example: dict[str, object], path: str, many: bool
) -> None:
    calls = {"calls": [[example]], "userDefinedContext": {"mode": "offer"}}
    body = calls if path == "/bigquery" else [example] if many else example
    response = httpx2.post(f"{misconfigured.url}{path}", json=body, trust_env=False, timeout=30)
    assert response.status_code == 200
    found = json.loads(response.text.splitlines()[0])
    answer = found["replies"][0] if path == "/bigquery" else found
    assert answer["churn_probability"] > 0
    assert answer["marketing_offer"]
    assert (answer["offer"]["written_by"], answer["offer"]["fallback_reason"]) == (
        "template",
        "misconfigured",
    )


def test_readiness_tells_a_wrong_setting_of_gemini_and_the_log_names_it_once(
    misconfigured: Served,
) -> None:
    for _ in range(2):
        found = httpx2.get(f"{misconfigured.url}/ready", trust_env=False)
        assert (found.status_code, found.json()["wrong"]) == (200, ["GEMINI_THINKING"])
    printed = misconfigured.printed()
    assert printed.count("GEMINI_THINKING must be one of") == 1
    assert KEY not in printed


def in_two(client: httpx2.Client, example: dict[str, object], query: str = "") -> list[Any]:
    answer = client.post(
        f"/predict{query}", json=example, headers={"Accept": "application/x-ndjson"}
    )
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


def test_who_accepts_lines_gets_all_at_once_and_geminis_words_in_a_second_one(
    client: httpx2.Client, example: dict[str, object], served: Served
) -> None:
    whole = client.post("/predict?offer=template", json=example).json()
    first, second = in_two(client, example)
    changing = {"metadata": None}
    assert {**first, **changing} == {**whole, **changing}
    assert set(second) == {"offer", "marketing_offer", "metadata"}
    assert second["offer"]["written_by"] == "gemini"
    assert second["offer"]["id"] == first["offer"]["id"]
    identifier = first["metadata"]["decision_id"]
    assert second["metadata"]["decision_id"] == identifier
    client.get("/health")  # once that is answered, the lines of what came before are written
    lines = [json.loads(line) for line in served.printed().splitlines() if identifier in line]
    assert [(line["event"], line["written_by"]) for line in lines] == [("decision", "gemini")]


def test_where_gemini_fails_the_second_line_says_why_its_words_are_the_template(
    client: httpx2.Client, example: dict[str, object], gemini: Gemini
) -> None:
    in_two(client, example)
    gemini.script("400")
    first, second = in_two(client, example)
    assert second["offer"]["fallback_reason"]
    assert second["marketing_offer"] == first["marketing_offer"]


@pytest.mark.parametrize("mode", ["none", "template"])
def test_in_two_lines_too_gemini_is_not_called_when_it_is_not_wanted(
    client: httpx2.Client, example: dict[str, object], gemini: Gemini, mode: str
) -> None:
    before = gemini.calls
    first, second = in_two(client, example, f"?offer={mode}")
    assert second["offer"] == first["offer"]
    assert gemini.calls == before


def test_what_is_wrong_has_its_status_in_lines_too(client: httpx2.Client) -> None:
    answer = client.post("/predict", json={}, headers={"Accept": "application/x-ndjson"})
    assert answer.status_code == 422

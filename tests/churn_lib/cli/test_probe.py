"""`churn doctor --url`: a running function, and all that may stand in its place."""

import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import get_args

import pytest
from pydantic_core import to_jsonable_python
from typer.testing import CliRunner, Result

from churn_lib.answer import answer
from churn_lib.cli import app
from churn_lib.cli.probe import ADVICE, EXAMPLE
from churn_lib.errors import FallbackReason
from tests.churn_lib.cli.test_doctor import Ran
from tests.fakes.gemini import unused_port
from tests.serving import Served

IDENTITY = "an-identity-token-that-must-never-be-seen"
MADE = to_jsonable_python(asyncio.run(answer(EXAMPLE, "template")))
GOOD: Mapping[str, object] = {
    **MADE,
    "offer": {**MADE["offer"], "written_by": "gemini", "fallback_reason": None},
}
NOTHING: Mapping[str, object] = {
    "id": None,
    "why": "No offer pays.",
    "eligible": [],
    "not_checked": [],
    "trace": [],
}
HEALTHY: Mapping[str, object] = {"status": "healthy", "model_version": "49e6a1496f62"}


@contextmanager
def remote(
    status: int = 200, found: object = GOOD, health: object = HEALTHY, to: str = ""
) -> Iterator["Remote"]:
    """A server that answers so, and keeps the requests that it got."""
    server = Remote(status, found, health, to)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Remote(ThreadingHTTPServer):
    def __init__(self, status: int, found: object, health: object, to: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.status, self.found, self.health, self.to = status, found, health, to
        self.requests: list[tuple[str, str | None]] = []


class Handler(BaseHTTPRequestHandler):
    server: Remote

    def do_GET(self) -> None:
        self._answer(self.server.health)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(self.server.found)

    def _answer(self, found: object) -> None:
        self.server.requests.append((self.path, self.headers["Authorization"]))
        body = found if isinstance(found, bytes) else json.dumps(found).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        if self.server.to:
            self.send_header("Location", self.server.to)
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None: ...


def at(url: str, *arguments: str, token: str = "") -> Ran:
    result: Result = CliRunner().invoke(
        app,
        ["doctor", "--url", url, *arguments],
        env={"COLUMNS": "80", "NO_COLOR": "1", "CHURN_TOKEN": token},
    )
    assert not token or token not in result.output
    return Ran(result.exit_code, result.output)


def test_a_running_function_is_healthy_and_answers(served: Served) -> None:
    result = at(f"{served.url}/")
    assert result.code == 0
    assert "ok Health healthy, model " in result.words
    assert "ok Words from a template, in " in result.words


def test_live_fails_for_a_running_function_without_a_key(served: Served) -> None:
    result = at(served.url, "--live")
    assert result.code == 1
    assert "wrong Words from a template, labelled no_key, in " in result.words


def test_the_token_is_sent_and_live_asks_for_gemini() -> None:
    with remote() as server:
        result = at(f"{server.url}/function", "--live", token=IDENTITY)
    assert result.code == 0
    assert server.requests == [
        ("/function/health", f"Bearer {IDENTITY}"),
        ("/function/predict?offer=gemini", f"Bearer {IDENTITY}"),
    ]


@pytest.mark.parametrize(
    ("status", "hint"), [(403, "Set CHURN_TOKEN="), (404, "address"), (503, "log"), (500, "500")]
)
def test_a_status_is_named_with_what_to_do(status: int, hint: str) -> None:
    with remote(status) as server:
        result = at(server.url)
    assert (result.code, result.shown.splitlines()[0]) == (1, "2 things are wrong")
    assert f"/predict answers with status {status}" in result.words
    assert hint in result.words


def test_a_redirect_is_not_followed() -> None:
    with remote() as elsewhere, remote(302, to=elsewhere.url) as server:
        result = at(server.url, token=IDENTITY)
    assert (result.code, elsewhere.requests) == (1, [])
    assert "answers with status 302" in result.words


@pytest.mark.parametrize(
    "found",
    [
        b"<html>",
        b"\xff" * 10,
        b"[" * 50_000,
        {},
        {**GOOD, "churn_probability": 1.5},
        {**GOOD, "risk": "\x1b[2J"},
        {**GOOD, "metadata": {"model_version": "\x1b[2J"}},
        {**GOOD, "offer": {"id": "x", "fallback_reason": "\x1b[2J"}},
    ],
)
def test_an_answer_of_another_shape_is_wrong_and_not_repeated(found: object) -> None:
    with remote(found=found) as server:
        result = at(server.url)
    assert result.code == 1
    assert "wrong /predict another answer than agreed: " in result.words
    assert "\x1b" not in result.shown


@pytest.mark.parametrize("found", [b"x" * 300_000, b""])
def test_an_answer_of_any_size_is_survived(found: bytes) -> None:
    with remote(found=found) as server:
        assert at(server.url).code == 1


def test_an_example_that_gets_no_offer_proves_nothing_about_gemini() -> None:
    with remote(found={**GOOD, "offer": NOTHING}) as server:
        assert (at(server.url).code, at(server.url, "--live").code) == (0, 1)


def test_nobody_at_the_address_is_said() -> None:
    result = at(f"http://127.0.0.1:{unused_port()}")
    assert result.code == 1
    assert "gives no answer: ClientConnectorError" in result.words


@pytest.mark.parametrize(
    ("url", "token", "field"),
    [
        ("ftp://127.0.0.1", "", "--url"),
        ("example.org", "", "--url"),
        ("http://[", "", "--url"),
        ("http://host:99999", "", "--url"),
        ("http://a..b", "", "--url"),
        (f"http://{'a' * 300}", "", "--url"),
        ("https://user@host", "", "--url"),
        ("http://example.org", IDENTITY, "--url"),
        ("https://example.org", "two\nlines", "--token"),
    ],
)
def test_an_address_that_must_not_be_asked_is_refused(url: str, token: str, field: str) -> None:
    result = at(url, token=token)
    assert result.code == 2
    assert result.shown.startswith(f"{field}: must be")


def test_there_is_advice_for_every_reason() -> None:
    assert set(ADVICE) == set(get_args(FallbackReason))


def test_the_advice_for_a_refused_call_names_all_that_makes_its_address() -> None:
    parts = {"MODEL", "BASE_URL", "VERTEX_PROJECT", "VERTEX_LOCATION"}
    assert parts <= set(re.findall(r"GEMINI_(\w+)", ADVICE["bad_request"]))


def test_nothing_of_the_address_steers_the_terminal() -> None:
    result = at(f"http://127.0.0.1:{unused_port()}/\x1b[2J\x9b2J\u202e")
    assert result.code == 1
    assert result.shown.replace("\n", "").isprintable()

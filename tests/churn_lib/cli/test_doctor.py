import asyncio
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import copytree
from threading import Thread
from typing import NamedTuple, get_args

import pytest
from typer.testing import CliRunner, Result

from churn_lib.cli import app
from churn_lib.doctor import (
    Finding,
    about_access,
    about_catalogue,
    about_gemini,
    about_packages,
    about_python,
    about_score,
    misspelled,
)
from churn_lib.errors import FallbackReason
from churn_lib.scorecard import ARTIFACTS
from churn_lib.settings import read_settings
from churn_lib.trial import ADVICE, EXAMPLE
from tests.fakes.gemini import FakeGemini, unused_port
from tests.fakes.secret_manager import NAME, FakeSecretManager
from tests.serving import ROOT, Served, clean_environment

KEY = "AIza-a-key-that-must-never-be-seen"
ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:gemini"
IDENTITY = "an-identity-token-that-must-never-be-seen"
GOOD: Mapping[str, object] = {
    "churn_probability": 0.25,
    "risk": "low",
    "reasons": [],
    "marketing_offer": "Hello",
    "offer": {"id": "annual-plan", "written_by": "gemini", "fallback_reason": None},
    "metadata": {"model_version": "49e6a1496f62"},
}
HEALTHY: Mapping[str, object] = {"status": "healthy", "model_version": "49e6a1496f62"}


class Ran(NamedTuple):
    code: int
    shown: str

    @property
    def words(self) -> str:
        """All that was shown, on one line."""
        return " ".join(self.shown.split())


async def ran(folder: Path, *arguments: str, **variables: str) -> Ran:
    """`churn doctor` as a process of its own in this folder, whose `.env` counts."""
    environment = {**clean_environment(), "PYTHONPATH": str(ROOT), "COLUMNS": "80", **variables}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error::ResourceWarning", "-m", "churn_lib", "doctor", *arguments),
        cwd=folder,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    shown, _ = await process.communicate()
    assert KEY.encode() not in shown
    assert b"Unclosed" not in shown
    return Ran(process.returncode or 0, shown.decode())


def doctor(folder: Path, *arguments: str, **variables: str) -> Ran:
    return asyncio.run(ran(folder, *arguments, **variables))


def live(folder: Path, scenario: str, **variables: str) -> Ran:
    """`churn doctor --live` with a Gemini that answers so."""

    async def with_gemini() -> Ran:
        async with FakeGemini(scenario, keys=[KEY]) as gemini:
            given = {"GEMINI_API_KEY": KEY, "GEMINI_BASE_URL": gemini.url, **variables}
            return await ran(folder, "--live", **given)

    return asyncio.run(with_gemini())


def access(*, try_it: bool = False, **variables: str) -> Finding:
    settings = read_settings(variables)
    return asyncio.run(about_access(settings, variables, live=try_it))


def test_with_nothing_configured_nothing_is_wrong_and_what_follows_is_said(tmp_path: Path) -> None:
    result = doctor(tmp_path)
    assert (result.code, result.shown.splitlines()[0]) == (0, "Nothing is wrong")
    assert "missing Gemini key none: offers are written from templates, labelled no_key" in result.words


def test_all_fits_into_80_columns_and_a_pipe_has_no_frames(tmp_path: Path) -> None:
    shown = doctor(tmp_path, GEMINI_API_KEY=KEY).shown
    assert max(map(len, shown.splitlines())) <= 80
    assert shown.isascii()


def test_a_wrong_setting_is_named_without_its_value_and_ends_with_1(tmp_path: Path) -> None:
    result = doctor(tmp_path, "--live", GEMINI_SLOTS="Erika", GEMINI_API_KEY=KEY)
    assert (result.code, result.shown.splitlines()[0]) == (1, "1 thing is wrong")
    assert "wrong Settings GEMINI_SLOTS: " in result.words
    assert "Erika" not in result.shown


def test_settings_of_a_dotenv_file_count_and_are_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"GEMINI_API_KEY={KEY}\nGEMINI_MODLE=x\n")
    words = doctor(tmp_path).words
    assert "ok .env is read from this folder" in words
    assert "set here: GEMINI_API_KEY missing" in words
    assert "from GEMINI_API_KEY in .env" in words
    assert "GEMINI_MODLE is set, and not a setting of this project Did you mean GEMINI_MODEL?" in words


def test_a_dotenv_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe")
    result = doctor(tmp_path, "--live")
    assert result.code == 1
    assert ".env can't be read: UnicodeDecodeError" in result.words


def test_live_passes_when_gemini_writes(tmp_path: Path) -> None:
    result = live(tmp_path, "ok")
    assert (result.code, result.shown.splitlines()[0]) == (0, "Nothing is wrong")
    assert "ok Words written by Gemini, passed by the guard, in " in result.words


@pytest.mark.parametrize(
    ("scenario", "reason", "detail"),
    [("503", "unavailable", "status 503"), ("400_key", "refused_key", "status 400"), ("lies", "guard", "twice")],
)
def test_live_fails_when_a_template_takes_the_place(tmp_path: Path, scenario: str, reason: str, detail: str) -> None:
    result = live(tmp_path, scenario)
    assert (result.code, result.shown.splitlines()[0]) == (1, "1 thing is wrong")
    assert f"wrong Words from a template, labelled {reason}, in " in result.words
    assert detail in result.words
    assert ADVICE[reason] in result.words


def test_live_fails_without_a_key_and_says_what_to_set(tmp_path: Path) -> None:
    result = doctor(tmp_path, "--live")
    assert result.code == 1
    assert "wrong Words from a template, labelled no_key, in " in result.words
    assert ADVICE["no_key"] in result.words


def test_live_reads_the_key_where_it_is_kept(tmp_path: Path) -> None:
    async def kept(key: str) -> Ran:
        async with FakeSecretManager(key) as manager, FakeGemini(keys=[KEY]) as gemini:
            where = {"GEMINI_API_KEY_SECRET": NAME, "SECRET_MANAGER_ENDPOINT": manager.endpoint}
            return await ran(tmp_path, "--live", GEMINI_BASE_URL=gemini.url, **where)

    found, absent = asyncio.run(kept(KEY)), asyncio.run(kept(""))
    assert (found.code, absent.code) == (0, 1)
    assert f"Gemini key from Secret Manager: {NAME}" in found.words
    assert f"wrong Gemini key {NAME} does not exist" in absent.words
    assert "labelled secret_unavailable" in absent.words


def test_there_is_advice_for_every_reason() -> None:
    assert set(ADVICE) == set(get_args(FallbackReason))


def test_a_key_in_a_cloud_is_named_and_not_read_unless_asked() -> None:
    google, amazon = access(GEMINI_API_KEY_SECRET=NAME), access(GEMINI_API_KEY_SECRET=ARN)
    assert (google.state, google.text) == ("ok", f"from Secret Manager: {NAME}")
    assert (amazon.state, amazon.text) == ("ok", f"from AWS Secrets Manager: {ARN}")


def test_a_key_in_the_place_of_its_name_is_wrong_and_never_shown() -> None:
    found = access(GEMINI_API_KEY_SECRET=KEY)
    assert found.state == "wrong"
    assert KEY not in "".join(found)


def test_a_key_that_fits_no_header_is_wrong_and_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f'"{KEY} "')
    for found in (access(GEMINI_API_KEY=f"{KEY} {KEY}"), access(GEMINI_API_KEY_FILE=str(file))):
        assert found.state == "wrong"
        assert KEY not in "".join(found)


def test_a_key_file_is_read_and_a_missing_one_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "key"
    missing = access(GEMINI_API_KEY_FILE=str(file))
    file.write_text(f"{KEY}\n")
    assert (missing.state, missing.text[:34]) == ("wrong", "GEMINI_API_KEY_FILE can't be read:")
    assert access(GEMINI_API_KEY_FILE=str(file)).text == "from the file that GEMINI_API_KEY_FILE names"


def test_vertex_needs_no_key_and_says_that_one_is_not_used() -> None:
    found = access(GEMINI_VERTEX_PROJECT="my-project", GEMINI_API_KEY=KEY)
    assert found.state == "ok"
    assert found.text == "not needed, and the one that is set is not used: Vertex AI in project my-project, global"


@pytest.mark.parametrize(
    ("variables", "last"),
    [
        ({"GEMINI_API_KEY": KEY}, "aiohttp"),
        ({"GEMINI_VERTEX_PROJECT": "my-project"}, "aiohttp"),
        ({"GEMINI_API_KEY_SECRET": NAME}, "google-crc32c"),
        ({"GEMINI_API_KEY_SECRET": ARN}, "boto3"),
    ],
)
def test_the_packages_that_the_key_needs_are_looked_for(variables: dict[str, str], last: str) -> None:
    found = asyncio.run(about_gemini(read_settings(variables), variables, live=False))
    assert [finding.state for finding in found] == ["ok", "ok", "ok"]
    assert found[2].text.split(", ")[-1].startswith(last)


def test_a_model_that_is_not_documented_is_said_to_be_so() -> None:
    variables = {"GEMINI_API_KEY": KEY, "GEMINI_MODEL": "gemini-9.0-flash"}
    found = asyncio.run(about_gemini(read_settings(variables), variables, live=False))
    assert (found[1].state, "gemini-3.5-flash-lite" in found[1].hint) == ("ok", True)


def test_a_missing_package_is_named_with_what_follows() -> None:
    found = about_packages("Server", ("uvloop", "no-such-package"), "the function can't be served")
    assert (found.state, found.text) == ("wrong", "no-such-package is not installed: the function can't be served")
    assert found.hint.startswith("Type: pip install")


@pytest.mark.parametrize(("python", "state"), [((3, 10), "wrong"), ((3, 12), "ok"), ((3, 14), "wrong")])
def test_only_tested_pythons_are_right(python: tuple[int, int], state: str) -> None:
    assert about_python(python).state == state


def test_variables_that_nobody_reads_are_named_and_those_of_others_are_not() -> None:
    found = list(misspelled(["GEMINI_API_KEY", "GOOGLE_API_KEY", "GEMINI_XYZZY", "PATH"]))
    assert [(finding.state, finding.text.split()[0]) for finding in found] == [
        ("missing", "GOOGLE_API_KEY"),
        ("missing", "GEMINI_XYZZY"),
    ]
    assert found[0].hint == "Did you mean GEMINI_API_KEY?"


def test_a_damaged_score_is_wrong(tmp_path: Path) -> None:
    folder = copytree(ARTIFACTS, tmp_path / "artifacts")
    (folder / "scorecard.json").write_text("{}")
    found = about_score(folder)
    assert (found.state, found.text) == (
        "wrong",
        "scorecard.json is not the file that manifest.json describes: their SHA-256 differ",
    )


def test_a_catalogue_that_is_missing_out_of_date_or_faulty_is_wrong(tmp_path: Path) -> None:
    folder, today = copytree(ARTIFACTS, tmp_path / "artifacts"), date(2026, 12, 1)
    catalogue = folder / "offers.toml"
    late = list(about_catalogue(folder, date(2040, 1, 1)))
    catalogue.write_text(catalogue.read_text("utf-8").replace("\nko = { friendly", "\n# { friendly"), "utf-8")
    faulty = list(about_catalogue(folder, today))
    catalogue.unlink()
    assert [finding.state for finding in about_catalogue(ARTIFACTS, today)] == ["ok"]
    assert (late[0].state, "0 of them valid" in late[0].text) == ("wrong", True)
    assert faulty[-1].state == "wrong"
    assert next(about_catalogue(folder, today)).text == "offers.toml can't be read: No such file or directory"


@contextmanager
def remote(status: int = 200, found: object = GOOD, health: object = HEALTHY, to: str = "") -> Iterator["Remote"]:
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
        app, ["doctor", "--url", url, *arguments], env={"COLUMNS": "80", "NO_COLOR": "1", "CHURN_TOKEN": token}
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


@pytest.mark.parametrize(("status", "hint"), [(403, "Set CHURN_TOKEN="), (404, "address"), (503, "log"), (500, "500")])
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
    with remote(found={**GOOD, "offer": {"id": None}}) as server:
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
        ("https://user@host", "", "--url"),
        ("http://example.org", IDENTITY, "--url"),
        ("https://example.org", "two\nlines", "--token"),
    ],
)
def test_an_address_that_must_not_be_asked_is_refused(url: str, token: str, field: str) -> None:
    result = at(url, token=token)
    assert result.code == 2
    assert result.shown.startswith(f"{field}: must be")


def test_the_example_is_a_valid_customer_who_gets_an_offer(tmp_path: Path) -> None:
    assert EXAMPLE.values()["Contract"] == "Month-to-month"
    assert "gets no offer" not in doctor(tmp_path, "--live").shown

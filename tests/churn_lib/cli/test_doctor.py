"""`churn doctor`: in a folder, with the variables of its environment."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from churn_lib.cli import app
from churn_lib.cli.probe import ADVICE, EXAMPLE
from churn_lib.settings import settings
from churn_lib.words.compose import composer
from tests.fakes.gemini import FakeGemini
from tests.fakes.secret_manager import NAME, FakeSecretManager
from tests.serving import ROOT, clean_environment

KEY = "AIza-a-key-that-must-never-be-seen"
PATIENT = {"GEMINI_DEADLINE": "8.5"}  # on a busy machine the import of the client takes seconds
ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:gemini"


class Ran(NamedTuple):
    code: int
    shown: str

    @property
    def words(self) -> str:
        """All that was shown, on one line."""
        return " ".join(self.shown.split())


@pytest.fixture(autouse=True)
def as_in_a_new_process() -> Iterator[None]:
    """What a process reads once is read anew, here and by the tests that follow."""
    forget()
    yield
    forget()


def forget() -> None:
    settings.cache_clear()
    composer.cache_clear()


def doctor(folder: Path, *arguments: str, **variables: str) -> Ran:
    """`churn doctor` in this folder, whose `.env` counts."""
    forget()
    with chdir(folder):
        result = CliRunner().invoke(app, ["doctor", *arguments], env={"COLUMNS": "80", **variables})
    assert KEY not in result.output
    return Ran(result.exit_code, result.output)


async def ran(folder: Path, **variables: str) -> Ran:
    """`churn doctor --live` as a process of its own, which leaves nothing open."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error::ResourceWarning", "-m", "churn_lib", "doctor", "--live"),
        cwd=folder,
        env={
            **clean_environment(),
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "80",
            **PATIENT,
            **variables,
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    shown, _ = await process.communicate()
    assert KEY.encode() not in shown
    assert b"Unclosed" not in shown
    return Ran(process.returncode or 0, shown.decode())


def live(folder: Path, scenario: str) -> Ran:
    """`churn doctor --live` with a Gemini that answers so."""

    async def with_gemini() -> Ran:
        async with FakeGemini(scenario, keys=[KEY]) as gemini:
            given = {"GEMINI_API_KEY": KEY, "GEMINI_BASE_URL": gemini.url, **PATIENT}
            return await asyncio.to_thread(doctor, folder, "--live", **given)

    return asyncio.run(with_gemini())


def test_with_nothing_configured_nothing_is_wrong_and_what_follows_is_said(tmp_path: Path) -> None:
    result = doctor(tmp_path)
    assert (result.code, result.shown.splitlines()[0]) == (0, "Nothing is wrong")
    assert (
        "missing Gemini key none: offers are written from templates, labelled no_key"
        in result.words
    )


def test_all_fits_into_80_columns_and_a_pipe_has_no_frames(tmp_path: Path) -> None:
    shown = doctor(tmp_path, GEMINI_API_KEY=KEY).shown
    assert max(map(len, shown.splitlines())) <= 80
    assert shown.isascii()


def test_a_wrong_setting_is_named_without_its_value_and_ends_with_1(tmp_path: Path) -> None:
    result = doctor(tmp_path, "--live", GEMINI_SLOTS="Erika", GEMINI_API_KEY=KEY)
    assert (result.code, result.shown.splitlines()[0]) == (1, "1 thing is wrong")
    assert "wrong Settings GEMINI_SLOTS must be a whole number from 1 to 1000 " in result.words
    assert "until then offers are written from templates, labelled misconfigured." in result.words
    assert "Erika" not in result.shown


def test_every_wrong_setting_is_named_with_what_it_costs(tmp_path: Path) -> None:
    wrong = {"RISK_HIGH_FROM": "2", "GEMINI_SLOTS": "0", "GEMINI_DEADLINE": "9"}
    result = doctor(tmp_path, **wrong, DECISION_LOG="no-such-folder/x")
    assert (result.code, result.shown.splitlines()[0]) == (1, "3 things are wrong")
    assert [f"{name} must be" in result.words for name in (*wrong, "DECISION_LOG")] == [True] * 4
    assert "until then nobody is scored." in result.words
    assert "until then no decision is logged, and /ready answers 503." in result.words


def test_beside_a_wrong_setting_it_is_said_what_is_there_and_what_is_missing(
    tmp_path: Path,
) -> None:
    (tmp_path / ".env").write_text("GEMINI_MODLE=x\n")
    named = doctor(tmp_path, RISK_HIGH_FROM="2", GEMINI_API_KEY_SECRET=NAME).words
    absent = doctor(tmp_path, RISK_HIGH_FROM="2").words
    assert (
        "ok Gemini key GEMINI_API_KEY_SECRET is set, and is tried when the settings are right"
        in named
    )
    assert "missing Gemini key none: offers are written from templates" in absent
    assert "GEMINI_MODLE is set, and not a setting of this project" in absent


@pytest.mark.parametrize(
    ("name", "variables"),
    [
        (NAME, {"GOOGLE_APPLICATION_CREDENTIALS": "."}),
        (
            ARN,
            {
                "AWS_ENDPOINT_URL": "foo",
                "AWS_ACCESS_KEY_ID": "fake",
                "AWS_SECRET_ACCESS_KEY": "fake",
            },
        ),
    ],
)
def test_live_names_the_variables_that_a_cloud_client_trips_over(
    tmp_path: Path, name: str, variables: dict[str, str]
) -> None:
    result = doctor(tmp_path, "--live", GEMINI_API_KEY_SECRET=name, **variables)
    assert (result.code, "Traceback" in result.shown) == (1, False)
    assert "wrong Gemini key its client fails with " in result.words
    assert next(iter(variables))[:4] in result.words
    assert "labelled secret_unavailable" in result.words


def test_settings_of_a_dotenv_file_count_and_are_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"GEMINI_API_KEY={KEY}\nGEMINI_MODLE=x\n")
    words = doctor(tmp_path).words
    assert "ok .env is read from this folder" in words
    assert "valid; set here: GEMINI_API_KEY ok" in words
    assert "from GEMINI_API_KEY in .env" in words
    assert (
        "GEMINI_MODLE is set, and not a setting of this project Did you mean GEMINI_MODEL?" in words
    )


def test_a_dotenv_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe")
    result = doctor(tmp_path, "--live")
    assert result.code == 1
    assert result.words.count("wrong .env .env can't be read: UnicodeDecodeError") == 1
    assert "ok Settings valid; all have their defaults" in result.words


def test_live_passes_when_gemini_writes(tmp_path: Path) -> None:
    result = live(tmp_path, "ok")
    assert (result.code, result.shown.splitlines()[0]) == (0, "Nothing is wrong")
    assert "ok Words written by Gemini, passed by the guard, in " in result.words


@pytest.mark.parametrize(
    ("scenario", "reason", "detail"),
    [
        ("503", "unavailable", "status 503"),
        ("400_key", "refused_key", "status 400"),
        ("lies", "guard", "twice"),
    ],
)
def test_live_fails_when_a_template_takes_the_place(
    tmp_path: Path, scenario: str, reason: str, detail: str
) -> None:
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
            return await ran(tmp_path, GEMINI_BASE_URL=gemini.url, **where)

    found, absent = asyncio.run(kept(KEY)), asyncio.run(kept(""))
    assert (found.code, absent.code) == (0, 1)
    assert f"Gemini key from Secret Manager: {NAME}" in found.words
    assert "ok Words written by Gemini, passed by the guard, in " in found.words
    assert f"wrong Gemini key {NAME} does not exist" in absent.words
    assert "labelled secret_unavailable" in absent.words


def test_the_example_is_a_valid_customer_who_gets_an_offer(tmp_path: Path) -> None:
    assert EXAMPLE.values()["Contract"] == "Month-to-month"
    assert "gets no offer" not in doctor(tmp_path, "--live").shown

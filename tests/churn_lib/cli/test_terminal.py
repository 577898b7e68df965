import io
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
import typer
from rich.panel import Panel
from rich.text import Text
from typer.testing import CliRunner, Result

from churn_lib import __version__
from churn_lib.cli import app
from churn_lib.cli.terminal import Commands, console, printable, require, say
from churn_lib.errors import (
    ArtifactError,
    ChurnError,
    DataError,
    FieldFault,
    InputError,
    RouteError,
    SettingsError,
)
from tests.serving import ROOT

CUSTOMER = "tests/data/customer.json"
STEERING = "".join(c for c in map(chr, range(0x2100)) if unicodedata.category(c) in {"Cc", "Cf"})
STEERING += "\u2028\u2029\ufeff\U000e0041"


def churn(words: str, redirected: str) -> tuple[int, str]:
    """Exit code and standard error of `churn`; redirected: its streams, as for a shell."""
    command = f"exec {sys.executable} -m churn_lib {words} {redirected}"
    environment = {**os.environ, "COLUMNS": "80", "PYTHONUNBUFFERED": ""}
    found = subprocess.run(
        ["/bin/sh", "-c", command], cwd=ROOT, env=environment, capture_output=True, check=False
    )
    return found.returncode, found.stderr.decode()


def ending_with(error: BaseException) -> Result:
    """The result of a command that raises this error."""
    failing = typer.Typer(cls=Commands)

    @failing.callback()
    def group() -> None:
        pass

    @failing.command()
    def fail() -> None:
        raise error

    return CliRunner().invoke(failing, ["fail"])


PLAIN = [ChurnError, DataError, RouteError, SettingsError, ArtifactError]


@pytest.mark.parametrize("error", PLAIN)
def test_each_error_is_one_line_on_standard_error_with_its_own_exit_code(
    error: type[ChurnError],
) -> None:
    result = ending_with(error("scorecard.json is damaged"))
    assert (result.exit_code, result.stdout) == (error.exit_code, "")
    assert result.stderr == f"{error.title}: scorecard.json is damaged\n"


def test_wrong_values_are_a_line_per_field() -> None:
    result = ending_with(
        InputError([FieldFault("--tenure", "is required"), FieldFault("--partner", "is required")])
    )
    assert (result.exit_code, result.stderr) == (
        2,
        "--tenure: is required\n--partner: is required\n",
    )


def test_ctrl_c_ends_with_130_and_without_a_word() -> None:
    result = ending_with(KeyboardInterrupt())
    assert (result.exit_code, result.output) == (130, "")


def test_the_end_of_the_input_is_said_and_ends_with_1() -> None:
    result = ending_with(EOFError())
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.strip() == "The input ended before all questions were answered."


def test_our_own_mistakes_are_not_hidden() -> None:
    assert isinstance(ending_with(ZeroDivisionError()).exception, ZeroDivisionError)


def test_an_unknown_option_is_one_line() -> None:
    result = CliRunner().invoke(app, ["predict", "--tenur", "3"])
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert "--tenure" in result.stderr


def test_version() -> None:
    result = CliRunner().invoke(app, ["--version"])
    assert (result.exit_code, result.stdout) == (0, f"churn {__version__}\n")


def test_only_the_missing_package_is_named_with_the_extra_to_install() -> None:
    with pytest.raises(
        InputError, match=r"^no-such-package: is not installed; type: pip install -e '\.\[train\]'$"
    ):
        require("train", {"no_such_package": "no-such-package", "typer": "typer"})


@pytest.mark.parametrize(
    "words",
    [
        "--help",
        "--version",
        "doctor",
        f"predict --json {CUSTOMER} --offer template",
        f"predict --json {CUSTOMER} --offer none --output json",
        "offers list",
        "offers lint",
    ],
)
def test_a_full_disk_is_said_in_one_line(words: str) -> None:
    full = churn(words, "> /dev/full")
    assert full == (1, "The output can't be written: No space left on device\n")


def test_a_standard_output_that_is_closed_is_said_in_one_line() -> None:
    closed = churn(f"predict --json {CUSTOMER} --offer none --output json", ">&-")
    assert closed == (1, "The output can't be written: Bad file descriptor\n")


@pytest.mark.parametrize("redirected", ["2> /dev/full", "2>&-", "2> /dev/full > /dev/full"])
def test_an_error_that_can_not_be_told_keeps_its_exit_code(redirected: str) -> None:
    assert churn("predict --json missing.json", redirected) == (2, "")


@pytest.mark.parametrize("words", ["predict --offer none", "predict --json -", "offers check -"])
def test_a_standard_input_that_is_closed_is_an_empty_one(words: str) -> None:
    closed, empty = churn(words, "<&-"), churn(words, "< /dev/null")
    assert closed == empty
    assert "Traceback" not in closed[1]


def test_an_error_of_the_system_is_one_line_with_its_file(tmp_path: Path) -> None:
    result = ending_with(PermissionError(13, "Permission denied", str(tmp_path)))
    assert (result.exit_code, result.stderr) == (1, f"{tmp_path}: Permission denied\n")


def test_no_error_steers_the_terminal() -> None:
    result = ending_with(DataError(f"a{STEERING}\x1b]0;title\x07b.csv is missing"))
    assert result.stderr.endswith("]0;titleb.csv is missing\n")
    assert result.stderr.rstrip("\n").isprintable()


def test_nothing_said_or_drawn_steers_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    say(f"a{STEERING}b", "c\nd")
    console().print(Panel(Text(f"e{STEERING}f"), title=Text(f"g{STEERING}h")), f"i{STEERING}j")
    shown = capsys.readouterr().out
    assert all(character.isprintable() for character in shown.replace("\n", ""))
    assert shown.splitlines()[1] == "c d"
    assert all(name in shown for name in "abefghij")


def test_colours_and_lines_of_our_own_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    screen = console()
    screen.file = io.StringIO()
    screen.print(Text("one\ntwo", style="bold"))
    assert screen.file.getvalue() == "\x1b[1mone\x1b[0m\n\x1b[1mtwo\x1b[0m\n"


@pytest.mark.parametrize("text", ["", "Fibra óptica", "월 29.90", "a\u00a0b", "🎉", "\ud800"])
def test_what_can_be_seen_stays_as_it_is(text: str) -> None:
    assert printable(text) == text

import pytest
import typer
from typer.testing import CliRunner, Result

from churn_lib import __version__
from churn_lib.cli import app
from churn_lib.cli.terminal import Commands, require
from churn_lib.errors import (
    ArtifactError,
    ChurnError,
    DataError,
    FieldFault,
    InputError,
    RouteError,
    SettingsError,
)


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

"""What all commands share: the consoles, and every error as one message without a traceback."""

import io
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import NoReturn

import typer
from rich.console import Console
from typer.core import TyperGroup

from churn_lib.errors import ChurnError, FieldFault, InputError


class Commands(TyperGroup):
    """Runs a command; an error ends it with a message and the exit code of its class."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: object,
    ) -> NoReturn:
        del standalone_mode  # errors are always handled here
        try:
            code = super().main(args, prog_name, complete_var, False, windows_expand_args, **extra)
        except ChurnError as error:
            code = fail(message(error), error.exit_code)
        except typer.TyperException as error:
            code = fail(error.format_message(), error.exit_code)
        except typer.Abort:
            code = fail("The input ended before all questions were answered.", 1)
        sys.exit(code)


def console(*, error: bool = False) -> Console:
    """A console for standard output, or for standard error.

    A character that the terminal can't show becomes `?`.
    """
    stream = sys.stderr if error else sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")
    # Texts come from files: none of them may be read as Rich's markup.
    return Console(stderr=error, markup=False, highlight=False, emoji=False)


def interactive() -> bool:
    """Somebody is there to answer questions, which are asked on standard error."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def message(error: ChurnError) -> str:
    """One line per wrong field, or what went wrong in one sentence."""
    if isinstance(error, InputError):
        return "\n".join(f"{fault.field}: {fault.message}" for fault in error.faults)
    return f"{error.title}: {error}"


def fail(text: str, exit_code: int) -> int:
    """Prints the text to standard error, and returns the exit code to end with."""
    if text.strip():
        typer.echo(text.strip(), err=True)
    return exit_code


def require(extra: str, packages: Mapping[str, str]) -> None:
    """Raises InputError unless all packages of an extra, by module, are installed."""
    missing = [package for module, package in packages.items() if find_spec(module) is None]
    if missing:
        message = f"is not installed; type: pip install -e '.[{extra}]'"
        raise InputError([FieldFault(", ".join(missing), message)])

"""What all commands share: the consoles, and every error as one message without a traceback.

All that is printed goes through `say` or a console of `console`, for texts come from files, names
and servers too: what would steer the terminal instead of being shown is left out there.
"""

import errno
import io
import os
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from importlib.util import find_spec
from typing import NoReturn, TextIO

import typer
from pydantic_core import to_json
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from typer.core import TyperCommand, TyperGroup

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
        for command in self.commands.values():
            if isinstance(command, TyperCommand):
                command.rich_markup_mode = None  # Rich's tables cut the names of options
        try:
            _check_streams()
            code = super().main(args, prog_name, complete_var, False, windows_expand_args, **extra)
        except ChurnError as error:
            code = fail(message(error), error.exit_code)
        except typer.TyperException as error:
            code = fail(error.format_message().strip().split("\n"), error.exit_code)
        except typer.Abort:
            code = fail(["The input ended before all questions were answered."], 1)
        except OSError as error:  # when a pipe's reader has gone, Typer ends quietly before
            place = error.filename or "The output can't be written"
            code = fail([f"{place}: {error.strerror or error}"], 1)
            _drop_unwritten(sys.stdout)
        sys.exit(code)


class _Console(Console):
    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """As Rich's own, whose control codes are no text and are kept."""
        for text, style, control in super().render(renderable, options):
            shown = text if control else "\n".join(map(printable, text.split("\n")))
            yield Segment(shown, style, control)


class Page(_Console):
    """A console for standard output of which a page in Markdown is made."""


def console(*, error: bool = False, page: bool = False) -> Console:
    """A console for standard output, or for standard error. page: of Markdown."""
    if page:
        return Page(markup=False, highlight=False, emoji=False)
    # Texts come from files: none of them may be read as Rich's markup.
    return _Console(stderr=error, markup=False, highlight=False, emoji=False)


def printable(text: str) -> str:
    """The text on one line, without what steers a terminal or can't be seen."""
    return text if text.isprintable() else "".join(map(_shown, text))


def _shown(character: str) -> str:
    if character.isprintable() or unicodedata.category(character) in {"Zs", "Cs"}:
        return character
    return " " if character.isspace() else ""


def say(*lines: str, error: bool = False) -> None:
    """Prints the lines to standard output, or to standard error."""
    typer.echo("\n".join(map(printable, lines)), err=error)


def say_json(content: object) -> None:
    """Prints JSON; a number that is none is null."""
    say(*to_json(content, indent=2, inf_nan_mode="null").decode().splitlines())


def interactive() -> bool:
    """Somebody is there to answer questions, which are asked on standard error."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def message(error: ChurnError) -> list[str]:
    """One line per wrong field, or what went wrong in one sentence."""
    if isinstance(error, InputError):
        return [f"{fault.field}: {fault.message}" for fault in error.faults]
    return [f"{error.title}: {error}"]


def fail(lines: Sequence[str], exit_code: int) -> int:
    """Prints the lines to standard error, and returns the exit code to end with."""
    try:
        if any(lines):
            say(*lines, error=True)
    except OSError:  # nobody can be told, but the exit code still is the right one
        _drop_unwritten(sys.stderr)
    return exit_code


def _check_streams() -> None:
    """Gives what the shell has closed, which is None for Python, an empty stream.

    A character that a stream can't take becomes `?`. Raises OSError without a standard output.
    """
    is_closed = sys.stdout is None
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, io.TextIOWrapper(io.BytesIO()))
    if is_closed:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _drop_unwritten(stream: TextIO) -> None:
    """Lets go of what a stream could not write, which Python would try again at its end."""
    with suppress(OSError):  # not every stream is a file of the system
        place = stream.fileno()
        os.dup2(os.open(os.devnull, os.O_WRONLY), place)


def require(extra: str, packages: Mapping[str, str]) -> None:
    """Raises InputError unless all packages of an extra, by module, are installed."""
    missing = [package for module, package in packages.items() if find_spec(module) is None]
    if missing:
        message = f"is not installed; type: pip install -e '.[{extra}]'"
        raise InputError([FieldFault(", ".join(missing), message)])

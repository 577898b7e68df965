"""The folder that a command is about: with the schema, the score and the offers of one company."""

import os
from collections.abc import Callable, Sequence
from functools import wraps
from inspect import Parameter, Signature, signature
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import typer

VARIABLE = "CHURN_ARTIFACTS"
OPTION = "--folder"
REFERENCE = "--reference"

WITHOUT_SCHEMA = frozenset({"init", "schema"})
"""Commands about a schema that need not be in force, and may be faulty."""

Folder = Annotated[
    Path | None,
    typer.Option(
        OPTION,
        help="The folder with customer.toml, the score and the offers.",
        show_default=f"{VARIABLE}, else artifacts",
    ),
]


def choose(arguments: Sequence[str]) -> None:
    """Puts the folder in force that the arguments name: options, questions and all else follow from
    its schema, which is read when the commands are first imported.
    """
    command = next((word for word in arguments if not word.startswith("-")), "")
    folder = _named(arguments, OPTION) or _referred(command, arguments)
    if command == "init":
        os.environ.pop(VARIABLE, None)  # it may name the folder that is to be made
    if folder is None or command in WITHOUT_SCHEMA:
        return
    # Training makes a folder, with the schema that is in force, where there is none.
    if command != "train" or (folder / "customer.toml").is_file():
        os.environ[VARIABLE] = str(folder)


def _named(arguments: Sequence[str], option: str) -> Path | None:
    for word, following in pairwise([*arguments, ""]):
        if word == option and following:
            return Path(following)
        if word.startswith(f"{option}="):
            return Path(word.partition("=")[2])
    return None


def _referred(command: str, arguments: Sequence[str]) -> Path | None:
    """The folder whose reference is compared with, where it has a schema of its own."""
    found = _named(arguments, REFERENCE) if command == "drift" else None
    return found if found and (found / "customer.toml").is_file() else None


def in_folder(command: Callable[..., None]) -> Callable[..., None]:
    """The command with the option `--folder`, which `choose` has followed already."""

    @wraps(command)
    def run(*args: object, folder: Path | None = None, **given: object) -> None:
        _check(folder)
        command(*args, **given)

    own = signature(command).parameters.values()
    option = Parameter("folder", Parameter.KEYWORD_ONLY, default=None, annotation=Folder)
    # Typer reads a command's options from its signature.
    vars(run)["__signature__"] = Signature([*own, option])
    return run


def _check(folder: Path | None) -> None:
    from churn_lib.customer.schema import ARTIFACTS

    if folder is not None and folder.resolve() != ARTIFACTS.resolve():
        raise typer.BadParameter("is not the folder whose schema this process has read")

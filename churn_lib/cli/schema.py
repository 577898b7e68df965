"""`churn schema ...`: check what a customer is, and say what a new version of it breaks.

Nothing here needs a schema in force: the one that is may be the one that is broken.
"""

import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from churn_lib.cli.folder import Folder
from churn_lib.cli.terminal import Commands, fail, say
from churn_lib.customer.schema import ARTIFACTS, CUSTOMER
from churn_lib.customer.schema_file import load
from churn_lib.errors import ChurnError, DataError
from churn_lib.lint.lines import line_of, lines_of
from churn_lib.lint.schema import lint_schema
from churn_lib.lint.schema_diff import Breaks, schema_diff
from churn_lib.toml import read_toml

OFFERS = "offers.toml"

File = Annotated[
    Path | None, typer.Argument(help="A schema; left out, the one in force.", show_default=False)
]

BREAKS: Mapping[Breaks, str] = {
    "callers": "breaks callers: ",
    "offers": "breaks offers: ",
    "scorecard": "breaks the scorecard: ",
    "nothing": "",
}

ANYTHING = {"allow_extra_args": True, "ignore_unknown_options": True}

# Longer than a docstring's line: Typer would show the line's end where it stands in the code.
LINT = (
    "Name line, attribute and field of every fault, and what is unwise; "
    "ends with 1 when there is a fault."
)
DIFF = (
    "Say what a new schema breaks: callers, the offers beside it, the scorecard; "
    "ends with 1 when it breaks something."
)

app = typer.Typer(help="What a customer is: customer.toml.", no_args_is_help=True)


@app.command("lint", help=LINT)
def check_schema(file: File = None, *, folder: Folder = None) -> None:
    file = file or (folder or ARTIFACTS) / CUSTOMER
    text = _text(file)
    found, lines = lint_schema(text), lines_of(text)
    for mark, findings in (("", found.faults), ("warning: ", found.unwise)):
        for field, message in findings:
            line = line_of(field, lines)
            place = f"{file.name}, line {line}" if line else file.name
            say(f"{mark}{place}: {field}: {message}")
    count = len(found.faults)
    if count:
        raise typer.Exit(fail([f"{count} {'fault' if count == 1 else 'faults'}"], 1))
    say(f"{file.name}: no faults in {len(load(file).attributes)} attributes")


@app.command("diff", help=DIFF)
def compare(
    old: Annotated[Path, typer.Argument(help="The schema of now.")],
    new: Annotated[Path, typer.Argument(help="The schema that is to follow.")],
) -> None:
    catalogue = new.parent / OFFERS
    offers = read_toml(_text(catalogue), OFFERS) if catalogue.is_file() else {}
    changes = list(schema_diff(load(old), load(new), offers))
    for breaks, field, message in changes:
        say(f"{BREAKS[breaks]}{field}: {message}")
    counts = Counter(change.breaks for change in changes)
    harmful = counts.total() - counts["nothing"]
    if harmful:
        raise typer.Exit(fail([f"breaks: {harmful} of {len(changes)} changes"], 1))
    say("nothing of this breaks anything" if changes else "no difference")


def alone(error: ChurnError) -> typer.Typer:
    """The command `churn` where the schema in force is broken: it can mend that, and no more."""

    found = typer.Typer(cls=Commands, help=str(error), no_args_is_help=True)
    found.add_typer(app, name="schema")

    def broken() -> None:
        raise error

    for name in sys.argv[1:2]:
        if name != "schema" and not name.startswith("-"):
            found.command(name, hidden=True, context_settings=ANYTHING)(broken)
    return found


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise DataError(f"{file.name} can't be read: {reason}") from error

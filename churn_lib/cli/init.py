"""`churn init`: proposes a schema for a file of customers, and says what to look at in it."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from churn_lib.cli.layout import columns, facts, framed, percent
from churn_lib.cli.terminal import console, require

if TYPE_CHECKING:
    from churn_lib.propose.doubts import Doubt
    from churn_lib.propose.start import Started

PACKAGES = {"numpy": "numpy", "polars": "polars", "python_calamine": "python-calamine"}

OWN = Path("own")
SUBJECT_WIDTH = 24

File = Annotated[
    Path, typer.Argument(help="Customers who stayed or left: CSV in any form, .xlsx or .parquet.")
]
Target = Annotated[
    str, typer.Option("--target", metavar="COLUMN", help="The column that says who left.")
]
Left = Annotated[
    str | None,
    typer.Option(
        "--left",
        metavar="VALUE",
        help="Its value of those who left.",
        show_default="the one that says so, such as Yes or 1",
    ),
]
Folder = Annotated[
    Path, typer.Option("--folder", metavar="DIR", help="Where customer.toml and offers.toml go.")
]
Sheet = Annotated[
    str | None,
    typer.Option(
        "--sheet",
        metavar="NAME",
        help="The sheet of a workbook.",
        show_default="the one with that column",
    ),
]


def init(
    file: File, *, target: Target, left: Left = None, folder: Folder = OWN, sheet: Sheet = None
) -> None:
    require("train", PACKAGES)
    # Imported here: polars is an extra, and takes time that other commands do not need.
    from churn_lib.propose.start import start

    started = start(file, folder, target=target, left=left, sheet=sheet)
    terminal = console()
    title = f"{len(started.proposal.answer.known):,} customers"
    framed(terminal, title, facts(summary(started)), "cyan")
    if started.doubts:
        framed(terminal, "Look at this, the worst first", listed(started.doubts), "yellow")
    framed(terminal, _written(started, folder), facts(_next(file, folder)), "green")


def summary(started: "Started") -> Iterator[tuple[str, str]]:
    """What was found, for people."""
    proposal = started.proposal
    answer, parts = proposal.answer, proposal.parts
    gone = f"{answer.left.sum():,} ({percent(float(answer.left.mean()))})"
    yield "Left", f"{gone}: {answer.column} is {answer.gone}"
    protected = sum(use.protected for use in proposal.uses)
    yield "Attributes", f"{len(proposal.uses)}, {protected} of them protected"
    if absent := [use.column.heading for use in proposal.uses if use.absence]:
        yield "Need another", f"{len(absent)}: {', '.join(absent)}"
    if made := [use.column.heading for use in proposal.uses if use.product]:
        yield "Worked out", ", ".join(made)
    yield "Identifier", parts.identifier or "none"
    bill = parts.bill
    yield "Bill", bill if isinstance(bill, str) else f"none: {bill:.2f} for everybody"
    yield "Tenure", parts.tenure or "none"
    yield "Left out", f"{len(proposal.ignored)} columns"


def listed(doubts: Iterable["Doubt"]) -> Table:
    """What each doubt is about, and the doubt."""
    table = columns()
    table.add_column(max_width=SUBJECT_WIDTH, overflow="fold")
    table.add_column()
    for doubt in doubts:
        table.add_row(doubt.subject, doubt.text)
    return table


def _written(started: "Started", folder: Path) -> str:
    if not started.files:
        return f"{folder} is as it was"
    return f"Written to {folder}: {', '.join(started.files)}"


def _next(file: Path, folder: Path) -> Iterator[tuple[str, str]]:
    yield "Read it", f"{folder / 'customer.toml'}: every line is yours to change"
    yield "Then", f"churn train {file} --folder {folder}"

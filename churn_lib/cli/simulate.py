"""`churn simulate`: customers whose truth is known, decided on as in production."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Group
from rich.table import Table
from rich.text import Text

from churn_lib.cli.customers import read_customers
from churn_lib.cli.layout import columns, framed, money
from churn_lib.cli.sweep import Known
from churn_lib.cli.terminal import console, require, say
from churn_lib.customer.schema import ARTIFACTS
from churn_lib.errors import DataError, FieldFault, InputError
from churn_lib.lint.grid import grid
from churn_lib.offers import catalogue as catalogues
from churn_lib.score.scorecard import scorecard

if TYPE_CHECKING:
    from churn_lib.evidence.policies import Policy

NEEDED = {"duckdb": "duckdb", "numpy": "numpy", "scipy": "scipy"}
LOGS = ("decisions.ndjson", "outcomes.ndjson")


def simulate(
    *,
    customers: Known = None,
    truth: Annotated[
        Path | None,
        typer.Option(help="What offers really do, as TOML; left out, what the catalogue assumes."),
    ] = None,
    size: Annotated[int, typer.Option(min=1, help="Customers who take part.")] = 10_000,
    begin: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The first day.", show_default="today"),
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=730, help="Over which they are asked about.")] = (
        90
    ),
    seed: Annotated[int, typer.Option(min=0, help="Of all that is drawn.")] = 1,
    write: Annotated[
        Path | None, typer.Option(help="A folder for decisions.ndjson and outcomes.ndjson.")
    ] = None,
    against: Annotated[
        list[Path] | None, typer.Option(help="Another catalogue to compare with: several.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the logs that are there.")] = (
        False
    ),
) -> None:
    """Try offers on made-up lives: what each way to choose brings, and the logs that it leaves."""
    require("evidence", NEEDED)
    from churn_lib.evidence.policies import compare
    from churn_lib.evidence.truth import Truth, read_truth
    from churn_lib.evidence.world import Trial, live, scored

    catalogue, card = catalogues.load(ARTIFACTS / catalogues.OFFERS), scorecard()
    files = [] if write is None else _free(write, force=force)
    known = Truth() if truth is None else read_truth(truth, catalogue)
    others = {path.name: catalogues.load(path) for path in against or ()}
    people = scored(card, grid(catalogue) if customers is None else read_customers(customers))
    if not people:
        raise DataError("there is no customer to simulate")
    first = begin.date() if begin else datetime.now(UTC).date()
    found = compare(catalogue, people, known, today=first, against=others)
    body = Group(_table(found), *map(Text, _notes(len(people), truth, made_up=customers is None)))
    framed(console(), f"1,000 customers, {catalogue.currency}", body, "cyan")
    if files:
        trial = Trial(size, first, days, seed)
        lived = live(trial, catalogue, card.version, people, known)
        for path, lines in zip(files, lived, strict=True):
            path.write_bytes(lines)
            say(f"{path}: {len(lines.splitlines()):,} lines")


def _free(folder: Path, *, force: bool) -> list[Path]:
    """The files to write. Raises InputError where they are there."""
    files = [folder / name for name in LOGS]
    for path in files:
        if path.exists() and not force:
            message = f"{path.name} is there already: choose another folder, or add --force"
            raise InputError([FieldFault("--write", message)])
    folder.mkdir(parents=True, exist_ok=True)
    return files


def _table(found: "Sequence[Policy]") -> Table:
    table = columns()
    for _ in range(5):
        table.add_column(justify="right", no_wrap=True)
    heads = ("Contacts", "Kept", "Spent", "As assumed", "In truth")
    table.add_row(*heads, "Who gets an offer", style="dim")
    for one in found:
        counts = [f"{number:,.0f}" for number in (one.contacts, one.kept, one.spent)]
        table.add_row(*counts, money(one.assumed), money(one.true), one.name)
    return table


def _notes(people: int, truth: Path | None, *, made_up: bool) -> Iterator[str]:
    whose = "made-up customers, a grid over what the rules ask for" if made_up else "customers"
    real = "what the catalogue assumes" if truth is None else truth.name
    yield f"\nSimulated over {people:,} {whose}; the truth is {real}, in closed form."
    yield "Sums are beside no offers at all, over the horizon of the catalogue."

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
from churn_lib.cli.layout import columns, framed
from churn_lib.cli.sweep import Known
from churn_lib.cli.terminal import console, require, say
from churn_lib.customer.schema import ARTIFACTS
from churn_lib.errors import DataError, FieldFault, InputError
from churn_lib.lint.grid import grid
from churn_lib.offers import catalogue as catalogues
from churn_lib.score.scorecard import scorecard

if TYPE_CHECKING:
    from churn_lib.evidence.policies import Policy
    from churn_lib.evidence.tornado import Swing

NEEDED = {"duckdb": "duckdb", "numpy": "numpy", "scipy": "scipy"}
WAYS = 4
"""Of choosing by one catalogue; those after them are of others."""
TruthFile = Annotated[
    Path | None,
    typer.Option(help="What offers really do, as TOML; left out, what the catalogue assumes."),
]
FirstDay = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="The first day.", show_default="today"),
]
LOGS = ("decisions.ndjson", "outcomes.ndjson")


def simulate(
    *,
    customers: Known = None,
    truth: TruthFile = None,
    size: Annotated[int, typer.Option(min=1, help="Customers who take part.")] = 10_000,
    begin: FirstDay = None,
    days: Annotated[int, typer.Option(min=1, max=730, help="Over which they are asked about.")] = (
        90
    ),
    seed: Annotated[int, typer.Option(min=0, help="Of all that is drawn.")] = 1,
    write: Annotated[
        Path | None, typer.Option(help="A folder for the logs and the choices of --against.")
    ] = None,
    against: Annotated[
        list[Path] | None, typer.Option(help="Another catalogue to compare with: several.")
    ] = None,
    tornado: Annotated[
        bool, typer.Option("--tornado", help="Show how much hangs on each assumption.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the logs that are there.")] = (
        False
    ),
) -> None:
    """Try offers on made-up lives: what each way to choose brings, and the logs that it leaves."""
    require("evidence", NEEDED)
    from churn_lib.evidence import tornado as swings
    from churn_lib.evidence.policies import compare
    from churn_lib.evidence.truth import Truth, read_truth
    from churn_lib.evidence.world import Trial, live, scored, would_do

    catalogue, card = catalogues.load(ARTIFACTS / catalogues.OFFERS), scorecard()
    files = [] if write is None else _free(write, against or (), force=force)
    known = Truth() if truth is None else read_truth(truth, catalogue)
    others = {path.name: catalogues.load(path) for path in against or ()}
    people = scored(card, grid(catalogue) if customers is None else read_customers(customers))
    if not people:
        raise DataError("there is no customer to simulate")
    trial = Trial(size, begin.date() if begin else datetime.now(UTC).date(), days, seed)
    found = compare(catalogue, people, known, today=trial.begin, against=others)
    body = Group(
        _table(found), *map(Text, _notes(found, len(people), truth, made_up=customers is None))
    )
    framed(console(), f"1,000 customers, {catalogue.currency}", body, "cyan")
    if tornado:
        hangs = _swings(swings.tornado(catalogue, people, today=trial.begin), catalogue.currency)
        framed(console(), "On what the highest expected value hangs", hangs, "cyan")
    if files:
        lived = live(trial, catalogue, card.version, people, known)
        _write(files, (*lived, *(would_do(trial, other, people) for other in others.values())))


def _free(folder: Path, against: "Sequence[Path]", *, force: bool) -> list[Path]:
    """The files to write: the logs, and what each other catalogue would do. Raises InputError where
    they are there.
    """
    files = [
        folder / name for name in (*LOGS, *(f"choices-{path.stem}.ndjson" for path in against))
    ]
    for path in files:
        if path.exists() and not force:
            message = f"{path.name} is there already: choose another folder, or add --force"
            raise InputError([FieldFault("--write", message)])
    folder.mkdir(parents=True, exist_ok=True)
    return files


def _write(files: "Sequence[Path]", contents: "Sequence[bytes]") -> None:
    for path, lines in zip(files, contents, strict=True):
        path.write_bytes(lines)
        say(f"{path}: {len(lines.splitlines()):,} lines")


def _table(found: "Sequence[Policy]") -> Table:
    table = columns()
    for _ in range(6):
        table.add_column(justify="right", no_wrap=True)
    heads = ("Contacts", "Kept", "Spent", "Assumed", "In 90 % of cases", "Truth")
    table.add_row(*heads, "Offers by", style="dim")
    for one in found:
        counts = [f"{number:,.0f}" for number in (one.contacts, one.kept, one.spent)]
        low, high = one.ends
        ends = f"{low:+,.0f} .. {high:+,.0f}"
        sums = f"{one.assumed:+,.0f}", ends, f"{one.true:+,.0f}"
        table.add_row(*counts, *sums, one.name)
    return table


def _swings(found: "Sequence[Swing]", currency: str) -> Group:
    table = columns()
    table.add_column(no_wrap=True)
    for _ in range(3):
        table.add_column(justify="right", no_wrap=True)
    table.add_row(
        "Assumption", f"Low, {currency}", f"High, {currency}", "Other offers", style="dim"
    )
    for one in found:
        (low, high), (less, more) = one.profit, one.changed
        table.add_row(one.name, f"{low:+,.0f}", f"{high:+,.0f}", f"{less:,.0f}, {more:,.0f}")
    note = Text(
        "\n1,000 customers with today's decisions, where an assumption is half of what is stated "
        "or half as much again, and an acceptance at the ends of its 90 %. Other offers: how many "
        "would get another decision if that were known."
    )
    return Group(table, note)


def _notes(
    found: "Sequence[Policy]", people: int, truth: Path | None, *, made_up: bool
) -> Iterator[str]:
    whose = "made-up customers, a grid over what the rules ask for" if made_up else "customers"
    real = "what the catalogue assumes" if truth is None else truth.name
    yield f"\nSimulated over {people:,} {whose}; the truth is {real}, in closed form."
    yield "Sums are beside no offers at all, over the horizon of the catalogue."
    for one in found[WAYS:]:
        yield f"By {one.name}, {one.changed:,.0f} of 1,000 get another decision than by value."

"""`churn offers ...`: look at the catalogue, check it, see what a new one changes, and let the
guard judge texts.
"""

import csv
import json
from collections.abc import Iterator, Mapping, Set
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Group
from rich.table import Table
from rich.text import Text

from churn_lib.cli.layout import framed, money, percent
from churn_lib.cli.options import ANY_DASH, read
from churn_lib.cli.terminal import console, fail
from churn_lib.customer.model import ATTRIBUTES, Customer
from churn_lib.customer.reading import input_error
from churn_lib.errors import DataError
from churn_lib.lint.catalogue import lint, warnings
from churn_lib.lint.diff import Difference, diff
from churn_lib.offers import catalogue as catalogues
from churn_lib.offers.faults import Fault
from churn_lib.offers.offer import Offer
from churn_lib.score.scorecard import ARTIFACTS, scorecard

DEFAULT = ARTIFACTS / catalogues.OFFERS

File = Annotated[
    Path, typer.Argument(help="A catalogue; left out, the shipped one.", show_default=False)
]

app = typer.Typer(help="The catalogue of offers.", no_args_is_help=True, context_settings=ANY_DASH)


@app.command("lint")
def check_catalogue(file: File = DEFAULT) -> None:
    """Name file, offer and field of every fault in a catalogue; ends with 1 when there is one."""
    try:
        found = lint(file.read_text("utf-8"), file.name)
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(file, error) from error
    for fault in found:
        typer.echo(fault)
    if found:
        raise typer.Exit(fail(f"{len(found)} {'fault' if len(found) == 1 else 'faults'}", 1))
    catalogue = catalogues.load(file)
    for warning in warnings(catalogue, file.name, _today()):
        typer.echo(f"warning: {warning}")
    typer.echo(f"{file.name}: no faults in {len(catalogue.offers)} offers")


@app.command("list")
def list_offers(file: File = DEFAULT) -> None:
    """Show the offers of a catalogue."""
    catalogue, terminal = catalogues.load(file), console()
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_row("Offer", "Kind", "Cost", "Until", "Channels", style="dim")
    for offer in catalogue.offers:
        table.add_row(*_described(offer))
    framed(terminal, f"{len(catalogue.offers)} offers, version {catalogue.version}", table, "cyan")


@app.command("diff")
def compare(
    old: Annotated[Path, typer.Argument(help="The catalogue of now.")],
    new: Annotated[Path, typer.Argument(help="The catalogue that is to follow.")],
    *,
    customers: Annotated[
        Path | None,
        typer.Option(
            "--customers", help="Your customers, .csv or .ndjson; left out, a made-up grid."
        ),
    ] = None,
) -> None:
    """Say for how many customers the decision changes, and how."""
    before, after = catalogues.load(old), catalogues.load(new)
    known = None if customers is None else list(read_customers(customers))
    today = _today()
    found = diff(before, after, scorecard(), today=today, customers=known)
    told = [
        *_difference(found, {before.currency, after.currency}),
        *map(_warned, warnings(after, new.name, today)),
    ]
    framed(console(), f"{old.name} to {new.name}", Group(*told), "cyan")


@app.command("check")
def check_texts(
    lines: Annotated[
        typer.FileBinaryRead,
        typer.Argument(metavar="FILE", help="Texts as NDJSON, - for standard input."),
    ],
) -> None:
    """Say for each text whether the guard lets it pass, as one JSON verdict a line.

    A line holds {"language", "channel", "slots", "text"}. Ends with 2 when one can't be judged.
    """
    from churn_lib.lint.texts import verdicts  # the guard's words are read by no other command

    code = 0
    for number, rule, fault in verdicts(lines):
        typer.echo(json.dumps({"ok": True} if rule is None else {"ok": False, "rule": rule}))
        if fault:
            code = fail(f"line {number}: {fault}", 2)
    raise typer.Exit(code)


def read_customers(path: Path) -> Iterator[Customer]:
    """The customers of a `.csv` or `.ndjson` file; columns that are no attributes are ignored.

    Raises DataError, with the number of the first faulty row and without a value of it.
    """
    for number, row in enumerate(_rows(path), start=1):
        try:
            yield Customer.model_validate_json(
                json.dumps({name: row[name] for name in ATTRIBUTES if name in row})
            )
        except ValidationError as error:
            raise DataError(
                f"{path.name}, customer {number}: {input_error(error, Customer)}"
            ) from None


def _rows(path: Path) -> Iterator[Mapping[str, object]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            if path.suffix.casefold() == ".csv":
                for row in csv.DictReader(file):
                    yield {
                        name: read(name, row[name])
                        for name in ATTRIBUTES
                        if row.get(name) is not None
                    }
            else:
                yield from map(_object, (line for line in file if line.strip()))
    except (OSError, UnicodeDecodeError, csv.Error, json.JSONDecodeError) as error:
        raise _unreadable(path, error) from error


def _object(line: str) -> Mapping[str, object]:
    """What is no JSON object has no attribute, which is then named."""
    found = json.loads(line)
    return found if isinstance(found, dict) else {}


def _unreadable(path: Path, error: Exception) -> DataError:
    reason = (
        error.strerror
        if isinstance(error, OSError)
        else "it is not in the form that its name promises"
    )
    return DataError(f"{path.name} can't be read: {reason}")


def _today() -> date:
    return datetime.now(UTC).date()


def _warned(warning: Fault) -> Text:
    return Text(f"\nwarning: {warning}", style="yellow")


def _described(offer: Offer) -> tuple[str, ...]:
    kind, cost = offer.kind.replace("_", " "), offer.cost.model.replace("_", " ")
    return offer.id, kind, cost, str(offer.valid_until), ", ".join(offer.channels)


def _difference(found: Difference, currencies: Set[str]) -> Iterator[Text | Table]:
    share = percent(found.changed / found.customers) if found.customers else "none"
    yield Text(
        f"{found.changed:,} of {found.customers:,} customers get another decision ({share})",
        style="bold",
    )
    if len(currencies) == 1:
        assumed = "if acceptance is as each catalogue assumes"
        yield Text(f"Expected value in all: {money(found.gain)} {''.join(currencies)}, {assumed}")
    else:
        yield Text(
            f"Expected values are not compared: {' and '.join(sorted(currencies))} "
            "are two currencies"
        )
    if found.synthetic:
        yield Text(
            "The customers are made up: a grid that says where decisions change, not for how many.",
            style="dim",
        )
    table = Table.grid(padding=(0, 2, 0, 0))
    for move in found.moves:
        after = (
            "the same, with other terms or deadline" if move.after == move.before else move.after
        )
        table.add_row(f"{move.customers:,}", move.before, "to", after)
    if found.moves:
        yield Text()
        yield table

"""`churn offers ...`: look at the catalogue, check it, compare it with a new one, judge texts."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group
from rich.table import Table
from rich.text import Text

from churn_lib.cli.customers import read_customers, unreadable
from churn_lib.cli.folder import in_folder
from churn_lib.cli.layout import columns, framed, money, percent
from churn_lib.cli.options import ANY_DASH
from churn_lib.cli.sweep import Known, sweep_offer
from churn_lib.cli.terminal import console, fail, say
from churn_lib.customer.schema import ARTIFACTS, CUSTOMER
from churn_lib.customer.schema_file import load
from churn_lib.errors import FieldFault, InputError
from churn_lib.lint.catalogue import lint, located, overdue, unanchored
from churn_lib.lint.diff import Difference, diff
from churn_lib.lint.unwise import unnamed_change, unwise
from churn_lib.offers import catalogue as catalogues
from churn_lib.offers.catalogue import Catalogue
from churn_lib.offers.faults import Fault
from churn_lib.score.scorecard import scorecard

DEFAULT = ARTIFACTS / catalogues.OFFERS

File = Annotated[
    Path, typer.Argument(help="A catalogue; left out, the shipped one.", show_default=False)
]
Folder = Annotated[
    Path,
    typer.Option(help="Where customer.toml lies, and the offers will.", show_default=False),
]
Force = Annotated[bool, typer.Option("--force", help="Replace the offers that are there.")]
Lines = Annotated[
    typer.FileBinaryRead,
    typer.Argument(metavar="FILE", help="Texts as NDJSON, - for standard input."),
]

app = typer.Typer(help="The catalogue of offers.", no_args_is_help=True, context_settings=ANY_DASH)


@app.command("lint")
@in_folder
def check_catalogue(file: File = DEFAULT) -> None:
    """Name file, offer and field of every fault in a catalogue; ends with 1 when there is one."""
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(file, error) from error
    found = lint(text)
    _say(file, text, found)
    if found:
        raise typer.Exit(fail([f"{len(found)} {'fault' if len(found) == 1 else 'faults'}"], 1))
    catalogue = catalogues.load(file)
    _say(file, text, (*unwise(catalogue, _today()), *unanchored(catalogue)), "warning: ")
    say(f"{file.name}: no faults in {len(catalogue.offers)} offers")


def _say(file: Path, text: str, faults: Iterable[Fault], kind: str = "") -> None:
    for number, fault in located(text, faults):
        place = f"{file.name}, line {number}" if number else file.name
        say(f"{kind}{place}: {fault}")


@app.command("diff")
@in_folder
def compare(
    old: Annotated[Path, typer.Argument(help="The catalogue of now.")],
    new: Annotated[Path, typer.Argument(help="The catalogue that is to follow.")],
    *,
    customers: Known = None,
) -> None:
    """Say for how many customers the decision changes, and how."""
    before, after = catalogues.load(old), catalogues.load(new)
    known = None if customers is None else list(read_customers(customers))
    today = _today()
    found = diff(before, after, scorecard(), today=today, customers=known)
    told = _difference(found, before, after)
    told_of = (*overdue(after, today), *unnamed_change(before, after))
    warnings = [f"\nwarning: {new.name}: {fault}" for fault in told_of]
    warnings += [f"\nwarning: {line}" for line in (*found.unfollowed, *_nobodys(found))]
    body = Group(*told, *(Text(warning, style="yellow") for warning in warnings))
    framed(console(), f"{old.name} to {new.name}", body, "cyan")


app.command("sweep")(sweep_offer)


@app.command("init")
def begin(*, folder: Folder = ARTIFACTS, force: Force = False) -> None:
    """Write a small catalogue to begin with, from the schema alone; every number is assumed."""
    # Imported here: what is served lacks it.
    from churn_lib.propose.offers import starter

    text = starter(load(folder / CUSTOMER))
    file = folder / catalogues.OFFERS
    try:
        with file.open("w" if force else "x", encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError:
        message = f"is there already in {folder}: look at it, or replace it with --force"
        raise InputError([FieldFault(file.name, message)]) from None
    say(f"{file}: {text.count('[[offers]]')} offers; next: churn offers lint --folder {folder}")


@app.command("check")
def check_texts(lines: Lines) -> None:
    """Say for each text whether the guard lets it pass, as one JSON verdict a line.

    A line holds {"language", "channel", "slots", "text"}. Ends with 2 when one can't be judged.
    """
    from churn_lib.lint import texts  # the guard's words are read by no other command

    code = 0
    for text in texts.check_texts(lines):
        refused = {"rule": text.rule} | ({"word": text.word} if text.word else {})
        say(json.dumps({"ok": False, **refused} if text.rule else {"ok": True}))
        if text.fault:
            code = fail([f"line {text.number}: {text.fault}"], 2)
    raise typer.Exit(code)


def _today() -> date:
    return datetime.now(UTC).date()


def _nobodys(found: Difference) -> Iterator[str]:
    if found.dead:
        yield f"nobody here ever gets {', '.join(found.dead)}"


def _difference(found: Difference, before: Catalogue, after: Catalogue) -> Iterator[Text | Table]:
    share = percent(found.changed / found.customers) if found.customers else "none"
    counts = f"{found.changed:,} of {found.customers:,} customers"
    yield Text(f"{counts} get another decision ({share})", style="bold")
    currencies = {before.currency, after.currency}
    named = " and ".join(sorted(currencies))
    if len(currencies) == 1:
        gain = f"Expected value in all: {money(found.gain)} {named}"
        yield Text(f"{gain}, if acceptance is as each catalogue assumes")
    else:
        yield Text(f"Expected values are not compared: {named} are two currencies")
    yield from _spending(found, before, after)
    if found.synthetic:
        made_up = "The customers are made up: a grid that says where decisions change"
        yield Text(f"{made_up}, not for how many.", style="dim")
    table = columns()
    for move in found.moves:
        same = "the same, with other terms or deadline"
        followed = same if move.after == move.before else move.after
        table.add_row(f"{move.customers:,}", move.before, "to", followed)
    if found.moves:
        yield Text()
        yield table


def _spending(found: Difference, before: Catalogue, after: Catalogue) -> Iterator[Text]:
    """Contacts and money that the offers take, beside what the campaign has."""
    old, new, bound = found.before, found.after, after.campaign
    contacts = "" if bound.contacts is None else _beside(new.contacts, bound.contacts, "contacts")
    yield Text(f"Contacts: {old.contacts:,}, then {new.contacts:,}{contacts}")
    budget = "" if bound.budget is None else _beside(new.cost, bound.budget, "budget")
    costs = f"{old.cost:,.0f} {before.currency}, then {new.cost:,.0f} {after.currency}"
    yield Text(f"Cost of contacts and of what is given: {costs}{budget}")


def _beside(taken: float, most: float, what: str) -> str:
    """How much that is beside what the campaign has."""
    return f", {'more than' if taken > most else 'within'} the {what} of the campaign, {most:,.0f}"

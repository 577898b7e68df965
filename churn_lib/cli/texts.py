"""`churn texts ...`: texts that Gemini writes once, a person approves, and serving uses again."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import typer
from rich.progress import Progress

from churn_lib.cli.folder import in_folder
from churn_lib.cli.layout import framed
from churn_lib.cli.options import ANY_DASH
from churn_lib.cli.probe import logged
from churn_lib.cli.review import Review
from churn_lib.cli.terminal import console, fail, say
from churn_lib.customer.model import Customer
from churn_lib.customer.schema import ARTIFACTS
from churn_lib.customer.shown import shown_customer
from churn_lib.errors import DataError, FieldFault, InputError, WriterError
from churn_lib.offers.decide import decider
from churn_lib.settings import settings
from churn_lib.words import sheet
from churn_lib.words.authoring import Author, Desk, Done, missing
from churn_lib.words.missed import missed
from churn_lib.words.texts import TEXTS, Bank, Key, Stored, read, save
from churn_lib.words.wanted import wanted

PATH = ARTIFACTS / TEXTS
CALLS = 500
"""More than the texts of one language and tone of the shipped catalogue take in two channels."""

Names = list[str] | None
Offers = Annotated[Names, typer.Option("--offer", help="Of this offer only; may be repeated.")]
Languages = Annotated[Names, typer.Option("--language", help="In this language only.")]
Channels = Annotated[Names, typer.Option("--channel", help="For this channel only.")]
Tones = Annotated[Names, typer.Option("--tone", help="In this tone only.")]
Calls = Annotated[int, typer.Option("--budget", min=1, help="Most calls of Gemini.")]
FromLog = Annotated[
    Path | None, typer.Option("--from-log", help="Only what a log of the function misses.")
]
As = Annotated[
    Literal["sheet", "table"],
    typer.Option("--as", help="For people, or approved texts for a warehouse to join."),
]
Table = Annotated[Path, typer.Argument(metavar="FILE.csv", help="The table.")]

app = typer.Typer(
    help="Texts that are read before they are said.",
    no_args_is_help=True,
    context_settings=ANY_DASH,
)


class Desktop(NamedTuple):
    """What every command works on: the keys that were chosen, and the texts that are there."""

    desk: Desk
    keys: list[Key]
    bank: Bank

    def current(self) -> Iterator[Stored]:
        """The chosen texts that are there and fit their offers."""
        for key in self.keys:
            found = self.bank.current(key, self.desk.offers[key.offer])
            if found is not None:
                yield found


@app.command("write")
@in_folder
def write_texts(
    *,
    offer: Offers = None,
    language: Languages = None,
    channel: Channels = None,
    tone: Tones = None,
    budget: Calls = CALLS,
    from_log: FromLog = None,
) -> None:
    """Have Gemini write the texts that are missing; what is written stays, however this ends."""
    desk, keys, bank = opened(offer, language, channel, tone)
    if from_log is not None:
        keys = missed(from_log, keys)
    todo = list(missing(keys, bank, desk))
    known = settings().gemini
    author, done = Author(desk, known, budget, PATH), list[Done]()
    with logged(), _progress(len(todo)) as progress:

        def tell(one: Done) -> None:
            done.append(one)
            progress.advance(progress.task_ids[0])
            if progress.disable:
                say(f"{len(done)} of {len(todo)}: {one.key}: {_outcome(one)}")

        asyncio.run(author.write(todo, bank, tell))
    raise typer.Exit(_summary(done, todo, author.stopped))


@app.command("review")
@in_folder
def review_texts(
    *,
    offer: Offers = None,
    language: Languages = None,
    channel: Channels = None,
    tone: Tones = None,
) -> None:
    """Read what was written, one by one: approve, edit, reject; each answer is saved at once."""
    opening = opened(offer, language, channel, tone)
    texts = [text for text in opening.current() if text.status == "written"]
    screen = console()
    review = Review(
        opening.desk,
        PATH,
        lambda title, body: framed(screen, title, body, "cyan"),
        lambda question: screen.input(question, markup=False),
    )
    after = review.run(texts)
    counts = [sum(text.status == status for text in after) for status in sheet.STATUSES]
    listed = zip(counts, ("still to be read", "approved", "rejected"), strict=True)
    say(", ".join(f"{count} {words}" for count, words in listed))


@app.command("export")
@in_folder
def export_texts(
    file: Table,
    *,
    offer: Offers = None,
    language: Languages = None,
    channel: Channels = None,
    tone: Tones = None,
    form: As = "sheet",
) -> None:
    """Write the texts into a table: for a spreadsheet, or as a table of a warehouse.

    A warehouse gets approved texts as a customer reads them on that day, but for those that hold a
    sum of the customer's own.
    """
    opening = opened(offer, language, channel, tone)
    if form == "table":
        content = sheet.words(opening.keys, opening.bank, opening.desk)
        file.write_text(content, "utf-8", newline="")
        say(f"{file}: {content.count(chr(10)) - 1} texts, to be joined by {', '.join(Key._fields)}")
        return
    texts = list(opening.current())
    file.write_text(sheet.table(texts, opening.desk), "utf-8-sig", newline="")
    say(f"{file}: {len(texts)} texts; change status and words there, then churn texts import")


@app.command("import")
@in_folder
def import_texts(file: Table) -> None:
    """Take a table back: its statuses and its words, all of them or, with one fault, none."""
    desk, keys, bank = opened(None, None, None, None)
    try:
        content = file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(f"{file.name} is not UTF-8: save it as CSV UTF-8") from None
    changed = sheet.changes(content, bank, keys, desk)
    if changed:
        save(PATH, changed)
    say(f"{PATH}: {len(changed)} texts changed")


@app.command("lint")
@in_folder
def lint_texts(
    *,
    offer: Offers = None,
    language: Languages = None,
    channel: Channels = None,
    tone: Tones = None,
) -> None:
    """Name the texts that are missing, stale or not approved; ends with 1 when there is one."""
    desk, keys, bank = opened(offer, language, channel, tone)
    counts: dict[str, int] = {}
    for key in keys:
        state = _state(key, bank, desk)
        counts[state] = counts.get(state, 0) + 1
        if state != "approved":
            say(f"{state}: {key}")
    for number in bank.damaged:
        say(f"damaged: {TEXTS}, line {number}")
        counts["damaged"] = len(bank.damaged)
    say(f"{TEXTS}: {', '.join(f'{count} {state}' for state, count in counts.items())}")
    raise typer.Exit(1 if counts.keys() - {"approved"} else 0)


def opened(offer: Names, language: Names, channel: Names, tone: Names) -> Desktop:
    """The texts of the folder in force and the keys that were chosen. Raises InputError."""
    today = datetime.now(UTC).date()
    desk = Desk(decider(), Customer.model_validate(shown_customer()), today)
    keys = list(wanted(desk.catalogue, today))
    chosen = {"offer": offer, "language": language, "channel": channel, "tone": tone}
    for name, values in chosen.items():
        keys = _only(keys, name, values)
    return Desktop(desk, keys, read(PATH))


def _only(keys: list[Key], name: str, values: Names) -> list[Key]:
    if not values:
        return keys
    place = Key._fields.index(name)
    known = dict.fromkeys(key[place] for key in keys)
    if unknown := [value for value in values if value not in known]:
        message = f"{', '.join(unknown)}: must be one of {', '.join(known) or 'none'}"
        raise InputError([FieldFault(f"--{name}", message)])
    return [key for key in keys if key[place] in values]


def _state(key: Key, bank: Bank, desk: Desk) -> str:
    if key not in bank.texts:
        return "missing"
    found = bank.current(key, desk.offers[key.offer])
    if found is None:
        return "stale"
    return "unapproved" if found.status == "written" else found.status


def _progress(count: int) -> Progress:
    screen = console(error=True)
    progress = Progress(console=screen, disable=not screen.is_terminal)
    progress.add_task("Texts", total=count)
    return progress


def _outcome(done: Done) -> str:
    if done.text is None or done.failed is not None:
        return f"not finished: {done.failed}"
    return sheet.remark(done.text) or "written"


def _summary(done: Sequence[Done], todo: Sequence[Key], stopped: WriterError | None) -> int:
    """Says what was done; the exit code."""
    written = [one.text for one in done if one.text is not None and one.failed is None]
    remarked = sum(bool(text.claims) for text in written)
    say(f"{PATH}: {len(written)} written, {remarked} of them with a remark")
    if written:
        say("next: churn texts review")
    left = len(todo) - len(written)
    if not left:
        return 0
    failed = [str(one.failed) for one in done if one.failed is not None]
    reasons = "; ".join(dict.fromkeys(failed))
    return fail(
        [f"{left} texts are still missing ({reasons}); the same command goes on"],
        1 if stopped is None or stopped.reason == "budget" else stopped.exit_code,
    )

"""`churn score`: files of any number of customers; what is refused goes to a file of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich import progress as bars

from churn_lib.cli.sql import (
    CHANNEL,
    By,
    Day,
    Map,
    Offers,
    Reasons,
    Spoken,
    check_texts,
    columns_of,
)
from churn_lib.cli.terminal import console, fail, require, say
from churn_lib.customer.contact import Channel, Context, Tone
from churn_lib.customer.languages import spoken
from churn_lib.errors import FieldFault, InputError

if TYPE_CHECKING:
    from churn_lib.scale.files import Form
    from churn_lib.scale.order import Order, Progress
    from churn_lib.scale.request import Request

PACKAGES = {"duckdb": "duckdb", "pyarrow": "pyarrow"}

REFUSED, STOPPED = 3, 130
"""Exit codes: some rows have no score; Ctrl-C."""

TONE = Context().tone
TABS = {"tab": "\t", "\\t": "\t"}

FILES = "CSV, Parquet or NDJSON by its suffix, with .gz or .zst after .csv and .ndjson"

In = Annotated[
    str,
    typer.Argument(metavar="IN", help=f"{FILES}; a pattern in quotes, or - for standard input."),
]
Out = Annotated[
    str, typer.Argument(metavar="OUT", help="The same kinds, or - for standard output.")
]
Texts = Annotated[
    bool, typer.Option("--texts", help="What to say: approved texts, else the catalogue's.")
]
InTone = Annotated[Tone, typer.Option("--tone", help="Of the texts.")]
Encoding = Annotated[
    str | None, typer.Option("--encoding", help="Of a text.", show_default="found out")
]
Delimiter = Annotated[
    str | None,
    typer.Option("--delimiter", help="Between values; tab for one.", show_default="found out"),
]
Decimal = Annotated[
    Literal[".", ","] | None,
    typer.Option("--decimal", help="Before decimals.", show_default="found out"),
]
Keep = Annotated[
    str | None,
    typer.Option(
        "--keep", metavar="A,B,...", help="Columns of the file that come out.", show_default="all"
    ),
]
Only = Annotated[bool, typer.Option("--only", help="Of the file only the identifier comes out.")]
Safe = Annotated[
    bool,
    typer.Option("--formula-safe", help="Texts of the file can't be formulas in a spreadsheet."),
]
Rejected = Annotated[
    Path | None,
    typer.Option(
        "--rejected", metavar="FILE", help="Rows without a score.", show_default="OUT.rejected.csv"
    ),
]


def score(
    source: In,
    target: Out,
    *,
    reasons: Reasons = 3,
    offers: Offers = True,
    texts: Texts = False,
    tone: InTone = TONE,
    mapped: Map = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    decimal: Decimal = None,
    keep: Keep = None,
    only: Only = False,
    formula_safe: Safe = False,
    rejected: Rejected = None,
    channel: By = CHANNEL,
    language: Spoken = None,
    day: Day = None,
) -> None:
    """Score a file of customers, of any size.

    Its rows come out in their order, with probability, reasons and offer. Rows that are refused go
    to a file of their own, with what is wrong in words; the exit code is 3 when there are any.
    """
    require("scale", PACKAGES)
    check_texts(texts=texts, offers=offers)
    # Imported here: duckdb and pyarrow are extras, and nothing else here needs them.
    from churn_lib.scale import written

    order = ordered(
        source,
        target,
        asked(day, channel, language, reasons=reasons, offers=offers),
        told=(encoding, delimiter, decimal),
        mapped=mapped,
        keep=keep,
        only=only,
        formula_safe=formula_safe,
        rejected=rejected,
    )
    if texts:
        order = replace(order, missing=_beside(target, written.ENDING), tone=tone)
    raise typer.Exit(_run(order))


def asked(
    day: datetime | None,
    channel: Channel,
    language: str | None,
    *,
    reasons: int = 0,
    offers: bool = True,
) -> "Request":
    """What a statement is asked for by these options."""
    from churn_lib.scale.request import Request

    return Request(
        day=(day or datetime.now(UTC)).date(),
        reasons=reasons,
        offers=offers,
        channel=channel,
        language=language or spoken.first,
    )


def ordered(
    source: str,
    target: str,
    request: "Request",
    *,
    told: tuple[str | None, str | None, Literal[".", ","] | None],
    mapped: list[str] | None,
    keep: str | None,
    only: bool,
    formula_safe: bool,
    rejected: Path | None,
) -> "Order":
    """The order that these options are. told: encoding, separator, mark of decimals."""
    # Imported here: duckdb and pyarrow are extras, and nothing else here needs them.
    from churn_lib.scale import rejected as rejects
    from churn_lib.scale.head import Told
    from churn_lib.scale.order import Order

    encoding, delimiter, decimal = told
    return Order(
        source=source,
        target=Path(target),
        form=_form(source, target),
        rejected=rejected or _beside(target, rejects.ENDING),
        request=request,
        told=Told(encoding, _separator(delimiter), decimal),
        columns=columns_of(mapped or []),
        keep=None if keep is None else tuple(name.strip() for name in keep.split(",")),
        only=only,
        safe=formula_safe,
    )


def _run(order: "Order") -> int:
    """Says what was done; the exit code."""
    from churn_lib.offers.catalogue import catalogue
    from churn_lib.scale.score import score
    from churn_lib.scale.targets import is_standard
    from churn_lib.score.scorecard import scorecard

    offered = catalogue() if order.request.offers else None
    try:
        with shown() as progress:
            done = score(order, scorecard(), offered, progress)
    except KeyboardInterrupt:
        return fail(["Stopped; nothing was written."], STOPPED)
    aside = is_standard(order.target)
    for note in done.notes:
        say(note, error=True)
    say(f"{order.target}: {done.rows:,} rows", error=aside)
    if done.missing:
        lacking = sum(done.missing.values())
        many = (
            f"{lacking:,} rows have the catalogue's words: {len(done.missing):,} texts are missing"
        )
        say(f"{many}, listed in {order.missing}: churn texts write --from-log", error=True)
    if not done.rejected:
        return 0
    return fail([f"{order.rejected}: {done.rejected:,} rows refused, and why"], REFUSED)


@contextmanager
def shown() -> Iterator["Progress"]:
    """A callback whose progress is shown on standard error, when that is a terminal."""
    terminal = console(error=True)
    count = bars.TextColumn("{task.completed:,.0f} rows")
    parts = (bars.SpinnerColumn(), count, bars.BarColumn(), bars.TimeRemainingColumn())
    is_off = not terminal.is_terminal
    with bars.Progress(*parts, console=terminal, disable=is_off, transient=True) as bar:
        task = bar.add_task("", total=None)

        def progress(done: int, total: int | None) -> None:
            bar.update(task, completed=done, total=total and max(done, total))

        yield progress


def _form(source: str, target: str) -> "Form":
    """What is written; to standard output the same as is read."""
    from churn_lib.scale.files import STANDARD, Form, form_of

    if target != STANDARD:
        return form_of(Path(target))
    return Form("csv") if source == STANDARD else Form(form_of(Path(source)).kind)


def _beside(target: str, ending: str) -> Path:
    """The file of this ending that stands beside the one that is written."""
    from churn_lib.scale.files import STANDARD

    return Path(ending.lstrip(".") if target == STANDARD else f"{target}{ending}")


def _separator(given: str | None) -> str | None:
    separator = TABS.get(given or "", given)
    if separator is not None and len(separator) != 1:
        raise InputError([FieldFault("--delimiter", "must be one character, or tab")])
    return separator

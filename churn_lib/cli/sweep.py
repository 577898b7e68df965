"""`churn offers sweep`: what an offer brings at each of many terms, as a table and as a plot."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from churn_lib.cli.customers import read_customers
from churn_lib.cli.folder import in_folder
from churn_lib.cli.layout import bar, columns, framed, percent, span
from churn_lib.cli.terminal import console
from churn_lib.customer.schema import ARTIFACTS
from churn_lib.errors import FieldFault, InputError
from churn_lib.lint.sweep import Point, sweep
from churn_lib.offers import catalogue as catalogues
from churn_lib.score.scorecard import scorecard

MOST_STEPS = 100
WIDTH = 18
"""Of a bar, in characters."""

Known = Annotated[
    Path | None,
    typer.Option("--customers", help="Your customers, a table or .ndjson; left out, made-up ones."),
]
Steps = Annotated[int, typer.Option(min=2, max=MOST_STEPS, help="How many values are tried.")]


@in_folder
def sweep_offer(
    offer: Annotated[str, typer.Argument(metavar="ID", help="The offer.")],
    field: Annotated[str, typer.Argument(metavar="FIELD", help="percent, months or amount.")],
    between: Annotated[str, typer.Argument(metavar="A..B", help="From and to, such as 0..30.")],
    *,
    file: Annotated[
        Path, typer.Option("--catalogue", help="Left out, the one in force.", show_default=False)
    ] = ARTIFACTS / catalogues.OFFERS,
    customers: Known = None,
    steps: Steps = 11,
) -> None:
    """Show what an offer costs and brings at each of many terms; acceptance follows them."""
    catalogue = catalogues.load(file)
    values = _values(between, steps, is_whole=field == "months")
    known = None if customers is None else list(read_customers(customers))
    today = datetime.now(UTC).date()
    points = list(sweep(catalogue, offer, field, values, scorecard(), today=today, customers=known))
    terminal = console()
    told = _told(points, field, catalogue.currency, ascii_only=terminal.options.ascii_only)
    framed(terminal, f"{offer}, {field} {between}", Group(*told, *_notes(known is None)), "cyan")


def _values(between: str, steps: int, *, is_whole: bool) -> list[float]:
    """Evenly spread values, both ends included. Raises InputError."""
    low, _, high = between.partition("..")
    try:
        first, last = float(low), float(high)
    except ValueError:
        first, last = 0.0, -1.0
    if not 0 <= first < last <= 1_000_000:
        message = "must be two numbers from 0 to 1000000 with .. between, the lower first"
        raise InputError([FieldFault("A..B", message)])
    values = [first + (last - first) * step / (steps - 1) for step in range(steps)]
    return list(dict.fromkeys(map(round, values))) if is_whole else [round(v, 6) for v in values]


def _told(
    points: Sequence[Point], field: str, currency: str, *, ascii_only: bool
) -> Iterator[RenderableType]:
    table = columns()
    for _ in range(6):
        table.add_column(justify="right", no_wrap=True)
    table.add_row(field, "accepted", "contacts", "cost", "expected", "all offers", style="dim")
    best = max(points, key=lambda point: point.whole)
    for point in points:
        figures = f"{point.cost:,.0f}", f"{point.value:+,.0f}", f"{point.whole:+,.0f}"
        shown = f"{point.at:g}", percent(point.acceptance), f"{point.contacts:,}", *figures
        table.add_row(*shown, style="bold" if point is best else "")
    yield table
    yield Text(f"\nIn 90 % of cases between, in {currency}", style="dim")
    yield _plot(points, ascii_only=ascii_only)


def _plot(points: Sequence[Point], *, ascii_only: bool) -> Table:
    """Contacts as bars; cost and expected value as spans between their ends."""
    table = columns()
    table.add_column(justify="right", no_wrap=True)
    table.add_row("", "contacts", "cost", "expected value", style="dim")
    most = max(point.contacts for point in points) or 1
    costs = [end for point in points for end in (0.0, *point.cost_ends)]
    worths = [end for point in points for end in (0.0, *point.value_ends)]
    for point in points:
        full = bar(point.contacts / most, WIDTH // 2, ascii_only=ascii_only)
        cost = span(point.cost_ends, point.cost, costs, WIDTH, ascii_only=ascii_only)
        worth = span(point.value_ends, point.value, worths, WIDTH, ascii_only=ascii_only)
        low, high = point.value_ends
        table.add_row(f"{point.at:g}", full, cost, f"{worth} {low:+,.0f} .. {high:+,.0f}")
    return table


def _notes(made_up: bool) -> Iterator[Text]:
    text = "accepted: of those whose reason the offer answers; a curve that is assumed, see "
    yield Text(f"\n{text}docs/economics.md. all offers: what all of them bring.", style="dim")
    if made_up:
        grid = "The customers are made up: a grid, not a share of yours."
        yield Text(f"{grid} --customers FILE takes yours.", style="dim")

"""`churn power`: how many customers a trial needs, and what your own could see."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from typer.models import OptionInfo

from churn_lib.cli.layout import columns, framed, percent
from churn_lib.cli.terminal import console, require
from churn_lib.errors import FieldFault, InputError

if TYPE_CHECKING:
    from churn_lib.evidence.power import Design

NEEDED = {"statsmodels": "statsmodels", "scipy": "scipy"}
POINTS = (0.01, 0.02, 0.03, 0.05)
CHURNS = (0.05, 0.10, 0.20, 0.30)


def share_of(text: str) -> OptionInfo:
    """A share from 0 to 1."""
    found: OptionInfo = typer.Option(min=0, max=1, help=text)
    return found


def power(
    *,
    churn: Annotated[
        float | None,
        typer.Option(help="Share who leave without an offer, of those who would get one: 0.30."),
    ] = None,
    lift: Annotated[
        float | None, typer.Option(help="Share that offers keep: 0.03 is 3 of 100 customers.")
    ] = None,
    customers: Annotated[
        int | None, typer.Option(min=1, help="What could so many customers of yours show?")
    ] = None,
    holdout: Annotated[float, share_of("Share who get no offer.")] = 0.10,
    explore: Annotated[float, share_of("Share who get one by chance.")] = 0.05,
    triggered: Annotated[float, share_of("Share of customers whom an offer would be made.")] = 1.0,
    saved: Annotated[float, share_of("Share of variance that the score explains.")] = 0,
    chance: Annotated[float, share_of("How likely an effect that is there shall be seen.")] = 0.80,
) -> None:
    """Say how many customers an experiment needs, or what your own could see."""
    _check({"--churn": churn, "--lift": lift, "--triggered": triggered})
    if not 0 < holdout < 1 - explore:
        raise InputError([FieldFault("--holdout", "must be above 0, and leave some for offers")])
    if not 0 < chance < 1 or saved >= 1:
        raise InputError([FieldFault("--chance, --saved", "must lie between 0 and 1")])
    if churn is not None and lift is not None and lift >= churn:
        raise InputError([FieldFault("--lift", "must be below the share who leave, --churn")])
    require("evidence", NEEDED)
    from churn_lib.evidence.power import Design

    design = Design(holdout, explore, chance, saved)
    parts: list[RenderableType] = []
    if churn is None or lift is None:
        parts.append(_table(design, CHURNS if churn is None else (churn,), triggered))
        parts.append(Text("Customers who must take part in all, by share who leave and effect."))
    else:
        parts += map(Text, _case(design, churn, lift, triggered))
    if customers is not None:
        parts += map(Text, _backwards(design, churn, customers, triggered))
    shares = f"{holdout:.0%} without an offer, {explore:.0%} by chance"
    framed(console(), f"An experiment: {shares}", Group(*parts), "cyan")


def _check(shares: dict[str, float | None]) -> None:
    faults = [
        FieldFault(name, "must be above 0, and at most 1")
        for name, share in shares.items()
        if share is not None and not 0 < share <= 1
    ]
    if faults:
        raise InputError(faults)


def _table(design: "Design", churns: tuple[float, ...], triggered: float) -> Table:
    from churn_lib.evidence.power import units_needed

    table = columns()
    for _ in range(len(POINTS) + 1):
        table.add_column(justify="right", no_wrap=True)
    table.add_row("leave", *(f"{lift * 100:.0f} of 100 kept" for lift in POINTS))
    for churn in churns:
        needed = [
            f"{units_needed(design, churn, lift).total / triggered:,.0f}" if lift < churn else "-"
            for lift in POINTS
        ]
        table.add_row(f"{churn:.0%}", *needed)
    return table


def _case(design: "Design", churn: float, lift: float, triggered: float) -> Iterator[str]:
    from churn_lib.evidence.power import LOOKING, units_needed

    units = units_needed(design, churn, lift)
    yield (
        f"To see that offers keep {_of_100(lift)} more customers, where {_of_100(churn)} leave, "
        f"{units.total:,} who would get an offer must take part: {units.holdout:,} of them get "
        f"none, and {units.explore:,} get one by chance."
    )
    if triggered < 1:
        everybody = units.total / triggered
        yield f"As offers are made to {triggered:.0%}, that takes {everybody:,.0f} customers."
    yield (
        f"Then {design.power:.0%} of such experiments show it. To look at any time and stop early, "
        f"plan {units.total * LOOKING / triggered:,.0f} customers."
    )


def _backwards(
    design: "Design", churn: float | None, customers: int, triggered: float
) -> Iterator[str]:
    from churn_lib.evidence.power import visible_lift, visible_loss

    for share in CHURNS if churn is None else (churn,):
        seen = visible_lift(design, share, round(customers * triggered))
        where = f"Where {_of_100(share)} leave, {customers:,} customers show"
        if seen is None:
            yield f"{where} nothing: not even offers that keep everybody."
        else:
            yield f"{where} offers that keep {_of_100(seen)} or more."
    lost = visible_loss(design, customers)
    if lost is None:
        yield "The check of the sample ratio would not even see that all of the holdout is lost."
    else:
        yield (
            f"The check of the sample ratio sees when {percent(lost)} of the holdout's customers "
            "are lost; it can't see fewer."
        )


def _of_100(share: float) -> str:
    return f"{share * 100:.3g} of 100"

"""Segments, and what other ways to choose would have brought, for people."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import RenderableType
from rich.text import Text

from churn_lib.cli.customers import read_as
from churn_lib.cli.layout import columns, money
from churn_lib.customer.request import PredictRequest
from churn_lib.customer.schema import ARTIFACTS
from churn_lib.errors import FieldFault, InputError
from churn_lib.offers import catalogue as catalogues
from churn_lib.score.scorecard import scorecard
from churn_lib.secrets.key import experiment_key
from churn_lib.settings import settings

if TYPE_CHECKING:
    from churn_lib.evidence.lift import Estimate
    from churn_lib.evidence.offpolicy import PolicyValue
    from churn_lib.evidence.segments import Segments
    from churn_lib.evidence.weighed import Choices

Other = Annotated[
    Path | None,
    typer.Option(help="Another offers.toml, or a table of decision_id and offer, to judge."),
]
Requests = Annotated[
    Path | None,
    typer.Option(help="With another offers.toml: the requests of the experiment, as NDJSON."),
]
SHOWN = 5
"""Segments, of each end."""


def in_segments(found: "Segments") -> Iterator[RenderableType]:
    """The best and the worst, or that none is shown to differ."""
    if not found.segments:
        yield Text(
            f"{found.looked_at} segments by offer, reason and probability: none is shown to differ "
            f"(p {found.p:.3f}). The best one of so many looks good by chance."
        )
        return
    table = columns()
    table.add_column(no_wrap=True)
    table.add_row(
        "Offer", "Leaving", "Customers", "More of 100 who stay", "As counted", style="dim"
    )
    ends = [*found.segments[:SHOWN], *found.segments[SHOWN:][-SHOWN:]]
    for one in ends:
        value, low, high = (f"{share * 100:+.1f}" for share in one.lift[:3])
        counts = f"{one.customers:,}", f"{value} [{low}, {high}]", f"{one.raw.value * 100:+.1f}"
        table.add_row(one.offer if one.answers else f"{one.offer}, other", one.band, *counts)
    yield table
    yield Text(
        f"\nThey differ (p {found.p:.3f}). Lifts are drawn to their mean by as much as they are "
        "chance: what was counted promises too much of the best."
    )


def choices_of(other: Path | None, customers: Path | None) -> "Choices | None":
    """What another way would do, as a table, or by a catalogue for the customers who make these
    requests. Raises InputError.
    """
    if other is None or other.suffix != ".toml":
        return other
    from churn_lib.evidence.choices import choices

    if customers is None:
        message = "must name the requests of the experiment, for --other is a catalogue"
        raise InputError([FieldFault("--customers", message)])
    key = experiment_key(settings().experiment, settings().gemini)
    trial = catalogues.load(ARTIFACTS / catalogues.OFFERS).experiment
    if key is None or trial is None:
        message = "needs EXPERIMENT_KEY and [experiment] in the catalogue, to know the customers"
        raise InputError([FieldFault("--other", message)])
    requests = read_as(PredictRequest, customers)
    today, secret = datetime.now(UTC).date(), asyncio.run(key.get())
    return choices(catalogues.load(other), trial, secret, requests, scorecard(), today)


def ways(found: "Sequence[PolicyValue]") -> Iterator[RenderableType]:
    """A table, and what must be known to read it."""
    table = columns()
    for _ in range(4):
        table.add_column(no_wrap=True)
    heads = ("Offers to", "Brings a customer", "More than now", "Sample")
    table.add_row(*heads, style="dim")
    for one in found:
        table.add_row(one.name, _of(one.robust), _of(one.gain), f"{one.sample:.1%}")
    yield table
    yield from map(Text, _notes(found))


def _of(one: "Estimate | None") -> str:
    if one is None:
        return "not known"
    return f"{money(one.value)} [{money(one.low)}, {money(one.high)}]"


def _notes(found: "Sequence[PolicyValue]") -> Iterator[str]:
    yield "\nMargin with all that is spent, from customers with whom an arm did the same."
    if any(one.robust is None for one in found):
        yield "Not known: the sample is under 1 %, a few customers would decide. Explore more."
    for one in found:
        if one.unseen:
            yield (
                f"{one.name}: of {one.unseen:,} customers nothing is known, for no arm does with "
                "them what it would; they are left out on both sides."
            )
    *_, last = found
    if last.name == "other":
        yield _gate(last)


def _gate(one: "PolicyValue") -> str:
    """Whether the other way may take the place of this one, by a rule that was there before."""
    if one.is_better:
        return "The other way is shown to bring more: the lower end of its gain is above 0."
    seen = "" if one.visible is None else f" Four of five such trials would show {one.visible:.2f}."
    return f"The other way is not shown to bring more: keep the present one.{seen}"

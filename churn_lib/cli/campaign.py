"""`churn campaign`: who of a file gets which offer, within a budget and other limits."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from churn_lib.cli.campaign_told import tell
from churn_lib.cli.score import (
    REFUSED,
    STOPPED,
    Decimal,
    Delimiter,
    Encoding,
    In,
    Keep,
    Only,
    Out,
    Rejected,
    Safe,
    asked,
    ordered,
    shown,
)
from churn_lib.cli.sql import CHANNEL, By, Day, Map, Spoken
from churn_lib.cli.terminal import fail, require
from churn_lib.errors import FieldFault, InputError
from churn_lib.offers.catalogue import Catalogue, catalogue

if TYPE_CHECKING:
    from churn_lib.scale.campaign import Limits
    from churn_lib.scale.gathered import Holdout
    from churn_lib.scale.order import Order

PACKAGES = {"duckdb": "duckdb", "pyarrow": "pyarrow", "numpy": "numpy", "scipy": "scipy"}

CATALOGUE = "as the catalogue says"

Budget = Annotated[
    float | None,
    typer.Option("--budget", min=0, help="For all contacts and gifts.", show_default=CATALOGUE),
]
Contacts = Annotated[
    int | None,
    typer.Option("--contacts", min=0, help="Customers who get an offer.", show_default=CATALOGUE),
]
Cap = Annotated[
    list[str] | None,
    typer.Option(
        "--cap",
        metavar="OFFER=NUMBER",
        help="Customers who get this one; may be repeated.",
        show_default=CATALOGUE,
    ),
]
Top = Annotated[
    int | None,
    typer.Option("--top", min=0, help="Only so many contacts, and no other limit."),
]
Share = Annotated[
    float,
    typer.Option("--holdout", min=0, max=0.99, help="Of customers who get nothing, to compare."),
]
Name = Annotated[str, typer.Option("--name", help="Of the campaign; another one holds out others.")]


def campaign(
    source: In,
    target: Out,
    *,
    budget: Budget = None,
    contacts: Contacts = None,
    cap: Cap = None,
    top: Top = None,
    holdout: Share = 0.0,
    name: Name = "campaign",
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
    """Choose who of a file gets which offer, so that all limits hold and the value is highest.

    At most one offer a customer. Says how far from the best possible choice it can be at most, and
    what one more of each limit would bring. The exit code is 3 when rows are refused.
    """
    require("scale", PACKAGES)
    # Imported here: these are extras, and nothing else here needs them.
    from churn_lib.scale.gathered import Holdout

    order = ordered(
        source,
        target,
        asked(day, channel, language),
        told=(encoding, delimiter, decimal),
        mapped=mapped,
        keep=keep,
        only=only,
        formula_safe=formula_safe,
        rejected=rejected,
    )
    offered = catalogue()
    limits = _limits(offered, budget, contacts, cap or [], top)
    raise typer.Exit(_run(order, limits, Holdout(holdout, name), offered))


def _run(order: "Order", limits: "Limits", arms: "Holdout", offered: Catalogue) -> int:
    """Says what was chosen; the exit code."""
    from churn_lib.scale.campaign_file import campaign
    from churn_lib.score.scorecard import scorecard

    try:
        with shown() as progress:
            done = campaign(order, limits, arms, scorecard(), offered, progress)
    except KeyboardInterrupt:
        return fail(["Stopped; nothing was written."], STOPPED)
    tell(done, limits, offered, str(order.target))
    if not done.rejected:
        return 0
    return fail([f"{order.rejected}: {done.rejected:,} rows refused, and why"], REFUSED)


def _limits(
    offered: Catalogue,
    budget: float | None,
    contacts: int | None,
    cap: Sequence[str],
    top: int | None,
) -> "Limits":
    """Those of the options, else those of the catalogue. Raises InputError."""
    from churn_lib.scale.campaign import Limits

    if top is not None:
        if budget is not None or contacts is not None or cap:
            raise InputError([FieldFault("--top", "is the only limit, where it is given")])
        return Limits(None, top, [None] * len(offered.offers))
    own, caps = offered.campaign, _caps(offered, cap)
    return Limits(
        own.budget if budget is None else budget,
        own.contacts if contacts is None else contacts,
        [caps.get(offer.id, offer.cap) for offer in offered.offers],
    )


def _caps(offered: Catalogue, given: Sequence[str]) -> Mapping[str, int]:
    known = [offer.id for offer in offered.offers]
    pairs = [one.partition("=") for one in given]
    if not all(name in known and number.isdecimal() for name, _, number in pairs):
        allowed = f"must be OFFER=NUMBER, with an offer of {', '.join(known)}"
        raise InputError([FieldFault("--cap", allowed)])
    return {name: int(number) for name, _, number in pairs}

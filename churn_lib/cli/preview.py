"""`churn offers list` and `churn offers preview`: what there is, who gets it, and what is sent."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group
from rich.table import Table
from rich.text import Text

from churn_lib.cli.customers import read_customers
from churn_lib.cli.layout import columns, framed, percent
from churn_lib.cli.offers import DEFAULT, File
from churn_lib.cli.sweep import Known
from churn_lib.cli.terminal import console
from churn_lib.customer.contact import CHANNELS, Channel, Context, Tone
from churn_lib.customer.json_text import read_json
from churn_lib.customer.model import Customer, example
from churn_lib.customer.reading import read_columns
from churn_lib.errors import DataError, FieldFault, InputError
from churn_lib.lint.grid import grid
from churn_lib.lint.shares import Shares, shares
from churn_lib.offers.catalogue import Catalogue, load
from churn_lib.offers.decide import Decider
from churn_lib.offers.offer import Offer
from churn_lib.score.scorecard import scorecard
from churn_lib.words.sms import sms_segments
from churn_lib.words.template import Proposal, said, template, terms

Id = Annotated[str | None, typer.Argument(help="An offer; left out, all.", show_default=False)]
In = Annotated[
    str | None,
    typer.Option("--language", help="Left out, the catalogue's first.", show_default=False),
]
By = Annotated[
    Channel | None,
    typer.Option("--channel", help="Left out, each that the offer has.", show_default=False),
]
Manner = Annotated[Tone, typer.Option("--tone", help="How the customer is spoken to.")]
To = Annotated[
    Path | None,
    typer.Option(
        "--customer",
        help="A customer as JSON, as for POST /predict; left out, a made-up one.",
        show_default=False,
    ),
]
From = Annotated[Path, typer.Option("--offers", help="A catalogue; left out, the shipped one.")]


def list_offers(file: File = DEFAULT, *, customers: Known = None) -> None:
    """Show the offers of a catalogue: terms, price, dates, and how many customers get each."""
    catalogue = load(file)
    asked = grid(catalogue) if customers is None else read_customers(customers)
    found = shares(catalogue, scorecard(), asked, _today())
    told = _listed(catalogue, found, made_up=customers is None)
    title = f"{len(catalogue.offers)} offers, version {catalogue.version}"
    framed(console(), title, Group(*told), "cyan")


def preview(
    offer: Id = None,
    *,
    language: In = None,
    channel: By = None,
    tone: Manner = "friendly",
    customer: To = None,
    offers: From = DEFAULT,
) -> None:
    """Show exactly what a customer is sent where no language model writes, and how long it is."""
    catalogue = load(offers)
    language = _one_of("--language", language or catalogue.languages[0], catalogue.languages)
    ids = [one.id for one in catalogue.offers]
    chosen = ids if offer is None else [_one_of("offer", offer, ids)]
    asked = example() if customer is None else _read(customer)
    channels = CHANNELS if channel is None else (channel,)
    for one, by in product(catalogue.offers, channels):
        if one.id in chosen and by in one.channels and language in one.texts:
            context = Context(channel=by, tone=tone).model_copy(update={"language": language})
            _show(one, asked, context, catalogue)


def _show(offer: Offer, customer: Customer, context: Context, catalogue: Catalogue) -> None:
    until = Decider(catalogue).accept_until(offer, _today())
    proposal = Proposal(offer, until, customer, context, catalogue)
    message = said(template(proposal), context.channel)
    tone = "" if context.channel == "sms" else f", {context.tone}"
    title = f"{offer.id}: {context.channel} in {context.language}{tone}"
    size = Text(f"\n{_size(message, context.channel, catalogue)}", style="dim")
    framed(console(), title, Group(Text(message), size), "cyan")


def _size(message: str, channel: Channel, catalogue: Catalogue) -> str:
    """How long a message is, and what it costs to send."""
    cost, parts = catalogue.assumptions.contact_cost[channel], ""
    if channel == "sms":
        count = sms_segments(message)
        cost, parts = cost * count, f", {count} {'segment' if count == 1 else 'segments'}"
    return f"{len(message):,} characters{parts}, {cost:,.2f} {catalogue.currency}"


def _one_of(name: str, given: str, allowed: list[str] | tuple[str, ...]) -> str:
    if given not in allowed:
        raise InputError([FieldFault(name, f"must be one of {', '.join(allowed)}")])
    return given


def _read(path: Path) -> Customer:
    try:
        return read_columns(Customer, read_json(path.read_bytes()))
    except OSError as error:
        raise DataError(f"{path.name} can't be read: {error.strerror}") from error


def _listed(catalogue: Catalogue, found: Shares, *, made_up: bool) -> Iterator[Table | Text]:
    table, customer = columns(), example()
    table.add_column(no_wrap=True)
    table.add_row("Offer", "Kind", "Terms", "Price", "Dates", "Share", style="dim")
    for offer in catalogue.offers:
        share = percent(found.offers.get(offer.id, 0) / (found.customers or 1))
        dates = f"{offer.valid_from} to {offer.valid_until}"
        table.add_row(
            offer.id, offer.kind.replace("_", " "), *_promise(offer, customer), dates, share
        )
    yield table
    bill = f"{customer.bill:,.2f} {catalogue.currency}"
    yield Text(f"\nPrice: of a month, for a customer who pays {bill}.", style="dim")
    who = "made-up customers, a grid that says who may get it" if made_up else "customers"
    yield Text(f"Share: of {found.customers:,} {who}, by e-mail.", style="dim")
    if found.dead:
        names = ", ".join(found.dead)
        yield Text(f"warning: nobody here ever gets {names}", style="yellow")


def _promise(offer: Offer, customer: Customer) -> tuple[str, str]:
    """The terms in words, and the price of a month."""
    known = terms(offer, customer)
    forms = {"percent": "{:g} % off", "amount": "{:,.2f}", "months": "{} months"}
    told = [form.format(known[name]) for name, form in forms.items() if name in known]
    price = known.get("price_after")
    return ", ".join(told), "" if price is None else f"{price:,.2f}"


def _today() -> date:
    return datetime.now(UTC).date()

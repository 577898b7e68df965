"""`churn sql`: the score, its reasons and the offer as one text of SQL."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal

import typer

from churn_lib.cli.terminal import say
from churn_lib.customer.contact import Channel, Context
from churn_lib.customer.languages import spoken
from churn_lib.errors import FieldFault, InputError

CHANNEL = Context().channel

Dialect = Annotated[
    Literal["bigquery", "duckdb", "spark", "postgres", "snowflake"],
    typer.Option("--dialect", help="The engine that is to run it."),
]
Table = Annotated[str, typer.Option("--table", help="What the customers' table is called.")]
Reasons = Annotated[int, typer.Option("--reasons", min=0, max=5, help="Reasons in words.")]
Offers = Annotated[bool, typer.Option("--offers/--no-offers", help="The offer that pays.")]
Texts = Annotated[
    bool,
    typer.Option("--texts", help="The reason that the offer answers, to join texts by."),
]
Facts = Annotated[
    str,
    typer.Option(
        "--facts",
        metavar="A,B,...",
        help="Facts of the contact that the table has as columns.",
        show_default="none",
    ),
]
By = Annotated[Channel, typer.Option("--channel", help="Of the contact.")]
Spoken = Annotated[
    str | None,
    typer.Option("--language", help="Of the contact.", show_default="the catalogue's first"),
]
Day = Annotated[
    datetime | None,
    typer.Option("--date", formats=["%Y-%m-%d"], help="Of the offers.", show_default="today"),
]
Map = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="OURS=THEIRS", help="The column of a field; may be repeated."),
]
Types = Annotated[
    Literal["native", "text"],
    typer.Option("--types", help="Of the columns; with text, any is read by its text."),
]
Quoted = Annotated[bool, typer.Option("--quoted", help="Names are taken letter by letter.")]
As = Annotated[
    Literal["select", "view", "function"],
    typer.Option("--as", help="What is written; a function for BigQuery and DuckDB alone."),
]
Name = Annotated[str, typer.Option("--name", help="Of the view or the function.")]
Test = Annotated[
    bool,
    typer.Option("--test", help="A query with customers of its own, which must return no row."),
]


def sql(
    *,
    dialect: Dialect,
    table: Table = "customers",
    reasons: Reasons = 3,
    offers: Offers = True,
    texts: Texts = False,
    facts: Facts = "",
    channel: By = CHANNEL,
    language: Spoken = None,
    day: Day = None,
    mapped: Map = None,
    types: Types = "native",
    quoted: Quoted = False,
    form: As = "select",
    name: Name = "churn_score",
    test: Test = False,
) -> None:
    """Print score, reasons and offer as SQL, which a warehouse runs by itself for all customers.

    It says the same as the service. A row that the service would refuse has no score, and says why.
    """
    from churn_lib.offers.catalogue import catalogue
    from churn_lib.scale.dialects import DIALECTS
    from churn_lib.scale.request import Request
    from churn_lib.scale.script import Origin, script
    from churn_lib.scale.trial import trial
    from churn_lib.score.scorecard import scorecard

    check_texts(texts=texts, offers=offers)
    known = catalogue() if offers else None
    request = Request(
        day=(day or datetime.now(UTC)).date(),
        table=table,
        reasons=reasons,
        offers=offers,
        facts=tuple(filter(None, (fact.strip() for fact in facts.split(",")))),
        channel=channel,
        language=language or spoken.first,
        columns=columns_of(mapped or []),
        types=types,
        quoted=quoted,
        texts=texts,
    )
    card, engine = scorecard(), DIALECTS[dialect]
    asked = request, engine, card, known
    text = trial(*asked) if test else script(form, name, *asked)
    origin = Origin(*asked)
    say(*origin.comment(test=test, form=form, name=name), *text.splitlines())


def check_texts(*, texts: bool, offers: bool) -> None:
    """Raises InputError where there are no offers for texts."""
    if texts and not offers:
        raise InputError([FieldFault("--texts", "are of offers; leave --no-offers out")])


def columns_of(texts: Sequence[str]) -> dict[str, str]:
    """The table's columns by field. Raises InputError."""
    pairs = [text.partition("=") for text in texts]
    found = {ours: theirs for ours, _, theirs in pairs}
    if len(found) < len(texts) or not all(found.values()):
        raise InputError([FieldFault("--map", "must be OURS=THEIRS, each of ours once")])
    return found

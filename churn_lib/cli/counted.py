"""What commands about an experiment read: logs, or what a warehouse has counted of them."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from churn_lib.customer.schema import ARTIFACTS
from churn_lib.errors import FieldFault, InputError
from churn_lib.offers import catalogue as catalogues

if TYPE_CHECKING:
    from churn_lib.evidence.table import Counted
    from churn_lib.evidence.weighed import Choices

Files = Annotated[
    list[Path] | None,
    typer.Option(help="Lines of the decision log, or a table of them: several files."),
]
AsOf = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="The last day of which all outcomes are known."),
]
Window = Annotated[
    int, typer.Option(min=1, max=730, help="Days after the decision in which leaving counts.")
]
Named = Annotated[str | None, typer.Option(help="Its name, where the log has several.")]
Small = Annotated[
    Path | None,
    typer.Option(
        "--table", help="Instead of logs: what a warehouse counted, by the views of churn views."
    ),
]


def counted_of(
    decisions: list[Path] | None,
    outcomes: list[Path] | None,
    table: Path | None,
    experiment: str | None,
    as_of: datetime | None,
    window: int,
    choices: "Choices | None" = None,
) -> "Counted":
    """The counts. Raises InputError, ArtifactError and DataError."""
    from churn_lib.evidence.small import read
    from churn_lib.evidence.table import count

    given = {"--decisions": decisions, "--outcomes": outcomes, "--as-of": as_of}
    if table is not None:
        more = [FieldFault(name, "not with --table") for name, value in given.items() if value]
        if more:
            raise InputError(more)
        return read(table)
    if not decisions or not outcomes or not as_of:
        message = "must be given, or --table"
        raise InputError([FieldFault(name, message) for name, value in given.items() if not value])
    return count(
        decisions,
        outcomes,
        experiment,
        as_of=as_of.date(),
        window=window,
        choices=choices,
        sold=sold_offers(),
    )


def sold_offers() -> list[str]:
    """The value-added ones of the catalogue. Raises ArtifactError."""
    offers = catalogues.load(ARTIFACTS / catalogues.OFFERS).offers
    return [one.id for one in offers if one.kind == "value_added"]

"""`churn views`: what a decision log in a warehouse shows, as views in SQL."""

from datetime import datetime
from typing import Annotated, Literal

import typer

from churn_lib.cli.counted import Window, sold_offers
from churn_lib.cli.terminal import require, say
from churn_lib.customer.schema import ARTIFACTS
from churn_lib.offers import catalogue as catalogues
from churn_lib.score.reference import REFERENCE, load_reference

NEEDED = {"duckdb": "duckdb", "scipy": "scipy", "sqlglot": "sqlglot", "statsmodels": "statsmodels"}


def views(
    *,
    dialect: Annotated[
        Literal["bigquery", "duckdb"], typer.Option(help="The engine that is to run them.")
    ],
    log: Annotated[
        str, typer.Option(help="The table of the log; in BigQuery as Cloud Logging makes it.")
    ] = "decision_log",
    outcomes: Annotated[
        str | None,
        typer.Option(help="A table of more outcomes: unit or decision_id, outcome, occurred_at."),
    ] = None,
    experiment: Annotated[
        str | None, typer.Option(help="Its name.", show_default="the catalogue's")
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="The last day of which all outcomes are known.",
            show_default="yesterday, whenever they are asked",
        ),
    ] = None,
    window: Window = 90,
) -> None:
    """Print views over the decision log: evidence for lift and learn, fallbacks, costs, drift."""
    require("evidence", NEEDED)
    from churn_lib.evidence.views import Asked
    from churn_lib.evidence.views import views as written

    trial = catalogues.load(ARTIFACTS / catalogues.OFFERS).experiment
    name = experiment or (trial.name if trial else "none")
    day = as_of.date() if as_of else None
    reference = load_reference(ARTIFACTS) if (ARTIFACTS / REFERENCE).is_file() else None
    asked = Asked(dialect, log, outcomes, name, day, window, sold_offers())
    for view, text in written(asked, reference).items():
        say(f"CREATE OR REPLACE VIEW {view} AS", *f"{text};".splitlines(), "")

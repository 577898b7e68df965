"""The commands of `churn`, put together."""

from typing import Annotated

import typer

from churn_lib import __version__
from churn_lib.cli import offers
from churn_lib.cli.doctor import doctor
from churn_lib.cli.options import ANY_DASH
from churn_lib.cli.predict import predict
from churn_lib.cli.terminal import Commands
from churn_lib.cli.training import evaluate, train

app = typer.Typer(
    cls=Commands,
    help="How likely customers are to leave, why, which offer pays, and what to say.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # they print local variables: customers
    context_settings={"help_option_names": ["-h", "--help"], **ANY_DASH},
)
app.command("predict")(predict)
app.command("train")(train)
app.command("evaluate")(evaluate)
app.command("doctor")(doctor)
app.add_typer(offers.app, name="offers")


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"churn {__version__}")
        raise typer.Exit


Version = Annotated[
    bool,
    typer.Option("--version", callback=_version, is_eager=True, help="Show the version and end."),
]


@app.callback()
def _options(*, version: Version = False) -> None:
    pass

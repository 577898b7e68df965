"""The commands of `churn`, put together."""

from typing import Annotated

import typer

from churn_lib import __version__
from churn_lib.cli import offers, preview, schema, texts
from churn_lib.cli.campaign import campaign
from churn_lib.cli.doctor import doctor
from churn_lib.cli.drift import drift
from churn_lib.cli.folder import in_folder
from churn_lib.cli.init import init
from churn_lib.cli.learn import learn
from churn_lib.cli.lift import lift
from churn_lib.cli.options import ANY_DASH
from churn_lib.cli.power import power
from churn_lib.cli.predict import predict
from churn_lib.cli.report import evaluate, report
from churn_lib.cli.score import score
from churn_lib.cli.simulate import simulate
from churn_lib.cli.sql import sql
from churn_lib.cli.terminal import Commands, say
from churn_lib.cli.training import train
from churn_lib.cli.views import views

# Longer than a docstring's line: Typer would show the line's end where it stands in the code.
TRAIN = (
    "Train the score and write its artifacts; "
    "without --folder they replace those that are served now."
)
INIT = "Propose a schema for a file of customers, and say what to look at in it, the worst first."
EVALUATE = (
    "Compare the score with logistic regression, LightGBM, XGBoost, CatBoost and an EBM on the "
    "same folds; store it, and all else that a report shows, as evaluation.json."
)
REPORT = (
    "Make a model card with pictures of what evaluate has stored: model_card.md and figures/; "
    "refuses what is stale, and ends with 1 when a figure is too good to be true."
)
DOCTOR = (
    "Say what is configured, what is missing and what follows from it; "
    "ends with 1 when something is wrong."
)

app = typer.Typer(
    cls=Commands,
    help="How likely customers are to leave, why, which offer pays, and what to say.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # they print local variables: customers
    context_settings={"help_option_names": ["-h", "--help"], **ANY_DASH},
)
app.command("predict")(in_folder(predict))
app.command("score")(in_folder(score))
app.command("campaign")(in_folder(campaign))
app.command("init", help=INIT)(init)
app.command("train", help=TRAIN)(train)
app.command("evaluate", help=EVALUATE)(in_folder(evaluate))
app.command("report", help=REPORT)(in_folder(report))
app.command("sql")(in_folder(sql))
app.command("doctor", help=DOCTOR)(in_folder(doctor))
app.command("power")(power)
app.command("lift")(in_folder(lift))
app.command("learn")(in_folder(learn))
app.command("simulate")(in_folder(simulate))
app.command("drift")(in_folder(drift))
app.command("views")(in_folder(views))
offers.app.command("list")(in_folder(preview.list_offers))
offers.app.command("preview")(in_folder(preview.preview))
app.add_typer(offers.app, name="offers")
app.add_typer(schema.app, name="schema")
app.add_typer(texts.app, name="texts")


def _version(asked: bool) -> None:
    if asked:
        say(f"churn {__version__}")
        raise typer.Exit


Version = Annotated[
    bool,
    typer.Option("--version", callback=_version, is_eager=True, help="Show the version and end."),
]


@app.callback()
def _options(*, version: Version = False) -> None:
    pass

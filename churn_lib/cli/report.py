"""`churn evaluate` measures the score and stores it; `churn report` makes a model card of that."""

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from churn_lib.cli.layout import columns, facts, framed
from churn_lib.cli.terminal import console, require, say
from churn_lib.cli.training import (
    PACKAGES,
    Data,
    Repeats,
    Seed,
    default,
    plus_minus,
    watched,
    written,
)
from churn_lib.customer.schema import ARTIFACTS
from churn_lib.errors import DataError

if TYPE_CHECKING:
    from churn_lib.report.evaluation import Evaluation
    from churn_lib.training.evaluate import Estimate, Result

STATISTICS = {"statsmodels": "statsmodels"}
DRAWING = {"matplotlib": "matplotlib"}

Fresh = Annotated[bool, typer.Option("--fresh", help="Measure again first, which takes minutes.")]


def evaluate(data: Data, *, repeats: Repeats = None, seed: Seed = None) -> None:
    require("train", PACKAGES)
    require("evidence", STATISTICS)
    from churn_lib.report.evaluation import EVALUATION
    from churn_lib.training.evaluate import FOLDS

    found, results = _measured(data, repeats, seed)
    terminal, told = console(), found.protocol
    title = (
        f"{found.data.customers:,} customers, {told.repeats} times {FOLDS}-fold cross-validation"
    )
    note = "\nBelow each mean its standard error, corrected for shared training data."
    body = Group(comparison(results, terminal), Text(note, style="dim"))
    framed(terminal, title, body, "cyan")
    say(f"Written to {ARTIFACTS / EVALUATION}; churn report FILE makes a model card of it.")


def _measured(
    data: Path, repeats: int | None, seed: int | None
) -> tuple["Evaluation", list["Result"]]:
    """What was measured, and stored."""
    from churn_lib.report.evaluation import EVALUATION, content_of, write
    from churn_lib.report.measure import Plan, measured
    from churn_lib.training.baselines import opponents
    from churn_lib.training.data import read_customers
    from churn_lib.training.evaluate import REPEATS
    from churn_lib.training.files import prepare
    from churn_lib.training.train import SEED

    dataset, seed = read_customers(data), default(seed, SEED)
    prepare(ARTIFACTS)  # before minutes of work
    today = datetime.now(UTC).date()
    plan = Plan(ARTIFACTS, opponents(seed), today, seed, default(repeats, REPEATS))
    with watched() as progress:
        found, results = measured(data, dataset, plan, progress)
    write(ARTIFACTS, {EVALUATION: content_of(found)})
    return found, results


def report(data: Data, *, fresh: Fresh = False) -> None:
    require("train", PACKAGES)
    require("evidence", STATISTICS | DRAWING)
    from churn_lib.report.card import model_card
    from churn_lib.report.evaluation import write
    from churn_lib.report.pictures import pictures
    from churn_lib.score.scorecard import load
    from churn_lib.training.files import MODEL_CARD

    found = _measured(data, None, None)[0] if fresh else _stored(data)
    files = {**pictures(found, load(ARTIFACTS).card), MODEL_CARD: model_card(found).encode()}
    write(ARTIFACTS, files)
    framed(console(), f"Written to {ARTIFACTS}", facts(written(files)), "green")
    if failed := [one.name for one in found.canaries if not one.holds]:
        say(*(f"Does not hold: {name}" for name in failed), error=True)
        raise typer.Exit(1)


def _stored(data: Path) -> "Evaluation":
    """What was measured before. Raises ArtifactError unless it was with this file and all else."""
    from churn_lib.report.evaluation import check, read
    from churn_lib.report.measure import digests

    try:
        digest = sha256(data.read_bytes()).hexdigest()
    except OSError as error:
        raise DataError(f"{data.name} can't be read: {error.strerror}") from error
    found = read(ARTIFACTS)
    check(found, digests(ARTIFACTS, digest))
    return found


def comparison(results: Iterable["Result"], terminal: Console) -> Table:
    """The models with all metrics side by side."""
    measured, sign = [result for result in results if result.metrics], plus_minus(terminal)
    table = columns()
    table.add_column()
    names = list(measured[0].metrics) if measured else []
    for _ in names:
        table.add_column(justify="right")
    table.add_row("", *names, style="dim")
    for result in results:
        table.add_row()
        cells = [_cell(estimate, sign) for estimate in result.metrics.values()]
        table.add_row(result.model, *(cells or ["not installed"]))
    return table


def _cell(estimate: "Estimate", sign: str) -> str:
    return f"{estimate.mean:.4f}\n{sign}{estimate.standard_error:.4f}"

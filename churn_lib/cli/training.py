"""`churn train` and `churn evaluate`: what was chosen, how good it is, which files were written."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich import progress as bars
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from churn_lib.cli.layout import columns, facts, framed
from churn_lib.cli.terminal import console, require, say
from churn_lib.customer.schema import ARTIFACTS
from churn_lib.score.scorecard import MANIFEST, SCORECARD
from churn_lib.score.terms import Card, Curve, Levels, Pair

if TYPE_CHECKING:
    from churn_lib.training.choose import Progress
    from churn_lib.training.evaluate import Estimate, Result
    from churn_lib.training.train import Report

PACKAGES = {"sklearn": "scikit-learn", "numpy": "numpy", "joblib": "joblib", "polars": "polars"}

Data = Annotated[
    Path, typer.Argument(help="Customers who stayed or left: .csv or .parquet, as published.")
]
Folder = Annotated[
    Path,
    typer.Option(
        "--folder",
        help="Where the artifacts go; those before are kept in its folder previous.",
        show_default="where serving reads them",
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(
        "--seed",
        min=0,
        max=2**32 - 1,
        help="Decides the folds; left out, the one of the shipped model.",
    ),
]
Repeats = Annotated[
    int | None,
    typer.Option("--repeats", min=1, help="How often 5-fold cross-validation is repeated."),
]


def train(
    data: Data,
    *,
    folder: Folder = ARTIFACTS,
    seed: Seed = None,
    repeats: Repeats = None,
) -> None:
    require("train", PACKAGES)
    # Imported here: scikit-learn is an extra, and takes seconds that no other command needs.
    from churn_lib.training.data import read_customers
    from churn_lib.training.evaluate import REPEATS
    from churn_lib.training.train import SEED, train

    dataset = read_customers(data)
    if any(folder.glob(SCORECARD)):  # nothing where the folder can't be read, which `train` says
        warning = f"The artifacts in {folder} will be replaced at the end; Ctrl-C keeps them."
        say(warning, error=True)
    seed, repeats = default(seed, SEED), default(repeats, REPEATS)
    with watched() as progress:
        report = train(dataset, folder, seed=seed, repeats=repeats, progress=progress)
    terminal = console()
    title = f"Trained on {len(dataset):,} customers"
    framed(terminal, title, facts(summary(report, terminal)), "green")
    framed(terminal, f"Written to {folder}", facts(written(folder, report.manifest)), "green")


def evaluate(data: Data, *, repeats: Repeats = None, seed: Seed = None) -> None:
    require("train", PACKAGES)
    from churn_lib.training.baselines import opponents
    from churn_lib.training.data import read_customers
    from churn_lib.training.evaluate import FOLDS, REPEATS, evaluate, ours
    from churn_lib.training.train import SEED

    seed, repeats = default(seed, SEED), default(repeats, REPEATS)
    with watched() as progress:
        dataset = read_customers(data)
        models = [ours(), *opponents(seed)]
        results = evaluate(dataset, models, seed=seed, repeats=repeats, progress=progress)
    terminal = console()
    title = f"{len(dataset):,} customers, {repeats} times {FOLDS}-fold cross-validation"
    note = "\nBelow each mean its standard error, corrected for shared training data."
    body = Group(comparison(results, terminal), Text(note, style="dim"))
    framed(terminal, title, body, "cyan")


def default(given: int | None, otherwise: int) -> int:
    """What was given, which may be 0, or the other number."""
    return otherwise if given is None else given


@contextmanager
def watched() -> Iterator["Progress"]:
    """A callback whose progress is shown on standard error, when that is a terminal."""
    terminal = console(error=True)
    text, count = bars.TextColumn("{task.description}"), bars.MofNCompleteColumn()
    parts = (text, bars.BarColumn(), count, bars.TimeRemainingColumn())
    is_off = not terminal.is_terminal
    with bars.Progress(*parts, console=terminal, disable=is_off, transient=True) as shown:
        # Shown until the first fold is done, which takes long enough to look like a fault.
        tasks = {"": shown.add_task("Starting", total=None)}

        def progress(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = shown.add_task(what, total=total)
                shown.update(tasks[""], visible=False)
            shown.update(tasks[what], completed=done)

        yield progress


def summary(report: "Report", terminal: Console) -> Iterator[tuple[str, str]]:
    """What was chosen and how good it is, for people."""
    yield from terms(report.card)
    yield "Regularisation", f"C = {report.choice.candidate.penalty:g}"
    sign = plus_minus(terminal)
    for name, estimate in report.result.metrics.items():
        yield name, f"{estimate.mean:.4f} {sign} {estimate.standard_error:.4f}"


def terms(card: Card) -> Iterator[tuple[str, str]]:
    """The curves and pairs of the score with their knots, and how many attributes have levels."""
    for term in card.terms:
        if isinstance(term, Curve):
            yield f"{term.feature} knots", _numbers(term.knots)
        elif isinstance(term, Pair):
            yield f"{' x '.join(term.features)} knots", " x ".join(map(_numbers, term.knots))
    yield "Levels", f"{sum(isinstance(term, Levels) for term in card.terms)} attributes"


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


def plus_minus(terminal: Console) -> str:
    """The sign before a standard error that the terminal can show."""
    return "+-" if terminal.options.ascii_only else "±"


def _cell(estimate: "Estimate", sign: str) -> str:
    return f"{estimate.mean:.4f}\n{sign}{estimate.standard_error:.4f}"


def _numbers(knots: Iterable[float]) -> str:
    return ", ".join(f"{knot:g}" for knot in knots)


def written(folder: Path, manifest: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """The manifest and the files that it describes, each with the beginning of its SHA-256."""
    files = manifest["files"]
    for name in [*(files if isinstance(files, dict) else ()), MANIFEST]:
        yield name, f"SHA-256 {sha256((folder / name).read_bytes()).hexdigest()[:12]}"

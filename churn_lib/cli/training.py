"""`churn train`: what was chosen, how good it is, and which files were written."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich import progress as bars
from rich.console import Console, Group
from rich.text import Text

from churn_lib.cli.layout import facts, framed
from churn_lib.cli.terminal import console, interactive, require, say
from churn_lib.customer.schema import ARTIFACTS, CUSTOMER
from churn_lib.errors import DataError
from churn_lib.score.scorecard import SCORECARD
from churn_lib.score.terms import Card

if TYPE_CHECKING:
    from churn_lib.training.choose import Progress
    from churn_lib.training.train import Report
    from churn_lib.training.versus import Versus

PACKAGES = {
    "sklearn": "scikit-learn",
    "numpy": "numpy",
    "joblib": "joblib",
    "polars": "polars",
    "lightgbm": "lightgbm",
}

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


Force = Annotated[
    bool, typer.Option("--force", help="Replace artifacts that are better, without a question.")
]


def train(
    data: Data,
    *,
    folder: Folder = ARTIFACTS,
    seed: Seed = None,
    repeats: Repeats = None,
    force: Force = False,
) -> None:
    require("train", PACKAGES)
    # Imported here: scikit-learn is an extra, and takes seconds that no other command needs.
    from churn_lib.training.data import read_customers
    from churn_lib.training.train import REPEATS, SEED, train

    dataset = read_customers(data)
    if any(folder.glob(SCORECARD)):  # nothing where the folder can't be read, which `train` says
        warning = f"The artifacts in {folder} will be replaced at the end; Ctrl-C keeps them."
        say(warning, error=True)
    with watched() as progress:
        report = train(
            dataset,
            folder,
            today=datetime.now(UTC).date(),
            seed=default(seed, SEED),
            repeats=default(repeats, REPEATS),
            force=force,
            progress=progress,
        )
    terminal = console()
    framed(terminal, "Against boosting", against_boosting(report), "green")
    title = f"Trained on {len(dataset):,} customers"
    framed(terminal, title, facts(summary(report, terminal)), "green")
    if report.versus is not None:
        framed(terminal, "Old and new", facts(old_and_new(report.versus)), "green")
    if not report.written:
        replace_after_all(report, folder)
    keep_schema(folder)
    framed(terminal, f"Written to {folder}", facts(written(report.files)), "green")


def replace_after_all(report: "Report", folder: Path) -> None:
    """Asks before it replaces artifacts that are better; raises DataError where nobody answers."""
    from churn_lib.training.files import write

    better = f"The artifacts in {folder} are better than the new ones"
    if not interactive():
        raise DataError(f"{better}, and so they stay; --force replaces them")
    if not typer.confirm(f"{better}. Replace them all the same?", err=True):
        say("They stay as they were.")
        raise typer.Exit(1)
    write(folder, report.files)


def keep_schema(folder: Path) -> None:
    """Gives a new folder the schema that its score is for."""
    if not (folder / CUSTOMER).exists():
        (folder / CUSTOMER).write_bytes((ARTIFACTS / CUSTOMER).read_bytes())


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


def against_boosting(report: "Report") -> Group:
    """What the glass box costs, and a warning where rows are twins."""
    from churn_lib.training.gap import gap
    from churn_lib.training.model_card import twins_warning

    learnt = report.learnt
    lines = [Text(line) for line in gap(learnt.result, learnt.opponent)]
    if warning := twins_warning(learnt.twins):
        lines += [Text(), Text(warning, style="yellow")]
    return Group(*lines)


def summary(report: "Report", terminal: Console) -> Iterator[tuple[str, str]]:
    """What was chosen and how good it is, for people."""
    choice = report.learnt.choice
    yield "Recipe", choice.recipe.name
    losses = [f"{name} {loss:.4f}" for name, loss in choice.log_losses.items()]
    yield "Log loss of the inner folds", ", ".join(losses)
    yield "Terms", terms(report.card)
    sign = plus_minus(terminal)
    for name, estimate in report.result.metrics.items():
        yield name, f"{estimate.mean:.4f} {sign} {estimate.standard_error:.4f}"


def terms(card: Card) -> str:
    """How many terms there are of each kind."""
    kinds = Counter(term.kind.removesuffix("s") for term in card.terms)
    return ", ".join(f"{count} {kind}{'s' * (count > 1)}" for kind, count in kinds.items())


def old_and_new(versus: "Versus") -> Iterator[tuple[str, str]]:
    """The artifacts that were there beside the new ones, on the same customers."""
    seen = "not seen by either" if versus.fair else "some of which the old one may have seen"
    yield "Customers", f"{versus.customers:,}, {seen}"
    for name, figures in (("Old", versus.old), ("New", versus.new)):
        yield name, f"log loss {figures.log_loss:.4f}, AUC {figures.auc:.4f}"
    yield "Another risk band", f"{versus.bands:,} of {versus.customers:,} customers"
    if versus.decisions is not None:
        changed, asked = versus.decisions
        yield "Another offer", f"{changed:,} of {asked:,} customers"


def plus_minus(terminal: Console) -> str:
    """The sign before a standard error that the terminal can show."""
    return "+-" if terminal.options.ascii_only else "±"


def written(files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """The files that were written, each with the beginning of its SHA-256."""
    for name, content in files.items():
        yield name, f"SHA-256 {sha256(content).hexdigest()[:12]}"

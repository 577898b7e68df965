"""`model_card.md`: what was learnt, from what, and how good it is; for people, in Markdown."""

from collections.abc import Iterator
from typing import NamedTuple

from churn_lib.customer.model import NOTES, SCHEMA
from churn_lib.score.terms import Card
from churn_lib.training.choose import TOLERANCE, Choice
from churn_lib.training.data import Dataset
from churn_lib.training.evaluate import FOLDS, Result
from churn_lib.training.folds import Twins
from churn_lib.training.gap import gap
from churn_lib.training.shapes import shapes

USE = (
    "To rank the customers of this company by how likely they are to leave, to say why in words, "
    "and to choose an offer by what it is worth. Not for other companies, for decisions about "
    "credit, prices or people's rights, or for customers unlike those of the data."
)


class Learnt(NamedTuple):
    """All that a card tells."""

    dataset: Dataset
    twins: Twins
    choice: Choice
    result: Result
    opponent: Result
    card: Card


def model_card(learnt: Learnt) -> str:
    """The whole text; the same for the same training."""
    sections = {
        "How good it is": _figures(learnt),
        "Data": _data(learnt),
        "What was left out": _left_out(),
        "Choice": _choice(learnt.choice),
        "Intended use": [USE],
        "Shapes": shapes(learnt.card, learnt.dataset.frame),
    }
    parts = [f"## {title}\n\n" + "\n".join(lines) for title, lines in sections.items()]
    head = f"# Model card: who leaves the {SCHEMA.business}"
    return "\n\n".join([head, *parts]) + "\n"


def twins_warning(twins: Twins) -> str:
    """What to say where rows are the same customer twice; nothing where they are not."""
    return twins_told(twins.count, twins.agreement, twins.chance)


def twins_told(count: int, agreement: float, chance: float) -> str:
    if not count:
        return ""
    return (
        f"{count:,} rows have a twin: another row that is nearly the same, and nearly always "
        f"with the same answer ({agreement:.1%}; by chance {chance:.1%}). Twins are "
        "kept in one fold here; whoever lets them be apart measures memory. Best is to look where "
        "they come from."
    )


def _figures(learnt: Learnt) -> Iterator[str]:
    for line in gap(learnt.result, learnt.opponent):
        yield f"* {line}"
    yield ""
    yield f"Means of {FOLDS} folds; both were tuned anew on the other folds each time."
    yield ""
    yield "| metric | mean | standard error |"
    yield "| --- | --- | --- |"
    for name, estimate in learnt.result.metrics.items():
        yield f"| {name} | {estimate.mean:.4f} | {estimate.standard_error:.4f} |"
    if warning := twins_warning(learnt.twins):
        yield ""
        yield f"**Twins.** {warning}"


def _data(learnt: Learnt) -> Iterator[str]:
    dataset = learnt.dataset
    yield f"* {len(dataset):,} customers, of whom {dataset.left.mean():.1%} left"
    yield f"* {len(dataset.frame.columns)} attributes"
    yield f"* SHA-256 of the file: `{dataset.sha256}`"


def _left_out() -> Iterator[str]:
    protected = [note.label for note in NOTES.values() if note.protected]
    for label in protected:
        yield f"* {label}: protected"
    for heading, reason in SCHEMA.ignored.items():
        yield f"* {heading}: {reason}"
    if not protected and not SCHEMA.ignored:
        yield "Nothing."


def _choice(choice: Choice) -> Iterator[str]:
    yield f"**{choice.recipe.name}**: the simplest within {TOLERANCE} of the lowest log loss."
    yield ""
    yield "| recipe | log loss of the inner folds |"
    yield "| --- | --- |"
    for name, loss in choice.log_losses.items():
        yield f"| {name} | {loss:.4f} |"

"""`model_card.md`: what was learnt, from what, and how good it is; for people, in Markdown."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from churn_lib.customer.model import NOTES, SCHEMA
from churn_lib.score.terms import Card
from churn_lib.training.choose import TOLERANCE, Choice
from churn_lib.training.data import Dataset
from churn_lib.training.effects import Single, single
from churn_lib.training.evaluate import FOLDS, Result
from churn_lib.training.folds import Twins
from churn_lib.training.gap import gap

MOST_POINTS = 12
"""Points by which a curve is told."""

STRONGEST = 3
"""Cells by which a table is told, of those that raise the risk and of those that lower it."""

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
        "Shapes": _shapes(learnt.card),
    }
    parts = [f"## {title}\n\n" + "\n".join(lines) for title, lines in sections.items()]
    head = f"# Model card: who leaves the {SCHEMA.business}"
    return "\n\n".join([head, *parts]) + "\n"


def twins_warning(twins: Twins) -> str:
    """What to say where rows are the same customer twice; nothing where they are not."""
    if not twins.count:
        return ""
    return (
        f"{twins.count:,} rows have a twin: another row that is nearly the same, and nearly always "
        f"with the same answer ({twins.agreement:.1%}; by chance {twins.chance:.1%}). Twins are "
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


def _shapes(card: Card) -> Iterator[str]:
    yield "In log-odds compared with the average customer: above 0, leaving is likelier."
    for term in card.terms:
        yield ""
        yield f"### {' and '.join(map(_label, term.features))}"
        yield ""
        if len(term.features) == 1:
            yield from _single(single(term.model_dump()))


def _label(name: str) -> str:
    return NOTES[name].label if name in NOTES else name


def _single(term: Single) -> Iterator[str]:
    values = term.values.tolist()
    special = {"(any other)": term.other, "(not known)": term.unknown}
    rest = {name: value for name, value in special.items() if value is not None}
    if term.kind == "levels":
        yield "| level | log-odds |"
        yield "| --- | --- |"
        for level, value in zip(term.levels, values, strict=True):
            yield f"| {level} | {value:+.3f} |"
        for name, value in rest.items():
            yield f"| {name} | {value:+.3f} |"
        return
    yield _curve(term.places, values) if term.kind == "curve" else _steps(term.places, values)
    if rest:
        yield ""
        yield _joined(rest, rest.values())


def _curve(knots: Sequence[float], values: Sequence[float]) -> str:
    last = len(knots) - 1
    kept = sorted({round(place * last / (MOST_POINTS - 1)) for place in range(MOST_POINTS)})
    return _joined([f"{knots[place]:g}" for place in kept], [values[place] for place in kept])


def _steps(edges: Sequence[float], values: Sequence[float]) -> str:
    bounds = [f"to {edge:g}" for edge in edges]
    return _joined([*bounds, f"above {edges[-1]:g}" if edges else "always"], values)


def _joined(places: Iterable[str], values: Iterable[float]) -> str:
    return "; ".join(f"{place}: {value:+.3f}" for place, value in zip(places, values, strict=True))

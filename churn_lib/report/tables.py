"""Tables of Markdown, and how numbers are written in them."""

from collections.abc import Iterable, Iterator

from churn_lib.report.evaluation import Figure, Mean

NAMES = {
    name: f"figures/{name}.png"
    for name in ("models", "ranking", "calibration", "profit", "groups", "shapes")
}
"""The pictures, by what they show."""

SMALL = 0.05
"""A smaller p-value, after Holm's correction, is no chance."""


def table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    names = [*headings]
    yield _row(names)
    yield _row(["---"] * len(names))
    yield from map(_row, rows)


def _row(cells: Iterable[str]) -> str:
    escaped = [" ".join(cell.split()).replace("|", "\\|") for cell in cells]
    return f"| {' | '.join(escaped)} |"


def plus_minus(mean: Mean) -> str:
    return f"{mean.mean:.4f} ± {mean.error:.4f}"


def gain(mean: Mean) -> str:
    return f"{round(mean.mean, 4) + 0.0:+.4f} ± {mean.error:.4f}"  # no negative zero


def percent(share: float) -> str:
    return f"{share * 100:.1f} %"


def money(amount: float) -> str:
    return f"{amount:,.0f}"


def interval(figure: Figure, digits: int) -> str:
    """The figure with its interval; in bold where the group differs by more than chance."""
    value, low, high = (f"{one:,.{digits}f}" for one in (figure.value, figure.low, figure.high))
    shown = f"**{value}**" if figure.p < SMALL else value
    return f"{shown} [{low}, {high}]"

"""The shape of each term of a scorecard as text."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
import polars as pl

from churn_lib.customer.model import NOTES
from churn_lib.score.tables import Table
from churn_lib.score.terms import Card, Pair
from churn_lib.training.effects import Single, single
from churn_lib.training.purify import customers, table
from churn_lib.training.ratios import Ratio, with_ratios
from churn_lib.training.steps import GRID, Axis, Edges, Term

MOST_POINTS = 12
"""Points by which a curve is told, or bins of steps."""

STRONGEST = 5
FEWEST = 0.01
"""So many cells of a table are told, of those with a larger share of the customers."""

OTHER, UNKNOWN = "(any other)", "(not known)"


def shapes(card: Card, frame: pl.DataFrame) -> Iterator[str]:
    """The terms one after the other, in Markdown; the frame is the training data."""
    frame = with_ratios(frame, [Ratio(name, made.ratio) for name, made in card.made.items()])
    yield "In log-odds compared with the average customer: above 0, leaving is likelier."
    for term in card.terms:
        yield ""
        yield f"### {' and '.join(_label(name, card) for name in term.features)}"
        yield ""
        if isinstance(term, Table):
            yield from _cells(table(term.model_dump()), frame, card)
        elif not isinstance(term, Pair):
            yield from _single(single(term.model_dump()))


def _label(name: str, card: Card) -> str:
    return NOTES[name].label if name in NOTES else card.made[name].label


def _single(term: Single) -> Iterator[str]:
    values = term.values.tolist()
    special = {OTHER: term.other, UNKNOWN: term.unknown}
    rest = {name: value for name, value in special.items() if value is not None}
    if term.kind == "levels":
        yield from _rows("level", "log-odds")
        points = dict(zip(term.levels, values, strict=True)) | rest
        yield from (_row(level, f"{value:+.3f}") for level, value in points.items())
        return
    yield _curve(term.places, values) if term.kind == "curve" else _steps(term.places, values)
    if rest:
        yield ""
        yield _joined(rest, rest.values())


def _curve(knots: Sequence[float], values: Sequence[float]) -> str:
    kept = _spread(len(knots))
    return _joined([f"{knots[place]:g}" for place in kept], [values[place] for place in kept])


def _steps(edges: Sequence[float], values: Sequence[float]) -> str:
    bins, kept = _bins(edges), _spread(len(values))
    return _joined([bins[place] for place in kept], [values[place] for place in kept])


def _spread(count: int) -> list[int]:
    """As many places as are told, evenly from the first to the last."""
    steps = range(MOST_POINTS)
    return sorted({round(step * (count - 1) / (MOST_POINTS - 1)) for step in steps})


def _bins(edges: Sequence[float]) -> list[str]:
    bounds = [f"{edge:g}" for edge in edges]
    if not bounds:
        return ["any"]
    between = [f"above {low} to {high}" for low, high in pairwise(bounds)]
    return [f"to {bounds[0]}", *between, f"above {bounds[-1]}"]


def _joined(places: Iterable[str], values: Iterable[float]) -> str:
    return "; ".join(f"{place}: {value:+.3f}" for place, value in zip(places, values, strict=True))


def _cells(term: Term, frame: pl.DataFrame, card: Card) -> Iterator[str]:
    """The cells that say most of those with more than a few customers."""
    counts, effects = customers(term, frame), term.units / GRID
    places = [(int(i), int(j)) for i, j in np.argwhere(counts >= FEWEST * len(frame))]
    places.sort(key=lambda place: (-abs(effects[place]), place))
    told = [_named(axis) for axis in term.axes]
    yield f"{' x '.join(map(str, effects.shape))} cells, of which these say most:"
    yield ""
    first, second = (_label(name, card) for name in term.features)
    yield from _rows(first, second, "customers", "log-odds")
    for i, j in places[:STRONGEST]:
        yield _row(told[0][i], told[1][j], f"{counts[i, j]:,}", f"{effects[i, j]:+.3f}")


def _rows(*headings: str) -> Iterator[str]:
    """The beginning of a table."""
    yield _row(*headings)
    yield _row(*["---"] * len(headings))


def _row(*cells: str) -> str:
    escaped = [cell.replace("|", "\\|") for cell in cells]
    return f"| {' | '.join(escaped)} |"


def _named(axis: Axis) -> Mapping[int, str]:
    """Each state in words."""
    if isinstance(axis, Edges):
        found = dict(enumerate(_bins(axis.edges)))
    else:
        found = {place: " or ".join(group) for place, group in enumerate(axis.groups)}
        found |= {} if axis.other is None else {axis.other: _also(found, axis.other, OTHER)}
    unknown = axis.unknown
    return found | ({} if unknown is None else {unknown: _also(found, unknown, UNKNOWN)})


def _also(found: Mapping[int, str], state: int, words: str) -> str:
    return f"{found[state]} or {words}" if state in found else words

"""A picture of the terms of a scorecard: what each adds to the log-odds."""

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from churn_lib.customer.model import NOTES
from churn_lib.score.terms import Card, Curve, Levels, Steps

ACROSS = 3
MOST_BARS = 12
"""Levels that are shown, those that say most."""

LONGEST = 26
"""Characters of a level's name."""

Single = Curve | Levels | Steps


def drawn(card: Card, colour: str, faint: str) -> Figure:
    """The terms of one attribute each, on one scale; tables are told in words only."""
    terms = [term for term in card.terms if isinstance(term, Single)]
    rows = math.ceil(len(terms) / ACROSS)
    figure = Figure(figsize=(11, 1.9 * max(rows, 1)), layout="constrained")
    low, high = _scale(terms)
    places = figure.subplots(max(rows, 1), ACROSS, squeeze=False).ravel()
    for axes, term in zip(places, terms, strict=False):
        _draw(axes, term, card, colour)
        axes.set_title(_label(term.feature, card), loc="left", fontsize=9)
        axes.tick_params(labelsize=7)
        axes.spines[["top", "right"]].set_visible(False)
        across = isinstance(term, Levels)
        (axes.set_xlim if across else axes.set_ylim)(low, high)
        (axes.axvline if across else axes.axhline)(0, color=faint, linewidth=0.8)
    for axes in places[len(terms) :]:
        axes.set_visible(False)
    figure.supxlabel("Effect in log-odds: above 0, leaving is likelier", fontsize=9)
    return figure


def _label(name: str, card: Card) -> str:
    if name not in NOTES:
        return card.made[name].label
    note = NOTES[name]
    return f"{note.label}, {note.unit}" if note.unit else note.label


def _scale(terms: Sequence[Single]) -> tuple[float, float]:
    values = [value for term in terms for value in _values(term)]
    low, high = min(values, default=-1.0), max(values, default=1.0)
    margin = (high - low) * 0.05 or 1.0
    return low - margin, high + margin


def _values(term: Single) -> Sequence[float]:
    return [*term.points.values()] if isinstance(term, Levels) else term.values


def _draw(axes: Axes, term: Single, card: Card, colour: str) -> None:
    if isinstance(term, Levels):
        kept = sorted(term.points.items(), key=lambda point: -abs(point[1]))[:MOST_BARS]
        shown = [(name, value) for name, value in term.points.items() if (name, value) in kept]
        axes.barh([_short(name) for name, _ in shown], [value for _, value in shown], color=colour)
        axes.invert_yaxis()
        return
    if isinstance(term, Curve):
        axes.plot(term.knots, term.values, color=colour, linewidth=2)
    else:
        axes.stairs(term.values, _edges(term, card), baseline=None, color=colour, linewidth=2)
    if ends := card.trained.get(term.feature):
        axes.set_xlim(*ends)


def _edges(term: Steps, card: Card) -> list[float]:
    """The edges with an end on both sides."""
    low, high = card.trained.get(term.feature, (term.edges[0], term.edges[-1]))
    return [min(low, *term.edges), *term.edges, max(high, *term.edges)]


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"

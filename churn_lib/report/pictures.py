"""The pictures of a report as PNG: drawn in memory, the same bytes from the same figures."""

import io
import math
from collections.abc import Callable, Iterator, Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter
from PIL import Image

from churn_lib.report.evaluation import Bin, Evaluation, Group, Money, Points
from churn_lib.report.shapes import drawn
from churn_lib.report.tables import NAMES, SMALL
from churn_lib.score.terms import Card

OURS, OTHER, FAINT = "#0b5fa5", "#b8560f", "#8a8f98"
"""Blue and orange are told apart by nearly all eyes, and in print."""

DOTS = 90
"""Dots an inch."""

COLOURS = 32
"""In a picture; so few make its file a third as large, and nobody sees it."""


def pictures(evaluation: Evaluation, card: Card) -> Mapping[str, bytes]:
    """All that there is something to show of, by the name of the file."""
    found = {
        "models": _models(evaluation),
        "ranking": _ranking(evaluation),
        "calibration": _calibration(evaluation.calibration.bins),
        "shapes": drawn(card, OURS, FAINT),
    }
    if evaluation.money:
        found["profit"] = _profit(evaluation.money)
    if told := [one for one in evaluation.groups if one.figures]:
        found["groups"] = _groups(told)
    return {NAMES[name]: _png(figure) for name, figure in found.items()}


def _png(figure: Figure) -> bytes:
    drawn, small = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", dpi=DOTS)
    picture = Image.open(drawn).convert("RGB").quantize(COLOURS)
    picture.save(small, format="png", optimize=True)
    return small.getvalue()


def _figure(columns: int, width: float, height: float) -> tuple[Figure, Sequence[Axes]]:
    figure = Figure(figsize=(width, height), layout="constrained")
    places: Sequence[Axes] = figure.subplots(1, columns, squeeze=False)[0]
    for axes in places:
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(color="#e4e6ea", linewidth=0.8)
        axes.set_axisbelow(True)
    return figure, places


def _models(evaluation: Evaluation) -> Figure:
    sides = [one for one in evaluation.sides if one.metrics][::-1]
    figure, places = _figure(2, 9, 0.6 + 0.36 * len(sides))
    for axes, name in zip(places, ("AUC", "log loss"), strict=True):
        for height, side in enumerate(sides):
            mean, colour = side.metrics[name], OURS if height == len(sides) - 1 else FAINT
            axes.errorbar(mean.mean, height, xerr=mean.error, fmt="o", color=colour, capsize=3)
        axes.set_yticks(range(len(sides)), [one.model for one in sides])
        axes.set_ylim(-0.6, len(sides) - 0.4)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        better = "more is better" if name == "AUC" else "less is better"
        axes.set_xlabel(f"{name}, ± one standard error ({better})")
    places[1].tick_params(labelleft=False)
    return figure


def _ranking(evaluation: Evaluation) -> Figure:
    figure, (roc, precision, gains) = _figure(3, 12, 3.8)
    auc = evaluation.sides[0].metrics["AUC"].mean
    share = evaluation.data.left
    _line(roc, evaluation.curves.roc)
    _line(gains, evaluation.curves.gains)
    _line(precision, evaluation.curves.precision_recall)
    for axes in (roc, gains):
        axes.plot((0, 1), (0, 1), "--", color=FAINT, linewidth=1, label="by chance")
    precision.axhline(share, linestyle="--", color=FAINT, linewidth=1, label="by chance")
    _named(roc, f"ROC: AUC {auc:.3f}", "Stayed, and called a leaver", "Left, and called a leaver")
    _named(precision, "Precision and recall", "Recall: share of leavers found", "Share who left")
    _named(gains, "Gains", "Customers contacted, the riskiest first", "Share of all leavers")
    for axes in (roc, precision, gains):
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1.01)
        _percents(axes.xaxis.set_major_formatter, axes.yaxis.set_major_formatter)
        axes.legend(frameon=False)
    return figure


def _percents(*formats: Callable[[PercentFormatter], None]) -> None:
    for one in formats:
        one(PercentFormatter(1, decimals=0))


def _line(axes: Axes, points: Points, colour: str = OURS, label: str = "the score") -> None:
    axes.plot(*zip(*points, strict=True), color=colour, linewidth=2, label=label)


def _named(axes: Axes, title: str, across: str, up: str) -> None:
    axes.set_title(title, loc="left", fontsize=11)
    axes.set_xlabel(across)
    axes.set_ylabel(up)


def _calibration(bins: Sequence[Bin]) -> Figure:
    figure, (axes,) = _figure(1, 5.4, 4.6)
    across, up = [one.predicted for one in bins], [one.left for one in bins]
    below = [one.left - one.low for one in bins]
    above = [one.high - one.left for one in bins]
    end = max(*across, *(one.high for one in bins)) * 1.03
    axes.plot((0, end), (0, end), "--", color=FAINT, linewidth=1, label="perfect")
    axes.errorbar(
        across, up, yerr=(below, above), fmt="o", color=OURS, capsize=3, label="a tenth, 95 %"
    )
    _named(axes, "Calibration, out of fold", "Mean probability of leaving", "Share who left")
    _percents(axes.xaxis.set_major_formatter, axes.yaxis.set_major_formatter)
    axes.set_xlim(0, end)
    axes.set_ylim(0, end)
    axes.legend(frameon=False, loc="upper left")
    return figure


def _profit(money: Money) -> Figure:
    figure, (axes,) = _figure(1, 7.2, 4.4)
    _line(axes, money.by_value, OURS, "by expected value, with who really left")
    _line(axes, money.by_risk, OTHER, "by risk, with who really left")
    axes.plot(
        *zip(*money.assumed, strict=True), ":", color=OURS, linewidth=2, label="as was expected"
    )
    axes.axhline(0, color="black", linewidth=0.8)
    axes.axvline(money.contacted, linestyle="--", color=FAINT, linewidth=1)
    axes.annotate(
        "the policy stops here",
        (money.contacted, 0.12),
        xycoords=("data", "axes fraction"),
        xytext=(-5, 0),
        textcoords="offset points",
        ha="right",
        color="#555b66",
    )
    up = f"{money.currency} of 1,000 customers"
    _named(
        axes, f"Profit beside no offers (catalogue {money.catalogue})", "Customers contacted", up
    )
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.set_xlim(0, 1)
    axes.legend(frameon=False, loc="best")
    return figure


def _groups(groups: Sequence[Group]) -> Figure:
    names = ("AUC", "calibration", "offer rate")
    shown = [name for name in names if any(name in one.figures for one in groups)]
    figure, places = _figure(len(shown), 2.4 + 3.2 * len(shown), 1.0 + 0.32 * len(groups))
    for axes, name in zip(places, shown, strict=True):
        for height, (low, value, high, surprising) in enumerate(_spans(groups, name)):
            colour = OTHER if surprising else OURS
            spread = ([value - low], [high - value])
            axes.errorbar(value, height, xerr=spread, fmt="o", color=colour, capsize=3)
        axes.set_yticks(range(len(groups)), [f"{one.attribute}: {one.name}" for one in groups])
        axes.tick_params(labelleft=axes is places[0])
        axes.set_ylim(len(groups) - 0.4, -0.6)
        axes.set_xlabel(f"{name}, 95 % interval")
    if "calibration" in shown:
        places[shown.index("calibration")].axvline(0, color="black", linewidth=0.8)
    figure.suptitle(
        "Orange: differs by more than chance, after Holm", fontsize=10, x=0.99, ha="right"
    )
    return figure


def _spans(groups: Sequence[Group], name: str) -> Iterator[tuple[float, float, float, bool]]:
    for one in groups:
        found = one.figures.get(name)
        if found is None:
            yield math.nan, math.nan, math.nan, False
        else:
            yield found.low, found.value, found.high, found.p < SMALL

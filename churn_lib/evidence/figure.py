"""The drift of all attributes as one picture."""

from collections.abc import Sequence
from math import ceil
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from churn_lib.errors import DataError
from churn_lib.evidence.drift import Drift

ACROSS = 3
COLOURS = {"none": "tab:blue", "look": "tab:orange", "act": "tab:red"}


def draw(drifts: Sequence[Drift], path: Path) -> None:
    """Shares before as lines and now as bars, one small plot each, in a file that the ending of
    its name says the kind of. Raises DataError.
    """
    rows = ceil(len(drifts) / ACROSS)
    figure = Figure(figsize=(4 * ACROSS, 2.6 * rows), layout="constrained")
    places = [*figure.subplots(rows, ACROSS, squeeze=False).flat]
    for one, axes in zip(drifts, places, strict=False):
        _draw(one, axes)
    for axes in places[len(drifts) :]:
        axes.set_axis_off()
    try:
        figure.savefig(path)
    except (OSError, ValueError) as error:
        raise DataError(f"{path.name} can't be written: {error}") from None


def _draw(one: Drift, axes: Axes) -> None:
    names = [*one.now]
    before, now = sum(one.before.values()), sum(one.now.values())
    shares = [one.now[name] / now for name in names]
    axes.bar(names, shares, color=COLOURS[one.verdict])
    was = [one.before.get(name, 0) / before for name in names]
    axes.scatter(names, was, s=300, c="black", marker="_")
    axes.set_title(f"{one.name}: PSI {one.psi:.3f}, by chance {one.noise:.3f}", fontsize=9)
    axes.tick_params(axis="x", labelrotation=30, labelsize=6)
    axes.tick_params(axis="y", labelsize=6)

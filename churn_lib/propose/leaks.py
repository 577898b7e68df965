"""Columns that may be known only after somebody left, so that they tell the answer."""

from collections.abc import Iterator, Sequence
from math import log

import numpy as np

from churn_lib.propose.auc import together
from churn_lib.propose.column import Column, Labels, in_rows
from churn_lib.propose.names import AFTERWARDS, spoken

LINE = 0.90
"""The largest AUC of an honest column in nine tables was 0.85, the smallest of a leak 0.93."""

NAMED_LINE = 0.80
"""The same, for a column whose heading speaks of leaving."""

SURE = 0.99
OFTEN = 0.05
"""A value of so many rows is suspect when so many of them left, or stayed."""

OF_LEAVERS = 0.1
"""Where few leave, a value of so many of the leavers is."""

RARELY = 0.01
"""As OFTEN, for being filled or blank at all."""

RARER = 20
"""So many times rarer than on average must the others be: few leave some companies anyway."""

BY_CHANCE = 1e-6

MOST_COMPARED = 5
"""Suspects with and without which a score is tried."""


def suspicion(column: Column, left: Labels, auc: float) -> str:
    """Why a column may be known only afterwards, in words; "" where nothing says so."""
    if auc >= LINE:
        return f"tells the answer by itself (AUC {auc:.3f}): known only afterwards?"
    if AFTERWARDS.search(spoken(column.heading)) and auc > NAMED_LINE:
        return f"its name and its AUC of {auc:.3f} by itself: known only afterwards?"
    return next(_one_sided(column, left), "")


def _one_sided(column: Column, left: Labels) -> Iterator[str]:
    """Values of customers of whom nearly all left, or nearly all stayed."""
    mean, rows = float(left.mean()), len(left)
    blank = column.blank
    for what, where in (("filled", ~blank), ("blank", blank)):
        if side := _side(int(where.sum()), int(left[where].sum()), mean, RARELY * rows):
            yield f"{what} only for customers who {side}: known only afterwards?"
    gone = np.bincount(column.codes + 1, left, minlength=column.distinct + 1)[1:]
    often, of_leavers = OFTEN * rows, OF_LEAVERS * float(left.sum())
    for place in np.flatnonzero(column.counts >= min(often, of_leavers)):
        count = int(column.counts[place])
        side = _side(count, int(gone[place]), mean, min(often, of_leavers))
        if side == "left" or (side and count >= often):
            value = f"one of its values, in {in_rows(count)}"
            yield f"{value}, only for customers who {side}: a result?"


def _side(rows: int, gone: int, mean: float, fewest: float) -> str:
    """What nearly all of these rows did, where so few would not by chance."""
    if rows < max(fewest, 1):
        return ""
    for side, others, share in (("left", rows - gone, mean), ("stayed", gone, 1 - mean)):
        few = min(1 - SURE, (1 - share) / RARER)
        if others <= few * rows and rows * log(share) < log(BY_CHANCE):
            return side
    return ""


def compared(suspects: Sequence[Column], used: Sequence[Column], left: Labels) -> dict[str, str]:
    """What a score would be with and without each suspect, in words, by its heading."""
    if not suspects or not used:
        return {}
    without = f"{together(used, left):.2f} without it"
    found = {one.heading: together([one, *used], left) for one in suspects[:MOST_COMPARED]}
    return {
        heading: f"A score has AUC {without}, {score:.2f} with it"
        for heading, score in found.items()
    }

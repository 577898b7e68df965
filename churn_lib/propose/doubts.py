"""What should be looked at in a proposal, the worst first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from typing import NamedTuple

from churn_lib.propose.auc import together
from churn_lib.propose.column import Column, Labels
from churn_lib.propose.kinds import MOST_LEVELS
from churn_lib.propose.sort import Sorted

TOLD = 0.65
"""An identifier that says so much by itself is worth a word."""

MOST_COMPARED = 5
"""Suspects with and without which the score is tried."""


class Weight(IntEnum):
    """How much depends on it."""

    LEAK = 1
    TARGET = 2
    FILE = 3
    ROLE = 4
    VALUES = 5
    LEFT_OUT = 6
    PROTECTED = 7


class Doubt(NamedTuple):
    """subject: a heading, or a field of the schema."""

    weight: Weight
    subject: str
    text: str


def of_leaks(columns: Sorted, left: Labels) -> Iterator[Doubt]:
    """The suspects, with what the score would be with and without each."""
    used = [*columns.levels, *columns.numbers]
    suspects = sorted(columns.suspects, key=lambda one: -columns.aucs[one.heading])
    without = together(used, left) if used and suspects else 0.5
    for place, suspect in enumerate(suspects):
        why = columns.ignored[suspect.heading]
        score = ""
        if place < MOST_COMPARED:
            found = together([suspect, *used], left)
            score = f"; the score's AUC is {without:.2f} without it, {found:.2f} with it"
        yield Doubt(Weight.LEAK, suspect.heading, f"left out: {why}{score}")
    for one in columns.identifiers:
        if columns.aucs[one.heading] > TOLD:
            auc = f"AUC {columns.aucs[one.heading]:.2f}"
            text = f"an identifier that tells by itself who left ({auc}): given in order of time?"
            yield Doubt(Weight.LEFT_OUT, one.heading, text)

"""What should be looked at in a proposal."""

from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from churn_lib.propose.answer import Answer
from churn_lib.propose.column import Column
from churn_lib.propose.names import REGION, spoken
from churn_lib.propose.sort import Sorted

FILE, TARGET, BILL, TENURE = "(file)", "(target)", "(bill)", "(tenure)"
"""What a doubt is about that is about no column."""

TOLD = 0.65
"""An identifier that says so much by itself is worth a word."""


class Weight(IntEnum):
    """How much depends on a doubt: the worst first."""

    LEAK = 1
    SCHEMA = 2
    TARGET = 3
    FILE = 4
    ROLE = 5
    VALUES = 6
    LEFT_OUT = 7
    PROTECTED = 8


class Doubt(NamedTuple):
    """subject: a heading, or one of the above."""

    weight: Weight
    subject: str
    text: str


def of_answer(answer: Answer) -> Iterator[Doubt]:
    if answer.guess:
        yield Doubt(Weight.TARGET, TARGET, answer.guess)
    if blanks := int((~answer.known).sum()):
        problem = f"{answer.column} is blank in {blanks:,} rows"
        text = f"{problem}, which churn train refuses: take them out of the file"
        yield Doubt(Weight.TARGET, TARGET, text)


def of_columns(columns: Sorted) -> Iterator[Doubt]:
    """What is doubtful in each column by itself."""
    suspects = {one.heading for one in columns.suspects}
    for heading, why in columns.ignored.items():
        weight = Weight.LEAK if heading in suspects else Weight.LEFT_OUT
        yield Doubt(weight, heading, f"left out: {why}")
    for one in columns.identifiers:
        if columns.aucs[one.heading] > TOLD:
            auc = f"AUC {columns.aucs[one.heading]:.2f}"
            text = f"an identifier that tells by itself who left ({auc}): given in order of time?"
            yield Doubt(Weight.VALUES, one.heading, text)
    for one in (*columns.levels, *columns.numbers):
        for text in _of_values(one, is_level=one in columns.levels):
            yield Doubt(Weight.VALUES, one.heading, text)


def _of_values(column: Column, *, is_level: bool) -> Iterator[str]:
    if REGION.search(spoken(column.heading)):
        yield "a place: it may stand for origin and income; protected = true keeps it out"
    if column.numbers is None:
        return
    if is_level and set(column.texts) != {"0", "1"}:
        yield "codes: say in words what they mean"
    below = int(np.sum(column.x < 0))
    if not is_level and 0 < below < column.filled / 2:
        yield f"below zero in {below:,} rows: is that so?"


def of_protected(headings: Sequence[str]) -> Iterator[Doubt]:
    if headings:
        text = "used for no score and no offer; requests and files may leave them out"
        yield Doubt(Weight.PROTECTED, "(protected)", f"{', '.join(headings)}: {text}")

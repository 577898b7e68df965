"""What should be looked at in a proposal."""

from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import NamedTuple

import numpy as np
import polars as pl

from churn_lib.propose.answer import Answer
from churn_lib.propose.column import Column, in_rows
from churn_lib.propose.names import REGION, spoken
from churn_lib.propose.sort import Sorted
from churn_lib.training.twins import codes_of, likeness

FILE, TWINS, TARGET, BILL, TENURE = "(file)", "(twins)", "(target)", "(bill)", "(tenure)"
"""What a doubt is about that is about no column."""

PAIRS = 8_000_000
"""Pairs of rows that are compared, to tell twins."""

FEWEST_COLUMNS = 5
"""In fewer columns many customers are equal."""

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
        problem = f"{answer.column} is blank in {in_rows(blanks)}"
        text = f"{problem}, which churn train refuses: take them out of the file"
        yield Doubt(Weight.TARGET, TARGET, text)


def of_twins(columns: Sequence[Column], answer: Answer) -> Iterator[Doubt]:
    """Rows that may be one customer several times, so that any model remembers them."""
    frame = pl.DataFrame({one.heading: one.codes for one in columns})
    found = likeness(codes_of(frame), answer.left.astype(np.int64), PAIRS)
    if found.are_twins and found.pair:
        rows = np.flatnonzero(answer.known) + 1
        count = round(found.near * len(answer.left))
        pair = " and ".join(f"{rows[place]:,}" for place in sorted(found.pair))
        text = (
            f"some {count:,} rows have a twin, such as rows {pair}: another row that is nearly the "
            f"same, and in {found.agreement:.0%} of cases with the same answer (by chance "
            f"{found.chance:.0%}); one customer twice? churn train keeps twins in one fold"
        )
        yield Doubt(Weight.LEAK, TWINS, text)
    same = int(frame.is_duplicated().sum())
    if same and len(columns) >= FEWEST_COLUMNS:
        text = f"{same:,} rows are equal to another one in all columns that are used"
        yield Doubt(Weight.FILE, FILE, text)


def of_columns(columns: Sorted) -> Iterator[Doubt]:
    """What is doubtful in each column by itself."""
    suspects = [one.heading for one in columns.suspects]
    for heading in dict.fromkeys([*suspects, *columns.ignored]):
        weight = Weight.LEAK if heading in suspects else Weight.LEFT_OUT
        yield Doubt(weight, heading, f"left out: {columns.ignored[heading]}")
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
        yield f"below zero in {in_rows(below)}: is that so?"


def of_protected(headings: Sequence[str]) -> Doubt:
    text = "used for no score and no offer; requests and files may leave them out"
    found = f"{', '.join(headings)}: {text}"
    none = "no heading was understood as sex, age, family, origin or income"
    missed = f"{none}: where one is, protected = true keeps it out of score and offers"
    return Doubt(Weight.PROTECTED, "(protected)", found if headings else missed)

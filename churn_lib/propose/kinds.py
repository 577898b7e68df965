"""What a column is, from all of its cells: a number, levels, an identifier, or of no use."""

import re
from typing import Literal, NamedTuple

import numpy as np

from churn_lib.propose.column import MOST_LEVELS, Column, in_rows
from churn_lib.propose.names import AMOUNT, CODED, IDENTIFIER, PLACE, spoken
from churn_lib.toml import ONE_LINE

Use = Literal["number", "levels", "identifier", "ignored"]

MOST_CODES = 12
"""Whole numbers under a heading such as plan or tier are names where there are no more of them."""

LONGEST_LEVEL = 100
UNIQUE = 0.999
"""A column is an identifier where so many of its values occur once."""

MANY_DIGITS = 7
"""So long are whole numbers of one length that are nobody's amount."""

EXPECTED_TWICE = 5.0
"""Numbers that were amounts would be equal so often by chance, at the least."""

DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?([ T].*)?|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})([ T].*)?"
    r"|\d{0,2}[ -]?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[ ,.-]+\d{1,4}"
    r"([ ,]+\d{4})?",
    re.IGNORECASE,
)
MANY_DATES = 20
"""So many different amounts are not all such as 20240131 by chance."""

WITH_UNIT = re.compile(r"[0-9][0-9.,]*\s*[^0-9.,]{1,12}")

LOOKED_AT = 1000
"""Different texts that are enough to tell dates, and units."""


class Kind(NamedTuple):
    """What a column is used as, and why it is not used or should be looked at."""

    use: Use
    why: str = ""


def kind_of(column: Column) -> Kind:
    """What a column is by itself."""
    if not column.distinct:
        return Kind("ignored", "empty")
    if column.distinct == 1 and not column.blanks:
        return Kind("ignored", "the same in every row")
    if _is_identifier(column):
        return Kind("identifier", "different in every row")
    if _are_dates(column):
        return Kind("ignored", "dates: give what they say as a number, such as an age in days")
    if PLACE.search(spoken(column.heading)):
        return Kind("ignored", _place(column))
    if column.problem:
        return Kind("ignored", column.problem)
    return _numbers(column) if column.numbers is not None else _texts(column)


def _numbers(column: Column) -> Kind:
    if IDENTIFIER.search(spoken(column.heading)) and column.distinct > column.filled / 2:
        return Kind("ignored", f"{column.distinct:,} different codes, as of an identifier")
    two = column.whole and column.distinct <= 2
    few = column.whole and column.distinct <= MOST_CODES
    heading = spoken(column.heading)
    coded = few and CODED.search(heading) and not AMOUNT.search(heading)
    return Kind("levels" if two or coded else "number")


def _texts(column: Column) -> Kind:
    if column.odd:
        problem = f"numbers, but for {in_rows(column.odd)} with other texts: make those blank"
        return Kind("ignored", problem)
    if column.distinct > MOST_LEVELS:
        return Kind("ignored", _many(column))
    if not all(len(text) <= LONGEST_LEVEL and ONE_LINE.fullmatch(text) for text in column.texts):
        return Kind("ignored", "texts that are too long for a level, or of several lines")
    return Kind("levels")


def _many(column: Column) -> str:
    if all(WITH_UNIT.fullmatch(text) for text in column.texts[:LOOKED_AT]):
        return "numbers with a unit behind them: write the numbers alone"
    return f"{column.distinct:,} different texts"


def _place(column: Column) -> str:
    what = "codes" if column.numbers is not None else "texts"
    many = f", of {column.distinct:,} different {what}" if column.distinct > MOST_LEVELS else ""
    return f"a place{many}: it may stand for origin and income"


def _is_identifier(column: Column) -> bool:
    """Whether nearly every row has a value of its own, and not because an amount happens to be."""
    if column.distinct < UNIQUE * column.filled or column.filled < len(column.codes) / 2:
        return False
    if column.numbers is None:
        return not column.problem or bool(IDENTIFIER.search(spoken(column.heading)))
    if not column.whole:
        return False
    if IDENTIFIER.search(spoken(column.heading)):
        return True
    low, high = float(column.numbers.min()), float(column.numbers.max())
    lengths = {len(text) for text in column.texts}
    if low > 0 and len(lengths) == 1 and lengths.pop() >= MANY_DIGITS:
        return True
    # The birthday problem: so many amounts of that range would not all differ.
    return bool(column.filled**2 / (2 * (high - low + 1)) > EXPECTED_TWICE)


def _are_dates(column: Column) -> bool:
    if column.numbers is not None:
        named = "date" in spoken(column.heading).split() or column.distinct >= MANY_DATES
        return named and _are_digits_of_dates(column)
    texts = column.texts[:LOOKED_AT]
    return all(DATE.fullmatch(text) for text in texts)


def _are_digits_of_dates(column: Column) -> bool:
    """Whether all numbers are such as 20240131."""
    numbers = np.empty(0) if column.numbers is None else column.numbers
    years, months, days = numbers // 10_000, numbers // 100 % 100, numbers % 100
    in_time = (years >= 1900) & (years <= 2100) & (months >= 1) & (months <= 12)
    return bool(column.whole and np.all(in_time & (days >= 1) & (days <= 31)))

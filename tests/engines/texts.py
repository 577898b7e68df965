"""Rows of a table whose columns are all text, as a file of a user's has them."""

from collections.abc import Iterable
from random import Random

from churn_lib.customer.contact import TRUTHS
from churn_lib.customer.model import LEVELS, Value
from churn_lib.scale.golden import Row

WORDS = (
    *("", " ", "yes", "YES ", " no", "n", "Y", "true", "FALSE", "t", "on", "OFF", "0", "1", "1.0"),
    *("y e s", "\u00a0No", "NULL", "nan", "it's", '"', "\\", "%", "-- ", "é", "1e400", "\t\n"),
)
NUMBERS = (
    *("", "1_000", " 12 ", "12\t", "1e1", "0x1F", "inf", "-Infinity", "+5", ".5", "5.", "12.0"),
    *("012", "--1", "+-1", "e5", "1e", ".", "NaN", "\u00a07\u00a0", "1 2", "1,5", "1d", "12L"),
    *("\uff11", "1" * 40, "0." + "3" * 50, "-0", "1e400", "1e-400", "5e-324", "1e-310", "1e308"),
    *("100.50", "null", "None", "true", "12e-1", "1E+2", "0e999", "é"),
)


def as_texts(rows: Iterable[Row]) -> list[Row]:
    return [{name: _text(value) for name, value in row.items()} for row in rows]


def misspelled(rows: Iterable[Row], seed: int = 0) -> list[Row]:
    """The rows with up to three texts that are spelled in other ways, or wrong."""
    random = Random(seed)
    changed = as_texts(rows)
    for row in changed:
        for name in random.sample([*row], random.randrange(4)):
            row[name] = random.choice(_spellings(name))
    return changed


def _text(value: Value) -> Value:
    return None if value is None else str(value)


def _spellings(name: str) -> tuple[str, ...]:
    if name in TRUTHS:
        return WORDS
    if name not in LEVELS:
        return NUMBERS
    levels = [str(level) for level in LEVELS[name]]
    changes = (str.lower, str.upper, "{} ".format, "\u00a0{}".format, "_{}-".format)
    spelled = [change(level) for level in levels for change in changes]
    return (*WORDS, *spelled, *(level.replace(" ", "") for level in levels))

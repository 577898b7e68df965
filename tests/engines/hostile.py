"""Rows that no table of customers should hold, for the schema in force."""

import math
from collections.abc import Iterable
from random import Random

from churn_lib.customer.contact import COUNT_ENDS, COUNTS, MONEY_ENDS, TRUTHS
from churn_lib.customer.model import ABSENT, ATTRIBUTES, LEVELS, LONGEST_LEVEL, Value
from churn_lib.customer.spelling import plain
from churn_lib.scale.golden import Row

BREAKING = (-1.0, -0.0, -1e-300, 0.5, 5e-324, 1e-310, 1e308, math.inf, -math.inf, math.nan)
"""Numbers that most ranges leave out, or that arithmetic fails on."""

MISSPELLED = (
    "",
    " ",
    "true",
    "1",
    "'",
    '"',
    "\\",
    "%",
    "no\u00a0",
    "NULL",
    "nan",
    "1e400",
    "é",
    "-- ",
)
WORDS = ("yes", "YES ", " no", "n", "Y", "FALSE", "t", "on", "OFF", "0", "1.0", "y e s", "\u00a0No")
NUMBERS = (
    *("1_000", " 12 ", "12\t", "1e1", "0x1F", "inf", "-Infinity", "+5", ".5", "5.", "12.0", "012"),
    *("--1", "+-1", "e5", "1e", ".", "NaN", "\u00a07\u00a0", "1 2", "1,5", "1d", "12L", "\uff11"),
    *("1" * 40, "0." + "3" * 50, "-0", "1e400", "100.50", "null", "None", "true"),
)
WRONG = "x" * (LONGEST_LEVEL + 1)
"""Is no level, not even where others than those listed are allowed."""


def spoiled(rows: Iterable[Row], seed: int = 0) -> list[Row]:
    """The rows with up to three values that are missing, misspelled, out of range or contradict
    others, each of the right kind for its column.
    """
    random = Random(seed)
    changed = [{**row} for row in rows]
    for row in changed:
        for name in random.sample([*row], random.randrange(4)):
            row[name] = _native(name, random)
        for name in (name for name in ABSENT if name in row and random.random() < 0.05):
            row[name] = random.choice(LEVELS[name])
    return changed


def as_published(row: Row) -> Row:
    """The row for a reader who takes every spelling, where nothing but the published one holds."""
    return {name: value if _is_published(name, value) else WRONG for name, value in row.items()}


def as_texts(rows: Iterable[Row]) -> list[Row]:
    return [{name: _text(value) for name, value in row.items()} for row in rows]


def misspelled(rows: Iterable[Row], seed: int = 0) -> list[Row]:
    """Rows of texts with up to three that are spelled in other ways, or are wrong."""
    random = Random(seed)
    changed = as_texts(rows)
    for row in changed:
        for name in random.sample([*row], random.randrange(4)):
            row[name] = random.choice(_spellings(name))
    return changed


def _native(name: str, random: Random) -> Value:
    if name in TRUTHS:
        return None
    if name not in LEVELS:
        ends = _ends(name)
        beyond = [math.nextafter(end, to) for end in ends for to in (-math.inf, math.inf)]
        return random.choice([None, *BREAKING, *ends, *beyond])
    if isinstance(LEVELS[name][0], int):
        return random.choice([None, -1, 2, 2**62])
    return random.choice([None, *MISSPELLED, *_varied(name)])


def _spellings(name: str) -> list[Value]:
    if name in LEVELS:
        return [*_varied(name), *WORDS, *MISSPELLED]
    return [*WORDS, *MISSPELLED] if name in TRUTHS else [*NUMBERS]


def _varied(name: str) -> list[str]:
    texts = [str(level) for level in LEVELS[name]]
    changes = (str.lower, str.upper, "{} ".format, " {}".format)
    varied = [change(text) for text in texts for change in changes]
    return [*varied, *(text.replace(" ", "\u00a0") for text in texts)]


def _ends(name: str) -> tuple[float, float]:
    if name in ATTRIBUTES:
        return float(ATTRIBUTES[name].low), float(ATTRIBUTES[name].high)
    return COUNT_ENDS if name in COUNTS else MONEY_ENDS


def _is_published(name: str, value: Value) -> bool:
    if value is None or name not in LEVELS or value in LEVELS[name]:
        return True
    is_other = plain(str(value)) not in map(plain, map(str, LEVELS[name]))
    return bool(ATTRIBUTES[name].other) and is_other and bool(str(value).strip())


def _text(value: Value) -> Value:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)

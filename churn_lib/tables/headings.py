"""How headings are told from titles and from rows."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple

from churn_lib.customer.spelling import plain

TITLE_LINES = 20
"""Headings stand within so many lines; above them may be titles, or the `sep=;` of Excel."""

MOST_COLUMNS = 2000

Row = Sequence[str]


class Likely(NamedTuple):
    """How likely a row is one of headings, what says most first: how many of them are known, how
    many rows are as wide, whether most of it is filled, and its width.
    """

    named: int
    alike: int
    filled: bool
    width: int


def start(rows: Sequence[tuple[int, Row]], known: Collection[str]) -> tuple[Likely, int]:
    """Which of the first rows is most likely that of the headings, and how likely.

    rows: with the line that each begins in, which is what comes back.
    """
    widths = Counter(len(row) for _, row in rows if len(row) > 1)
    best, place = Likely(0, 0, False, 0), 0
    for line, row in rows:
        named = sum(plain(value) in known for value in row)
        filled = sum(map(bool, row))
        found = Likely(named, widths[len(row)], 0 < filled >= len(row) / 2, len(row))
        if line < TITLE_LINES and found > best:
            best, place = found, line
    return best, place


def folded(heading: str) -> str:
    """A heading without blanks around it, doubled ones, and what can't be seen."""
    return "".join(letter for letter in " ".join(heading.split()) if letter.isprintable())

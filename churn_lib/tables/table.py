"""A table of text under its headings."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import polars as pl

from churn_lib.customer.spelling import plain
from churn_lib.errors import DataError
from churn_lib.tables.headings import MOST_COLUMNS, Row, folded

MOST_CELLS = 20_000_000
"""More would not fit into the memory of an ordinary machine; 100,000 customers teach enough."""

LONGEST_HEADING = 500
CELLS_AT_ONCE = 20_000
"""Cells that are Python's own texts at a time, which take far more memory than a column of them."""

MISSING = ("", "null", "nan", "n/a", "#n/a")
"""What stands for no value at all, in any case. "None", "NA" and "Unknown" are values: an offer,
North America, a level of its own.
"""


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of text under their headings; what is missing is blank or null.

    left_out: headings that stand there several times, so that nobody knows which is meant. notes:
    what was found out about the file, or left out of it, in sentences.
    """

    frame: pl.DataFrame
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def assembled(headings: Row, rows: Iterable[Row], name: str, notes: Iterable[str] = ()) -> Table:
    """The table of rows that are as wide as their headings. name: of the file.

    Raises DataError where there are too many columns or cells.
    """
    _check(headings, name)
    return under(headings, pl.concat(_frames(len(headings), rows, name)), name, notes)


def under(headings: Row, frame: pl.DataFrame, name: str, notes: Iterable[str] = ()) -> Table:
    """The frame under headings in the place of its own, without what can't be told apart: columns
    without a heading, and those that share one. Raises DataError where there are too many.
    """
    _check(headings, name)
    named = [folded(heading) for heading in headings]
    counts = Counter(plain(heading) or heading for heading in named)
    kept = {
        heading: place
        for place, heading in enumerate(named)
        if heading and counts[plain(heading) or heading] == 1
    }
    nameless = [place for place, heading in enumerate(named) if not heading]
    twice = tuple(dict.fromkeys(heading for heading in named if heading and heading not in kept))
    cells = frame.select(
        pl.nth(place).str.strip_chars().alias(heading) for heading, place in kept.items()
    )
    told = (*notes, *_stray(frame, nameless), *_doubled(twice))
    return Table(cells, twice, told)


def _check(headings: Row, name: str) -> None:
    if len(headings) > MOST_COLUMNS:
        problem = f"has {len(headings):,} columns, and at most {MOST_COLUMNS:,} are read"
        raise DataError(f"{name} {problem}; keep those that may tell why customers leave")
    if any(len(heading) > LONGEST_HEADING for heading in headings):
        problem = f"has a heading of more than {LONGEST_HEADING} characters"
        raise DataError(f"{name} {problem}; the headings must stand above the rows, and be short")


def _frames(width: int, rows: Iterable[Row], name: str) -> Iterator[pl.DataFrame]:
    """The rows as frames of some rows each; an empty one first, for there may be no rows."""
    types = {str(place): pl.String for place in range(width)}
    yield pl.DataFrame(schema=types)
    left, most = iter(rows), max(1, CELLS_AT_ONCE // max(width, 1))
    done = 0
    while some := list(islice(left, most)):
        done += len(some)
        if done * width > MOST_CELLS:
            problem = f"has more than {MOST_CELLS:,} cells"
            raise DataError(f"{name} {problem}; bring a part of its rows: 100,000 are plenty")
        columns = zip(*some, strict=True)
        yield pl.DataFrame(dict(zip(types, columns, strict=True)), types)


def _stray(frame: pl.DataFrame, nameless: Sequence[int]) -> Iterator[str]:
    if not nameless:
        return
    one = len(nameless) == 1
    cells = frame.select((pl.nth(nameless).str.strip_chars() != "").sum()).sum_horizontal()[0]
    hold = f", with {cells:,} cells that are not blank" if cells else ""
    columns = "a column" if one else f"{len(nameless)} columns"
    yield f"{columns} without a heading {'is' if one else 'are'} left out{hold}"


def _doubled(headings: Row) -> Iterator[str]:
    for heading in headings:
        yield f"several columns are called {heading}: all are left out, name each of its own"

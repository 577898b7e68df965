"""A CSV file as a table of text, as spreadsheets, databases and scripts write it.

What a file does not say of itself (its characters, its separator, the line of its headings) is
found out. What is wrong with its form is said by row, or of the whole file, without its words.
"""

import csv
from collections.abc import Collection, Iterable, Iterator
from itertools import chain, islice

from churn_lib.errors import DataError
from churn_lib.tables.separator import (
    FIRST_LINES,
    mostly_uneven,
    notes_of,
    problem,
    reader,
    start_of,
    uneven_row,
)
from churn_lib.tables.table import Table, assembled
from churn_lib.tables.text import encoding_of, lines_of


def table_of(content: bytes, name: str, known: Collection[str] = ()) -> Table:
    """The rows under their headings; lines without any value are left out.

    Blanks around values and headings are no part of them. name: of the file. known: headings that
    may be there, as `plain` has them; without any of them, the shape of the lines decides. Raises
    DataError, with the row (1 is the first customer) and what to do, for what is not text, for a
    quotation mark that is not closed, and for rows that are longer or shorter than the headings.
    """
    encoding = encoding_of(content, name)
    lines = lines_of(content, encoding, name)
    first = list(islice(lines, FIRST_LINES))
    line, separator = start_of(first, known)
    rows = _rows(chain(first[line:], lines), separator, name)
    headings = next(rows, [])
    if len(headings) == 1 and separator in headings[0]:
        wrong = "each line as a whole stands in quotation marks"
        raise DataError(f"{name}: {wrong}; take them away, or save the file anew")
    even = _even(rows, len(headings), separator, name)
    return assembled(headings, even, name, notes_of(encoding, separator, line))


def _rows(lines: Iterable[str], separator: str, name: str) -> Iterator[list[str]]:
    """The headings, then the rows."""
    done = 0
    try:
        for values in reader(lines, separator):
            if any(map(str.strip, values)):
                yield values
                done += 1
    except csv.Error as error:
        place = f"row {done}" if done else "headings"
        raise DataError(f"{name}, {place}: {problem(error)}") from None


def _even(rows: Iterable[list[str]], width: int, separator: str, name: str) -> Iterator[list[str]]:
    """The rows. Raises DataError, at their end, unless each has a value for every heading."""
    uneven, first, found = 0, 0, 0
    number = 0
    for number, row in enumerate(rows, start=1):
        if len(row) == width:
            yield row
        else:
            uneven += 1
            first, found = (first, found) if first else (number, len(row))
    if not uneven:
        return
    if uneven > number / 2:
        raise DataError(f"{name}: {mostly_uneven(width, separator)}")
    raise DataError(f"{name}, row {first}: {uneven_row(found, width, separator)}")

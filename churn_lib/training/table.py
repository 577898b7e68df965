"""A CSV file as a table of text; what is wrong with its form is said by row, without its words."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence

import polars as pl

from churn_lib.customer.model import ATTRIBUTES
from churn_lib.errors import DataError


def table_of(content: bytes, name: str) -> pl.DataFrame:
    """The rows under their headings; blank lines are left out.

    name: of the file. Raises DataError, with the row (1 is the first customer) and what to do, for
    what is not UTF-8, for a quotation mark that is not closed, for a row that is longer or shorter
    than the headings, and for headings of attributes that stand there twice.
    """
    rows = _rows(_text(content, name), name)
    headings = next(rows, [])
    counts = Counter(headings)
    if twice := [name for name in counts if counts[name] > 1 and name in ATTRIBUTES]:
        raise DataError(f"{name} has several columns {', '.join(twice)}; keep one of each")
    # Other columns may share a heading: they are not read, and polars needs one of each.
    places = {heading: place for place, heading in enumerate(headings)}
    found = [[row[place] for place in places.values()] for row in _even(rows, len(headings), name)]
    return pl.DataFrame(found, dict.fromkeys(places, pl.String), orient="row")


def _text(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = "is not UTF-8; save the file as CSV in UTF-8"
        raise DataError(f"{name}, line {line}: {problem}") from None


def _rows(text: str, name: str) -> Iterator[list[str]]:
    """The headings, then the rows."""
    done = 0
    try:
        for values in filter(None, csv.reader(io.StringIO(text, newline=""), strict=True)):
            yield values
            done += 1
    except csv.Error:
        place = f"row {done}" if done else "headings"
        problem = "a quotation mark is not closed, or stands within a value"
        raise DataError(f"{name}, {place}: {problem}; close it, or write it twice") from None


def _even(rows: Iterator[list[str]], width: int, name: str) -> Iterator[Sequence[str]]:
    for number, values in enumerate(rows, start=1):
        if len(values) != width:
            found = f"holds {len(values)} values under {width} headings"
            advice = "a comma within a value needs quotes around that value"
            raise DataError(f"{name}, row {number}: {found}; {advice}")
        yield values

"""A CSV file as a table of text, as spreadsheets, databases and scripts write it.

What a file does not say of itself (its characters, its separator, the line of its headings) is
found out where that is certain. What is wrong with its form is said by row, or of the whole file,
without its words.
"""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence

import polars as pl

from churn_lib.customer.model import ATTRIBUTES
from churn_lib.customer.spelling import plain
from churn_lib.errors import DataError

TEXT_FILES = (".csv", ".tsv", ".txt")
"""How names of files end whose values are separated by some character, which is found out."""

SEPARATORS = {",": "','", ";": "';'", "\t": "a tab", "|": "'|'"}
"""What may stand between two values, with its name."""

TITLE_LINES = 20
"""Headings stand within so many lines; above them may be titles, or the `sep=;` of Excel."""

MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""The encodings that a file may begin with a mark of."""


WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How files of new and of old spreadsheets begin, whatever their name."""

KNOWN = frozenset(map(plain, ATTRIBUTES))
"""The attributes in the spelling that all of theirs are equal in."""


def table_of(content: bytes, name: str) -> pl.DataFrame:
    """The rows under their headings; lines without any value are left out.

    Blanks around values and headings are no part of them. name: of the file. Raises DataError, with
    the row (1 is the first customer) and what to do, for what is not text, has no headings or a
    quotation mark that is not closed, for rows that are longer or shorter than the headings, and
    for headings of attributes that stand there twice.
    """
    lines = list(io.StringIO(_text(content, name), newline=""))
    line, separator = _start(lines, name)
    rows = _rows(lines[line:], separator, name)
    headings = next(rows)
    if len(headings) == 1 and separator in headings[0]:
        problem = "each line as a whole stands in quotation marks"
        raise DataError(f"{name}: {problem}; take them away, or save the file anew")
    counts = Counter(headings)
    if twice := [heading for heading in ATTRIBUTES if counts[heading] > 1]:
        raise DataError(f"{name} has several columns {', '.join(twice)}; keep one of each")
    found = _even(list(rows), len(headings), SEPARATORS[separator], name)
    # Other columns may share a heading: they are not read, and polars needs one of each.
    places = {heading: place for place, heading in enumerate(headings)}
    values = [[row[place] for place in places.values()] for row in found]
    return pl.DataFrame(values, dict.fromkeys(places, pl.String), orient="row")


def _text(content: bytes, name: str) -> str:
    if content.startswith(WORKBOOKS):
        problem = "is an Excel workbook, or another packed file"
        raise DataError(f"{name} {problem}; save its sheet as CSV in UTF-8")
    try:
        text = content.decode(_encoding(content))
    except UnicodeDecodeError:
        # Western, of one byte a character. Another such encoding differs in other letters than
        # those of our headings, levels and numbers.
        text = content.decode("cp1252", errors="replace")
    if "\0" in text:
        raise DataError(f"{name} is no text, or damaged; save the table as CSV in UTF-8")
    return text


def _encoding(content: bytes) -> str:
    for mark, encoding in MARKS.items():
        if content.startswith(mark):
            return encoding
    # Headings begin with an ASCII character, which has a zero byte in UTF-16 alone.
    if 0 in content[:2]:
        return "utf-16-be" if content[0] == 0 else "utf-16-le"
    return "utf-8"


def _start(lines: Sequence[str], name: str) -> tuple[int, str]:
    """The line of the headings, and their separator: those that give the most attributes."""
    named = {
        (line, separator): sum(plain(part).strip('"') in KNOWN for part in text.split(separator))
        for line, text in enumerate(lines[:TITLE_LINES])
        for separator in SEPARATORS
    }
    best = max(named, key=named.__getitem__, default=(0, ","))
    if not named.get(best):
        separators = ", ".join(SEPARATORS.values())
        problem = f"has no headings such as gender or tenure, separated by one of {separators}"
        raise DataError(f"{name} {problem}; they must stand in one of its first lines")
    return best


def _rows(lines: Sequence[str], separator: str, name: str) -> Iterator[list[str]]:
    """The headings, then the rows."""
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)
    done = 0
    try:
        for values in reader:
            if any(row := [value.strip() for value in values]):
                yield row
                done += 1
    except csv.Error as error:
        place = f"row {done}" if done else "headings"
        raise DataError(f"{name}, {place}: {_problem(error)}") from None


def _problem(error: csv.Error) -> str:
    if "field limit" in str(error):
        most = f"{csv.field_size_limit():,}"
        return f"a value has more than {most} characters; shorten it, or close its quotation mark"
    problem = "a quotation mark is not closed, or stands within a value"
    return f"{problem}; close it, or write it twice"


def _even(rows: list[list[str]], width: int, separator: str, name: str) -> list[list[str]]:
    """The rows, when each has a value for every heading."""
    uneven = [number for number, row in enumerate(rows, start=1) if len(row) != width]
    if not uneven:
        return rows
    advice = f"a value that holds {separator} needs quotes around it"
    if len(uneven) > len(rows) / 2:
        problem = f"its {width} headings are separated by {separator}, most of its rows are not so"
        raise DataError(f"{name}: {problem}; {advice}, and so does a number with a decimal comma")
    found = f"holds {len(rows[uneven[0] - 1])} values under {width} headings"
    raise DataError(f"{name}, row {uneven[0]}: {found}; {advice}")

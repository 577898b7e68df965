"""What separates the values of a file of text, and where its headings stand."""

import csv
import re
from _csv import Reader
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache

from churn_lib.tables.headings import MOST_COLUMNS, Row, start
from churn_lib.tables.text import WESTERN

SEPARATORS = {",": "','", ";": "';'", "\t": "a tab", "|": "'|'"}
"""What may stand between two values, with its name."""

SAID = re.compile(r'"?sep=([,;\t|])"?\s*$', re.IGNORECASE)
"""The first line, by which Excel is told the separator."""

FIRST_LINES = 30
"""What is found out is found out from these."""


def start_of(
    lines: Sequence[str], known: Collection[str], separators: Iterable[str] = SEPARATORS
) -> tuple[int, str]:
    """The line of the headings, and their separator.

    known: headings that may be there, as `plain` has them; without any of them, the shape of the
    lines decides.
    """
    told = SAID.match("".join(lines[:1]))
    above = 1 if told else 0
    found = {
        separator: start([*_first(lines[above:], separator)], known)
        for separator in (told[1] if told else separators)
    }
    best = max(found, key=lambda separator: found[separator][0])
    return above + found[best][1], best


def _first(lines: Sequence[str], separator: str) -> Iterator[tuple[int, Row]]:
    """The first rows with their lines: read on from the first line, and each line by itself."""
    if any(line.count(separator) >= MOST_COLUMNS for line in lines):
        yield from ((0, [""] * (line.count(separator) + 1)) for line in lines)
        return
    rows, line = reader(lines, separator), 0
    with suppress(csv.Error):
        for values in rows:
            yield line, [value.strip() for value in values]
            line = rows.line_num
    for line, text in enumerate(lines):
        try:
            values = next(reader([text], separator), [])
        except csv.Error:  # a mark that is not closed, or part of a value of several lines
            values = text.replace('"', "").split(separator)
        yield line, [value.strip() for value in values]


def reader(lines: Iterable[str], separator: str) -> Reader:
    return csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)


def notes_of(encoding: str, separator: str, line: int) -> Iterator[str]:
    """What was found out about a file, and may be wrong. line: of the headings, from 0."""
    if encoding == WESTERN:
        yield "it is not in UTF-8 and was read as Windows-1252: look at letters such as ä and é"
    if separator != ",":
        yield f"its values are separated by {_name(separator)}"
    if line:
        yield f"{line} line{'s' if line > 1 else ''} above the headings left out"


def problem(error: csv.Error) -> str:
    """What is wrong with the form of a row, and what to do."""
    if "field limit" in str(error):
        most = f"{csv.field_size_limit():,}"
        return f"a value has more than {most} characters; shorten it, or close its quotation mark"
    wrong = "a quotation mark is not closed, or stands within a value"
    return f"{wrong}; close it, or write it twice"


@cache
def uneven_row(found: int, width: int, separator: str) -> str:
    """What is wrong with a row that has not a value for every heading, and what to do."""
    return f"holds {found} values under {width} headings; {_advice(separator)}"


def mostly_uneven(width: int, separator: str) -> str:
    """The same where most of the rows are so."""
    wrong = f"its {width} headings are separated by {_name(separator)}, most of its rows are not so"
    return f"{wrong}; {_advice(separator)}, and so does a number with a decimal comma"


def _advice(separator: str) -> str:
    return f"a value that holds {_name(separator)} needs quotes around it"


def _name(separator: str) -> str:
    return SEPARATORS.get(separator, repr(separator))

"""What separates the values of a file of text, and where its headings stand."""

import csv
import re
from _csv import Reader
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress

from churn_lib.tables.headings import MOST_COLUMNS, Row, start

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

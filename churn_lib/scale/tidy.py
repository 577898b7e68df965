"""A file of text written anew, so that it can be read by many threads without any doubt.

Most files need none of it. One that is not in UTF-8, or with lines of two ends, or with a row that
is too short or too long is read by Python's csv, which also knows where it is wrong.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from churn_lib.customer.faults import shown
from churn_lib.errors import DataError
from churn_lib.scale.files import Form
from churn_lib.scale.head import Head, opened
from churn_lib.tables.separator import mostly_uneven, problem, reader, uneven_row

LONGEST_VALUE = 16 << 20
"""Characters of a value, and bytes of a row: more is a quotation mark that is not closed."""

LONGEST_SHOWN, MOST_LINES = 5_000, 100
"""Characters and lines of a faulty row that are looked at for the column."""

ADVICE = "save it in UTF-8, or say what it is in: --encoding"


class Uneven(NamedTuple):
    """A row, from 1, that has not a value for every heading, and what is wrong in words."""

    record: int
    words: str


def tidied(path: Path, form: Form, head: Head, copy: Path) -> list[Uneven]:
    """Writes the rows that have a value for every heading to a copy; the others come back.

    The copy begins with the headings, is in UTF-8 and separated as the file is. Raises DataError,
    with the row and the column, for a byte that is not in the file's encoding, for a quotation mark
    that is not closed or stands within a value, and where most rows are uneven.
    """
    uneven: list[Uneven] = []
    record, width = 0, len(head.names)
    with copy.open("w", encoding="utf-8", newline="") as file, _long_values():
        # With both characters at the end of a row, each of them within a value is put in quotes.
        write = csv.writer(file, delimiter=head.separator, lineterminator="\r\n").writerow
        for record, row in enumerate(_rows(path, form, head)):
            if len(row) != width:
                uneven.append(Uneven(record, uneven_row(len(row), width, head.separator)))
                continue
            try:
                write(row)
            except UnicodeEncodeError:
                raise _unreadable(path, head, record, row) from None
    if len(uneven) > record / 2:
        raise DataError(f"{path.name}: {mostly_uneven(width, head.separator)}")
    return uneven


def _rows(path: Path, form: Form, head: Head) -> Iterator[list[str]]:
    """The headings, then the rows that are not blank; a byte that is no text is a surrogate."""
    record = 0
    with opened(path, form) as file:
        text = io.TextIOWrapper(file, head.encoding, errors="surrogateescape", newline="")
        lines = _Lines(islice(text, head.line, None))
        try:
            for row in reader(lines, head.separator):
                lines.of_row.clear()
                if any(map(str.strip, row)):
                    yield row
                    record += 1
        except csv.Error as error:
            place = _place(head, record, _wrong(lines.of_row, head.separator))
            raise DataError(f"{path.name}, {place}: {problem(error)}") from None
        except UnicodeDecodeError:
            wrong = f"what follows row {record} is not in {head.encoding}"
            raise DataError(f"{path.name}: {wrong}; {ADVICE}") from None
        except (OSError, EOFError) as error:
            raise DataError(f"{path.name}: what follows row {record} is damaged") from error


class _Lines:
    """The lines of a text, which remembers those of the row that is being read."""

    def __init__(self, text: Iterable[str]) -> None:
        self._text = text
        self.of_row: list[str] = []

    def __iter__(self) -> Iterator[str]:
        for line in self._text:
            if len(self.of_row) < MOST_LINES:
                self.of_row.append(line)
            yield line


def _wrong(lines: Sequence[str], separator: str) -> int:
    """The place of the value where a row is wrong: the one after all that can be read."""
    text, read = "".join(lines)[:LONGEST_SHOWN], 0
    for end in (place for place, letter in enumerate(text) if letter == separator):
        with suppress(csv.Error):
            read = len(next(reader(text[:end].splitlines(keepends=True), separator)))
    return read


def _place(head: Head, record: int, column: int) -> str:
    named = f", column {shown(head.names[column])}" if column < len(head.names) else ""
    return f"row {record}{named}" if record else f"headings{named}"


def _unreadable(path: Path, head: Head, record: int, row: Sequence[str]) -> DataError:
    column = next(place for place, value in enumerate(row) if not _is_text(value))
    wrong = f"a byte is not in {head.encoding}"
    return DataError(f"{path.name}, {_place(head, record, column)}: {wrong}; {ADVICE}")


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


@contextmanager
def _long_values() -> Iterator[None]:
    before = csv.field_size_limit(LONGEST_VALUE)
    try:
        yield
    finally:
        csv.field_size_limit(before)

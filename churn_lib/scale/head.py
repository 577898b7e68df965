"""What a file of text does not say of itself: found out from its beginning, or told by the user."""

import codecs
import csv
import io
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from churn_lib.errors import DataError
from churn_lib.scale.files import Form
from churn_lib.tables.marks import Mark
from churn_lib.tables.separator import FIRST_LINES, SEPARATORS, notes_of, reader, start_of
from churn_lib.tables.text import WESTERN, encoding_of

BEGINNING = 1 << 20
"""Bytes that are looked at."""


@dataclass(frozen=True)
class Told:
    """What the user says of a file of text; None is found out."""

    encoding: str | None = None
    separator: str | None = None
    mark: Mark | None = None


@dataclass(frozen=True)
class Head:
    """How a file of text begins. line: of the headings, from 0. rows: the first of them.

    bytes_a_row: on the average. notes: what was found out and may be wrong.
    """

    names: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    encoding: str
    separator: str
    line: int
    bytes_a_row: float
    uneven_ends: bool
    notes: tuple[str, ...]


def opened(path: Path, form: Form) -> pa.NativeFile:
    """The unpacked bytes of a file."""
    return pa.input_stream(str(path), compression=form.packing)


def head_of(path: Path, form: Form, told: Told, known: Collection[str]) -> Head:
    """known: headings that may be there, as `plain` has them. Raises DataError for no text."""
    content = beginning(path, form)
    encoding = told.encoding or _encoding(content, path.name)
    lines = list(_lines(content, encoding, path.name))
    separators = (told.separator,) if told.separator else tuple(SEPARATORS)
    line, separator = start_of(lines[:FIRST_LINES], known, separators)
    names, *rows = _rows(lines[line:], separator) or [[]]
    if not any(name.strip() for name in names):
        raise DataError(f"{path.name} has no line of headings")
    filled = [text for text in lines[line + 1 :] if text.strip()]
    return Head(
        names=tuple(name.strip().removeprefix("\ufeff") for name in names),
        rows=rows,
        encoding=encoding,
        separator=separator,
        line=line,
        bytes_a_row=sum(map(len, filled)) / max(1, len(rows)),
        uneven_ends=len({text[-2:] == "\r\n" for text in lines if text.endswith("\n")}) > 1,
        notes=tuple(
            notes_of("" if told.encoding else encoding, "," if told.separator else separator, line)
        ),
    )


def beginning(path: Path, form: Form) -> bytes:
    """The first bytes of a file, up to the end of a line where there are more."""
    try:
        with opened(path, form) as file:
            content: bytes = file.read(BEGINNING + 1)
    except (OSError, pa.ArrowException) as error:
        raise DataError(f"{path.name} can't be read: {_reason(error)}") from error
    if not content.strip():
        raise DataError(f"{path.name} is empty")
    if len(content) <= BEGINNING:
        return content
    return content[: content.rfind(b"\n", 0, BEGINNING) + 1] or content


def _reason(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or "it is damaged"


def _encoding(content: bytes, name: str) -> str:
    # In UTF-16 the byte that ends a line may be the first half of it.
    found = encoding_of(content, name, whole=False)
    if found != WESTERN:
        return found
    try:
        content.decode()
    except UnicodeDecodeError as error:
        if not content[: error.start].isascii():  # then it is UTF-8 with a damaged byte
            return "utf-8"
    return found


def _lines(content: bytes, encoding: str, name: str) -> Iterator[str]:
    try:
        decoder = codecs.getincrementaldecoder(encoding)("replace")
    except LookupError:
        raise DataError(f"--encoding: {encoding} is no encoding that Python knows") from None
    text = decoder.decode(content)
    if "\0" in text:
        raise DataError(f"{name} is no text, or damaged; save the table as CSV in UTF-8")
    yield from io.StringIO(text, newline="")


def _rows(lines: Iterable[str], separator: str) -> list[list[str]]:
    """Those before the first that is wrong in its form."""
    rows: list[list[str]] = []
    with suppress(csv.Error):
        rows.extend(values for values in reader(lines, separator) if any(map(str.strip, values)))
    return rows

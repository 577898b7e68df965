"""A file of customers as a table, whatever its kind."""

import hashlib
import io
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

import polars as pl

from churn_lib.errors import DataError
from churn_lib.tables.separated import table_of
from churn_lib.tables.table import MOST_CELLS, Table, under
from churn_lib.tables.workbook import WORKBOOKS, sheet_of

TEXT_FILES = (".csv", ".tsv", ".txt")
"""How names of files end whose values are separated by some character, which is found out."""

MOST_BYTES = 256 << 20


class File(NamedTuple):
    """A file's table, and its SHA-256."""

    table: Table
    sha256: str


def read_table(path: Path, known: Collection[str] = (), sheet: str | None = None) -> File:
    """The table in a file of text, Parquet or Excel.

    known: headings that may be there, as `plain` has them: they tell the headings from titles, and
    the sheet. Raises DataError, which says what to do, for what can't be read or is too large.
    """
    content = _content(path)
    return File(_table(content, path, known, sheet), hashlib.sha256(content).hexdigest())


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise DataError(f"{path.name} can't be read: {error.strerror}") from error
    if len(content) > MOST_BYTES:
        problem = f"is larger than {MOST_BYTES >> 20} MB"
        raise DataError(f"{path.name} {problem}; bring a part of its rows: 100,000 are plenty")
    if not content.strip():
        raise DataError(f"{path.name} is empty")
    return content


def _table(content: bytes, path: Path, known: Collection[str], sheet: str | None) -> Table:
    if content.startswith(WORKBOOKS):
        return sheet_of(content, path.name, known, sheet)
    if path.suffix.casefold() in TEXT_FILES:
        return table_of(content, path.name, known)
    if path.suffix.casefold() != ".parquet":
        problem = "must be a file whose name ends in .csv or .parquet; .tsv and .txt are as .csv"
        raise DataError(f"{path.name} {problem}, and a workbook is .xlsx")
    return _parquet(content, path.name)


def _parquet(content: bytes, name: str) -> Table:
    """All columns as text. A few bytes may stand for any number of rows: they are counted first."""
    try:
        lazy = pl.scan_parquet(io.BytesIO(content))
        kinds = lazy.collect_schema()
        if len(kinds) * lazy.select(pl.len()).collect().item() > MOST_CELLS:
            raise DataError(f"{name} has more than {MOST_CELLS:,} cells; bring a part of its rows")
        kept = [column for column, kind in kinds.items() if _is_plain(kind)]
        frame = lazy.select(pl.col(kept).cast(pl.String).fill_null("")).collect()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        problem = "is no Parquet file, or a damaged one; write it anew, or as .csv"
        raise DataError(f"{name} {problem}") from None
    others = [f"{column} holds no plain values: left out" for column in kinds if column not in kept]
    return under(frame.columns, frame, name, others)


def _is_plain(kind: pl.DataType) -> bool:
    return not (kind.is_nested() or kind in (pl.Binary, pl.Duration, pl.Object))

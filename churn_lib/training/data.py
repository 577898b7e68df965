"""Reads a file of customers who stayed or left; one wrong row, and the whole file is refused."""

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_lib.customer.model import ATTRIBUTES, FEATURES, RANGES, Customer
from churn_lib.customer.reading import level, published, read_columns
from churn_lib.errors import DataError, InputError
from churn_lib.training.numerals import with_plain_numbers
from churn_lib.training.table import TEXT_FILES, WORKBOOKS, table_of

TARGET = "Churn"
COLUMNS = (*(name for name, field in Customer.model_fields.items() if field.is_required()), TARGET)
"""The columns that a file must have; a total that it lacks is tenure times monthly charges."""

STAYED_OR_LEFT = ("Yes", "No")

SHOWN_ROWS = 20
"""A file with thousands of faulty rows is explained by this many of them."""

Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Dataset:
    """Customers of whom it is known whether they left.

    frame: the attributes that the score uses, as `Customer` normalises them. left: 1 for who left,
    0 for who stayed. sha256: of the file. `len` is the number of customers.
    """

    frame: pl.DataFrame
    left: Labels
    sha256: str

    def __len__(self) -> int:
        return len(self.left)


def read_customers(path: Path) -> Dataset:
    """The customers of a `.csv` or `.parquet` file; columns of no attribute are ignored.

    Raises DataError, with the numbers of the faulty rows and without a value of them, unless every
    row is a valid `Customer` whose `Churn` is Yes or No, and both occur.
    """
    content = _content(path)
    table = with_plain_numbers(_named(_table(content, path), path.name), path.name)
    if missing := [name for name in COLUMNS if name not in table.columns]:
        raise DataError(f"{path.name} has no column {', '.join(missing)}")
    if table.is_empty():
        raise DataError(f"{path.name} has no customers")
    rows = _checked(table, path.name)
    # A file of one kind teaches nothing, and would fail late, in some fold of a fold.
    left = np.array([_churn(value) == "Yes" for value in table[TARGET]], dtype=np.int64)
    if left.all() or not left.any():
        needed = "customers who left (Churn 'Yes') and customers who stayed ('No')"
        raise DataError(f"{path.name} needs {needed}")
    return Dataset(frame_of(rows), left, hashlib.sha256(content).hexdigest())


def frame_of(customers: Sequence[Customer]) -> pl.DataFrame:
    """The attributes that the score uses as columns, one row per customer."""
    types = {name: pl.Float64 if name in RANGES else pl.String for name in FEATURES}
    return pl.DataFrame([customer.values() for customer in customers], types)


def read_rows(path: Path) -> tuple[pl.DataFrame, Mapping[str, str]]:
    """The rows of a file of any customers by attribute, and the heading of each attribute there.

    Nothing is checked but the form of the file. Raises DataError.
    """
    table = _table(_content(path), path)
    named = with_plain_numbers(_named(table, path.name), path.name)
    return named, _headings(table, path.name)


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path.name} can't be read: {error.strerror}") from error
    if not content.strip():
        raise DataError(f"{path.name} is empty")
    return content


def _table(content: bytes, path: Path) -> pl.DataFrame:
    """The file as it is; columns of CSV stay text, so that no value is guessed."""
    if path.suffix.casefold() in TEXT_FILES or content.startswith(WORKBOOKS):
        return table_of(content, path.name)
    if path.suffix.casefold() != ".parquet":
        problem = "must be a file whose name ends in .csv or .parquet; .tsv and .txt are as .csv"
        raise DataError(f"{path.name} {problem}")
    try:
        return pl.read_parquet(io.BytesIO(content))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        problem = "is no Parquet file, or a damaged one; write it anew, or as .csv"
        raise DataError(f"{path.name} {problem}") from None


def _named(table: pl.DataFrame, name: str) -> pl.DataFrame:
    """The columns that are read, under their published names."""
    return table.select(**_headings(table, name))


def _headings(table: pl.DataFrame, name: str) -> dict[str, str]:
    """The heading of each column that is read, by its published name."""
    fields = (*ATTRIBUTES, TARGET)
    try:
        headings = published({heading: heading for heading in table.columns}, fields)
    except InputError as error:
        twice = ", ".join(fault.field for fault in error.faults)
        raise DataError(f"{name} has several columns {twice}; keep one of each") from None
    return {field: str(headings[field]) for field in fields if field in headings}


def _checked(table: pl.DataFrame, name: str) -> list[Customer]:
    customers: list[Customer] = []
    faults: list[str] = []
    for place, row in enumerate(table.iter_rows(named=True), start=1):
        problems = list(_problems(row, customers))
        if problems:
            faults.append(f"row {place}: {'; '.join(problems)}")
    if faults:
        raise DataError(_complaint(name, faults))
    return customers


def _problems(row: Mapping[str, object], customers: list[Customer]) -> Iterator[str]:
    """What is wrong with one row; a valid customer is added to the list."""
    try:
        customers.append(read_columns(Customer, row))
    except InputError as error:
        for fault in error.faults:
            yield f"{fault.field} {fault.message}"
    if _churn(row[TARGET]) not in STAYED_OR_LEFT:
        yield f"{TARGET} must be one of 'Yes', 'No'"


def _churn(value: object) -> object:
    """Yes or No, where the value means that; it may be a truth or 1, as in every attribute."""
    return level(STAYED_OR_LEFT, value)


def _complaint(name: str, faults: list[str]) -> str:
    count = f"{len(faults)} faulty row{'s' if len(faults) > 1 else ''}"
    lines = [f"{name} has {count} (row 1 is the first customer, below the heading):"]
    lines += faults[:SHOWN_ROWS]
    if len(faults) > SHOWN_ROWS:
        lines.append(f"and {len(faults) - SHOWN_ROWS} more")
    return "\n".join(lines)

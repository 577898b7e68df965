"""Reads a file of customers who stayed or left; one wrong row, and the whole file is refused."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_lib.customer.model import (
    ATTRIBUTES,
    FEATURES,
    NOTES,
    NUMBERS,
    SCHEMA,
    Customer,
    Value,
)
from churn_lib.customer.reading import level, number, read_columns, reader_of
from churn_lib.customer.spelling import plain
from churn_lib.errors import DataError, FieldFault, InputError
from churn_lib.tables.marks import Mark
from churn_lib.tables.numerals import mark_of, plain_numbers
from churn_lib.tables.read import read_table
from churn_lib.tables.separator import SEPARATORS
from churn_lib.tables.table import Table

TARGET = SCHEMA.target.column
HEADINGS: Mapping[str, str] = {name: note.column for name, note in ATTRIBUTES.items()}
COLUMNS = (*(HEADINGS[name] for name in ATTRIBUTES if ATTRIBUTES[name].required), TARGET)
"""The columns that a file must have; what may be left out, or is worked out then, is none."""

SHOWN_ROWS = 20
SHOWN_COLUMNS = 5
"""A file with thousands of faulty rows is explained by this many of them, after its columns."""

ROWS_AT_ONCE = 10_000
"""Customers that are Python's own objects at a time, which take far more memory than a frame."""

PROTECTED = tuple(name for name in NOTES if name not in FEATURES)

YES_OR_NO = ("Yes", "No")
ANSWERS = f"must be one of {', '.join(map(repr, (*SCHEMA.target.left, *SCHEMA.target.stayed)))}"

SPELLED: Mapping[str, str] = {
    plain(text) or text: field
    for field, heading in {**HEADINGS, TARGET: TARGET}.items()
    for text in (field, heading)
}
"""The attribute, or the target, that each heading means, however it is spelled."""

Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Dataset:
    """Customers of whom it is known whether they left.

    frame: what the score uses, as `Customer` normalises it: numbers, and levels as text; null where
    a value is not known. left: 1 for who left, 0 for who stayed. sha256: of the file. protected:
    what the score must not use, in the same form. `len` is the number of customers.
    """

    frame: pl.DataFrame
    left: Labels
    sha256: str
    protected: pl.DataFrame = field(default_factory=pl.DataFrame)

    def __len__(self) -> int:
        return len(self.left)


@dataclass(slots=True)
class Faults:
    """What is wrong with the rows: by column, and in the words of the first of them."""

    rows: int = 0
    blank: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    shown: list[str] = field(default_factory=list)

    def add(self, place: int, row: Mapping[str, object], faults: Sequence[FieldFault]) -> None:
        self.rows += 1
        for fault in faults:
            kind = self.blank if row.get(fault.field, "") in (None, "") else self.wrong
            kind[fault.field] += 1
        if self.rows <= SHOWN_ROWS:
            told = "; ".join(f"{HEADINGS.get(name, name)} {message}" for name, message in faults)
            self.shown.append(f"row {place}: {told}")

    def __str__(self) -> str:
        """Which columns first: one that is wrong in every row hides all else."""
        count = f"{self.rows:,} faulty row{'s' if self.rows > 1 else ''}"
        columns = "; ".join([*_columns(self.blank, "blank"), *_columns(self.wrong, "wrong")])
        lines = [f"{count} (row 1 is the first customer, below the heading): {columns}"]
        more = [f"and {self.rows - SHOWN_ROWS:,} more"] if self.rows > SHOWN_ROWS else []
        return "\n".join([*lines, *self.shown, *more])


def _columns(rows: Counter[str], how: str) -> Iterator[str]:
    """Columns with so many faulty rows, those that are alike together: most rows first."""
    alike: dict[int, list[str]] = {}
    for name, count in rows.most_common():
        alike.setdefault(count, []).append(HEADINGS.get(name, name))
    for count, names in alike.items():
        places = f"in {count:,} row{'s' if count > 1 else ''}"
        if len(names) == 1:
            yield f"{names[0]} is {how} {places}"
        else:
            named, more = ", ".join(names[:SHOWN_COLUMNS]), len(names) - SHOWN_COLUMNS
            others = f" and {more} more" if more > 0 else ""
            yield f"{len(names)} columns are {how} {places}: {named}{others}"


def read_customers(path: Path) -> Dataset:
    """The customers of a file; columns of no attribute are ignored.

    Raises DataError, with the numbers of the faulty rows and without a value of them, unless every
    row is a valid `Customer` of whom the target's column says whether they left, and both occur.
    """
    file = read_table(path, SPELLED)
    table = _named(file.table, path.name)
    if table.is_empty():
        raise DataError(f"{path.name} has no customers")
    otherwise = cache(partial(mark_of, file.table.frame))
    frame, protected, left = _checked(table, path.name, otherwise)
    # A file of one kind teaches nothing, and would fail late, in some fold of a fold.
    if left.all() or not left.any():
        gone, here = (", ".join(map(repr, side)) for side in SCHEMA.target[1:])
        needed = f"customers who left ({TARGET} {gone}) and customers who stayed ({here})"
        raise DataError(f"{path.name} needs {needed}")
    return Dataset(frame, left, file.sha256, protected)


def read_rows(path: Path) -> tuple[pl.DataFrame, Mapping[str, str]]:
    """The rows of a file of any customers by attribute, and the heading of each attribute there.

    Nothing is checked but the form of the file. Raises DataError.
    """
    table, name = read_table(path, SPELLED).table, path.name
    headings = _headings(table, name)
    otherwise = cache(partial(mark_of, table.frame))
    return table.frame.select(
        plain_numbers(table.frame[heading], f"{name}: {heading}", otherwise).alias(field)
        if field in NUMBERS
        else table.frame[heading].alias(field)
        for field, heading in headings.items()
    ), headings


def frame_of(customers: Sequence[Customer], names: Sequence[str] = FEATURES) -> pl.DataFrame:
    """The attributes, if not told which those that the score uses, one row per customer."""
    rows = [customer.values() for customer in customers]
    return pl.DataFrame(_series(name, [row[name] for row in rows]) for name in names)


def _series(name: str, values: Sequence[Value]) -> pl.Series:
    if name in NUMBERS:
        return pl.Series(name, values, pl.Float64)
    return pl.Series(name, [None if one is None else str(one) for one in values], pl.String)


def _named(table: Table, name: str) -> pl.DataFrame:
    """The columns that are read, under the names of their attributes."""
    headings = _headings(table, name)
    present = {HEADINGS.get(found, found) for found in headings}
    if missing := [column for column in COLUMNS if column not in present]:
        raise DataError(f"{name} has no column {', '.join(missing)}")
    return table.frame.select(pl.col(heading).alias(found) for found, heading in headings.items())


def _headings(table: Table, name: str) -> dict[str, str]:
    """The heading of each attribute, and of the target, that the file has."""
    headings: dict[str, str] = {}
    twice = dict.fromkeys(found for heading in table.left_out if (found := _field(heading)))
    for heading in table.frame.columns:
        if (found := _field(heading)) and headings.setdefault(found, heading) != heading:
            twice[found] = None
    if twice:
        raise DataError(f"{name} has several columns {', '.join(twice)}; keep one of each")
    if not headings:
        such, marks = " or ".join([*HEADINGS.values()][:2]), ", ".join(SEPARATORS.values())
        problem = f"has no headings such as {such}, separated by one of {marks}"
        raise DataError(f"{name} {problem}; they must stand in one of its first lines")
    return headings


def _field(heading: str) -> str | None:
    return SPELLED.get(plain(heading) or heading)


def _checked(
    table: pl.DataFrame, name: str, otherwise: Callable[[], Mark | None]
) -> tuple[pl.DataFrame, pl.DataFrame, Labels]:
    """The customers, and what of them is protected, if all are valid; some thousands at a time.

    otherwise: the mark before decimals in columns that do not decide.
    """
    left = [_left(text) for text in table[TARGET]]
    read = {
        column: _read(table[column], name, otherwise)
        for column in table.columns
        if column in HEADINGS
    }
    faults, frames = Faults(), [frame_of((), (*FEATURES, *PROTECTED))]
    for begin in range(0, len(table), ROWS_AT_ONCE):
        part = table.select(*read).slice(begin, ROWS_AT_ONCE)
        customers = list(_valid(part, read, left, begin, faults))
        frames.append(frame_of(customers, frames[0].columns))
    if faults.rows:
        raise DataError(f"{name} has {faults}")
    whole = pl.concat(frames)
    return whole.select(FEATURES), whole.select(PROTECTED), np.array(left, dtype=np.int64)


def _valid(
    part: pl.DataFrame,
    read: Mapping[str, Mapping[str, object]],
    left: Sequence[bool | None],
    begin: int,
    faults: Faults,
) -> Iterator[Customer]:
    """The customers among the rows; what is wrong with the others is added to the faults."""
    for place, texts in enumerate(part.iter_rows(), start=begin):
        row = {name: read[name][text] for name, text in zip(read, texts, strict=True)}
        wrong = [] if left[place] is not None else [FieldFault(TARGET, ANSWERS)]
        try:
            customer = read_columns(Customer, row)
        except InputError as error:
            wrong = [*error.faults, *wrong]
        if wrong:
            faults.add(place + 1, row, wrong)
        else:
            yield customer


def _read(
    cells: pl.Series, name: str, otherwise: Callable[[], Mark | None]
) -> Mapping[str, object]:
    """What each text of a column is read as, each looked at once however many rows have it.

    otherwise: the mark before decimals where the column does not decide.
    """
    note, read = ATTRIBUTES[cells.name], reader_of(Customer, cells.name)
    texts = [*cells.unique()]
    digits = texts
    if not note.levels:
        column = pl.Series(texts, dtype=pl.String)
        digits = [*plain_numbers(column, f"{name}: {note.column}", otherwise)]
    return {text: read(digit) for text, digit in zip(texts, digits, strict=True)}


@cache
def _left(text: str) -> bool | None:
    """Whether a value of the target's column says that a customer left."""
    target, meaning = SCHEMA.target, _meaning(text)
    if meaning in map(_meaning, target.left):
        return True
    return False if meaning in map(_meaning, target.stayed) else None


def _meaning(text: str) -> str | float:
    """Equal for all spellings of a target's value: 1, 1.0 and yes, Churned and churned."""
    found = number(text)
    if (truth := level(YES_OR_NO, text)) in YES_OR_NO:
        return str(truth)
    return text.casefold() if isinstance(found, str) else found

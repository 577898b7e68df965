"""A column of a table by its different values: all of them, never a sample."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_lib.customer.spelling import NOT_KNOWN
from churn_lib.errors import DataError
from churn_lib.tables.marks import Mark, are_numbers
from churn_lib.tables.numerals import DIGITS, mark_of, plain_numbers

LARGEST = 1e15
"""Larger numbers are no amounts; and not all whole ones can be told apart."""

LOOKED_AT = 50
MOST_LEVELS = 60
MANY_NUMBERS = 20
"""So many different numbers are amounts, though there are a few other texts beside them."""

MOST_MERGED = 5000
"""More different texts are no levels, so that nobody asks which of them are spelled alike."""

ZEROS = r"^[+-]?0[0-9]"
MARKS = r"[0-9.,'\x{2019}\x{2009}\x{202f}\x{a0} ]*(?:[eE][+-]?[0-9]+)?"
NUMBERLIKE = rf"^[^0-9]{{0,4}}[0-9]{MARKS}[^0-9]{{0,4}}$"
"""Some digits, with a currency or a sign around them."""

Codes = NDArray[np.int32]
Counts = NDArray[np.int64]
Floats = NDArray[np.float64]
Labels = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Column:
    """texts: its different values, the commonest first. codes: the place among them of each row's
    value, -1 where it is missing. counts: the rows of each. numbers: what they come to, where all
    of them are numbers. problem: why they may not be taken for numbers. odd: rows that are no
    numbers where nearly all are. percent: the numbers bear that sign.
    """

    heading: str
    texts: Sequence[str]
    codes: Codes
    counts: Counts
    numbers: Floats | None = None
    problem: str = ""
    odd: int = 0
    percent: bool = False

    @cached_property
    def blank(self) -> Labels:
        return self.codes < 0

    @cached_property
    def blanks(self) -> int:
        return int(self.blank.sum())

    @cached_property
    def filled(self) -> int:
        return len(self.codes) - self.blanks

    @cached_property
    def x(self) -> Floats:
        """The number of each row, NaN where it is missing."""
        numbers = np.empty(0) if self.numbers is None else self.numbers
        return np.append(numbers, np.nan)[self.codes]

    @cached_property
    def whole(self) -> bool:
        return self.numbers is not None and bool(np.all(self.numbers == np.round(self.numbers)))

    @property
    def distinct(self) -> int:
        return len(self.texts)


def columns_of(frame: pl.DataFrame) -> list[Column]:
    """The columns of a frame of texts."""
    is_missing = pl.all().str.to_lowercase().is_in(NOT_KNOWN)
    known = frame.select(pl.when(~is_missing).then(pl.all()))
    otherwise = cache(partial(mark_of, known))
    return [_column(cells, otherwise) for cells in known]


def _column(cells: pl.Series, otherwise: Callable[[], Mark | None]) -> Column:
    """The column of a series of texts; null is missing.

    otherwise: the mark before decimals where the column does not decide.
    """
    texts = cells.drop_nulls().unique(maintain_order=True)
    places = cells.cast(pl.Enum(texts)).to_physical().cast(pl.Int32).fill_null(-1)
    codes = places.to_numpy()
    found = Column(cells.name, texts.to_list(), codes, _counts(codes, len(texts)))
    if not _may_be_numbers(texts):
        return _textual(found, texts)
    try:
        digits = plain_numbers(texts, cells.name, otherwise)
    except DataError as error:
        return replace(_sorted(found), problem=str(error).removeprefix(f"{cells.name} "))
    if not digits.str.contains(DIGITS).all() or texts.str.contains(ZEROS).any():
        return _textual(found, digits)
    return _numeric(found, digits.cast(pl.Float64).to_numpy(), texts)


def _may_be_numbers(texts: pl.Series) -> bool:
    """Whether it is worth reading them all as numbers, which takes long where they are none."""
    likely = not texts.is_empty() and texts.str.contains(NUMBERLIKE).all()
    return bool(likely and are_numbers(texts.head(LOOKED_AT)))


def _textual(column: Column, texts: pl.Series) -> Column:
    """The column, which knows how many of its rows keep it from being one of numbers."""
    numbers = texts.str.contains(DIGITS).to_numpy()
    odd = int(column.counts[~numbers].sum())
    many, few = numbers.sum() > MANY_NUMBERS, odd < column.filled / 10
    return replace(_merged(column), odd=odd if many and few else 0)


def _numeric(column: Column, numbers: Floats, texts: pl.Series) -> Column:
    if not np.all(np.abs(numbers) < LARGEST):
        return replace(_sorted(column), problem="holds numbers of more than 15 digits: codes?")
    values, places = np.unique(numbers, return_inverse=True)
    codes = np.append(places, -1).astype(np.int32)[column.codes]
    found = Column(
        column.heading,
        [f"{value:.15g}" for value in values],
        codes,
        _counts(codes, len(values)),
        values,
        percent=bool(texts.str.ends_with("%").all()),
    )
    return _sorted(found)


def _merged(column: Column) -> Column:
    """One text for those that differ in capitals or blanks alone: the commonest of them."""
    column = _sorted(column)
    if len(column.texts) > MOST_MERGED:
        return column
    first: dict[str, int] = {}
    for place, text in enumerate(column.texts):
        first.setdefault("".join(text.split()).casefold(), place)
    places = [first["".join(text.split()).casefold()] for text in column.texts]
    kept = sorted(first.values())
    renamed = {place: number for number, place in enumerate(kept)}
    codes = np.array([*(renamed[place] for place in places), -1], dtype=np.int32)[column.codes]
    texts = [" ".join(column.texts[place].split()) for place in kept]
    return _sorted(replace(column, texts=texts, codes=codes, counts=_counts(codes, len(texts))))


def _sorted(column: Column) -> Column:
    order = np.argsort(-column.counts, kind="stable")
    places = np.empty(len(order) + 1, dtype=np.int32)
    places[order], places[-1] = np.arange(len(order)), -1
    return replace(
        column,
        texts=[column.texts[place] for place in order],
        codes=places[column.codes],
        counts=column.counts[order],
        numbers=None if column.numbers is None else column.numbers[order],
    )


def _counts(codes: Codes, texts: int) -> Counts:
    return np.bincount(codes + 1, minlength=texts + 1)[1:]


def in_rows(count: int) -> str:
    """A number of rows in words."""
    return f"{count:,} row{'' if count == 1 else 's'}"

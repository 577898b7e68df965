"""Numbers as a column of text spells them: with decimal marks, thousands, currencies, per cent."""

from collections.abc import Callable, Iterable

import polars as pl

from churn_lib.customer.spelling import NOT_KNOWN, SPELLED, is_not_known
from churn_lib.tables.marks import GROUPED, Mark, are_numbers, deciding, undecided, written

DIGITS = rf"^(?-u:{SPELLED.pattern})$"


def plain_numbers(
    cells: pl.Series, where: str, otherwise: Callable[[], Mark | None] = undecided
) -> pl.Series:
    """The column with its numbers in plain digits: `1.889,50 €` becomes `1889.50`.

    One cell may have two meanings (1.889), so the whole column decides. What is no number stays as
    it is. where: for errors. otherwise: the mark before decimals where the column does not decide.
    Raises DataError, without a value, where nothing does.
    """
    filled = cells.drop_nulls().unique()
    filled = filled.filter(~filled.str.to_lowercase().is_in(NOT_KNOWN))
    pointed = filled.filter(filled.str.contains(".", literal=True))
    decided = pointed.is_empty() or not pointed.str.contains(GROUPED).all()
    if decided and filled.str.contains(DIGITS).all():
        return cells  # as most columns are, and in a hundredth of the time
    texts = _known(cells)
    found = written(texts, where, lambda text: (cells.index_of(text) or 0) + 1, otherwise)
    return cells.replace(texts, [*map(found.plain, texts)])


def mark_of(columns: Iterable[pl.Series]) -> Mark | None:
    """What stands before decimals in all of a file's columns of numbers that decide it."""
    marked = (cells for cells in columns if cells.str.contains_any([".", ","]).any())
    numbers = (texts for cells in marked if are_numbers(texts := _known(cells)))
    found = {mark for texts in numbers for mark in deciding(texts)}
    return found.pop() if len(found) == 1 else None


def _known(cells: pl.Series) -> list[str]:
    """The different texts that may be numbers."""
    filled = cells.drop_nulls().unique(maintain_order=True)
    return [text for text in filled if not is_not_known(text)]

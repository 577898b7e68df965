"""Numbers as a column of text spells them: with decimal marks, thousands, currencies, per cent."""

from collections.abc import Mapping

import polars as pl

from churn_lib.customer.spelling import SPELLED
from churn_lib.tables.marks import GROUPED, digits_of
from churn_lib.tables.table import MISSING

DIGITS = rf"^(?-u:{SPELLED.pattern})$"


def plain_numbers(cells: pl.Series, where: str) -> pl.Series:
    """The column with its numbers in plain digits: `1.889,50 €` becomes `1889.50`.

    One cell may have two meanings (1.889), so the whole column decides. What is no number stays as
    it is. Raises DataError, without a value, where the column does not decide. where: for errors.
    """
    filled = cells.drop_nulls().unique()
    filled = filled.filter(~filled.str.to_lowercase().is_in(MISSING))
    pointed = filled.filter(filled.str.contains(".", literal=True))
    decided = pointed.is_empty() or not pointed.str.contains(GROUPED).all()
    if decided and filled.str.contains(DIGITS).all():
        return cells  # as most columns are, and in a hundredth of the time
    read = _plain(cells, where)
    return cells.replace(list(read), list(read.values()))


def _plain(cells: pl.Series, where: str) -> Mapping[str, str]:
    """The plain digits of each text that is a number, and every other text."""
    filled = cells.drop_nulls().unique(maintain_order=True)
    texts = [text for text in filled if text.casefold() not in MISSING]
    return digits_of(texts, where, lambda text: (cells.index_of(text) or 0) + 1).plain

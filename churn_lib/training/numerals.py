"""Numbers as a column of text spells them: with decimal marks, thousands and currencies."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache

import polars as pl
from babel import Locale
from babel.numbers import list_currencies

from churn_lib.customer.model import RANGES
from churn_lib.customer.reading import SPELLED
from churn_lib.errors import DataError

SPACING = (
    "'\N{RIGHT SINGLE QUOTATION MARK} \N{NO-BREAK SPACE}\N{THIN SPACE}\N{NARROW NO-BREAK SPACE}"
)
"""What stands between thousands and nowhere else."""


def with_plain_numbers(table: pl.DataFrame, name: str) -> pl.DataFrame:
    """The table with the numbers of attributes in plain digits: `1.889,50 €` becomes `1889.50`.

    One cell may have two meanings (1.889), so the whole column decides. What is no number stays as
    it is. Raises DataError, without a value, where the column does not decide. name: of the file.
    """
    texts = [column for column in table.columns if column in RANGES]
    columns = [table[column] for column in texts if table[column].dtype == pl.String]
    return table.with_columns(
        pl.Series(column.name, _plain(column.to_list(), f"{name}: {column.name}"), pl.String)
        for column in columns
    )


def _plain(cells: Sequence[str | None], where: str) -> Iterable[str | None]:
    amounts = {cell: _amount(cell) for cell in cells if cell}
    if len({currency for currency, _ in amounts.values()} - {""}) > 1:
        raise DataError(f"{where} has amounts in several currencies; convert them to one")
    points = {cell: _digits(amount, ".", ",") for cell, (_, amount) in amounts.items()}
    commas = {cell: _digits(amount, ",", ".") for cell, (_, amount) in amounts.items()}
    only_point = next((cell for cell in amounts if points[cell] and not commas[cell]), None)
    only_comma = next((cell for cell in amounts if commas[cell] and not points[cell]), None)
    if only_point and only_comma:
        rows = f"row {cells.index(only_point) + 1} and row {cells.index(only_comma) + 1}"
        raise DataError(f"{where} has decimal points and decimal commas ({rows}); write all alike")
    if not only_point and not only_comma and points != commas:
        problem = "its '.' or ',' may stand before thousands or before decimals, and no row decides"
        raise DataError(f"{where} is not certain: {problem}; write it without thousands' marks")
    chosen = commas if only_comma else points
    return [cell and (chosen[cell] or cell) for cell in cells]


def _amount(cell: str) -> tuple[str, str]:
    """The currency of a cell, as written, and its number."""
    found = _currencies()(cell.strip())
    before, number, after = found.groups("") if found else ("", cell, "")
    return before + after, number


@cache
def _currencies() -> Callable[[str], re.Match[str] | None]:
    symbols = {*list_currencies(), *Locale("en").currency_symbols.values()}
    currency = "|".join(map(re.escape, symbols))
    return re.compile(rf"({currency})?\s*(.*?)\s*({currency})?").fullmatch


def _digits(number: str, decimal: str, thousands: str) -> str:
    """The plain digits of a number whose marks are these, or "" when they can't be."""
    whole, mark, decimals = number.partition(decimal)
    first, *groups = re.split(f"[{thousands}{SPACING}]", whole)
    if groups and not (first[:1] in "123456789" and 1 <= len(first) <= 3):
        return ""
    if any(len(group) != 3 for group in groups):
        return ""
    plain = "".join((first, *groups)) + ("." if mark else "") + decimals
    return plain if SPELLED.fullmatch(plain) else ""

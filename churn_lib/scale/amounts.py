"""Numbers as a file spells them: with decimal commas, thousands, currencies, per cent."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from churn_lib.customer.contact import COUNTS, FACTS, TRUTHS
from churn_lib.customer.model import NUMBERS
from churn_lib.customer.spelling import SPELLED, is_not_known
from churn_lib.errors import DataError
from churn_lib.tables.marks import GROUPED, Mark, Written, currency_of, mark_of, sign_of

NUMERIC = frozenset(NUMBERS) | (FACTS.keys() - TRUTHS) | COUNTS
ONE_WAY = "; or say which it is: --decimal"

Texts = Mapping[str, int]
"""The different texts of a column that may be numbers, with the first row of each."""


class Amounts(NamedTuple):
    """comma: whether one stands before decimals. written: how the numbers of each field are, once
    such a comma is a point and a point, which there stands before thousands, a comma.
    """

    comma: bool
    written: Mapping[str, Written]

    def pointed(self, columns: Mapping[str, str]) -> dict[str, str]:
        """SQL of the texts of these columns, by field, with points before decimals."""
        fields = columns.keys() & self.written.keys() if self.comma else ()
        swapped = {field: f"TRANSLATE({columns[field]}, '.,', ',.')" for field in fields}
        return {field: swapped.get(field, column) for field, column in columns.items()}

    @property
    def spelled(self) -> Mapping[str, Callable[[str], str]]:
        """What puts a text of each field into plain digits, where it is sure which these are."""
        return {field: written.plain for field, written in self.written.items()}


def amounts(
    columns: Mapping[str, Iterable[str | None]],
    headings: Mapping[str, str],
    name: str,
    told: Mark | None,
) -> Amounts:
    """How the first cells of these fields spell numbers, with one mark before decimals in all.

    name: of the file. told: that mark, where the user says it. Raises DataError where they do not
    decide.
    """
    texts = {field: _texts(cells) for field, cells in columns.items() if field in NUMERIC}
    signs = {field: sign_of(found) for field, found in texts.items()}
    together = {
        text.removesuffix(signs[field]): row
        for field, found in texts.items()
        for text, row in found.items()
    }
    mark = told or _mark(together, name)
    known = "." if mark == "," else mark
    currencies = {
        field: currency_of(found, f"{name}: {headings[field]}") for field, found in texts.items()
    }
    written = {field: Written(known, currencies[field], signs[field]) for field in texts}
    return Amounts(mark == ",", written)


def _texts(cells: Iterable[str | None]) -> Texts:
    found: dict[str, int] = {}
    for row, cell in enumerate(cells, 1):
        if cell and not is_not_known(text := cell.strip()):
            found.setdefault(text, row)
    return found


def _mark(texts: Texts, name: str) -> Mark | None:
    """What stands before decimals in these texts; None where none says so."""
    pointed = [text for text in texts if "." in text]
    decided = not pointed or not all(re.match(GROUPED, text) for text in pointed)
    if decided and all(map(SPELLED.fullmatch, texts)):
        return "." if pointed else None
    try:
        return mark_of([*texts], name, texts.__getitem__)
    except DataError as error:
        raise DataError(f"{error}{ONE_WAY}") from None

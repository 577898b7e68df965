"""Which column says who left, and by which of its values."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import NamedTuple

import polars as pl

from churn_lib.customer.spelling import plain
from churn_lib.errors import DataError
from churn_lib.propose.column import Column, Labels, columns_of
from churn_lib.tables.table import Table

MOST_VALUES = 20
FEWEST = 10
"""Customers of each kind, below which nothing can be told of any column."""

LEFT = re.compile(
    r"(1|yes|y|t|true\.?|churn(ed|er)?|left|leaver|exit(ed)?|attrited.*|cancel+ed|lost|gone|closed"
    r"|terminated|inactive|ended)",
    re.IGNORECASE,
)
"""Values that say that a customer left, in files of many companies."""

MOST_NAMED = 12


class Answer(NamedTuple):
    """column: its heading. known: the rows that have it. left: which of those left. gone, here: its
    values for who left and who stayed, as they are written in a schema. guess: why these, where it
    may be wrong.
    """

    column: str
    known: Labels
    left: Labels
    gone: str
    here: Sequence[str]
    guess: str = ""


def answer(table: Table, target: str, left: str | None, name: str) -> Answer:
    """Who left, by this column of the table. name: of the file. Raises DataError."""
    heading = _heading(table, target, name)
    [column] = columns_of(table.frame.select(heading))
    gone, guess = _gone(column, left, name)
    known = ~column.blank
    is_gone = column.codes[known] == column.texts.index(gone)
    found = Answer(
        heading, known, is_gone, gone, [text for text in column.texts if text != gone], guess
    )
    if min(is_gone.sum(), (~is_gone).sum()) < FEWEST:
        counts = f"{is_gone.sum():,} of them left ({heading} {gone!r}), {(~is_gone).sum():,} stayed"
        problem = f"has {len(is_gone):,} customers of whom that is known: {counts}"
        raise DataError(f"{name} {problem}; at least {FEWEST} of each are needed")
    return found


def _heading(table: Table, target: str, name: str) -> str:
    columns = table.frame.columns
    if target in columns:
        return target
    alike = [heading for heading in columns if plain(heading) == plain(target)]
    if alike:
        return alike[0]
    if plain(target) in map(plain, table.left_out):
        raise DataError(f"{name} has several columns {target}; keep one of them")
    if not _are_headings(columns):
        raise DataError(f"{name} has no column {target!r}; its headings must stand above its rows")
    close = get_close_matches(target.casefold(), [text.casefold() for text in columns], n=1)
    meant = [text for text in columns if text.casefold() in close]
    hint = f"did you mean {meant[0]!r}?" if meant else f"it has {_listed(columns)}"
    raise DataError(f"{name} has no column {target!r}; {hint}")


def _are_headings(texts: Sequence[str]) -> bool:
    """Whether these are words rather than the values of somebody, who is told to nobody."""
    return sum(not re.search(r"\d", text) for text in texts) > len(texts) / 2


def _listed(texts: Sequence[str]) -> str:
    more = len(texts) - MOST_NAMED
    return ", ".join(texts[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _gone(column: Column, left: str | None, name: str) -> tuple[str, str]:
    """The value of those who left, and why it may be another."""
    values, heading = column.texts, column.heading
    if len(values) > MOST_VALUES:
        problem = f"can't say who left: it has {len(values):,} different values"
        raise DataError(f"{name}: {heading} {problem}; name another column by --target")
    if len(values) < 2:
        problem = "is the same for all customers" if values else "is blank in every row"
        raise DataError(f"{name}: {heading} {problem}; who left and who stayed are both needed")
    if left is not None:
        return _named(values, left, f"{name}: {heading}"), ""
    likely = [text for text in values if LEFT.fullmatch(text) and (text != "1" or "0" in values)]
    if len(likely) == 1:
        return likely[0], ""
    if len(values) == 2:
        guess = f"{values[1]!r} is taken for having left, for it is rarer; else use --left"
        return values[1], guess
    listed = ", ".join(map(repr, values))
    problem = f"say by --left which value of {heading} means that they left"
    raise DataError(f"{name}: {problem}: one of {listed}")


def _named(values: Sequence[str], left: str, where: str) -> str:
    [given] = columns_of(pl.DataFrame({"": [left]}))
    [text] = given.texts or [left]
    for value in values:
        if value.casefold() == text.casefold():
            return value
    raise DataError(f"{where} has no value {left!r}; it has {', '.join(map(repr, values))}")

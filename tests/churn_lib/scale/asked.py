"""Statements run in DuckDB, beside what the service answers."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import duckdb
import pyarrow as pa

from churn_lib.customer.contact import TRUTHS
from churn_lib.customer.model import ATTRIBUTES, LEVELS, LONGEST_LEVEL, Value
from churn_lib.customer.reading import spellings
from churn_lib.customer.spelling import plain, stands_for_none
from churn_lib.offers.catalogue import Catalogue
from churn_lib.scale.dialects import DIALECTS
from churn_lib.scale.golden import Row
from churn_lib.scale.reference import Answer, Reference
from churn_lib.scale.request import ARGUMENTS, Request
from churn_lib.scale.statement import statement
from churn_lib.score.scorecard import Scorecard

DAY = date(2026, 11, 28)
CLOSE = 1e-9
DUCKDB = DIALECTS["duckdb"]
NATIVE, TEXT = Request(DAY), Request(DAY, types="text")


def native_table(rows: Sequence[Mapping[str, Value]], facts: Iterable[str] = ()) -> pa.Table:
    """The rows as a table whose columns have types of their own."""
    names = [*ARGUMENTS, *facts]
    return pa.table({name: pa.array([row[name] for row in rows], _kind(name)) for name in names})


def _kind(name: str) -> pa.DataType:
    if name in TRUTHS:
        return pa.bool_()
    if name in LEVELS:
        return pa.int64() if isinstance(LEVELS[name][0], int) else pa.string()
    return pa.float64()


def run(sql: str, customers: pa.Table) -> list[Answer]:
    """What DuckDB answers, row by row."""
    with duckdb.connect() as connection:
        connection.register("customers", customers)
        found = connection.execute(sql)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def differences(
    rows: Sequence[Row],
    card: Scorecard,
    catalogue: Catalogue | None = None,
    request: Request = NATIVE,
    sql: str | None = None,
) -> list[tuple[str, Row, object, object]]:
    """Column, row, what DuckDB says and what the service says, wherever they are not the same.

    sql: left out, it is the statement.
    """
    text = sql or statement(request, DUCKDB, card, catalogue)
    found = run(text, native_table(rows, request.facts))
    reference = Reference(request, card, catalogue)
    read = rows if request.types == "text" else list(map(as_published, rows))
    return [
        (name, row, ours[name], value)
        for row, one, ours in zip(rows, read, found, strict=True)
        for name, value in reference.answer(one).items()
        if not _same(ours[name], value)
    ]


def as_published(row: Row) -> Row:
    """The row, wherein another spelling of a level, which the service reads, is surely wrong."""
    wrong = "#" * (LONGEST_LEVEL + 1)
    return {name: wrong if _is_misspelled(name, value) else value for name, value in row.items()}


def _is_misspelled(name: str, value: Value) -> bool:
    if not isinstance(value, str) or name not in LEVELS or value in LEVELS[name]:
        return False
    if value == "" and ATTRIBUTES[name].blank is not None:
        return False
    return (
        not ATTRIBUTES[name].other
        or stands_for_none(value)
        or plain(value) in spellings(LEVELS[name])
    )


def _same(ours: object, theirs: object) -> bool:
    if isinstance(ours, float) and isinstance(theirs, float):
        return math.isclose(ours, theirs, rel_tol=CLOSE, abs_tol=CLOSE)
    return ours == theirs

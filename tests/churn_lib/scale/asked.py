"""Statements run in DuckDB, beside what the service answers."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import duckdb
import pyarrow as pa

from churn_lib.customer.contact import TRUTHS
from churn_lib.customer.model import LEVELS, Value
from churn_lib.scale.customer import ARGUMENTS
from churn_lib.scale.reference import Answer

DAY = date(2026, 11, 28)
CLOSE = 1e-9
KEYS = {"churn_probability", "logit", "expected_value"}
"""The numbers of an answer; all else is text, and must be equal."""


def table(rows: Sequence[Mapping[str, Value]], facts: Iterable[str] = ()) -> pa.Table:
    """The rows as a native table."""
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


def differing(found: Sequence[Answer], expected: Sequence[Answer]) -> list[tuple[int, str]]:
    """Row and column of all that is not the same."""
    assert len(found) == len(expected)
    return [
        (number, name)
        for number, (ours, theirs) in enumerate(zip(found, expected, strict=True))
        for name in theirs
        if not _same(ours[name], theirs[name])
    ]


def _same(ours: str | float | None, theirs: str | float | None) -> bool:
    if isinstance(ours, float) and isinstance(theirs, float):
        return math.isclose(ours, theirs, rel_tol=CLOSE, abs_tol=CLOSE)
    return ours == theirs

"""What each engine of the tests does: it runs one statement over one table."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, Protocol

Kind = Literal["text", "number", "whole", "truth"]
"""Of a column: text, a float of 64 bits, an integer of 64 bits, true or false."""

Columns = Mapping[str, Kind]
Value = str | float | bool | None
Rows = Sequence[Sequence[Value]]
Answer = list[dict[str, object]]


class Engine(Protocol):
    """A real engine of SQL, started once for a process of tests."""

    def run(self, sql: str, table: str, columns: Columns, rows: Rows) -> Answer:
        """The rows that the statement answers where there is this table and no other, in no order;
        the names of their columns in small letters.

        Raises what the engine raises when it refuses the statement.
        """


def named(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> Answer:
    names = [column.lower() for column in columns]
    return [dict(zip(names, row, strict=True)) for row in rows]


def defined(columns: Columns, types: Mapping[Kind, str], quote: str = "") -> str:
    """The columns as CREATE TABLE lists them."""
    return ", ".join(f"{quote}{name}{quote} {types[kind]}" for name, kind in columns.items())

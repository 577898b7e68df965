"""What differs between the engines, and nothing else."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import ClassVar

from churn_lib.customer.schema import Level

PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
"""A name that every engine takes without quotes."""


class Dialect(ABC):
    """How one engine writes what all of them can do."""

    name: ClassVar[str]
    quote: ClassVar[str] = '"'
    escape: ClassVar[str] = "'"
    """Stands before a quote within a text; a backslash is then escaped too."""
    double: ClassVar[str] = "DOUBLE"
    whole: ClassVar[str] = "BIGINT"
    string: ClassVar[str] = "VARCHAR"
    leave_out: ClassVar[str] = "EXCLUDE"
    fence: ClassVar[str] = ""
    """Ends a stage that the planner must not merge with the next."""
    underflows: ClassVar[bool] = False
    """Whether a product that is too small for a number is an error."""

    @abstractmethod
    def number(self, number: float) -> str:
        """A literal that is a binary floating-point number, and no decimal."""

    @abstractmethod
    def shown(self, number: str, places: int, grouped: bool) -> str:
        """A number as Python's format writes it, perhaps with commas between thousands."""

    def text(self, text: str) -> str:
        """A literal of text."""
        if self.escape == "\\":
            text = text.replace("\\", "\\\\")
        return f"'{text.replace(chr(39), self.escape + chr(39))}'"

    def level(self, level: Level) -> str:
        """A literal of a level."""
        return self.text(level) if isinstance(level, str) else str(level)

    def identifier(self, name: str, *, quoted: bool) -> str:
        """A column's or a table's name; in quotes where it must or shall be."""
        if not quoted and PLAIN.fullmatch(name):
            return name
        return f"{self.quote}{name.replace(self.quote, self.quote * 2)}{self.quote}"

    def double_of(self, number: str) -> str:
        return f"CAST({number} AS {self.double})"

    @property
    def infinity(self) -> str:
        return f"CAST('inf' AS {self.double})"

    def source(self, table: str) -> str:
        """What the first stage reads."""
        return table

    def raw(self, column: str) -> str:
        """A column of the table in any stage."""
        return column

    def kept(self, inner: Iterable[str]) -> str:
        """The table's own columns in the last stage: all without these names of ours."""
        return f"* {self.leave_out} ({', '.join(inner)})"


def _negative_in_brackets(literal: str) -> str:
    """Two minus signs would begin a comment."""
    return f"({literal})" if literal.startswith("-") else literal


class DuckDB(Dialect):
    name = "duckdb"

    def number(self, number: float) -> str:
        written = repr(number).removesuffix(".0")
        return _negative_in_brackets(written if "e" in written else f"{written}e0")

    def shown(self, number: str, places: int, grouped: bool) -> str:
        return f"format('{{:{',' * grouped}.{places}f}}', {number})"


class BigQuery(Dialect):
    name = "bigquery"
    quote = "`"
    escape = "\\"
    double = "FLOAT64"
    whole = "INT64"
    string = "STRING"
    leave_out = "EXCEPT"

    def number(self, number: float) -> str:
        return _negative_in_brackets(repr(number))

    def shown(self, number: str, places: int, grouped: bool) -> str:
        return f'FORMAT("%{chr(39) * grouped}.{places}f", {number})'


class Spark(Dialect):
    name = "spark"
    quote = "`"
    escape = "\\"
    string = "STRING"
    leave_out = "EXCEPT"

    def number(self, number: float) -> str:
        return _negative_in_brackets(f"{number!r}D")

    def shown(self, number: str, places: int, grouped: bool) -> str:
        written = f"format_number({number}, {places})"
        return written if grouped else f"replace({written}, ',', '')"


class Postgres(Dialect):
    name = "postgres"
    double = "FLOAT8"
    string = "TEXT"
    fence = " OFFSET 0"
    underflows = True

    def number(self, number: float) -> str:
        return f"'{number!r}'::FLOAT8"

    def shown(self, number: str, places: int, grouped: bool) -> str:
        return f"to_char({number}, 'FM{_mask(places, grouped)}')"

    def source(self, table: str) -> str:
        # It has no way to leave columns out of all: the table's row stays one value.
        return f"(SELECT ch_t AS ch_row FROM {table} AS ch_t{self.fence}) AS ch_s"  # noqa: S608

    def raw(self, column: str) -> str:
        return f"(ch_row).{column}"

    def kept(self, inner: Iterable[str]) -> str:  # noqa: ARG002
        return "(ch_row).*"


class Snowflake(Dialect):
    name = "snowflake"
    escape = "\\"
    double = "FLOAT"

    def number(self, number: float) -> str:
        return f"{_negative_in_brackets(repr(number))}::FLOAT"

    def shown(self, number: str, places: int, grouped: bool) -> str:
        return f"TRIM(TO_VARCHAR({number}, '{_mask(places, grouped)}'))"


def _mask(places: int, grouped: bool) -> str:
    """Room for 15 digits before the point, more than a number holds exactly."""
    front = "999,999,999,999,990" if grouped else "999999999999990"
    return front + ("." + "0" * places if places else "")


DIALECTS: Mapping[str, Dialect] = {
    one.name: one for one in (BigQuery(), DuckDB(), Spark(), Postgres(), Snowflake())
}

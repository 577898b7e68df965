"""What differs between the engines, and nothing else."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import ClassVar

from churn_lib.customer.schema import Level

PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
"""A name that every engine takes without quotes."""

SPELLED = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,9})?"
"""A text that is a number, as `churn_lib/customer/spelling.py` has it."""


class Dialect(ABC):
    """How one engine writes what all of them can do."""

    name: ClassVar[str]
    quote: ClassVar[str] = '"'
    escapes: ClassVar[bool] = False
    """Whether a backslash in a text begins an escape."""
    double: ClassVar[str] = "DOUBLE"
    string: ClassVar[str] = "VARCHAR"
    truth: ClassVar[str] = "BOOLEAN"
    leave_out: ClassVar[str] = "EXCLUDE"
    fence: ClassVar[str] = ""
    """Ends a stage that the planner must not merge with the next."""

    @abstractmethod
    def number(self, number: float) -> str:
        """A literal that is a binary floating-point number, and no decimal."""

    @abstractmethod
    def shown(self, number: str, places: int, *, grouped: bool) -> str:
        """A number as Python's format writes it, perhaps with commas between thousands."""

    @abstractmethod
    def matches(self, text: str, pattern: str) -> str:
        """Whether all of a text is of this form."""

    def text(self, text: str) -> str:
        """A literal of text."""
        if self.escapes:
            return f"'{''.join(map(_escaped, text))}'"
        runs = [(seen, "".join(run)) for seen, run in groupby(text, str.isprintable)]
        return " || ".join(_quoted(run) if seen else _by_number(run) for seen, run in runs) or "''"

    def level(self, level: Level) -> str:
        """A literal of a level."""
        return self.text(level) if isinstance(level, str) else str(level)

    def identifier(self, name: str, *, quoted: bool) -> str:
        """A name of a column; in quotes where it must or shall be."""
        if not quoted and PLAIN.fullmatch(name):
            return name
        return f"{self.quote}{name.replace(self.quote, self.quote * 2)}{self.quote}"

    def table(self, name: str, *, quoted: bool) -> str:
        """A table's name, whose parts have dots between them."""
        return ".".join(self.identifier(part, quoted=quoted) for part in name.split("."))

    def as_double(self, number: str) -> str:
        return f"CAST({number} AS {self.double})"

    def as_text(self, anything: str) -> str:
        return f"CAST({anything} AS {self.string})"

    def calm(self, number: str, _smallest: float) -> str:
        """A number that can be multiplied or divided, of at least this size unless it is 0."""
        return number

    def read_number(self, text: str, blanks: str) -> str:
        """The number that a text spells, perhaps between these blanks; NULL where it spells none,
        perhaps infinity where it is too large.
        """
        bare = self.trimmed(text, blanks)
        return f"CASE WHEN {self.matches(bare, SPELLED)} THEN {self.cast_safely(bare)} END"

    def cast_safely(self, text: str) -> str:
        """The number in a text that has the form of one."""
        return f"TRY_CAST({text} AS {self.double})"

    def trimmed(self, text: str, characters: str) -> str:
        """A text without any of these at its ends."""
        return f"TRIM({text}, {self.text(characters)})"

    def table_of(self, names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
        """A table that is written out; rows: of literals, one for each name."""
        first, *others = rows
        named = [f"{literal} AS {name}" for name, literal in zip(names, first, strict=True)]
        lines = "\nUNION ALL SELECT ".join(", ".join(line) for line in (named, *others))
        return f"(\nSELECT {lines}\n)"

    def source(self, table: str) -> str:
        """What the first stage reads."""
        return table

    def raw(self, column: str) -> str:
        """A column of the table in any stage."""
        return column

    def kept(self, inner: Iterable[str]) -> str:
        """The table's own columns in the last stage: all without these names of ours."""
        return f"* {self.leave_out} ({', '.join(inner)})"


class DuckDB(Dialect):
    name = "duckdb"

    def number(self, number: float) -> str:
        written = repr(number).removesuffix(".0")
        return _bracketed(written if "e" in written else f"{written}e0")

    def shown(self, number: str, places: int, *, grouped: bool) -> str:
        return f"format('{{:{',' * grouped}.{places}f}}', {number})"

    def matches(self, text: str, pattern: str) -> str:
        return f"regexp_full_match({text}, {self.text(pattern)})"


class BigQuery(Dialect):
    name = "bigquery"
    quote = "`"
    escapes = True
    double = "FLOAT64"
    string = "STRING"
    truth = "BOOL"
    leave_out = "EXCEPT"

    def number(self, number: float) -> str:
        return _bracketed(repr(number))

    def shown(self, number: str, places: int, *, grouped: bool) -> str:
        return f'FORMAT("%{chr(39) * grouped}.{places}f", {number})'

    def matches(self, text: str, pattern: str) -> str:
        return f"REGEXP_CONTAINS({text}, {self.text(f'^(?:{pattern})$')})"

    def cast_safely(self, text: str) -> str:
        return f"SAFE_CAST({text} AS {self.double})"

    def identifier(self, name: str, *, quoted: bool) -> str:
        if not quoted and PLAIN.fullmatch(name):
            return name
        return f"`{name.replace('`', chr(92) + '`')}`"

    def table(self, name: str, *, quoted: bool) -> str:
        # Projects have hyphens; one pair of quotes may hold all parts.
        return self.identifier(name, quoted=quoted)


class Spark(Dialect):
    name = "spark"
    quote = "`"
    escapes = True
    string = "STRING"
    leave_out = "EXCEPT"

    def number(self, number: float) -> str:
        return _bracketed(f"{number!r}D")

    def shown(self, number: str, places: int, *, grouped: bool) -> str:
        written = f"format_number({number}, {places})"
        return written if grouped else f"replace({written}, ',', '')"

    def matches(self, text: str, pattern: str) -> str:
        return f"{text} RLIKE {self.text(f'^(?:{pattern})$')}"

    def trimmed(self, text: str, characters: str) -> str:
        return f"TRIM(BOTH {self.text(characters)} FROM {text})"

    def table_of(self, names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
        # Of each part of a UNION it would plan all that is done with the rows.
        lines = ",\n".join(f"({', '.join(row)})" for row in rows)
        return f"(SELECT * FROM VALUES\n{lines}\nAS ch_rows({', '.join(names)}))"


class Postgres(Dialect):
    name = "postgres"
    double = "FLOAT8"
    string = "TEXT"
    fence = " OFFSET 0"

    def number(self, number: float) -> str:
        return f"'{number!r}'::FLOAT8"

    def shown(self, number: str, places: int, *, grouped: bool) -> str:
        return f"to_char({number}, 'FM{_mask(places, grouped=grouped)}')"

    def matches(self, text: str, pattern: str) -> str:
        return f"{text} ~ {self.text(f'^({pattern})$')}"

    def calm(self, number: str, smallest: float) -> str:
        # It takes a result that is too small for an error.
        least = self.number(smallest)
        near = f"{number} <> 0 AND ABS({number}) < {least}"
        return f"CASE WHEN {near} THEN SIGN({number}) * {least} ELSE {number} END"

    def cast_safely(self, text: str) -> str:
        # It has no cast that can't fail: decimals are longer, and are held to what a number can be.
        fits = f"LENGTH({text}) <= 300 AND {self.matches(text, '[^eE]*([eE][+-]?[0-9]{1,3})?')}"
        decimal = f"ROUND(CAST({text} AS NUMERIC), 323)"  # beyond, a number is 0
        smallest = self.number(1e-300)
        within = f"{decimal} = 0 OR ABS({decimal}) BETWEEN 1e-300 AND 1e300"
        known = f"CASE WHEN {within} THEN CAST({decimal} AS {self.double})"
        near = f"WHEN ABS({decimal}) < 1 THEN SIGN({decimal}) * {smallest} END"
        return f"CASE WHEN {fits} THEN {known} {near} END"

    def trimmed(self, text: str, characters: str) -> str:
        return f"BTRIM({text}, {self.text(characters)})"

    def source(self, table: str) -> str:
        # It has no way to leave columns out of all: the table's row stays one value.
        return f"(SELECT ch_t AS ch_row FROM {table} AS ch_t{self.fence}) AS ch_s"

    def raw(self, column: str) -> str:
        return f"(ch_row).{column}"

    def kept(self, _inner: Iterable[str]) -> str:
        return "(ch_row).*"


class Snowflake(Dialect):
    name = "snowflake"
    escapes = True
    double = "FLOAT"

    def number(self, number: float) -> str:
        return f"{_bracketed(repr(number))}::FLOAT"

    def shown(self, number: str, places: int, *, grouped: bool) -> str:
        return f"TRIM(TO_VARCHAR({number}, '{_mask(places, grouped=grouped)}'))"

    def matches(self, text: str, pattern: str) -> str:
        return f"REGEXP_LIKE({text}, {self.text(pattern)})"


def _bracketed(literal: str) -> str:
    """A literal that may follow a minus sign: two of them would begin a comment."""
    return f"({literal})" if literal.startswith("-") else literal


def _quoted(text: str) -> str:
    return f"'{text.replace(chr(39), chr(39) * 2)}'"


def _by_number(characters: str) -> str:
    return " || ".join(f"chr({ord(one)})" for one in characters)


def _escaped(character: str) -> str:
    if character in "\\'":
        return f"\\{character}"
    return character if character.isprintable() else f"\\u{ord(character):04x}"


def _mask(places: int, *, grouped: bool) -> str:
    """Room for the 15 digits that a number holds for sure."""
    front = "999,999,999,999,990" if grouped else "999999999999990"
    return front + ("." + "0" * places if places else "")


DIALECTS: Mapping[str, Dialect] = {
    one.name: one for one in (BigQuery(), DuckDB(), Spark(), Postgres(), Snowflake())
}

"""A file of customers as a table of DuckDB: c0, c1, ... are its columns, as they stand there."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from churn_lib.customer.contact import FACTS
from churn_lib.customer.json_text import LARGEST_ROW
from churn_lib.customer.model import ATTRIBUTES, LEVELS
from churn_lib.errors import DataError
from churn_lib.scale.fields import FIELDS, IDENTIFIER, takes_any_text
from churn_lib.scale.files import WILD
from churn_lib.scale.request import ARGUMENTS
from churn_lib.scale.tidy import Uneven

Types = Literal["native", "text"]
Row = dict[str, object]
Spelled = Mapping[str, Callable[[str], str]]
"""Of fields whose texts a file spells in its own way, what puts them into ours."""

LONG = min(500, LARGEST_ROW // (6 * len(FIELDS)))
"""Bytes of a text: all fields of a row may have as many, even where each takes six in JSON."""

LONGEST_IDENTIFIER = min(100, LONG)
"""Bytes; the service, which counts letters, is asked about one that has more."""


@dataclass(frozen=True)
class Source:
    """path: as the user names it. names: the headings of c0, c1, ...

    table: a SELECT of these columns, and of one for each field that is read from another text.
    fields: the column that each field is read from. raw: SQL of what the service needs to read a
    row, and row: of which this makes that row. doubtful: SQL; true where the service must read it
    though it may have a score. rows: about how many; None where that is not known. uneven: rows
    that are not in the table. notes: what was found out and may be wrong. damage: what to do where
    DuckDB can't read it: another source, or DataError. line: the column that holds a row as JSON.
    nested: places of columns that are no plain values.
    """

    path: Path
    names: tuple[str, ...]
    table: str
    fields: Mapping[str, str]
    raw: str
    row: Callable[[object], object]
    doubtful: str
    damage: Callable[[], "Source"]
    types: Types = "text"
    rows: int | None = None
    uneven: Sequence[Uneven] = ()
    notes: tuple[str, ...] = ()
    line: str | None = None
    nested: frozenset[int] = frozenset()

    @property
    def facts(self) -> tuple[str, ...]:
        return tuple(name for name in FACTS if name in self.fields)

    @property
    def protected(self) -> tuple[str, ...]:
        """The attributes that it has and no score uses."""
        return tuple(name for name in ATTRIBUTES if name in self.fields and name not in ARGUMENTS)


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def place_of(path: Path, folder: Path) -> str:
    """The file's name in SQL; what looks like a pattern of names is linked to from the folder."""
    if not WILD.isdisjoint(str(path)):
        link = folder / f"file-{len(list(folder.iterdir()))}"
        link.symlink_to(path.resolve())
        path = link
    return literal(str(path))


def own_column(field: str) -> str:
    """The column of a field that is not read from one of the file's as it stands there."""
    return f"f{FIELDS.index(field)}"


def without_value(fields: Iterable[str]) -> dict[str, str]:
    """Columns for what a statement needs and the file does not have, with their SQL."""
    known = set(fields)
    return {name: "CAST(NULL AS VARCHAR)" for name in ARGUMENTS if name not in known}


def select(columns: Mapping[str, str], source: str) -> str:
    """All columns of a source, with these of fields."""
    added = [f", {sql} AS {own_column(name)}" for name, sql in columns.items()]
    return f"SELECT *{''.join(added)} FROM {source}"


def texts(fields: Mapping[str, str]) -> str:
    """SQL of the texts of all fields that a file has."""
    return f"[{', '.join(f'CAST({column} AS VARCHAR)' for column in fields.values())}]"


def of_texts(fields: Iterable[str], spelled: Spelled) -> Callable[[object], Row]:
    """Makes the row of the service of the values of `texts`."""
    names = tuple(fields)

    def row(raw: object) -> Row:
        return _row(names, raw, spelled) if isinstance(raw, list) else {}

    return row


def values(fields: Mapping[str, str]) -> str:
    """SQL of the values of all fields that a file has, each of its own type."""
    packed = ", ".join(f"{own_column(field)} := {column}" for field, column in fields.items())
    return f"[struct_pack({packed})]"  # a list, for where it is NULL it takes no memory


def of_values(fields: Iterable[str], spelled: Spelled) -> Callable[[object], Row]:
    """Makes the row of the service of the values of `values`."""
    names = tuple(fields)

    def row(raw: object) -> Row:
        return _row(names, raw[0].values(), spelled) if isinstance(raw, list) else {}

    return row


def _row(names: Sequence[str], raw: Iterable[object], spelled: Spelled) -> Row:
    found = dict(zip(names, raw, strict=True))
    for name, ours in spelled.items():
        value = found[name]
        if isinstance(value, str):
            found[name] = ours(value)
    return in_context(found)


def in_context(row: Mapping[str, object]) -> Row:
    """The row with its facts where a request has them."""
    facts = {name: row[name] for name in FACTS if name in row}
    own = {name: value for name, value in row.items() if name not in FACTS}
    context = own.get("context")
    within = context if isinstance(context, dict) else {}
    return {**own, "context": {**within, **facts}} if facts else own


def doubtful(fields: Mapping[str, str], types: Types = "text") -> str:
    """Whether the service may refuse a row for what SQL does not look at: an identifier that is not
    plainly one, and texts of great length.

    types: native where a level is one of those that are listed, letter by letter.
    """
    short = _always_short() if types == "native" else set()
    columns = {name: f"CAST({column} AS VARCHAR)" for name, column in fields.items()}
    identifier = columns.pop(IDENTIFIER, None)
    found = [f"strlen({text}) > {LONG}" for name, text in columns.items() if name not in short]
    if identifier:
        fits = f"strlen({identifier}) <= {LONGEST_IDENTIFIER}"
        found.append(f"NOT ({fits} AND regexp_full_match({identifier}, '[\\pL\\pN -~]*'))")
    return f"({' OR '.join(found or ['FALSE'])})"


def _always_short() -> set[str]:
    """The attributes of which each level is listed, and none is long."""
    return {
        name
        for name, levels in LEVELS.items()
        if not takes_any_text(name) and all(len(str(level).encode()) <= LONG for level in levels)
    }


def no_other(error: DataError) -> Callable[[], Source]:
    """For a source that can be read in one way only."""

    def refuse() -> Source:
        raise error

    return refuse

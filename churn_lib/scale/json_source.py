"""A JSON object a line. Each line is kept as it is, and its parts are read as texts.

DuckDB and the service do not read all of JSON alike: DuckDB takes the first of equal keys, and a
comma before a closing bracket. Such lines, and those with another key that can be a field too, are
read by the service.
"""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb

from churn_lib.customer.json_text import read_json
from churn_lib.customer.reading import fields_meant
from churn_lib.errors import DataError
from churn_lib.scale.csv_source import Asked
from churn_lib.scale.expressions import one_of
from churn_lib.scale.fields import FIELDS, IDENTIFIER, named, places, takes_any_text
from churn_lib.scale.files import Form
from churn_lib.scale.head import beginning, opened
from churn_lib.scale.source import (
    Source,
    doubtful,
    in_context,
    literal,
    own_column,
    place_of,
    select,
    without_value,
)
from churn_lib.scale.tidy import LONGEST_VALUE

NEVER = "\x01\x02\x01\x02"
"""Stands in no line, so that each is one value."""

LOOSE = r",\s*[}\]]"
"""What DuckDB takes for JSON, or part of a text."""

TEXT, WHOLE = ("VARCHAR", "NULL"), ("UBIGINT", "BIGINT")
"""What DuckDB calls the values of JSON that are text or nothing, and whole numbers."""

CONTEXT = "context"
LINE, KEYS = "line", "line_keys"


@dataclass(frozen=True)
class Keys:
    """fields: the key of each field. others: keys that can be a field too. ignored: those that the
    user has named another one for.
    """

    fields: Mapping[str, str]
    others: tuple[str, ...]
    ignored: frozenset[str]


def json_source(path: Path, form: Form, asked: Asked, known: Sequence[str] | None = None) -> Source:
    """known: its keys and perhaps those of other files. Raises DataError for what is not in UTF-8,
    and for missing keys.
    """
    first = beginning(path, form)
    lines = _lines(place_of(path, asked.folder), form)
    damage = partial(_damage, path, form)
    names = known or _names(lines, first, damage)
    if not names:
        wrong = f"{path.name} has no line that is a JSON object with a value"
        raise DataError(f"{wrong}; each customer must stand on a line of their own")
    keys = _keys(names, asked, path.name)
    place = {name: number for number, name in enumerate(names)}
    columns = {field: f"c{place[key]}" for field, key in keys.fields.items()}
    own = without_value(keys.fields)
    size = first.count(b"\n") or 1
    return Source(
        path=path,
        names=tuple(names),
        table=select(own, f"({_parts(lines, names)})"),
        fields=columns | {field: own_column(field) for field in own},
        raw=LINE,
        row=partial(_row, keys),
        doubtful=_doubtful(keys, columns),
        damage=damage,
        rows=None if form.packing else round(path.stat().st_size * size / len(first)),
        line=LINE,
    )


def _lines(place: str, form: Form) -> str:
    """The lines that are not blank."""
    options = {
        "auto_detect": "false",
        "header": "false",
        "columns": f"{{'{LINE}': 'VARCHAR'}}",
        "delim": literal(NEVER),
        "quote": "''",
        "escape": "''",
        "max_line_size": str(LONGEST_VALUE),
        "compression": literal(form.packing or "none"),
    }
    read = f"read_csv({place}, {', '.join(f'{name}={value}' for name, value in options.items())})"
    return f"(SELECT {LINE} FROM {read} WHERE TRIM({LINE}) <> '')"


def _keyed(lines: str) -> str:
    """The lines with their keys; NULL for what is no object."""
    is_object = f"CASE WHEN json_type({LINE}) = 'OBJECT' THEN json_keys({LINE}) END"
    keys = f"CASE WHEN json_valid({LINE}) THEN {is_object} END AS {KEYS}"
    return f"(SELECT {LINE}, {keys} FROM {lines})"


def _parts(lines: str, names: Sequence[str]) -> str:
    """The lines with their keys and with the text of each part."""
    pointers = ", ".join(literal(_pointer(name)) for name in names)
    texts = f"CASE WHEN {KEYS} IS NOT NULL THEN json_extract_string({LINE}, [{pointers}]) END"
    inner = f"(SELECT {LINE}, {KEYS}, {texts} AS line_parts FROM {_keyed(lines)})"
    columns = [f", line_parts[{number + 1}] AS c{number}" for number in range(len(names))]
    return f"SELECT {LINE}, {KEYS}{''.join(columns)} FROM {inner}"


def _pointer(key: str) -> str:
    """The place of a key as a JSON pointer (RFC 6901)."""
    return "/" + key.replace("~", "~0").replace("/", "~1")


def _names(lines: str, first: bytes, damage: Callable[[], Source]) -> list[str]:
    """The keys of all lines, those of the first line first."""
    begins: list[str] = []
    with suppress(ValueError):
        found = json.loads(first.decode("utf-8-sig").strip().partition("\n")[0])
        begins = list(found) if isinstance(found, dict) else []
    keys = f"SELECT DISTINCT UNNEST({KEYS}) FROM {_keyed(lines)}"
    try:
        with duckdb.connect() as connection:
            connection.execute("SET enable_progress_bar = false")
            known = {str(key) for (key,) in connection.execute(keys).fetchall()}
    except duckdb.Error:
        damage()
        raise
    return [*begins, *sorted(known - set(begins))]


def _keys(names: Sequence[str], asked: Asked, file: str) -> Keys:
    told = named(asked.columns)
    first: dict[str, str] = {}
    others, ignored = [], []
    for name, field in zip(names, fields_meant(names, (*FIELDS, CONTEXT)), strict=True):
        if field in told:
            ignored += [name] if told[field] != name else []
        elif field == CONTEXT or field in first:
            others.append(name)
        elif field in FIELDS and name not in told.values():
            first[field] = name
    chosen = [*first.values(), *told.values()]
    found = places(chosen, asked.columns, file)
    return Keys(
        {field: chosen[place] for field, place in found.items()}, tuple(others), frozenset(ignored)
    )


def _doubtful(keys: Keys, columns: Mapping[str, str]) -> str:
    repeated = f"LEN({KEYS}) <> LEN(LIST_DISTINCT({KEYS}))"
    conditions = [f"{KEYS} IS NULL", repeated, f"regexp_matches({LINE}, {literal(LOOSE)})"]
    if keys.others:
        conditions.append(f"LIST_HAS_ANY({KEYS}, [{', '.join(map(literal, keys.others))}])")
    for field in columns:
        if field == IDENTIFIER or takes_any_text(field):
            kind = f"json_type({LINE}, {literal(_pointer(keys.fields[field]))})"
            plain = one_of(kind, map(literal, (*TEXT, *WHOLE * (field == IDENTIFIER))))
            conditions.append(f"CASE WHEN {KEYS} IS NOT NULL THEN NOT {plain} END")
    return f"({' OR '.join([*conditions, doubtful(columns)])})"


def _row(keys: Keys, line: object) -> object:
    """What the service reads. Raises InputError for no JSON."""
    found = read_json(str(line).encode())
    if not isinstance(found, dict):
        return found
    fields = {key: field for field, key in keys.fields.items()}
    kept = {str(key): value for key, value in found.items() if key not in keys.ignored}
    return in_context({fields.get(key, key): value for key, value in kept.items()})


def _damage(path: Path, form: Form) -> Source:
    """Raises DataError with the first line that is wrong."""
    with opened(path, form) as file:
        number = 0
        for line in io.BufferedReader(file):
            number += bool(line.strip())
            if not _is_text(line):
                raise DataError(f"{path.name}, row {number}: a byte is not in UTF-8; save it so")
    raise DataError(f"{path.name} can't be read: a line has more than {LONGEST_VALUE:,} bytes")


def _is_text(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True

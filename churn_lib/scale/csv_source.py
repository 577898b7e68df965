"""Values with separators between them. Nothing is guessed by DuckDB: every column is text."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from churn_lib.errors import DataError
from churn_lib.scale.amounts import amounts
from churn_lib.scale.fields import likely, places
from churn_lib.scale.files import Form
from churn_lib.scale.head import Head, Told, head_of
from churn_lib.scale.plain import are_plain, quick
from churn_lib.scale.source import (
    Source,
    Types,
    doubtful,
    literal,
    no_other,
    of_texts,
    own_column,
    place_of,
    select,
    texts,
    without_value,
)
from churn_lib.scale.tidy import LONGEST_VALUE, Uneven, tidied

PLAIN = frozenset({"utf-8", "utf-8-sig"})


class Asked(NamedTuple):
    """What the user says of the files, and a folder for what is written on the way."""

    told: Told
    columns: Mapping[str, str]
    folder: Path


def csv_source(path: Path, form: Form, asked: Asked) -> Source:
    """Raises DataError for what is no text and for wrong headings."""
    head = head_of(path, form, asked.told, likely(asked.columns))
    source = _source(path, form, head, asked, place_of(path, asked.folder))
    if head.encoding in PLAIN and not head.uneven_ends:
        return source
    return source.damage()


def _source(path: Path, form: Form, head: Head, asked: Asked, place: str) -> Source:
    found = places(head.names, asked.columns, path.name)
    cells = {
        field: [row[column] for row in head.rows if column < len(row)]
        for field, column in found.items()
    }
    headings = {field: head.names[column] for field, column in found.items()}
    numbers = amounts(cells, headings, path.name, asked.told.mark)
    as_is = {field: f"c{column}" for field, column in found.items()}
    texts_of = numbers.pointed(as_is)
    plain = not without_value(found) and not numbers.comma and are_plain(head.rows, found)
    own = quick(texts_of) if plain else {f: t for f, t in texts_of.items() if t != as_is[f]}
    own |= without_value(found)
    size = path.stat().st_size
    types: Types = "native" if plain else "text"
    return Source(
        path=path,
        names=head.names,
        table=select(own, _read(place, head, form)),
        fields=as_is | {field: own_column(field) for field in own},
        raw=texts(texts_of),
        row=of_texts(found, numbers.spelled),
        doubtful=doubtful(as_is, types),
        types=types,
        damage=partial(_tidied, path, form, head, asked),
        rows=None if form.packing else round(size / max(1.0, head.bytes_a_row)),
        notes=head.notes,
    )


def _tidied(path: Path, form: Form, head: Head, asked: Asked) -> Source:
    copy = asked.folder / f"copy-{len(list(asked.folder.iterdir()))}.csv"
    uneven: list[Uneven] = tidied(path, form, head, copy)
    plain = replace(head, line=0)
    source = _source(path, Form("csv"), plain, asked, literal(str(copy)))
    wrong = DataError(f"{path.name} can't be read, even as Python's csv has written it anew")
    return replace(source, uneven=uneven, damage=no_other(wrong))


def _read(place: str, head: Head, form: Form) -> str:
    columns = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(len(head.names)))
    options = {
        "auto_detect": "false",
        "header": "true",
        "skip": str(head.line),
        "columns": f"{{{columns}}}",
        "delim": literal(head.separator),
        "quote": "'\"'",
        "escape": "'\"'",
        "nullstr": "''",
        "max_line_size": str(LONGEST_VALUE),
        "compression": literal(form.packing or "none"),
    }
    return f"read_csv({place}, {', '.join(f'{name}={value}' for name, value in options.items())})"

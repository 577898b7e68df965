"""Parquet, whose columns have types: where they fit our fields, nothing is read as text."""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from churn_lib.customer.contact import TRUTHS
from churn_lib.customer.faults import shown
from churn_lib.customer.model import LEVELS, LONGEST_LEVEL
from churn_lib.customer.reading import truths
from churn_lib.customer.schema import Level
from churn_lib.errors import DataError
from churn_lib.scale.amounts import amounts
from churn_lib.scale.csv_source import Asked
from churn_lib.scale.dialects import DIALECTS
from churn_lib.scale.expressions import case, match
from churn_lib.scale.fields import IDENTIFIER, places, takes_any_text
from churn_lib.scale.source import (
    Source,
    Types,
    doubtful,
    no_other,
    of_values,
    own_column,
    place_of,
    select,
    values,
    without_value,
)

FIRST_ROWS, MOST_CELLS = 10_000, 500_000
"""Of which texts are looked at, to find out how they spell numbers."""
WHOLE = 1e15
"""Below this a number that is whole is written with all of its digits."""


def parquet_source(path: Path, asked: Asked) -> Source:
    """Raises DataError for what is no Parquet, and for a column that can't be a field."""
    damage = DataError(f"{path.name} is no Parquet file, or a damaged one; write it anew")
    try:
        with pq.ParquetFile(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
            some = min(FIRST_ROWS, MOST_CELLS // max(1, len(schema.names)) + 1)
            first = next(file.iter_batches(some), None)
    except (pa.ArrowException, OSError):
        raise damage from None
    found = places(schema.names, asked.columns, path.name)
    kinds = _kinds(schema, found, path.name)
    given = {field: f"c{place}" for field, place in found.items()}
    headings = {field: schema.names[place] for field, place in found.items()}
    cells = {
        field: [] if first is None else first.column(place).to_pylist()
        for field, place in found.items()
        if _is_text(kinds[field])
    }
    numbers = amounts(cells, headings, path.name, asked.told.mark)
    pointed = numbers.pointed(given)
    own = without_value(found)
    own |= {field: text for field, text in pointed.items() if text != given[field]}
    own |= _converted(given, kinds)
    fields = given | {field: own_column(field) for field in own}
    is_native = not without_value(found) and all(_is_native(kinds[field], field) for field in found)
    types: Types = "native" if is_native else "text"
    odd = [test for field in found if (test := _is_odd(given[field], kinds[field], field))]
    long = doubtful({field: at for field, at in given.items() if _is_text(kinds[field])}, types)
    columns = ", ".join(f"c{place}" for place in range(len(schema.names)))
    return Source(
        path=path,
        names=tuple(schema.names),
        table=select(own, f"read_parquet({place_of(path, asked.folder)}) AS t({columns})"),
        fields=fields,
        raw=values(pointed),
        row=of_values(found, numbers.spelled),
        doubtful=f"({' OR '.join([*odd, long])})",
        damage=no_other(damage),
        types=types,
        rows=rows,
        nested=frozenset(place for place, kind in enumerate(schema.types) if not _is_value(kind)),
    )


def _kinds(schema: pa.Schema, found: Mapping[str, int], file: str) -> dict[str, pa.DataType]:
    """The type of each field's column. Raises DataError for one that can't be read."""
    kinds = {field: _plain(schema.types[place]) for field, place in found.items()}
    for field, place in found.items():
        if not _may_be_read(kinds[field], field):
            wrong = f"the column {shown(schema.names[place])} must hold text or numbers"
            raise DataError(f"{file}: {wrong}, or yes and no, to be {field}")
    return kinds


def _converted(given: Mapping[str, str], kinds: Mapping[str, pa.DataType]) -> dict[str, str]:
    """SQL of the fields that are read from a value of another type than the column's."""
    own: dict[str, str] = {}
    for field, kind in kinds.items():
        if pa.types.is_float16(kind) or pa.types.is_float32(kind):  # else its text is a shorter one
            own[field] = f"CAST({given[field]} AS DOUBLE)"
        elif pa.types.is_boolean(kind) and field in LEVELS:
            own[field] = _level(given[field], LEVELS[field])
    return own


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _is_value(kind: pa.DataType) -> bool:
    known = _is_number(kind) or _is_text(kind) or pa.types.is_boolean(kind)
    return bool(known or pa.types.is_temporal(kind))


def _is_number(kind: pa.DataType) -> bool:
    types = pa.types
    return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind))


def _is_text(kind: pa.DataType) -> bool:
    types = pa.types
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def _level(column: str, levels: tuple[Level, ...]) -> str:
    """The level that a truth is; where it is none, a value that is not allowed."""
    write = DIALECTS["duckdb"].level
    known = [(str(yes).upper(), write(level)) for yes, level in truths(levels).items()]
    wrong = -1 if isinstance(levels[0], int) else "?" * (LONGEST_LEVEL + 1)
    return case([(f"{column} IS NOT NULL", match(column, known, write(wrong)))])


def _may_be_read(kind: pa.DataType, field: str) -> bool:
    if pa.types.is_temporal(kind):
        return field == IDENTIFIER
    return _is_value(kind) or bool(pa.types.is_null(kind))


def _is_native(kind: pa.DataType, field: str) -> bool:
    """Whether a value is of the type that a statement takes for the field without reading."""
    if field == IDENTIFIER:
        return True
    if field in TRUTHS:
        return bool(pa.types.is_boolean(kind))
    if field not in LEVELS:
        return _is_number(kind)
    if pa.types.is_boolean(kind):
        return not takes_any_text(field)
    is_word = isinstance(LEVELS[field][0], str)
    return _is_text(kind) if is_word else bool(pa.types.is_integer(kind))


def _is_odd(column: str, kind: pa.DataType, field: str) -> str:
    """SQL; true where the service takes the text of a value and not the value itself; empty where
    there is no such one.
    """
    if field == IDENTIFIER and pa.types.is_floating(kind):
        return f"NOT COALESCE({column} = FLOOR({column}) AND ABS({column}) < {WHOLE}, TRUE)"
    is_truth = field == IDENTIFIER and pa.types.is_boolean(kind)
    is_no_text = takes_any_text(field) and not _is_text(kind)
    return f"{column} IS NOT NULL" if is_truth or is_no_text else ""

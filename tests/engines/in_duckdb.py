"""DuckDB, in this process."""

import duckdb
import pyarrow as pa

from tests.engines.engine import Answer, Columns, Rows, named

TYPES = {"text": pa.string(), "number": pa.float64(), "whole": pa.int64(), "truth": pa.bool_()}


def as_arrow(columns: Columns, rows: Rows) -> pa.Table:
    arrays = [
        pa.array([row[place] for row in rows], TYPES[kind])
        for place, kind in enumerate(columns.values())
    ]
    return pa.table(arrays, names=list(columns))


class DuckDB:
    def run(self, sql: str, table: str, columns: Columns, rows: Rows) -> Answer:
        with duckdb.connect() as connection:
            connection.register(table, as_arrow(columns, rows))
            found = connection.execute(sql)
            return named([column[0] for column in found.description or ()], found.fetchall())

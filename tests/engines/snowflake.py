"""fakesnow turns Snowflake's SQL into DuckDB's: it does not show all that Snowflake does."""

from fakesnow.instance import FakeSnow

from tests.engines.engine import Answer, Columns, Kind, Rows, defined, named
from tests.engines.in_duckdb import as_arrow

TYPES: dict[Kind, str] = {
    "text": "TEXT",
    "number": "FLOAT",
    "whole": "BIGINT",
    "truth": "BOOLEAN",
}


class Snowflake:
    def run(self, sql: str, table: str, columns: Columns, rows: Rows) -> Answer:
        warehouse = FakeSnow()
        cursor = warehouse.connect("tests", "tests").cursor()
        cursor.execute(f"CREATE TABLE {table} ({defined(columns, TYPES)})")
        warehouse.duck_conn.register("given", as_arrow(columns, rows))
        filled = f"INSERT INTO tests.tests.{table} FROM given"
        warehouse.duck_conn.execute(filled)
        found = cursor.execute(sql)
        return named([column.name for column in found.description], found.fetchall())

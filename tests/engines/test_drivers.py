"""What goes into an engine comes out as it was, and what an engine refuses is raised."""

import math
from collections.abc import Mapping

import pytest

from tests.engines.engine import Columns, Engine, Rows

COLUMNS: Columns = {"name": "text", "Amount": "number", "count": "whole", "known": "truth"}
ROWS: Rows = (
    ("it's \"a\" \\ tab\t\n'é\u00a0", 0.1, -3, True),
    ("", 5e-324, 2**62, False),
    ("inf", math.inf, 0, None),
    ("NaN", math.nan, None, True),
    (None, None, None, None),
)
ENGINES = ("duckdb", "googlesql", "postgres", "snowflake", "spark", "connect")


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.getfixturevalue(request.param)
    return found


def comparable(row: Mapping[str, object]) -> tuple[str, ...]:
    """NaN is not equal to itself."""
    return tuple(map(repr, row.values()))


def test_every_value_comes_out_as_it_went_in(engine: Engine) -> None:
    found = engine.run("SELECT * FROM given", "given", COLUMNS, ROWS)
    assert list(found[0]) == ["name", "amount", "count", "known"]
    expected = [tuple(map(repr, row)) for row in ROWS]
    assert sorted(map(comparable, found)) == sorted(expected)


def test_another_table_of_the_same_name_takes_its_place(engine: Engine) -> None:
    for number in (1, 2):
        columns: Columns = {f"n{number}": "whole"}
        found = engine.run("SELECT * FROM given", "given", columns, [[number]])
        assert found == [{f"n{number}": number}]


def test_what_is_no_sql_of_the_engine_is_refused(engine: Engine) -> None:
    with pytest.raises(Exception, match=r"(?i)unknown_name"):
        engine.run("SELECT unknown_name FROM given", "given", COLUMNS, ROWS)

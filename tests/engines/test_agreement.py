"""Each engine answers about a table of customers as the service does about one after the other."""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from churn_lib.customer.schema_file import parse
from churn_lib.offers.catalogue import OFFERS
from churn_lib.propose.offers import starter
from tests.churn_lib.lint.companies import GYM, printed
from tests.churn_lib.scale.asked import DAY
from tests.churn_lib.score.test_other_schema import TERMS, trained
from tests.engines.engine import Engine
from tests.engines.questions import TABLE, Questions, Types, questions

NEWER = sys.version_info >= (3, 12)
"""The SQL is the same on every Python, so that one is enough for what is slow."""

DIALECTS = {
    "duckdb": "duckdb",
    "googlesql": "bigquery",
    "postgres": "postgres",
    "snowflake": "snowflake",
    "spark": "spark",
    "connect": "spark",
}
PAIR: dict[str, object] = {
    "kind": "pair",
    "features": ["fee", "months"],
    "knots": [[10, 30.5, 70], [0, 24]],
    "values": [[0.25, -1], [0.5, 0.125], [1, -0.5]],
}
NUMBER = re.compile(r" \([^)]*\)")
"""Of a reason."""


@cache
def of_ibm(types: Types, count: int, faulty: int) -> Questions:
    return questions(types, count, faulty)


@cache
def of_gym(types: Types, count: int, faulty: int) -> Questions:
    """Of another company, whose schema and card have every kind of attribute and term."""
    code = (
        "from tests.engines.questions import questions; "
        f"print(questions({types!r}, {count}, {faulty}).as_json())"
    )
    with TemporaryDirectory() as name:
        folder = trained(Path(name), [*TERMS[:5], PAIR])
        (folder / OFFERS).write_text(starter(parse(GYM), DAY), "utf-8")
        return Questions(**json.loads(printed(folder, GYM, code)))


@pytest.fixture(params=DIALECTS)
def engine(request: pytest.FixtureRequest) -> tuple[str, Engine]:
    found: Engine = request.getfixturevalue(request.param)
    return request.param, found


def disagreeing(engine: tuple[str, Engine], asked: Questions) -> list[tuple[int, str]]:
    name, runs = engine
    found = runs.run(asked.sql[DIALECTS[name]], TABLE, asked.columns, asked.rows)
    if name != "snowflake":
        return asked.differing(found)
    asked = replace(asked, expected=[without_numbers(row) for row in asked.expected])
    told = asked.differing([without_numbers(row) for row in found])
    return [(place, column) for place, column in told if is_printable(asked.rows[place])]


def without_numbers(row: Mapping[str, object]) -> dict[str, object]:
    """fakesnow writes numbers in one form, whichever is asked for."""
    return {name: NUMBER.sub("", v) if isinstance(v, str) else v for name, v in row.items()}


def is_printable(row: Sequence[object]) -> bool:
    """fakesnow does not know how Snowflake writes other characters."""
    return all(value.isprintable() for value in row if isinstance(value, str))


def test_a_table_of_numbers_and_words_is_answered_as_by_the_service(
    engine: tuple[str, Engine],
) -> None:
    few = engine[0] == "connect" or (NEWER and engine[0] == "googlesql")
    asked = of_ibm("native", *((1_000, 300) if few else (10_000, 3_000)))
    assert disagreeing(engine, asked) == []


def test_a_table_of_texts_is_read_as_by_the_service(engine: tuple[str, Engine]) -> None:
    few = engine[0] in {"googlesql", "spark", "connect"}
    asked = of_ibm("text", *((100, 900) if few else (10_000, 3_000)))
    assert disagreeing(engine, asked) == []


@pytest.mark.parametrize("types", ["native", "text"])
def test_a_table_of_another_company_is_answered_as_by_the_service(
    engine: tuple[str, Engine], types: Types
) -> None:
    assert disagreeing(engine, of_gym(types, 1_000, 1_000)) == []

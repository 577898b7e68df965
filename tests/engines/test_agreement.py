"""Each engine answers about a table of customers as the service does about one after the other."""

import json
import re
import sys
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from churn_lib.customer.schema_file import parse
from churn_lib.offers.catalogue import OFFERS
from churn_lib.propose.offers import starter
from churn_lib.scale.reference import Answer
from tests.churn_lib.lint.companies import GYM, printed
from tests.churn_lib.scale.asked import DAY
from tests.churn_lib.score.test_other_schema import TERMS, trained
from tests.engines.engine import Engine
from tests.engines.engine import Answer as Found
from tests.engines.questions import TABLE, Questions, Types, questions

FEWER = sys.version_info >= (3, 12)
"""On one Python all rows are run in the slow engines too; the SQL is the same on every one."""

DIALECTS = {
    "duckdb": "duckdb",
    "googlesql": "bigquery",
    "postgres": "postgres",
    "snowflake": "snowflake",
    "spark": "spark",
    "connect": "spark",
}
PAIR = {
    "kind": "pair",
    "features": ["fee", "months"],
    "knots": [[10, 30.5, 70], [0, 24]],
    "values": [[0.25, -1], [0.5, 0.125], [1, -0.5]],
}
NUMBER = re.compile(r" \([^)]*\)")
"""What fakesnow writes in no form that was asked for."""


@cache
def of_ibm(types: Types, count: int, faulty: int) -> Questions:
    return questions(types, count, faulty)


@cache
def of_gym(types: Types, count: int, faulty: int) -> Questions:
    """Of another company, whose schema and card have every kind of attribute and term."""
    code = (
        "import json; from dataclasses import asdict; "
        "from tests.engines.questions import questions; "
        f"print(json.dumps(asdict(questions({types!r}, {count}, {faulty}))))"
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
    if name == "snowflake":
        found = [without_numbers(row) for row in found]
        asked = replace(asked, expected=[without_numbers(row) for row in asked.expected])
    return asked.differing(found)


def without_numbers(row: Answer) -> Answer:
    reasons = {
        k: NUMBER.sub("", v)
        for k, v in row.items()
        if k.startswith("reason") and isinstance(v, str)
    }
    return {**row, **reasons}


def test_a_table_of_numbers_and_words_is_answered_as_by_the_service(
    engine: tuple[str, Engine],
) -> None:
    few = FEWER and engine[0] == "googlesql"
    assert disagreeing(engine, of_ibm("native", *(1_000, 300) if few else (10_000, 3_000))) == []


def test_a_table_of_texts_is_read_as_by_the_service(engine: tuple[str, Engine]) -> None:
    few = engine[0] == "googlesql"
    assert disagreeing(engine, of_ibm("text", *(200, 800) if few else (10_000, 3_000))) == []


@pytest.mark.parametrize("types", ["native", "text"])
def test_a_table_of_another_company_is_answered_as_by_the_service(
    engine: tuple[str, Engine], types: Types
) -> None:
    assert disagreeing(engine, of_gym(types, 1_000, 1_000)) == []

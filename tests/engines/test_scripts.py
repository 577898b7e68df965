"""What `churn sql` writes beside the statement is taken by the engine that it is for."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg
import pytest

from churn_lib.customer.contact import FACTS
from churn_lib.customer.model import example
from churn_lib.customer.schema import ARTIFACTS
from churn_lib.offers import catalogue
from churn_lib.scale.dialects import DIALECTS
from churn_lib.scale.golden import plain
from churn_lib.scale.request import Request
from churn_lib.scale.script import Form, script
from churn_lib.scale.statement import statement
from churn_lib.scale.trial import trial
from churn_lib.score.scorecard import scorecard
from tests.churn_lib.scale.asked import NATIVE, TEXT, same
from tests.engines.engine import Columns, Engine
from tests.engines.module import RefusedError
from tests.engines.questions import kinds

if TYPE_CHECKING:
    from tests.engines.googlesql import GoogleSQL
    from tests.engines.postgres import Postgres

OFFERS = catalogue.load(ARTIFACTS / catalogue.OFFERS)
BIGQUERY, POSTGRES = DIALECTS["bigquery"], DIALECTS["postgres"]
KNOWING = replace(NATIVE, facts=tuple(FACTS))
NO_COLUMN: Columns = {"nothing": "whole"}


@pytest.mark.parametrize(
    ("name", "dialect"),
    [("duckdb", "duckdb"), ("googlesql", "bigquery"), ("postgres", "postgres"), ("spark", "spark")],
)
def test_the_trial_finds_no_customer_who_is_answered_otherwise(
    name: str, dialect: str, request: pytest.FixtureRequest
) -> None:
    engine: Engine = request.getfixturevalue(name)
    text = trial(KNOWING, DIALECTS[dialect], scorecard(), OFFERS)
    assert engine.run(text, "unused", NO_COLUMN, [[1]]) == []


@pytest.mark.parametrize("asked", [NATIVE, KNOWING, TEXT], ids=["native", "facts", "text"])
@pytest.mark.parametrize("form", ["function", "view"])
def test_bigquery_takes_a_function_and_a_view_and_neither_with_a_wrong_name(
    googlesql: "GoogleSQL", form: Form, asked: Request
) -> None:
    text = script(form, "churn.scored", asked, BIGQUERY, scorecard(), OFFERS)
    googlesql.analyse(text, "customers", kinds(asked))
    with pytest.raises(RefusedError, match="ch_unknown"):
        googlesql.analyse(text.replace("ch_best", "ch_unknown", 1), "customers", kinds(asked))


@pytest.mark.parametrize("asked", [NATIVE, KNOWING, TEXT], ids=["native", "facts", "text"])
def test_postgres_plans_within_a_second_and_a_gigabyte(
    postgres: "Postgres", asked: Request
) -> None:
    text = statement(replace(asked, each_offer=True), POSTGRES, scorecard(), OFFERS)
    with postgres.session("customers", kinds(asked), ()) as session:
        session.execute("SET statement_timeout = '1s'")
        assert session.execute(f"EXPLAIN {text}".encode()).fetchall()


def test_a_column_that_is_called_like_one_of_ours_is_refused_or_changes_nothing(
    googlesql: "GoogleSQL", postgres: "Postgres"
) -> None:
    columns: Columns = {**kinds(NATIVE), "ch_v_tenure": "number"}
    row = plain({})
    rows = [[*(row[column] for column in NATIVE.names), 0.5]]
    texts = {name: statement(NATIVE, one, scorecard(), OFFERS) for name, one in DIALECTS.items()}
    with pytest.raises(RefusedError, match="ambiguous"):
        googlesql.run(texts["bigquery"], NATIVE.table, columns, rows)
    (found,) = postgres.run(texts["postgres"], NATIVE.table, columns, rows)
    assert same(found["logit"], scorecard().score(example()).logit)


@pytest.mark.parametrize(("name", "dialect"), [("googlesql", "bigquery"), ("postgres", "postgres")])
def test_without_the_bounds_of_numbers_one_row_would_end_the_query(
    name: str, dialect: str, request: pytest.FixtureRequest
) -> None:
    """In DuckDB and Spark such a product is infinite, and so no test there could find it."""
    engine: Engine = request.getfixturevalue(name)
    text = statement(replace(NATIVE, offers=False), DIALECTS[dialect], scorecard(), None)
    large = plain({"tenure": 61.0, "MonthlyCharges": 1e308, "TotalCharges": None})
    rows = [[large[column] for column in NATIVE.names]]
    (found,) = engine.run(text, NATIVE.table, kinds(NATIVE), rows)
    assert str(found["errors"]).startswith("MonthlyCharges: must be a number from 0 to 10000")
    bounded = r"(\S*MonthlyCharges) BETWEEN \S+ AND \S+ THEN"
    mutant, changes = re.subn(bounded, r"\1 = \1 THEN", text)
    assert changes
    with pytest.raises((RefusedError, psycopg.errors.NumericValueOutOfRange)):
        engine.run(mutant, NATIVE.table, kinds(NATIVE), rows)

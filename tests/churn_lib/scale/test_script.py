"""The text that is written: the same for the same, as a view, as a function, never too large."""

from dataclasses import replace

import duckdb
import pytest
import sqlglot

from churn_lib.customer.contact import FACTS
from churn_lib.customer.schema import ARTIFACTS
from churn_lib.errors import InputError
from churn_lib.offers import catalogue
from churn_lib.scale.dialects import DIALECTS
from churn_lib.scale.golden import customers
from churn_lib.scale.request import Request
from churn_lib.scale.script import script
from churn_lib.scale.statement import statement
from churn_lib.score.scorecard import Scorecard, scorecard
from churn_lib.score.terms import Card, Pair
from tests.churn_lib.scale import snapshots
from tests.churn_lib.scale.asked import DAY, DUCKDB, NATIVE, TEXT, native_table, run

CARD = scorecard()
OFFERS = catalogue.load(ARTIFACTS / catalogue.OFFERS)
LARGEST_OF_BIGQUERY = 36_000


def test_the_texts_are_those_in_the_repository() -> None:
    for path, text in snapshots.texts():
        assert path.read_bytes() == text.encode(), path.name


def test_the_shipped_score_and_offers_are_a_short_text() -> None:
    text = statement(NATIVE, DIALECTS["bigquery"], CARD, OFFERS)
    assert len(text.encode()) <= LARGEST_OF_BIGQUERY


@pytest.mark.parametrize("asked", [NATIVE, TEXT], ids=["native", "text"])
@pytest.mark.parametrize("name", DIALECTS)
def test_each_dialect_is_parsed(name: str, asked: Request) -> None:
    everything = replace(asked, facts=tuple(FACTS), reasons=5, each_offer=True)
    text = statement(everything, DIALECTS[name], CARD, OFFERS)
    (parsed,) = sqlglot.parse(text, read=name)
    assert isinstance(parsed, sqlglot.exp.Select)


def test_a_view_and_a_macro_say_the_same_as_the_statement() -> None:
    rows = native_table(list(customers(CARD.card, (), 50)))
    expected = run(statement(NATIVE, DUCKDB, CARD, OFFERS), rows)
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE customers AS SELECT * FROM rows")
        connection.execute(script("view", "scored", NATIVE, DUCKDB, CARD, OFFERS))
        connection.execute(script("function", "churn", NATIVE, DUCKDB, CARD, OFFERS))
        for source in ("FROM scored", "FROM churn('customers')"):
            found = connection.execute(source)
            names = [column[0] for column in found.description]
            assert [dict(zip(names, row, strict=True)) for row in found.fetchall()] == expected


@pytest.mark.parametrize("name", ["spark", "postgres", "snowflake"])
def test_a_function_is_refused_where_it_would_be_slow(name: str) -> None:
    with pytest.raises(InputError, match="only in BigQuery and DuckDB"):
        script("function", "churn", NATIVE, DIALECTS[name], CARD, OFFERS)


def test_a_function_of_bigquery_has_typed_arguments() -> None:
    text = script("function", "crm.churn", NATIVE, DIALECTS["bigquery"], CARD, OFFERS)
    head, _, body = text.partition(" AS ((\n")
    assert head.startswith("CREATE OR REPLACE FUNCTION `crm.churn`(in_tenure FLOAT64, in_PhoneS")
    assert "in_Contract STRING" in head
    assert "(SELECT in_tenure AS tenure, " in body


def test_too_large_a_term_is_named() -> None:
    knots = tuple(float(one) for one in range(200))
    line = tuple(one / 1000 for one in range(200))
    pair = Pair(features=("tenure", "MonthlyCharges"), knots=(knots, knots), values=(line,) * 200)
    with pytest.raises(InputError, match="tenure and MonthlyCharges: the pair alone takes"):
        statement(NATIVE, DUCKDB, Scorecard(Card(intercept=0.0, terms=(pair,)), "test"), None)


def test_too_many_offers_are_named() -> None:
    many = [
        one.model_copy(update={"id": f"{one.id}-{n}"})
        for n in range(800)
        for one in OFFERS.offers[:4]
    ]
    large = OFFERS.model_copy(update={"offers": tuple(many)})
    with pytest.raises(InputError, match=r"^offers: their number takes"):
        statement(NATIVE, DUCKDB, CARD, large)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reasons": 6}, "reasons: must be from 0 to 5"),
        ({"facts": ("consent", "consent")}, "facts: must be some of consent, "),
        ({"facts": ("weather",)}, "facts: must be some of consent, "),
        ({"columns": {"Churn": "x"}}, "map: has no attribute or fact Churn; there are tenure, "),
        ({"columns": {"tenure": "CH_v"}}, "map: must be other columns: ch_ begins names"),
        ({"columns": {"tenure": "a\nb"}}, "table and map: must be names on one line"),
        ({"language": "tlh"}, "language: must be one of en, "),
    ],
)
def test_what_makes_no_sense_is_refused(change: dict[str, object], words: str) -> None:
    with pytest.raises(InputError) as refused:
        Request(DAY, **change)  # type: ignore[arg-type]  # each case has another field
    assert str(refused.value).startswith(words)

"""The query that anybody may run in an engine of their own finds what is answered otherwise."""

from dataclasses import replace

import duckdb
import pytest

from churn_lib.customer.contact import FACTS
from churn_lib.customer.schema import ARTIFACTS
from churn_lib.offers import catalogue
from churn_lib.scale.dialects import DIALECTS
from churn_lib.scale.request import Request
from churn_lib.scale.size import MOST_BYTES
from churn_lib.scale.trial import trial
from churn_lib.score.scorecard import scorecard
from tests.churn_lib.scale.asked import DUCKDB, NATIVE, TEXT

OFFERS = catalogue.load(ARTIFACTS / catalogue.OFFERS)
RENAMED = replace(NATIVE, columns={"tenure": "Months", "Contract": "offer"}, quoted=True)


def found(sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(sql).fetchall()


@pytest.mark.parametrize(
    "asked",
    [NATIVE, TEXT, replace(NATIVE, facts=tuple(FACTS)), RENAMED],
    ids=["native", "text", "all facts", "other names"],
)
def test_where_all_is_answered_alike_it_returns_no_row(asked: Request) -> None:
    assert found(trial(asked, DUCKDB, scorecard(), OFFERS)) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("ch_v_tenure < 24e0", "ch_v_tenure < 30e0"),
        ("BETWEEN 0e0 AND 1200e0", "BETWEEN 0e0 AND 1201e0"),
        ("'; tenure: must be", "'; tenure: may be"),
        ("'pays month to month'", "'pays by the month'"),
        ("ch_best > 1e0", "ch_best > 5e0"),
    ],
)
def test_what_is_answered_otherwise_comes_back_with_both_answers(right: str, wrong: str) -> None:
    text = trial(NATIVE, DUCKDB, scorecard(), OFFERS)
    head, expected = text.split("\nFROM (\nSELECT 0 AS golden", 1)
    assert right in head + expected
    mutant = head.replace(right, wrong) + "\nFROM (\nSELECT 0 AS golden" + expected
    assert found(mutant)


@pytest.mark.parametrize("name", DIALECTS)
def test_every_engine_takes_so_long_a_text(name: str) -> None:
    everything = replace(TEXT, facts=tuple(FACTS), reasons=5)
    text = trial(everything, DIALECTS[name], scorecard(), OFFERS)
    assert len(text.encode()) <= MOST_BYTES

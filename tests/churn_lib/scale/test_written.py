"""Words for the offers of a file: approved ones, else templates, which are counted and listed."""

import asyncio
from pathlib import Path

from churn_lib.answer import answer
from churn_lib.customer.reading import read_columns
from churn_lib.customer.request import PredictRequest
from churn_lib.offers.catalogue import catalogue
from churn_lib.scale.request import Request
from churn_lib.scale.written import WORDS, Words
from churn_lib.score.scorecard import scorecard
from churn_lib.words.missed import missed
from churn_lib.words.texts import Bank, Shelf
from churn_lib.words.wanted import wanted
from tests.churn_lib.scale.scoring import TODAY, customers, read_csv, scored, write_csv
from tests.churn_lib.words.banked import KEY, stored

PEOPLE = customers(60)


def test_rows_have_the_words_that_the_service_says_without_gemini(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "in.csv", PEOPLE)
    found = scored(path, tmp_path / "out.csv", missing=tmp_path / "out.missing.ndjson")
    rows = read_csv(found.target)
    offered = [row["message"] for row in rows if row["offer"]]
    said = [asyncio.run(answer(read_columns(PredictRequest, one), "template")) for one in PEOPLE]
    messages = [one["offer"] for one in said]
    assert [row["offer"] for row in rows] == [one["id"] or "" for one in messages]
    assert offered == [one["message"] for one in messages if one["id"] is not None]
    assert {row["written_by"] for row in rows} == {"template", ""}
    assert sum(found.outcome.missing.values()) == len(offered) > 10


def test_texts_that_are_missing_are_listed_for_those_who_write_them(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "in.csv", PEOPLE)
    listed = tmp_path / "out.missing.ndjson"
    found = scored(path, tmp_path / "out.ndjson", missing=listed)
    keys = missed(listed, wanted(catalogue(), TODAY))
    assert set(keys) == set(found.outcome.missing)


def test_an_approved_text_is_taken_and_no_longer_missing(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.bank = Bank({KEY: stored(KEY, "approved", "sample")})
    words = Words(scorecard(), catalogue(), Request(day=TODAY), shelf)
    read = read_columns(PredictRequest, PEOPLE[0]).model_copy(
        update={"Contract": "Month-to-month", "tenure": 1}
    )
    written = words.of(read, KEY.offer)
    assert written["headline"] == "An sample for you"
    assert written["written_by"] == "approved"
    assert not words.missing
    assert words.of(read, None) == dict.fromkeys(WORDS)
    words.of(read, "tech-support")
    assert list(words.missing.values()) == [1]
    words.close()

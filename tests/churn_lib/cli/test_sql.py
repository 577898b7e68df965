"""`churn sql` prints one text that an engine runs as it is."""

from pathlib import Path

import duckdb
import pytest
import sqlglot
from typer.testing import CliRunner, Result

from churn_lib.cli import app
from churn_lib.scale.dialects import DIALECTS
from tests.churn_lib.scale.snapshots import FOLDER

DAY = ("--date", "2026-11-28")


def sql(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["sql", *arguments], env={"COLUMNS": "100", "NO_COLOR": "1"})


@pytest.mark.parametrize("name", DIALECTS)
def test_the_text_is_printed_as_it_is_kept(name: str) -> None:
    printed = sql("--dialect", name, *DAY)
    assert (printed.exit_code, printed.stderr) == (0, "")
    assert printed.stdout == (FOLDER / f"{name}.sql").read_text("utf-8")


def test_the_comment_holds_what_makes_the_same_text_again() -> None:
    asked = ("--table", "crm.people", "--reasons", "1", "--channel", "sms", "--language", "de")
    more = ("--types", "text", "--facts", "consent, best_tariff", "--map", "Contract=Deal type")
    first = sql("--dialect", "spark", *DAY, *asked, *more, "--as", "view", "--quoted")
    comment = first.stdout.splitlines()[:3]
    assert comment[0].startswith("-- score ")
    assert comment[0].endswith(" on 2026-11-28, for spark")
    assert comment[1].startswith("-- reads: tenure, PhoneService, ")
    assert comment[1].endswith(", consent, best_tariff")
    assert comment[2] == (
        "-- churn sql --dialect spark --date 2026-11-28 --table crm.people --reasons 1"
        " --channel sms --language de --types text --facts consent,best_tariff"
        " --map 'Contract=Deal type' --as view --name churn_score --quoted"
    )


def test_without_offers_no_catalogue_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OFFERS", str(tmp_path / "none.toml"))
    printed = sql("--dialect", "duckdb", "--no-offers")
    assert printed.exit_code == 0
    assert ", no offers, for duckdb" in printed.stdout
    assert "expected_value" not in printed.stdout


def test_a_trial_is_a_query_of_its_own_that_returns_no_row() -> None:
    printed = sql("--dialect", "duckdb", *DAY, "--test")
    assert printed.stdout.splitlines()[2].endswith(" --test")
    with duckdb.connect() as connection:
        assert connection.execute(printed.stdout).fetchall() == []


def test_a_function_and_a_view_are_called_as_is_asked() -> None:
    function = sql("--dialect", "bigquery", "--as", "function", "--name", "my-project.crm.score")
    assert "\nCREATE OR REPLACE FUNCTION `my-project.crm.score`(in_tenure" in function.stdout
    view = sql("--dialect", "snowflake", "--as", "view", "--name", "scored", "--table", "db.people")
    assert "\nCREATE OR REPLACE VIEW scored AS\nSELECT * EXCLUDE (" in view.stdout
    assert "FROM db.people\n" in view.stdout
    assert sqlglot.parse_one(view.stdout, read="snowflake")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ("--dialect", "spark", "--as", "function"),
            "as: must be select or view: only in BigQuery",
        ),
        (("--dialect", "duckdb", "--map", "tenure"), "--map: must be OURS=THEIRS"),
        (("--dialect", "duckdb", "--map", "tenure=a", "--map", "tenure=b"), "each of ours once"),
        (("--dialect", "duckdb", "--facts", "weather"), "facts: must be some of consent, "),
        (("--dialect", "duckdb", "--language", "tlh"), "language: must be one of en, "),
        (("--dialect", "oracle"), "oracle"),
    ],
)
def test_what_can_not_be_asked_for_is_refused_in_words(
    arguments: tuple[str, ...], words: str
) -> None:
    refused = sql(*arguments)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert words in refused.stderr

"""`churn campaign`: what it says, and what it refuses."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from churn_lib.cli import app
from churn_lib.cli.campaign_told import tell
from churn_lib.customer.schema import ARTIFACTS
from churn_lib.offers.catalogue import catalogue
from churn_lib.scale.campaign import Limits, Plan
from churn_lib.scale.campaign_file import Outcome
from tests.churn_lib.offers.samples import TODAY
from tests.churn_lib.scale.scoring import customers, write_ndjson

OFFERS = catalogue().offers
FIRST = OFFERS[0].id


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_ndjson(tmp_path_factory.mktemp("campaign") / "customers.ndjson", customers(120))


def churn(source: Path, target: Path, *options: str) -> Result:
    words = ["campaign", str(source), str(target), "--date", TODAY.isoformat(), *options]
    return CliRunner().invoke(app, words, env={"COLUMNS": "100", "NO_COLOR": "1"})


def said(result: Result) -> str:
    """What was printed, on one line."""
    return " ".join(result.stdout.split())


def test_value_cost_and_the_prices_of_limits_are_said(source: Path, tmp_path: Path) -> None:
    result = churn(
        source,
        tmp_path / "planned.csv",
        *("--budget", "25", "--contacts", "30", "--cap", f"{FIRST}=0", "--holdout", "0.2"),
    )
    assert (result.exit_code, result.stderr) == (0, "")
    told = said(result)
    assert "no choice within these limits brings a cent more" in told
    assert "the most valuable offers first would bring" in told
    assert "USD expected of 25.00" in told
    assert " of 30 " in told
    assert "of 120 customers, who get nothing" in told
    assert "1 more of budget brings" in told
    assert "1 more contact brings" in told
    assert f"1 more place in {FIRST} brings" in told
    assert told.endswith("planned.csv: 120 rows")


def test_top_is_a_limit_of_contacts_alone(source: Path, tmp_path: Path) -> None:
    told = said(churn(source, tmp_path / "planned.parquet", "--top", "7"))
    assert "Contacts 7 of 7" in told
    assert "1 more contact brings" in told
    assert "1 more of budget" not in told


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--top", "3", "--budget", "9"), "--top: is the only limit, where it is given"),
        (("--cap", "nothing=3"), f"--cap: must be OFFER=NUMBER, with an offer of {FIRST}, "),
        (("--cap", f"{FIRST}=some"), "--cap: must be OFFER=NUMBER"),
        (("--cap", FIRST), "--cap: must be OFFER=NUMBER"),
        (("--holdout", "1"), "Invalid value for '--holdout'"),
        (("--budget", "-1"), "Invalid value for '--budget'"),
    ],
)
def test_limits_that_mean_nothing_are_refused(
    options: tuple[str, ...], message: str, source: Path, tmp_path: Path
) -> None:
    result = churn(source, tmp_path / "planned.csv", *options)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())
    assert not list(tmp_path.iterdir())


def test_refused_rows_end_it_with_three(tmp_path: Path) -> None:
    rows = customers(5)
    rows[2]["tenure"] = -1
    file = write_ndjson(tmp_path / "rows.ndjson", rows)
    result = churn(file, tmp_path / "planned.ndjson")
    assert result.exit_code == 3
    assert "planned.ndjson.rejected.csv: 1 rows refused, and why" in result.stderr
    assert len((tmp_path / "planned.ndjson").read_text().splitlines()) == 4


def test_limits_of_the_catalogue_hold_where_none_are_given(source: Path, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    for file in ARTIFACTS.glob("*.*"):
        if file.suffix in {".toml", ".json"}:
            (folder / file.name).write_bytes(file.read_bytes())
    text = (ARTIFACTS / "offers.toml").read_text("utf-8")
    limited = text.replace("# [campaign]", "[campaign]\ncontacts = 9\n#", 1)
    (folder / "offers.toml").write_text(limited, "utf-8")
    words = ["campaign", str(source), "-", "--folder", str(folder), "--date", TODAY.isoformat()]
    code = "from churn_lib.cli import app; app()"
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True
    )
    assert "Contacts  9 of 9" in done.stderr
    offers = [line for line in done.stdout.splitlines() if '"campaign_offer":null' not in line]
    assert len(offers) == 9


def plan(value: float, bound: float) -> Plan:
    one = np.array([0])
    money = np.array([value])
    return Plan(one, one, money, money, bound, np.zeros(2 + len(OFFERS)), 0.0)


@pytest.mark.parametrize(
    ("bound", "words"),
    [
        (500.0, "no choice within these limits brings a cent more"),
        (500.012, "at most 0.02 USD or 0.0024 % below the best that is possible"),
        (1000.0, "at most 500.00 USD or 50 % below the best that is possible"),
    ],
)
def test_how_good_a_choice_is_at_least_is_said(
    bound: float, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    free = Limits(None, None, [None] * len(OFFERS))
    tell(Outcome(plan(500.0, bound), 1, 0, 0, ()), free, catalogue(), "planned.csv")
    assert words in " ".join(capsys.readouterr().out.split())

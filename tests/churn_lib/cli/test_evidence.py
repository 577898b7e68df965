"""The commands about an experiment, as a marketing owner types them."""

import json
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

import duckdb
import pytest
from sqlglot import exp, parse_one

from churn_lib.cli.customers import read_as
from churn_lib.cli.lift import lift
from churn_lib.cli.views import views as print_views
from churn_lib.customer.request import PredictRequest
from churn_lib.customer.schema import ARTIFACTS
from churn_lib.errors import InputError
from churn_lib.evidence.choices import choices
from churn_lib.evidence.views import Asked, views
from churn_lib.lint.grid import grid
from churn_lib.offers.catalogue import load
from churn_lib.offers.experiment import assigned, keys_of
from churn_lib.score.scorecard import scorecard
from tests.churn_lib.evidence.world import World, lived
from tests.serving import ROOT, clean_environment

TRIAL = '[experiment]\nname = "a-trial"\nholdout = 0.2\nexplore = 0.1\n\n[greetings]'


def churn(*arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    variables = clean_environment() | ({"CHURN_ARTIFACTS": str(folder)} if folder else {})
    return subprocess.run(
        [sys.executable, "-m", "churn_lib", *arguments],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped artifacts, with an experiment."""
    path = tmp_path_factory.mktemp("artifacts")
    for file in ("customer.toml", "scorecard.json", "manifest.json", "offers.toml"):
        text = (ARTIFACTS / file).read_text(encoding="utf-8")
        (path / file).write_text(text.replace("[greetings]", TRIAL, 1), encoding="utf-8")
    return path


def options(folder: Path, world: World) -> list[str]:
    decisions, outcomes, _ = lived(world, folder)
    return ["--decisions", str(decisions), "--outcomes", str(outcomes), "--as-of", "2027-01-01"]


def test_an_owner_reads_how_many_customers_a_trial_needs() -> None:
    done = churn("power", "--churn", "0.3", "--lift", "0.03", "--triggered", "0.45")
    assert done.returncode == 0, done.stderr
    said = " ".join(done.stdout.split())
    assert "19,647 who would get an offer must take part: 1,965 of them get none" in said
    assert "that takes 43,660 customers" in said


def test_an_owner_reads_what_her_customers_could_show() -> None:
    said = " ".join(churn("power", "--churn", "0.3", "--customers", "5000").stdout.split())
    assert "5,000 customers show offers that keep 5.81 of 100 or more" in said
    assert "sees when 19 % of the holdout's customers are lost" in said


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (("--churn", "0"), "--churn"),
        (("--churn", "0.1", "--lift", "0.2"), "--lift"),
        (("--holdout", "0.99"), "--holdout"),
        (("--chance", "1"), "--chance"),
    ],
)
def test_what_can_not_be_planned_is_named(given: tuple[str, ...], field: str) -> None:
    done = churn("power", *given)
    assert done.returncode == 2
    assert field in done.stderr


def test_an_owner_reads_what_offers_did(folder: Path, tmp_path: Path) -> None:
    done = churn("lift", *options(tmp_path, World()), folder=folder)
    assert done.returncode == 0, done.stderr
    said = " ".join(done.stdout.split())
    assert "More who stay +10.75 of 100 [+9.05, +12.47]" in said
    assert "One more costs 106.17" in said
    assert "whoever stays anyway accepts as well" in said
    assert "offer-1" in said


def test_a_program_reads_the_same_as_json(folder: Path, tmp_path: Path) -> None:
    done = churn("lift", "--json", *options(tmp_path, World()), folder=folder)
    found = json.loads(done.stdout)
    assert found["experiment"] == "a-trial"
    assert found["effects"]["lift"][0] == pytest.approx(0.10754787)


def counted_by_a_warehouse(folder: Path) -> Path:
    """The table that DuckDB makes of the logs by the views that are printed."""
    decisions, outcomes, _ = lived(World(), folder)
    text = views(Asked("duckdb", experiment="a-trial", as_of=date(2027, 1, 1)))["churn_evidence"]
    table = folder / "small.csv"
    with duckdb.connect() as base:
        for file in (decisions, outcomes):
            base.read_json(str(file)).create_view(file.stem)
        words = "'none' AS written_by, 'none' AS fallback_reason"
        base.execute(
            f"CREATE VIEW decision_log AS SELECT *, {words} FROM decisions"
            " UNION ALL BY NAME SELECT * FROM outcomes"
        )
        base.execute(f"COPY ({text}) TO '{table}'")
    return table


def test_what_a_warehouse_counted_shows_and_teaches_the_same(folder: Path, tmp_path: Path) -> None:
    table = str(counted_by_a_warehouse(tmp_path))
    found = churn("lift", "--table", table, "--markdown", folder=folder)
    assert "takes a log with its propensities" in found.stdout
    assert found.returncode == 0, found.stderr
    assert "## What offers do" in found.stdout
    assert "| More who stay | +10.75 of 100 [+9.05, +12.47] |" in found.stdout
    learnt = churn("learn", "--table", table, "--json", folder=folder)
    assert set(json.loads(learnt.stdout)["learnt"]) >= {"a", "b", "acceptances", "deadweights"}


def test_logs_and_the_table_of_a_warehouse_are_not_given_both(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--as-of: not with --table"):
        lift(table=tmp_path / "small.csv", as_of=datetime(2027, 1, 1, tzinfo=UTC))
    with pytest.raises(InputError, match="--outcomes: must be given, or --table"):
        lift(decisions=[tmp_path / "d.ndjson"], as_of=datetime(2027, 1, 1, tzinfo=UTC))
    with pytest.raises(InputError, match="--other: needs the logs"):
        lift(table=tmp_path / "small.csv", other=tmp_path / "choices.csv")


def test_the_views_of_a_warehouse_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    print_views(dialect="bigquery", experiment="a-trial")
    said = capsys.readouterr().out
    made = dict(re.findall(r"(?s)CREATE OR REPLACE VIEW (\w+) AS\n(.*?);\n", said))  # as Terraform
    assert [*made] == ["churn_evidence", "churn_fallbacks", "churn_costs", "churn_drift"]
    assert "'a-trial'" in made["churn_evidence"]
    for query in made.values():
        assert "decision_log" in {
            one.name for one in parse_one(query, "bigquery").find_all(exp.Table)
        }


def test_arms_that_may_not_be_compared_end_the_command(folder: Path, tmp_path: Path) -> None:
    done = churn("lift", *options(tmp_path, World(holdout=0.4)), folder=folder)
    assert done.returncode == 3
    assert "WRONG" in done.stdout
    assert "More who stay" not in done.stdout


def test_too_few_leavers_show_nothing_yet(folder: Path, tmp_path: Path) -> None:
    done = churn("lift", *options(tmp_path, World(customers=60)), folder=folder)
    assert done.returncode == 0
    assert "Not known yet: too few have left" in " ".join(done.stdout.split())


def test_shares_come_from_the_catalogue_of_the_experiment(tmp_path: Path) -> None:
    done = churn("lift", *options(tmp_path, World(customers=60)))
    assert done.returncode == 2
    assert "the catalogue has no experiment a-trial" in done.stderr


def simulated(folder: Path, path: Path, *more: str, size: int = 6000) -> list[str]:
    """The options of `lift` and `learn` for a trial that was simulated."""
    done = churn(
        *("simulate", "--size", str(size), "--begin", "2026-11-28", "--write", str(path), *more),
        folder=folder,
    )
    assert done.returncode == 0, done.stderr
    files = ["--decisions", str(path / "decisions.ndjson")]
    return [*files, "--outcomes", str(path / "outcomes.ndjson"), "--as-of", "2027-08-01"]


def test_an_owner_simulates_learns_and_gets_a_catalogue_without_faults(
    folder: Path, tmp_path: Path
) -> None:
    given = simulated(folder, tmp_path / "logs")
    new = tmp_path / "new.toml"
    done = churn("learn", "--naive", "--write", str(new), *given, folder=folder)
    assert done.returncode == 0, done.stderr
    said = " ".join(done.stdout.split())
    assert "WRONG: accepted of shown" in said
    assert "too few to tell" in said
    assert "if what was learnt is true" in said
    linted = churn("offers", "lint", str(new), folder=folder)
    assert linted.returncode == 0, linted.stdout
    compared = churn("simulate", "--against", str(new), folder=folder)
    assert "new.toml" in compared.stdout
    again = churn("learn", "--write", str(new), *given, folder=folder)
    assert again.returncode == 2
    assert "new.toml is there already" in again.stderr


def test_logs_that_are_there_are_kept(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outcomes.ndjson").write_text("mine\n")
    done = churn("simulate", "--size", "10", "--write", str(tmp_path), folder=folder)
    assert done.returncode == 2
    assert "outcomes.ndjson is there already" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["outcomes.ndjson"]


def test_arms_that_may_not_be_compared_teach_nothing(folder: Path, tmp_path: Path) -> None:
    done = churn("learn", *options(tmp_path, World(holdout=0.4)), folder=folder)
    assert done.returncode == 3
    assert "WRONG" in done.stdout
    assert "Learnt" not in done.stdout


def test_too_few_leavers_teach_nothing_yet(folder: Path, tmp_path: Path) -> None:
    done = churn("learn", *options(tmp_path, World(customers=60)), folder=folder)
    assert done.returncode == 0
    assert "Not known yet" in " ".join(done.stdout.split())


def test_an_owner_reads_what_another_catalogue_would_have_brought(
    folder: Path, tmp_path: Path
) -> None:
    other = tmp_path / "plain.toml"
    text = (folder / "offers.toml").read_text(encoding="utf-8")
    other.write_text(text.replace("floor = 1.00", "floor = 60.00"), encoding="utf-8")
    given = simulated(folder, tmp_path / "logs", "--against", str(other), size=3000)
    told = churn(
        *("lift", *given, "--other", str(tmp_path / "logs" / "choices-plain.ndjson")), folder=folder
    )
    assert told.returncode == 0, told.stderr
    said = " ".join(told.stdout.split())
    assert "Other ways to choose" in said
    assert "the riskier half" in said
    assert "other" in said
    assert "The other way is" in said


def test_another_catalogue_is_judged_by_the_requests_of_the_experiment(
    folder: Path, tmp_path: Path
) -> None:
    secret, path = "a key of a trial", tmp_path / "requests.ndjson"
    people = [*islice(grid(), 200)]
    names = [f"C-{number}" for number in range(len(people))]
    path.write_text(
        "".join(
            json.dumps({**one.model_dump(), "customerID": name}) + "\n"
            for one, name in zip(people, names, strict=True)
        )
    )
    other = load(folder / "offers.toml")
    assert other.experiment is not None
    requests = read_as(PredictRequest, path)
    found = choices(other, other.experiment, secret, requests, scorecard(), date(2026, 11, 28))
    keys = keys_of(secret)
    assert [*found] == [assigned(other.experiment, keys, name).unit for name in names]
    assert {"none", "annual-plan"} < {*found.values()}


@pytest.mark.parametrize(
    ("given", "message"),
    [((), "--customers"), (("--customers", "requests.ndjson"), "needs EXPERIMENT_KEY")],
)
def test_what_another_catalogue_lacks_to_be_judged_is_told(
    given: tuple[str, ...], message: str, folder: Path, tmp_path: Path
) -> None:
    logs = options(tmp_path, World(customers=60))
    done = churn("lift", *logs, "--other", str(folder / "offers.toml"), *given, folder=folder)
    assert done.returncode == 2
    assert message in done.stderr


def test_an_owner_sees_on_which_assumption_most_hangs(folder: Path) -> None:
    done = churn("simulate", "--tornado", folder=folder)
    assert done.returncode == 0, done.stderr
    _, _, hangs = done.stdout.partition("On what")
    assert [line.split()[0] for line in hangs.splitlines()[2:4]] == ["acceptance", "gross_margin"]
    assert max(map(len, done.stdout.splitlines())) <= 80

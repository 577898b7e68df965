"""`churn drift` as a data scientist types it, and as a pipeline runs it every week."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import typer

from churn_lib.cli.drift import DRIFTED, drift
from churn_lib.customer.schema import ARTIFACTS
from churn_lib.errors import DataError, InputError
from tests.churn_lib.cli.test_evidence import churn
from tests.customers import random_customer


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped artifacts, compared with made-up customers."""
    path = tmp_path_factory.mktemp("artifacts")
    shutil.copytree(ARTIFACTS, path, dirs_exist_ok=True)
    drift(current=customers(path / "first.ndjson", 3000, seed=1), reference=path, keep=True)
    return path


def customers(path: Path, size: int, seed: int, **changes: str) -> Path:
    rng = np.random.default_rng(seed)
    rows = [{**random_customer(rng), **changes} for _ in range(size)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_customers_that_are_as_before_end_with_0(folder: Path, tmp_path: Path) -> None:
    done = churn(
        *("drift", "--reference", str(folder), "--current"),
        str(customers(tmp_path / "now.ndjson", 1000, seed=2)),
    )
    assert done.returncode == 0, done.stderr
    assert "1,000 customers beside 3,000 of the training" in done.stdout
    assert "ACT" not in done.stdout.replace("(ACT)", "")


def test_a_drift_is_shown_drawn_and_ends_with_4(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = customers(tmp_path / "now.ndjson", 500, seed=3, Contract="Two year")
    with pytest.raises(typer.Exit) as ended:
        drift(current=now, reference=folder)
    said = capsys.readouterr().out
    assert ended.value.exit_code == DRIFTED
    assert "Contract: share before, and now" in said
    assert "100.0%" in said


def test_a_program_reads_the_same_as_json_with_what_is_not_allowed(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = customers(tmp_path / "now.ndjson", 300, seed=4)
    with now.open("a") as file:
        file.writelines(
            json.dumps({**random_customer(np.random.default_rng(5)), "Contract": "For ever"}) + "\n"
            for _ in range(60)
        )
    with pytest.raises(typer.Exit):
        drift(current=now, reference=folder, as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert (found["current"], found["not_allowed"]) == (300, 60)
    verdicts = {one["name"]: one["verdict"] for one in found["drifts"]}
    assert verdicts.pop("Contract") == "act"
    assert set(verdicts.values()) == {"none"}


def test_decisions_show_the_drift_of_the_score_alone(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "decisions.ndjson"
    line = {"event": "decision", "time": "2026-01-01T00:00:00Z", "unit": "none", "probability": 0.9}
    rows = [{**line, "decision_id": f"{row:032x}"} for row in range(200)]
    log.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(typer.Exit):
        drift(current=log, reference=folder, as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert [(one["name"], one["verdict"]) for one in found["drifts"]] == [("score", "act")]


def test_what_is_lacking_is_named(folder: Path, tmp_path: Path) -> None:
    now = customers(tmp_path / "now.ndjson", 5, seed=6)
    with pytest.raises(InputError, match="needs decisions as --current"):
        drift(current=now, reference=folder, outcomes=[now])
    with pytest.raises(DataError, match="has no customers that can be scored"):
        drift(current=customers(tmp_path / "bad.ndjson", 5, 7, Contract="x"), reference=folder)
    faulty = tmp_path / "bad.ndjson"
    faulty.write_text(faulty.read_text() + now.read_text())
    with pytest.raises(DataError, match="5 rows are not allowed"):
        drift(current=faulty, reference=folder, keep=True)
    with pytest.raises(DataError, match="can't be read"):
        drift(current=tmp_path / "nowhere.ndjson", reference=folder)

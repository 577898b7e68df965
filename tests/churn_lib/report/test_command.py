"""`churn report`, as somebody types it."""

import subprocess
import sys
from pathlib import Path

import numpy as np
from typer.testing import CliRunner

from churn_lib.cli import app
from churn_lib.report.card import model_card
from churn_lib.report.tables import NAMES
from churn_lib.training.files import MODEL_CARD
from tests.churn_lib.report.conftest import Measured
from tests.customers import synthetic_csv
from tests.serving import ROOT


def report(file: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "churn_lib", "report", str(file), "--folder", str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_report_is_made_of_what_was_stored(made: Measured) -> None:
    done = report(made.file, made.folder)
    failed = [one for one in made.evaluation.canaries if not one.holds]
    assert done.returncode == bool(failed)
    assert (made.folder / MODEL_CARD).read_text("utf-8") == model_card(made.evaluation)
    assert all((made.folder / name).is_file() for name in NAMES.values())
    assert MODEL_CARD in done.stdout


def test_a_report_on_other_customers_is_refused(made: Measured, tmp_path: Path) -> None:
    others = synthetic_csv(tmp_path / "others.csv", 20, np.random.default_rng(4))
    done = report(others, made.folder)
    assert (done.returncode, done.stdout) == (3, "")
    assert "stale: it was measured with another data;" in done.stderr


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["report", str(tmp_path / "none.csv")])
    assert result.exit_code == 2
    assert "none.csv can't be read" in result.stderr

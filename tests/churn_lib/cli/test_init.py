"""`churn init` at the command line: what it prints, in 80 columns, and its exit codes."""

import io
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from churn_lib.cli import app
from churn_lib.cli.init import listed
from churn_lib.propose.doubts import Doubt, Weight
from tests.churn_lib.propose.tables import file_of, honest
from tests.serving import ROOT


@pytest.fixture
def file(tmp_path: Path) -> Path:
    columns = honest(np.random.default_rng(3))
    gone = np.array([one == "Yes" for one in columns["Churn"]])
    reason = np.where(gone, "price", "")
    return file_of(
        {**columns, "Sex": np.resize(["f", "m"], 600), "Why": reason}, tmp_path / "a.csv"
    )


def run(file: Path, folder: Path, options: Sequence[str] = ("--target", "Churn")) -> Result:
    command = ["init", str(file), "--folder", str(folder), *options]
    return CliRunner().invoke(app, command, env={"COLUMNS": "80"})


def test_what_to_look_at_is_printed_the_worst_first_in_80_columns(
    file: Path, tmp_path: Path
) -> None:
    result = run(file, tmp_path / "own")
    assert result.exit_code == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0] == "600 customers"
    looked_at = lines[lines.index("Look at this, the worst first") + 1 :]
    assert looked_at[0].startswith("  Why          left out: tells the answer by itself")
    assert any(line.startswith("  (protected)  Sex: used for no score") for line in looked_at)
    assert f"Written to {tmp_path / 'own'}: customer.toml, offers.toml" in result.stdout
    own = [line for line in lines if str(tmp_path) not in line]
    assert max(map(len, own)) <= 80


def test_a_second_run_keeps_the_files_and_says_so(file: Path, tmp_path: Path) -> None:
    run(file, tmp_path / "own")
    again = run(file, tmp_path / "own")
    assert again.exit_code == 0
    assert f"{tmp_path / 'own'} is as it was" in again.stdout
    assert "Look at this" not in again.stdout


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--target", "Chrun"], "a.csv has no column 'Chrun'; did you mean 'Churn'?"),
        (["--target", "x"], "has no column 'x'; it has Churn, Months in service"),
        (["--target", "Plan"], "say by --left which value of Plan means that they left: one of"),
        (["--target", "Monthly fee"], "Monthly fee can't say who left: it has"),
        (["--target", "Churn", "--left", "x"], "Churn has no value 'x'; it has 'No', 'Yes'"),
    ],
)  # fmt: skip
def test_what_can_not_be_used_ends_with_2_and_what_to_do(
    options: list[str], problem: str, file: Path, tmp_path: Path
) -> None:
    result = run(file, tmp_path / "own", options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert problem in result.stderr
    assert not (tmp_path / "own").exists()


def test_the_value_of_those_who_left_may_be_given(file: Path, tmp_path: Path) -> None:
    assert (
        "Churn is No" in run(file, tmp_path / "own", ["--target", "churn", "--left", "no"]).stdout
    )
    text = (tmp_path / "own" / "customer.toml").read_text("utf-8")
    assert 'left = "No", stayed = "Yes"' in text


def test_the_folder_that_is_made_may_be_in_force_already(file: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "CHURN_ARTIFACTS": str(tmp_path / "own")}
    command = [sys.executable, "-m", "churn_lib", "init", str(file), "--target", "Churn"]
    command += ["--folder", str(tmp_path / "own")]
    result = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")


def test_of_very_many_doubts_the_worst_are_printed() -> None:
    terminal = Console(file=io.StringIO(), width=80)
    terminal.print(listed([Doubt(Weight.LEFT_OUT, f"c{n}", "left out") for n in range(50)]))
    assert isinstance(terminal.file, io.StringIO)
    lines = terminal.file.getvalue().splitlines()
    assert len(lines) == 41
    assert lines[-1].endswith("and 10 more, each at its line of the file")

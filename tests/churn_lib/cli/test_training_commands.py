import hashlib
import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from typer.testing import CliRunner

from churn_lib.cli import app
from churn_lib.cli.report import comparison
from churn_lib.cli.training import (
    against_boosting,
    default,
    keep_schema,
    old_and_new,
    replace_after_all,
    summary,
    watched,
    written,
)
from churn_lib.customer.schema import ARTIFACTS, CUSTOMER
from churn_lib.errors import DataError
from churn_lib.training.data import read_customers
from churn_lib.training.evaluate import Estimate, Result
from churn_lib.training.train import Report, train
from churn_lib.training.versus import Figures, Versus
from tests.churn_lib.training.conftest import CURVES, TODAY
from tests.customers import synthetic_csv

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("artifacts")


@pytest.fixture(scope="module")
def report(folder: Path) -> Report:
    data = read_customers(synthetic_csv(folder / "customers.csv", 200, np.random.default_rng(7)))
    return train(data, folder, today=TODAY, recipes=CURVES, n_jobs=1)


def test_the_summary_names_the_recipe_the_terms_and_every_metric(report: Report) -> None:
    labels = dict(summary(report, Console()))
    assert labels["Recipe"] == "rises"
    assert labels["Terms"] == "3 curves, 12 levels"
    assert {"AUC", "log loss", "F1"} <= set(labels)


def test_every_file_is_listed_with_the_beginning_of_its_digest(
    report: Report, folder: Path
) -> None:
    listed = dict(written(report.files))
    others = {"pipeline.joblib", "scorecard.json", "model_card.md", "reference.json"}
    assert set(listed) == {*others, "manifest.json"}
    digest = hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    assert listed["manifest.json"] == f"SHA-256 {digest[:12]}"


def test_the_comparison_has_means_and_errors_and_names_what_is_not_installed() -> None:
    results = [
        Result("churn score", "", {"AUC": Estimate(0.85, 0.002)}),
        Result("CatBoost", "", {}),
    ]
    console = Console(file=io.StringIO(), width=80)
    console.print(comparison(results, console))
    assert isinstance(console.file, io.StringIO)
    words = console.file.getvalue().split()
    assert words[:4] == ["AUC", "churn", "score", "0.8500"]
    assert words[-3:] == ["CatBoost", "not", "installed"]


@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_a_file_that_can_not_be_used_ends_with_2_and_its_faulty_rows(
    command: str, tmp_path: Path
) -> None:
    file = synthetic_csv(tmp_path / "customers.csv", 5, np.random.default_rng(1))
    file.write_text(
        file.read_text("utf-8").replace("Female", "Erika").replace("Male", "Erika"), "utf-8"
    )
    result = CliRunner().invoke(app, [command, str(file)])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "row 1: gender must be one of 'Female', 'Male'" in result.stderr
    assert "Erika" not in result.stderr


def test_training_says_that_it_replaces_artifacts_by_default_those_that_are_served(
    tmp_path: Path,
) -> None:
    few = str(synthetic_csv(tmp_path / "customers.csv", 20, np.random.default_rng(1)))
    served, fresh = (
        CliRunner().invoke(app, ["train", few, *more])
        for more in ([], ["--folder", str(tmp_path / "new")])
    )
    assert (
        served.stderr.splitlines()[0]
        == f"The artifacts in {ARTIFACTS} will be replaced at the end; Ctrl-C keeps them."
    )
    assert "replaced" not in fresh.stderr
    assert served.stderr.splitlines()[1:] == fresh.stderr.splitlines()


@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_without_scikit_learn_the_extra_to_install_is_named(command: str) -> None:
    code = (
        "import sys; sys.modules['sklearn'] = None; from churn_lib.cli "
        f"import app; app(['{command}', 'no.csv'])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert result.stderr == "scikit-learn: is not installed; type: pip install -e '.[train]'\n"


def test_the_gap_to_boosting_is_told_first_of_all(report: Report) -> None:
    console = Console(file=io.StringIO(), width=100)
    console.print(against_boosting(report))
    assert isinstance(console.file, io.StringIO)
    first, second, *_ = console.file.getvalue().splitlines()
    assert first.startswith("AUC 0.")
    assert ", LightGBM 0." in first
    assert second.startswith("Log loss 0.")


@pytest.mark.parametrize(("fair", "told"), [(True, "not seen by"), (False, "may have seen")])
def test_old_and_new_are_told_with_what_flatters_the_old(fair: bool, told: str) -> None:
    versus = Versus(Figures(0.4, 0.8), Figures(0.5, 0.7), fair, 1000, 20, (3, 500))
    facts = dict(old_and_new(versus))
    assert told in facts["Customers"]
    assert facts["Old"] == "log loss 0.4000, AUC 0.8000"
    assert facts["Another risk band"] == "20 of 1,000 customers"
    assert facts["Another offer"] == "3 of 500 customers"


def test_without_a_terminal_better_artifacts_stay_unless_forced(
    report: Report, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match="are better than the new ones, and so they stay; --force"):
        replace_after_all(report, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_new_folder_gets_the_schema_of_its_score_and_an_old_one_keeps_its_own(
    tmp_path: Path,
) -> None:
    keep_schema(tmp_path)
    assert (tmp_path / CUSTOMER).read_bytes() == (ARTIFACTS / CUSTOMER).read_bytes()
    (tmp_path / CUSTOMER).write_text("its own")
    keep_schema(tmp_path)
    assert (tmp_path / CUSTOMER).read_text() == "its own"


def test_progress_says_nothing_where_nobody_watches(capfd: pytest.CaptureFixture[str]) -> None:
    with watched() as progress:
        progress("Cross-validating", 1, 5)
    assert capfd.readouterr() == ("", "")


def test_a_seed_of_zero_is_a_seed() -> None:
    assert (default(0, 2024), default(None, 2024)) == (0, 2024)

"""Training from a file of customers to three artifacts."""

import dataclasses
import hashlib
import json
import shutil
from pathlib import Path

import joblib
import numpy as np
import pytest

from churn_lib.customer.model import Customer
from churn_lib.errors import ArtifactError, DataError
from churn_lib.score import scorecard
from churn_lib.training.data import Dataset
from churn_lib.training.train import PIPELINE, replace_files, train
from tests.churn_lib.training.agreement import largest_difference
from tests.churn_lib.training.conftest import PAIRED, PLAIN, Trained
from tests.customers import probes, random_customer


def test_the_manifest_holds_the_digest_of_each_file_and_of_the_data(trained: Trained) -> None:
    manifest = json.loads((trained.folder / scorecard.MANIFEST).read_bytes())
    assert sorted(path.name for path in trained.folder.iterdir()) == sorted(
        [scorecard.MANIFEST, *manifest["files"]]
    )
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((trained.folder / name).read_bytes()).hexdigest() == digest
    assert manifest["data"]["sha256"] == trained.dataset.sha256
    assert manifest["data"]["rows"] == 600
    assert manifest["data"]["churn_rate"] == pytest.approx(trained.dataset.left.mean())


def test_the_manifest_holds_the_choice_and_metrics_with_their_standard_errors(
    trained: Trained,
) -> None:
    manifest = json.loads((trained.folder / scorecard.MANIFEST).read_bytes())
    assert manifest["choice"]["candidate"]["penalty"] == 0.1
    assert manifest["metrics"]["AUC"]["mean"] == trained.report.result.metrics["AUC"].mean
    assert manifest["metrics"]["AUC"]["standard_error"] > 0
    assert manifest["libraries"]["scikit-learn"]


def test_the_same_data_and_seed_give_the_same_bytes_on_another_number_of_cores(
    trained: Trained, tmp_path: Path
) -> None:
    train(trained.dataset, tmp_path, shapes=[PAIRED], penalties=[0.1], repeats=1, n_jobs=2)
    for name in (scorecard.SCORECARD, PIPELINE, scorecard.MANIFEST):
        assert (tmp_path / name).read_bytes() == (trained.folder / name).read_bytes()


def test_written_artifacts_load_and_agree_with_the_pipeline_everywhere(trained: Trained) -> None:
    loaded, pipeline = scorecard.load(trained.folder), joblib.load(trained.folder / PIPELINE)
    assert loaded.card == trained.report.card
    assert largest_difference(loaded, pipeline, probes(np.random.default_rng(3), 10_000)) <= 1e-9


def test_a_scorecard_of_another_training_is_refused(trained: Trained, tmp_path: Path) -> None:
    shutil.copytree(trained.folder, tmp_path, dirs_exist_ok=True)
    other = trained.report.card.model_copy(update={"intercept": 0.0})
    (tmp_path / scorecard.SCORECARD).write_text(other.model_dump_json())
    with pytest.raises(ArtifactError, match="SHA-256 differ"):
        scorecard.load(tmp_path)


def test_an_interrupted_training_leaves_the_old_artifacts(
    trained: Trained, dataset: Dataset, tmp_path: Path
) -> None:
    shutil.copytree(trained.folder, tmp_path, dirs_exist_ok=True)

    def interrupt(what: str, done: int, total: int) -> None:
        if what == "Choosing the penalty" and done == total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(
            dataset,
            tmp_path,
            shapes=[PLAIN],
            penalties=[0.02],
            repeats=1,
            n_jobs=1,
            progress=interrupt,
        )
    assert {path.name for path in tmp_path.iterdir()} == {
        path.name for path in trained.folder.iterdir()
    }
    assert all(
        path.read_bytes() == (trained.folder / path.name).read_bytes()
        for path in tmp_path.iterdir()
    )


def test_too_few_customers_are_refused_before_any_work(dataset: Dataset, tmp_path: Path) -> None:
    few = dataclasses.replace(dataset, frame=dataset.frame[:60], left=dataset.left[:60])
    with pytest.raises(DataError, match="at least 30 customers who left and 30 who stayed"):
        train(few, tmp_path)
    assert not list(tmp_path.iterdir())


def test_files_that_can_not_all_be_written_replace_none(tmp_path: Path) -> None:
    replace_files(tmp_path, {"first": b"old", "second": b"old"})
    with pytest.raises(FileNotFoundError):
        replace_files(tmp_path, {"first": b"new", "no such folder/second": b"new"})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "first": b"old",
        "second": b"old",
    }


@pytest.mark.parametrize("what", ["Cross-validating", "Choosing the penalty"])
def test_progress_counts_up_to_the_total_of_each_step(trained: Trained, what: str) -> None:
    steps = [(done, total) for name, done, total in trained.progress if name == what]
    assert steps
    assert steps == [(number, len(steps)) for number in range(1, len(steps) + 1)]


def test_intercept_and_effects_make_the_logit_of_a_trained_card(trained: Trained) -> None:
    loaded, rng = scorecard.load(trained.folder), np.random.default_rng(4)
    for _ in range(200):
        score = loaded.score(Customer.model_validate(random_customer(rng)))
        assert abs(loaded.card.intercept + sum(score.effects) - score.logit) <= 1e-12


def test_a_folder_that_can_not_be_made_is_refused_before_any_work(
    dataset: Dataset, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("here already")
    with pytest.raises(DataError, match="the folder for the artifacts can't be made"):
        train(dataset, tmp_path / "file")

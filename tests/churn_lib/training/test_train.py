"""Training from a file of customers to three artifacts."""

import dataclasses
import hashlib
import json
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import joblib
import numpy as np
import polars as pl
import pytest

from churn_lib.customer.model import Customer, example
from churn_lib.errors import ArtifactError, DataError
from churn_lib.score import scorecard
from churn_lib.score.reference import load_reference, reference_of
from churn_lib.score.terms import Card
from churn_lib.training.data import Dataset
from churn_lib.training.files import MODEL_CARD, PIPELINE, replace_files, write
from churn_lib.training.train import train
from tests.churn_lib.training.agreement import largest_difference
from tests.churn_lib.training.conftest import CURVES, TODAY, Trained
from tests.customers import probes, random_customer

ROOT = Path(__file__).parents[3]


def test_the_manifest_holds_the_digest_of_each_file_and_of_the_data(trained: Trained) -> None:
    manifest = json.loads((trained.folder / scorecard.MANIFEST).read_bytes())
    assert sorted(path.name for path in trained.folder.iterdir()) == sorted(
        [scorecard.MANIFEST, MODEL_CARD, *manifest["files"]]
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
    assert manifest["choice"]["recipe"] == "rises"
    assert 0 < manifest["choice"]["log_loss"]["rises"] < 0.7
    assert manifest["metrics"]["AUC"]["mean"] == trained.report.result.metrics["AUC"].mean
    assert manifest["metrics"]["AUC"]["standard_error"] > 0
    assert manifest["libraries"]["scikit-learn"]


def test_the_reference_counts_the_customers_of_the_training(trained: Trained) -> None:
    found, frame = load_reference(trained.folder), trained.dataset.frame
    assert found.customers == 600
    assert found.attributes["Contract"].counts == dict(frame["Contract"].value_counts().iter_rows())
    card = scorecard.load(trained.folder)
    scores = [card.score(customer).probability for customer in _customers(frame)]
    columns = {column.name: column.to_list() for column in frame}
    assert reference_of(columns, scores) == found


def _customers(frame: pl.DataFrame) -> list[Customer]:
    """The protected attributes do not matter."""
    plain = example().model_dump()
    return [Customer.model_validate(plain | row) for row in frame.iter_rows(named=True)]


def test_the_same_data_and_seed_give_the_same_bytes_on_another_number_of_cores(
    trained: Trained, tmp_path: Path
) -> None:
    train(trained.dataset, tmp_path, today=TODAY, recipes=CURVES, n_jobs=2)
    for name in (scorecard.SCORECARD, PIPELINE, MODEL_CARD, scorecard.MANIFEST):
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
        if what == "Cross-validating" and done == total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(
            dataset,
            tmp_path,
            today=TODAY,
            recipes=CURVES,
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
        train(few, tmp_path, today=TODAY)
    assert not list(tmp_path.iterdir())


def test_files_that_can_not_all_be_written_replace_none(tmp_path: Path) -> None:
    replace_files(tmp_path, {"first": b"old", "second": b"old"})
    with pytest.raises(FileExistsError):
        replace_files(tmp_path, {"first": b"new", "first/is no folder": b"new"})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "first": b"old",
        "second": b"old",
    }


@pytest.mark.parametrize("what", ["Cross-validating", "Choosing the model"])
def test_progress_counts_up_to_the_total_of_each_step(trained: Trained, what: str) -> None:
    steps = [(done, total) for name, done, total in trained.progress if name == what]
    assert steps
    assert steps == [(number, len(steps)) for number in range(1, len(steps) + 1)]


def test_intercept_and_effects_make_the_logit_of_a_trained_card(trained: Trained) -> None:
    loaded, rng = scorecard.load(trained.folder), np.random.default_rng(4)
    for _ in range(200):
        score = loaded.score(Customer.model_validate(random_customer(rng)))
        assert abs(loaded.card.intercept + sum(score.effects) - score.logit) <= 1e-12


@pytest.mark.parametrize("folder", ["{}/file", "{}/file/folder", "/proc/self"])
def test_a_folder_that_can_not_be_made_or_written_is_refused_before_any_work(
    dataset: Dataset, tmp_path: Path, folder: str
) -> None:
    (tmp_path / "file").write_text("here already")
    progress: list[str] = []
    with pytest.raises(DataError, match="the folder for the artifacts can't be made"):
        train(
            dataset,
            Path(folder.format(tmp_path)),
            today=TODAY,
            progress=lambda what, _done, _total: progress.append(what),
        )
    assert not progress


def test_the_artifacts_that_are_replaced_are_kept(trained: Trained, tmp_path: Path) -> None:
    shutil.copytree(trained.folder, tmp_path, dirs_exist_ok=True)
    card = trained.report.card.model_copy(update={"intercept": 0.0})
    write(tmp_path, new_artifacts(card))
    assert scorecard.load(tmp_path).card == card
    assert scorecard.load(tmp_path / scorecard.PREVIOUS).card == trained.report.card
    for old in trained.folder.iterdir():
        if old.name == MODEL_CARD:  # no artifact: nothing reads it
            continue
        assert (tmp_path / scorecard.PREVIOUS / old.name).read_bytes() == old.read_bytes()


def new_artifacts(card: Card) -> dict[str, bytes]:
    files = {PIPELINE: b"pipeline", scorecard.SCORECARD: card.model_dump_json().encode()}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return {**files, scorecard.MANIFEST: json.dumps({"files": digests}).encode()}


def write_and_end(folder: Path, files: dict[str, bytes], prelude: str) -> int:
    """Writes the artifacts in a process of its own, after some lines of Python; its exit code."""
    lines = [
        "import ast, os, sys",
        "from pathlib import Path",
        "from churn_lib.training.files import write",
        "files = ast.literal_eval(sys.stdin.read())",
        prelude,
        f"write(Path({str(folder)!r}), files)",
    ]
    return subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], input=repr(files).encode(), cwd=ROOT, check=False
    ).returncode


KILL = """
moves = 0
def kill(event, _arguments):
    global moves
    if event == "os.rename":
        moves += 1
        if moves > {}:
            os.kill(os.getpid(), 9)
sys.addaudithook(kill)
"""


@pytest.mark.parametrize("moves", [1, 3, 4, 5])
def test_a_kill_between_two_files_leaves_a_whole_set_that_serves(
    trained: Trained, tmp_path: Path, moves: int
) -> None:
    shutil.copytree(trained.folder, tmp_path, dirs_exist_ok=True)
    card = trained.report.card.model_copy(update={"intercept": 0.0})
    assert write_and_end(tmp_path, new_artifacts(card), KILL.format(moves)) == -9
    assert scorecard.load(tmp_path).card == trained.report.card
    # Whoever trains anew after that keeps what was served.
    write(tmp_path, new_artifacts(card))
    assert scorecard.load(tmp_path).card == card
    assert scorecard.load(tmp_path / scorecard.PREVIOUS).card == trained.report.card


def test_what_a_killed_training_left_is_cleared_away(dataset: Dataset, tmp_path: Path) -> None:
    kept = tmp_path / scorecard.PREVIOUS
    for left in (tmp_path / ".new-left", kept / ".new-left"):
        left.mkdir(parents=True)
        (left / PIPELINE).write_bytes(b"half a fi")
    few = dataclasses.replace(dataset, frame=dataset.frame[:60], left=dataset.left[:60])
    with pytest.raises(DataError, match="at least 30 customers"):
        train(few, tmp_path, today=TODAY)
    assert [*tmp_path.iterdir(), *kept.iterdir()] == [kept]


@contextmanager
def full_disk() -> Iterator[None]:
    """A limit on the size of a file stands for it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_said_before_any_work(dataset: Dataset, tmp_path: Path) -> None:
    with full_disk(), pytest.raises(DataError, match="can't be made or written: File too large"):
        train(dataset, tmp_path, today=TODAY)
    assert not list(tmp_path.iterdir())


def test_a_disk_that_is_full_at_the_end_leaves_the_artifacts_as_they_were(
    trained: Trained, tmp_path: Path
) -> None:
    write(tmp_path, new_artifacts(trained.report.card))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    large = {**new_artifacts(trained.report.card), PIPELINE: bytes(100_000)}
    with full_disk(), pytest.raises(DataError, match="can't be written: File too large; those"):
        write(tmp_path, large)
    kept = tmp_path / scorecard.PREVIOUS
    for folder in (tmp_path, kept):
        assert {p.name: p.read_bytes() for p in folder.iterdir() if p != kept} == before

"""A new scorecard beside the one that it is to replace."""

import dataclasses
import json
import shutil
from pathlib import Path

import pytest

from churn_lib.customer.schema import SHIPPED
from churn_lib.score import scorecard
from churn_lib.training.choose import TOLERANCE
from churn_lib.training.files import digests
from churn_lib.training.train import train
from churn_lib.training.versus import Versus, compared
from tests.churn_lib.training.conftest import CURVES, TODAY, Trained


def versus(trained: Trained, folder: Path, sha256: str = "another file") -> Versus:
    dataset = dataclasses.replace(trained.dataset, sha256=sha256)
    found = compared(folder, dataset, trained.report.result, trained.report.card, TODAY)
    assert found is not None
    return found


def rewrite(folder: Path, **changes: object) -> None:
    """Replaces parts of the card, and its digest in the manifest."""
    card = json.loads((folder / scorecard.SCORECARD).read_bytes()) | changes
    content = json.dumps(card).encode()
    (folder / scorecard.SCORECARD).write_bytes(content)
    manifest = json.loads((folder / scorecard.MANIFEST).read_bytes())
    manifest["files"] |= digests({scorecard.SCORECARD: content})
    (folder / scorecard.MANIFEST).write_text(json.dumps(manifest))


@pytest.fixture
def copied(trained: Trained, tmp_path: Path) -> Path:
    shutil.copytree(trained.folder, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_where_there_is_no_scorecard_there_is_nothing_to_compare(
    trained: Trained, tmp_path: Path
) -> None:
    learnt = trained.report.learnt
    assert compared(tmp_path, learnt.dataset, learnt.result, learnt.card, TODAY) is None


def test_the_scorecard_of_another_schema_is_not_compared(trained: Trained, copied: Path) -> None:
    manifest = json.loads((copied / scorecard.MANIFEST).read_bytes())
    (copied / scorecard.MANIFEST).write_text(json.dumps({**manifest, "schema": "another"}))
    learnt = trained.report.learnt
    assert compared(copied, learnt.dataset, learnt.result, learnt.card, TODAY) is None


def test_the_same_scorecard_changes_nobody(trained: Trained, copied: Path) -> None:
    shutil.copy(SHIPPED / "offers.toml", copied)
    found = versus(trained, copied)
    assert (found.bands, found.decisions, found.customers) == (0, (0, 600), 600)


def test_one_that_fears_more_changes_bands_and_offers(trained: Trained, copied: Path) -> None:
    shutil.copy(SHIPPED / "offers.toml", copied)
    rewrite(copied, intercept=trained.report.card.intercept + 2)
    found = versus(trained, copied)
    assert found.bands > 100
    assert found.decisions is not None
    assert found.decisions[0] > 50


def test_without_a_catalogue_no_decision_is_compared(trained: Trained, copied: Path) -> None:
    assert versus(trained, copied).decisions is None
    (copied / "offers.toml").write_text("not a catalogue")
    assert versus(trained, copied).decisions is None


def test_on_the_same_file_the_old_one_has_what_its_own_training_measured(
    trained: Trained, copied: Path
) -> None:
    found = versus(trained, copied, trained.dataset.sha256)
    assert found.fair
    assert found.old == found.new
    assert not found.worse


def test_on_another_file_the_old_one_is_taken_as_it_is(trained: Trained, copied: Path) -> None:
    found = versus(trained, copied)
    assert not found.fair
    assert found.old.log_loss < found.new.log_loss


def test_a_better_one_is_replaced_only_by_force(trained: Trained, copied: Path) -> None:
    manifest = json.loads((copied / scorecard.MANIFEST).read_bytes())
    manifest["metrics"]["log loss"]["mean"] -= 2 * TOLERANCE
    (copied / scorecard.MANIFEST).write_text(json.dumps(manifest))
    for force in (False, True):
        report = train(trained.dataset, copied, today=TODAY, recipes=CURVES, n_jobs=1, force=force)
        assert report.versus is not None
        assert report.versus.worse
        assert report.written is force
        kept = json.loads((copied / scorecard.MANIFEST).read_bytes()) == manifest
        assert kept is not force

"""The stored evaluation: whole, without rows, and refused when it is stale."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from churn_lib.errors import ArtifactError, DataError
from churn_lib.report.evaluation import EVALUATION, check, content_of, read, write
from churn_lib.report.measure import digests
from tests.churn_lib.report.conftest import Measured


def test_what_was_stored_is_read_again(made: Measured) -> None:
    assert read(made.folder) == made.evaluation
    check(made.evaluation, digests(made.folder, made.dataset.sha256))


@pytest.mark.parametrize(
    "name", ["data", "schema", "scorecard", "catalogue", "expectations", "code"]
)
def test_a_stale_evaluation_is_refused_and_says_what_has_changed(name: str, made: Measured) -> None:
    other = {**made.evaluation.digests, name: "another"}
    with pytest.raises(ArtifactError, match=rf"stale: it was measured with another {name};"):
        check(made.evaluation, other)


def test_another_scorecard_or_catalogue_has_another_digest(made: Measured, tmp_path: Path) -> None:
    found = digests(tmp_path, made.dataset.sha256)
    (tmp_path / "offers.toml").write_text("another")
    changed = digests(tmp_path, made.dataset.sha256)
    assert [name for name in found if found[name] != changed[name]] == ["catalogue"]
    assert found["scorecard"] == "none"


@pytest.mark.parametrize("content", ["", "{}", '{"digests": {}}', "[1"])
def test_a_damaged_evaluation_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / EVALUATION).write_text(content)
    with pytest.raises(ArtifactError, match="is damaged"):
        read(tmp_path)


def test_without_an_evaluation_the_command_that_makes_it_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="type: churn evaluate FILE"):
        read(tmp_path)


def test_it_holds_no_row_of_the_data(made: Measured) -> None:
    content = content_of(made.evaluation)
    assert b"made-up-" not in content
    assert max(lengths(json.loads(content))) < len(made.dataset) / 2
    assert len(content) < 60_000


def lengths(value: object) -> Iterator[int]:
    """Of all lists and tables in a value."""
    if isinstance(value, dict | list):
        yield len(value)
        for part in value.values() if isinstance(value, dict) else value:
            yield from lengths(part)


def test_a_file_that_can_not_be_written_leaves_nothing_behind(
    made: Measured, tmp_path: Path
) -> None:
    (tmp_path / EVALUATION).mkdir()
    with pytest.raises(DataError, match=r"evaluation\.json can't be written"):
        write(tmp_path, {EVALUATION: content_of(made.evaluation)})
    assert [path.name for path in tmp_path.iterdir()] == [EVALUATION]

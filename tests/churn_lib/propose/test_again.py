"""`churn init` on a schema that somebody has edited: every line stays."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from churn_lib.customer.schema_file import parse
from churn_lib.errors import ArtifactError, DataError
from churn_lib.propose.doubts import Weight
from churn_lib.propose.start import OFFERS, Started, start
from tests.churn_lib.propose.tables import Cells, file_of, honest


@pytest.fixture
def columns() -> dict[str, Cells]:
    return honest(np.random.default_rng(5))


def started(columns: Mapping[str, Cells], folder: Path) -> Started:
    file = file_of(columns, folder / "customers.csv")
    return start(file, folder / "own", target="Churn")


def said(found: Started, subject: str) -> str:
    return "; ".join(doubt.text for doubt in found.doubts if doubt.subject == subject)


def edited(folder: Path, *changes: tuple[str, str]) -> str:
    path = folder / "own" / "customer.toml"
    text = path.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, "utf-8", newline="")
    return text


def kept(folder: Path) -> str:
    return (folder / "own" / "customer.toml").read_bytes().decode()


def test_nothing_changes_where_nothing_is_new(columns: dict[str, Cells], tmp_path: Path) -> None:
    assert started(columns, tmp_path).files.keys() == {"customer.toml", OFFERS}
    text = edited(
        tmp_path,
        ('label = "Plan"', 'label = "Tarif"  # ours'),
        ("[attributes.Plan]", "\n\n[attributes.Plan]"),
        ("\n", "\r\n"),
    )
    again = started(columns, tmp_path)
    assert (again.files, again.doubts) == ({}, [])
    assert kept(tmp_path) == text


def test_what_the_file_contradicts_is_said_by_attribute(
    columns: dict[str, Cells], tmp_path: Path
) -> None:
    started(columns, tmp_path)
    bill = np.asarray(columns["Monthly fee"]).copy()
    bill[:3] = 50_000
    plan = np.array(["Platinum", *np.asarray(columns["Plan"])[1:]])
    months = np.array(["", "", *np.asarray(columns["Months in service"])[2:]])
    without = {name: cells for name, cells in columns.items() if name != "Support calls"}
    changed = {**without, "Monthly fee": bill, "Plan": plan, "Months in service": months}
    found = started(changed, tmp_path)
    assert said(found, "support_calls") == "the file has no column Support calls"
    assert "is outside 0 to 2000 in 3 rows: the file has" in said(found, "monthly_fee")
    assert said(found, "Plan") == "has levels that are not listed, in 1 row: 'Platinum'"
    assert said(found, "months_in_service").startswith("is blank in 2 rows: give it `unknown`")
    assert {doubt.weight for doubt in found.doubts} == {Weight.SCHEMA}


def test_new_levels_and_columns_are_added_as_comments_once(
    columns: dict[str, Cells], tmp_path: Path
) -> None:
    started(columns, tmp_path)
    before = kept(tmp_path).splitlines()
    plan = np.array(["Platinum", *np.asarray(columns["Plan"])[1:]])
    new = {**columns, "Plan": plan, "Region": np.resize(["North", "South"], len(plan))}
    found = started(new, tmp_path)
    after = kept(tmp_path)
    lines = iter(after.splitlines())
    assert all(line in lines for line in before)  # in the same order
    assert '# not listed, and in the data: ["Platinum", "has plan platinum"]' in after
    assert '# levels = [["North", "has region north"], ["South", "has region south"]]' in after
    assert said(found, "Region") == "new: stands at the end of the schema, as a comment"
    assert parse(after).attributes.keys() == parse("\n".join(before)).attributes.keys()
    assert started(new, tmp_path).files == {}
    assert kept(tmp_path) == after


def test_a_new_column_whose_comment_is_taken_away_is_an_attribute(
    columns: dict[str, Cells], tmp_path: Path
) -> None:
    started(columns, tmp_path)
    started({**columns, "Region": np.resize(["North", "South"], 600)}, tmp_path)
    head, _, block = kept(tmp_path).partition("# New in customers.csv")
    lines = [line.removeprefix("#") for line in block.splitlines()[1:]]
    schema = parse("\n".join([head, *lines]))
    assert schema.attributes["Region"].levels == ("North", "South")


def test_a_suspect_that_was_moved_up_stays_and_is_named_again(
    columns: dict[str, Cells], tmp_path: Path
) -> None:
    gone = np.where(np.array([one == "Yes" for one in columns["Churn"]]), "a", "b")
    started({**columns, "Gone": gone}, tmp_path)
    attribute = '[attributes.Gone]\nlevels = [["a", "is a"], ["b", "is b"]]\n\n[ignored]'
    edited(tmp_path, ("[ignored]", attribute), ('"Gone" =', '"Gone2" ='))
    found = started({**columns, "Gone": gone}, tmp_path)
    assert said(found, "Gone").startswith("is used: tells the answer by itself (AUC 1.000)")
    assert found.files == {}


def test_what_was_ignored_or_left_out_before_is_not_said_again(
    columns: dict[str, Cells], tmp_path: Path
) -> None:
    city = np.resize(["Rome", "Oslo"], 600)
    assert said(started({**columns, "City": city}, tmp_path), "City")
    assert started({**columns, "City": city}, tmp_path).doubts == []


def test_another_target_is_said_and_not_taken(columns: dict[str, Cells], tmp_path: Path) -> None:
    started(columns, tmp_path)
    other = {("Left" if name == "Churn" else name): cells for name, cells in columns.items()}
    file = file_of(other, tmp_path / "customers.csv")
    found = start(file, tmp_path / "own", target="Left")
    assert said(found, "(target)") == "the schema says Churn, and --target Left"
    assert 'column = "Churn"' in kept(tmp_path)
    renamed = {**columns, "Churn": np.where(np.asarray(columns["Churn"]) == "Yes", "Yes", "Here")}
    assert "has values that are not in the schema: 'Here'" in said(
        started(renamed, tmp_path), "(target)"
    )


def test_offers_that_are_there_stay(columns: dict[str, Cells], tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / OFFERS).write_text("mine", "utf-8")
    assert started(columns, tmp_path).files.keys() == {"customer.toml"}
    assert (tmp_path / "own" / OFFERS).read_text("utf-8") == "mine"


@pytest.mark.parametrize("content", [b"version = ", b"\xff", b'[attributes.x]\nlevels = ["a"]\n'])
def test_a_schema_with_faults_is_told_and_left_as_it_is(
    content: bytes, columns: dict[str, Cells], tmp_path: Path
) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "customer.toml").write_bytes(content)
    with pytest.raises(ArtifactError, match=r"customer\.toml"):
        started(columns, tmp_path)
    assert [path.name for path in (tmp_path / "own").iterdir()] == ["customer.toml"]
    assert (tmp_path / "own" / "customer.toml").read_bytes() == content


def test_where_nothing_can_be_proposed_or_written_no_file_is_left(
    columns: dict[str, Cells], tmp_path: Path
) -> None:
    with pytest.raises(DataError, match="has no column beside Churn to tell from"):
        started({"Churn": columns["Churn"], "x": ["same"] * 600}, tmp_path)
    assert not (tmp_path / "own").exists()
    (tmp_path / "own").write_text("a file", "utf-8")
    with pytest.raises(ArtifactError, match="Not a directory"):
        started(columns, tmp_path)

"""Files of any kind as one table, and files that nobody should try to read."""

import datetime
import hashlib
from pathlib import Path

import polars as pl
import pytest

from churn_lib.errors import DataError
from churn_lib.tables.headings import MOST_COLUMNS
from churn_lib.tables.read import MOST_BYTES, read_table
from churn_lib.tables.table import LONGEST_HEADING, MOST_CELLS, Table
from churn_lib.tables.text import LONGEST_LINE
from tests.churn_lib.tables.sheets import workbook


def refusal(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        read_table(path, {"churn"})
    assert path.name in str(caught.value)
    return str(caught.value)


def saved(folder: Path, content: bytes, name: str = "customers.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def shape(folder: Path, text: str) -> Table:
    """The table where no heading is known."""
    return read_table(saved(folder, text.encode())).table


def test_a_file_comes_with_its_digest(tmp_path: Path) -> None:
    path = saved(tmp_path, b"a,b\n1,2\n")
    assert read_table(path).sha256 == hashlib.sha256(b"a,b\n1,2\n").hexdigest()


def test_parquet_becomes_text_and_columns_of_no_plain_values_are_told(tmp_path: Path) -> None:
    columns = {
        "whole": [1, None],
        "number": [29.85, float("nan")],
        "truth": [True, False],
        "day": [datetime.date(2024, 1, 2)] * 2,
        "list": [[1], [2]],
        "bytes": [b"\xff", b"a"],
    }
    path = tmp_path / "a.parquet"
    pl.DataFrame(columns).write_parquet(path)
    table = read_table(path).table
    assert table.frame.rows() == [
        ("1", "29.85", "true", "2024-01-02"),
        ("", "NaN", "false", "2024-01-02"),
    ]
    assert table.notes == (
        "list holds no plain values: left out",
        "bytes holds no plain values: left out",
    )


def test_a_workbook_is_known_by_its_content_whatever_its_name(tmp_path: Path) -> None:
    path = saved(tmp_path, workbook({"a": [["Churn"], ["Yes"]]}), "customers.csv")
    assert read_table(path, {"churn"}).table.frame.rows() == [("Yes",)]


@pytest.mark.parametrize(
    ("text", "headings", "rows"),
    [
        ("a;b;c\n1,5;2,5;3\n2,5;1,5;4\n", ["a", "b", "c"], 2),
        ("Our customers\n\na|b\n1|2\n3|4\n", ["a", "b"], 2),
        ("a\tb\n1,2,3\t4\n", ["a", "b"], 1),
        ("only\n1\n2\n", ["only"], 2),
        ('"one\nheading",b\n1,2\n3,4\n', ["one heading", "b"], 2),
        ("sep=;\na;b\n1;2\n", ["a", "b"], 1),
    ],
)
def test_the_shape_decides_where_no_heading_is_known(
    tmp_path: Path, text: str, headings: list[str], rows: int
) -> None:
    frame = shape(tmp_path, text).frame
    assert (frame.columns, len(frame)) == (headings, rows)


def test_what_was_found_out_is_noted(tmp_path: Path) -> None:
    path = saved(tmp_path, "Kunden\nname;x\nZoë;1\n".encode("cp1252"))
    assert [note.split(":")[0] for note in read_table(path).table.notes] == [
        "it is not in UTF-8 and was read as Windows-1252",
        "its values are separated by ';'",
        "1 line above the headings left out",
    ]


def test_columns_without_a_heading_are_left_out_and_their_cells_counted(tmp_path: Path) -> None:
    table = shape(tmp_path, "a,,b, \n1,,2,\n3,x,4, y\n")
    assert table.frame.columns == ["a", "b"]
    assert table.notes == (
        "2 columns without a heading are left out, with 2 cells that are not blank",
    )


def test_spaces_around_and_within_headings_and_what_cannot_be_seen_do_not_count(
    tmp_path: Path,
) -> None:
    table = shape(tmp_path, " Call  Failure ,b\u200b\n1,2\n")
    assert table.frame.columns == ["Call Failure", "b"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (",".join(["Churn", *map(str, range(MOST_COLUMNS))]) + "\n1\n", "2,001 columns, and at"),
        ("Churn," + "a" * (LONGEST_HEADING + 1) + "\nYes,1\n", "a heading of more than 500"),
        ("Churn," + "a" * LONGEST_LINE + "\nYes,1\n", "a line of more than 1,000,000"),
        ("Churn,a\nYes,\0\n", "is no text, or damaged"),
        ("Churn,a\n" + "Yes" * 400_000, "a line of more than 1,000,000"),
    ],
)
def test_a_hostile_file_is_refused_with_what_to_do(
    tmp_path: Path, content: str, problem: str
) -> None:
    message = refusal(saved(tmp_path, content.encode()))
    assert problem in message
    assert ";" in message


def test_a_file_that_is_too_large_is_refused_by_its_first_bytes(tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES * 8)  # 2 GB of one line, which take no room on the disk
    assert "is larger than 256 MB; bring a part of its rows" in refusal(path)


def test_a_file_of_too_many_cells_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    ones = pl.repeat(1, MOST_CELLS // 2 + 1, dtype=pl.Int8, eager=True)
    pl.DataFrame({"Churn": ones, "a": ones}).write_parquet(path)
    assert "more than 20,000,000 cells" in refusal(path)

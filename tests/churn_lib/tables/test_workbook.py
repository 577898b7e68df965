"""Workbooks: which sheet is read and what its cells are, and those that would fill the memory."""

import pytest

from churn_lib.errors import DataError
from churn_lib.tables.table import Table
from churn_lib.tables.workbook import MOST_UNPACKED, sheet_of
from tests.churn_lib.tables.sheets import Rows, packed, workbook

NAME = "customers.xlsx"
KNOWN = {"churn", "tenure"}
CUSTOMERS: Rows = [["Tenure", "Churn"], [3, "Yes"], [4.5, "No"]]
SHEET = "xl/worksheets/sheet1.xml"


def read(sheets: dict[str, Rows], sheet: str | None = None) -> Table:
    return sheet_of(workbook(sheets), NAME, KNOWN, sheet)


def refusal(content: bytes) -> str:
    with pytest.raises(DataError) as caught:
        sheet_of(content, NAME, KNOWN)
    return str(caught.value)


def test_cells_become_text_as_people_see_them() -> None:
    cells = ['<c r="@" t="b"><v>1</v></c>', '<c r="@" t="e"><v>#N/A</v></c>', 29.850000000000001]
    rows: Rows = [["Churn", "A", "B", "C"], ["No ", *cells], [None, 7.0, 12345678901, " x"]]
    assert read({"all": rows}).frame.rows() == [
        ("No", "True", "", "29.85"),
        ("", "7", "12345678901", "x"),
    ]


def test_a_formula_counts_as_what_it_came_to_when_it_was_saved() -> None:
    rows: Rows = [
        ["Churn", "A", "B"],
        ["No", '<c r="@"><f>1+1</f><v>2</v></c>', '<c r="@"><f>1+1</f></c>'],
    ]
    assert read({"all": rows}).frame.rows() == [("No", "2", "")]


def test_the_sheet_with_most_known_headings_is_read_and_named() -> None:
    sheets = {"Notes": [["Tenure"], ["of months"]], "Data": CUSTOMERS, "Old": CUSTOMERS}
    table = read(sheets)
    assert table.frame.rows() == [("3", "Yes"), ("4.5", "No")]
    assert "it has 3 sheets, and 'Data' was read" in table.notes[0]
    assert read(sheets, "Notes").frame.columns == ["Tenure"]


def test_a_sheet_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(DataError, match="has no sheet 'data'; it has 'Data', 'Old'"):
        read({"Data": CUSTOMERS, "Old": CUSTOMERS}, "data")


def test_titles_above_the_headings_and_blank_rows_are_left_out() -> None:
    table = read({"all": [["Customers of 2024"], [], *CUSTOMERS, [], [None, None]]})
    assert len(table.frame) == 2
    assert table.notes == ("2 lines above the headings left out",)


def test_an_empty_workbook_is_a_table_without_columns() -> None:
    assert read({"all": []}).frame.width == 0


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04", b"PK\x03\x04" + bytes(500), b"\xd0\xcf\x11\xe0canary", packed({"a": "canary"})],
)
def test_what_is_no_workbook_is_told_what_to_do(content: bytes) -> None:
    problem = f"{NAME} is an Excel workbook, or another packed file"
    assert refusal(content) == f"{problem}; save its sheet as CSV in UTF-8"


def with_size(content: bytes, size: int) -> bytes:
    """An archive whose directory gives this size for its last file."""
    place = content.rindex(b"PK\x01\x02") + 24
    return content[:place] + size.to_bytes(4, "little") + content[place + 4 :]


def test_a_workbook_that_unpacks_to_far_more_than_it_looks_is_refused() -> None:
    bomb = with_size(packed({SHEET: bytes(5000)}), MOST_UNPACKED + 1)
    assert "would take more than 1,024 MB" in refusal(bomb)


def test_a_size_that_is_not_true_is_found_out() -> None:
    assert "or another packed file" in refusal(with_size(packed({SHEET: bytes(5000)}), 7))


@pytest.mark.parametrize("place", ['r="XFD1048576"', "r='XFD1048576'"])
def test_two_cells_that_are_far_apart_do_not_fill_the_memory(place: str) -> None:
    rows: Rows = [*CUSTOMERS, [f"<c {place}><v>1</v></c>"]]
    assert "has a sheet of 1,048,576 rows and 16,384 columns" in refusal(workbook({"all": rows}))

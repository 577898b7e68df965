"""Files of other companies, read by their own schemas: each in a process of its own."""

import csv
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.serving import ROOT

SCHEMA = """\
target = { column = "Kundenstatus", left = 2, stayed = [1, 3] }
bill = "fee"
[attributes.fee]
column = "Monthly Fee"
to = 1000
from = [[0, "has a fee"]]
[attributes.plan]
column = "Plan"
levels = [[1, "has the first"], [2, "has the second"], [7, "has the seventh"]]
[attributes.calls]
column = "Calls"
whole = true
unknown = "has no calls on record"
to = 100
from = [[0, "has few calls"], [9, "has many calls"]]
[attributes.phone]
column = "Phone"
has = "phone"
blank = "No"
[attributes.sex]
column = "Sex"
protected = true
levels = ["f", "m"]
[attributes.per_call]
ratio = ["fee", "calls"]
from = [[0, "pays little per call"], [5, "pays much per call"]]
"""
HEADINGS = ["Monthly Fee", "Plan", "Calls", "Phone", "Sex", "Kundenstatus"]
READ = """\
import json, resource, sys
from pathlib import Path
from churn_lib.errors import DataError
from churn_lib.training.data import read_customers
try:
    found = read_customers(Path(sys.argv[1]))
except DataError as error:
    sys.exit(str(error))
most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
print(json.dumps([found.frame.rows(), found.left.tolist(), most] if len(found) < 99 else most))
"""

Rows = Sequence[Sequence[object]]


def run(rows: Rows, folder: Path, headings: Sequence[str] = HEADINGS) -> tuple[int, str]:
    """The exit code, and what was read, or what is wrong with it."""
    (folder / "customer.toml").write_text(SCHEMA, "utf-8")
    with (folder / "a.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([headings, *rows])
    command = [sys.executable, "-c", READ, str(folder / "a.csv")]
    environment = {**os.environ, "CHURN_ARTIFACTS": str(folder)}
    found = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    return found.returncode, (found.stderr if found.returncode else found.stdout).strip()


def test_headings_levels_blanks_and_the_target_are_read_by_the_schema(tmp_path: Path) -> None:
    rows = [
        ["$1,020.50", "2.0", "N/A", "", "", "2"],
        ["20", "7", "8", "yes", "F", "3.0"],
        ["30.00", "1", "", "Yes", "m", "1"],
    ]
    rows[0][0] = "$820.50"
    code, text = run(rows, tmp_path)
    assert code == 0, text
    assert text.startswith(
        '[[[820.5, "2", null, "No", null], [20.0, "7", 8.0, "Yes", 2.5], '
        '[30.0, "1", null, "Yes", null]], [1, 0, 0], '
    )


def test_a_protected_column_and_all_that_is_worked_out_may_be_missing(tmp_path: Path) -> None:
    rows = [["20", "7", "8", "yes", "3"], ["20", "7", "8", "yes", "2"]]
    names = ["fee", "PLAN", "calls", "phone", "kunden status"]
    code, text = run(rows, tmp_path, names)
    assert code == 0, text


def test_what_is_wrong_is_said_by_column_first_then_by_row(tmp_path: Path) -> None:
    good, blank = ["20", "7", "8", "yes", "f", "3"], ["", "", "8", "yes", "f", "2"]
    code, text = run([good, *[blank] * 30, ["20", "7", "101", "yes", "f", ""]], tmp_path)
    assert code == 1
    rows = "a.csv has 31 faulty rows (row 1 is the first customer, below the heading)"
    columns = "2 columns are blank in 30 rows: Monthly Fee, Plan; Kundenstatus is blank in 1 row"
    assert text.splitlines()[:2] == [
        f"{rows}: {columns}; Calls is wrong in 1 row",
        "row 2: Monthly Fee is required: a number from 0 to 1000; Plan is required: one of 1, 2, 7",
    ]
    assert text.endswith("and 11 more")


@pytest.mark.parametrize(
    ("headings", "problem"),
    [
        (["Fee", "Plan", "Calls", "Phone", "Sex"], "has no column Kundenstatus"),
        (["x", "Plan", "Calls", "Phone", "Sex", "Kundenstatus"], "has no column Monthly Fee"),
        (["fee", "Plan", "Calls", "Phone", "Monthly Fee", "Kundenstatus"], "several columns fee"),
        (["a", "b", "c", "d", "e", "f"], "has no headings such as Monthly Fee or Plan"),
    ],
)
def test_a_column_is_named_by_its_heading(
    headings: list[str], problem: str, tmp_path: Path
) -> None:
    rows = [["20", "7", "8", "yes", "f", "3"][: len(headings)]]
    code, text = run(rows, tmp_path, headings)
    assert (code, problem in text) == (1, True), text


def test_a_hundred_thousand_rows_stay_under_a_gigabyte(tmp_path: Path) -> None:
    rows = [[number / 100, 7, number % 90, "Yes", "f", number % 3 + 1] for number in range(100_000)]
    code, text = run(rows, tmp_path)
    assert code == 0, text
    assert int(text) < 1024

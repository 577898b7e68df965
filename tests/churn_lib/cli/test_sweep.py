import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from churn_lib.cli import app

CUSTOMER = json.loads((Path(__file__).parents[2] / "data" / "customer.json").read_bytes())


def sweep(*arguments: str) -> Result:
    environment = {"COLUMNS": "110", "NO_COLOR": "1"}
    return CliRunner().invoke(app, ["offers", "sweep", *arguments], env=environment)


@pytest.fixture
def customers(tmp_path: Path) -> str:
    file = tmp_path / "customers.ndjson"
    file.write_text("\n".join([json.dumps(CUSTOMER)] * 3), "utf-8")
    return str(file)


def test_a_sweep_is_a_table_and_a_plot_over_the_customers_given(customers: str) -> None:
    result = sweep("annual-plan", "percent", "0..20", "--customers", customers, "--steps", "3")
    rows = [line.split() for line in result.stdout.splitlines()]
    assert ["10", "35", "%", "3"] in [row[:4] for row in rows]
    assert [row[0] for row in rows if "●" in row or ".." in row] == ["0", "10", "20"]
    assert "made up" not in result.stdout
    assert result.exit_code == 0


def test_months_are_whole_and_each_is_tried_once(customers: str) -> None:
    result = sweep("annual-plan", "months", "11..13", "--customers", customers)
    rows = [line.split() for line in result.stdout.splitlines() if "%" in line]
    assert [row[0] for row in rows if row[0].isdecimal()] == ["11", "12", "13"]


@pytest.mark.parametrize("between", ["30", "5..1", "a..b", "-1..3", "nan..3", "0..inf"])
def test_what_is_no_range_is_said_in_one_line(between: str) -> None:
    result = sweep("annual-plan", "percent", "--", between)
    assert result.exit_code == 2
    assert "A..B: must be two numbers from 0 to 1000000" in result.stderr


@pytest.mark.parametrize(
    ("offer", "field", "fault"),
    [
        ("anual-plan", "percent", "ID: must be one of annual-plan, "),
        ("price-lock", "percent", "FIELD: of price-lock must be months"),
        ("paperless", "amount", "FIELD: of paperless can't be varied"),
    ],
)
def test_what_can_not_be_swept_is_named(offer: str, field: str, fault: str) -> None:
    result = sweep(offer, field, "0..5", "--steps", "2")
    assert (result.exit_code, fault in result.stderr) == (2, True)

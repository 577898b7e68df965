"""Columns that say what others say, need another one, are worked out, or play a part."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from churn_lib.customer.schema_file import parse
from churn_lib.propose.toml import written
from tests.churn_lib.propose.tables import Cells, honest, names, proposal_of

ROWS = 600


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(11)


@pytest.fixture
def columns(rng: np.random.Generator) -> dict[str, Cells]:
    return honest(rng, ROWS)


def text_of(columns: Mapping[str, Cells], folder: Path) -> str:
    text = written(proposal_of(columns, folder), "customers.csv")
    parse(text)
    return text


def test_a_copy_in_other_words_or_another_unit_is_left_out(
    columns: dict[str, Cells], tmp_path: Path
) -> None:
    months, plan = np.asarray(columns["Months in service"]), np.asarray(columns["Plan"])
    codes = np.vectorize({"Basic": 7, "Silver": 8, "Gold": 9}.get)(plan)
    years = np.array(["under a year", "one to two years", "longer"])[np.minimum(months // 12, 2)]
    copies: dict[str, Cells] = {"Plan code": codes, "Days": months * 30.4, "Loyalty": years}
    proposal = proposal_of({**columns, **copies}, tmp_path)
    assert names(proposal) == columns.keys() - {"Churn"}
    assert proposal.ignored == {
        "Plan code": "says the same as Plan",
        "Days": "says the same as Months in service",
        "Loyalty": "says in words what Months in service says",
    }


def test_no_is_what_those_who_stayed_have_in_the_language_of_the_file(
    columns: dict[str, Cells], rng: np.random.Generator, tmp_path: Path
) -> None:
    left = np.where(np.asarray(columns["Churn"]) == "Yes", "Oui", "Non")
    phone = rng.choice(["Oui", "Non"], ROWS, p=[0.8, 0.2])
    lines = np.where(phone == "Non", "sans objet", rng.choice(["Oui", "Non"], ROWS))
    text = text_of({**columns, "Churn": left, "Phone": phone, "Lines": lines}, tmp_path)
    assert 'absent = { "sans objet" = { Phone = "Non" } }' in text


def test_a_service_is_found_in_any_language_where_several_need_it(
    columns: dict[str, Cells], rng: np.random.Generator, tmp_path: Path
) -> None:
    line = rng.choice(["光回線", "なし"], ROWS, p=[0.7, 0.3])
    more = {
        name: np.where(line == "なし", "回線なし", rng.choice(["あり", "なし"], ROWS))
        for name in ("Antivirus", "Backup")
    }
    text = text_of({**columns, "Line": line, **more}, tmp_path)
    assert 'absent = { "回線なし" = { Line = "なし" } }' in text


def test_one_column_that_says_the_same_of_some_rows_needs_no_other(
    columns: dict[str, Cells], rng: np.random.Generator, tmp_path: Path
) -> None:
    line = rng.choice(["fibre", "copper"], ROWS)
    speed = np.where(line == "copper", "slow", rng.choice(["fast", "faster"], ROWS))
    text = text_of({**columns, "Line": line, "Speed": speed}, tmp_path)
    assert "absent = {" not in text


@pytest.mark.parametrize("level", ["", "No phone service", "not possible"])
def test_a_service_that_needs_another_one_is_found_by_its_level_or_its_blank(
    level: str, columns: dict[str, Cells], rng: np.random.Generator, tmp_path: Path
) -> None:
    phone = rng.choice(["Yes", "No"], ROWS, p=[0.8, 0.2])
    lines = np.where(phone == "No", level, rng.choice(["Yes", "No"], ROWS))
    minutes = np.where(phone == "No", "", rng.integers(5, 90, ROWS).astype(str))
    text = text_of({**columns, "Phone": phone, "Lines": lines, "Minutes": minutes}, tmp_path)
    assert f'absent = {{ "{level or "No phone"}" = {{ Phone = "No" }} }}' in text
    assert ('has = "lines"' in text) == (level != "not possible")
    assert text.count("blank = 0\n") == 1


def test_a_level_that_is_used_elsewhere_means_no_absence(
    columns: dict[str, Cells], rng: np.random.Generator, tmp_path: Path
) -> None:
    phone = rng.choice(["Yes", "No"], ROWS)
    lines = np.where(phone == "No", "None", rng.choice(["one", "two"], ROWS))
    offer = rng.choice(["None", "A"], ROWS)
    text = text_of({**columns, "Phone": phone, "Lines": lines, "Offer": offer}, tmp_path)
    assert "absent =" not in text


def test_a_total_is_worked_out_where_a_caller_leaves_it_out(
    columns: dict[str, Cells], rng: np.random.Generator, tmp_path: Path
) -> None:
    months, fee = np.asarray(columns["Months in service"]), np.asarray(columns["Monthly fee"])
    total = np.where(months == 0, "", (months * fee + rng.normal(0, 9, ROWS)).round(2).astype(str))
    text = text_of({**columns, "Paid": total, "Ratio": (fee / (months + 1)).round(4)}, tmp_path)
    assert 'missing = { product = ["months_in_service", "monthly_fee"] }' in text
    assert text.count("missing = ") == 1


def test_charges_are_added_up_where_no_column_is_a_bill(
    columns: dict[str, Cells], rng: np.random.Generator, tmp_path: Path
) -> None:
    del columns["Monthly fee"]
    minutes = rng.gamma(2, 20, ROWS).round(1)
    day: dict[str, Cells] = {"Day minutes": minutes, "DayCharge": (minutes * 0.17).round(2)}
    night: dict[str, Cells] = {"NightCharge": rng.gamma(2, 3, ROWS).round(2)}
    proposal = proposal_of({**columns, **day, **night}, tmp_path)
    text = written(proposal, "customers.csv")
    assert parse(text).bill == pytest.approx(0.17 * minutes.mean() + 6, abs=1)
    assert 'sum = ["DayCharge", "NightCharge"]' in text
    assert proposal.ignored == {"Day minutes": "says the same as DayCharge"}


def test_without_any_charge_the_bill_is_an_assumption(
    columns: dict[str, Cells], tmp_path: Path
) -> None:
    text = text_of({k: v for k, v in columns.items() if k != "Monthly fee"}, tmp_path)
    assert "bill = 50.00" in text
    assert "an assumption" in next(line for line in text.splitlines() if line.startswith("bill"))


def test_a_bill_that_is_rarely_blank_is_taken_for_the_middle_there(
    columns: dict[str, Cells], tmp_path: Path
) -> None:
    fees = [str(fee) for fee in columns["Monthly fee"]]
    few = text_of({**columns, "Monthly fee": ["", *fees[1:]]}, tmp_path)
    middle = np.median([float(fee) for fee in fees[1:]])
    assert parse(few).attributes["monthly_fee"].blank == pytest.approx(middle, abs=0.01)
    many = text_of({**columns, "Monthly fee": [*[""] * 50, *fees[50:]]}, tmp_path)
    assert "bill = 50.00" in many


def test_a_class_of_amounts_is_no_bill(columns: dict[str, Cells], tmp_path: Path) -> None:
    fee = np.asarray(columns.pop("Monthly fee")).astype(float) // 20
    assert proposal_of({**columns, "Charge Amount": fee}, tmp_path).parts.bill == 50.0


def test_the_parts_are_found_by_name(columns: dict[str, Cells], tmp_path: Path) -> None:
    number: dict[str, Cells] = {"Row": np.arange(ROWS), "Client": [f"c{n}" for n in range(ROWS)]}
    parts = proposal_of({**number, **columns}, tmp_path).parts
    assert parts[:2] == ("Client", "monthly_fee")
    assert parts.tenure == "months_in_service"


def test_numbers_may_be_ten_times_the_highest_and_as_low_as_the_file(
    columns: dict[str, Cells], tmp_path: Path
) -> None:
    balance = np.resize([-3.5, 12.0, 188.0, 7.0, 55.0], ROWS)
    text = text_of({**columns, "Balance": balance}, tmp_path)
    balance_table = text.partition("[attributes.Balance]")[2]
    assert "to = 2000\n" in balance_table
    assert '[-4, "has balance in the bottom third"]' in balance_table
    assert "below zero in 120 rows" in balance_table.splitlines()[0]


def test_customers_who_stand_there_twice_are_counted_and_named(
    rng: np.random.Generator, tmp_path: Path
) -> None:
    columns = {
        **honest(rng, ROWS),
        **{f"Use {n}": rng.gamma(2, 9, ROWS).round(1) for n in range(6)},
    }
    once = proposal_of(columns, tmp_path)
    twice = {heading: np.tile(np.asarray(cells), 2) for heading, cells in columns.items()}
    twice["Use 5"] = rng.gamma(2, 9, 2 * ROWS).round(1)
    assert not once.about("(twins)")
    [text] = proposal_of(twice, tmp_path).about("(twins)")
    assert text.startswith("some 1,200 rows have a twin, such as rows ")
    assert "100%" in text

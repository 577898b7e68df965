"""Columns that were written after somebody left are found, and honest ones are not suspected."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from churn_lib.propose.doubts import Weight
from churn_lib.propose.toml import written
from tests.churn_lib.propose.tables import Cells, honest, names, proposal_of


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def left(columns: dict[str, Cells]) -> NDArray[np.bool_]:
    return np.array([one == "Yes" for one in columns["Churn"]])


def leaks(rng: np.random.Generator, columns: dict[str, Cells]) -> dict[str, Cells]:
    gone = left(columns)
    rows = len(gone)
    copy = np.where(gone, "1", "0")
    complement = np.where(gone, "f", "T")
    some = gone & (rng.random(rows) < 0.4)
    reason = np.where(some, np.array(["price", "service"])[rng.integers(0, 2, rows)], "")
    score = np.where(gone, rng.normal(2.2, 1, rows), rng.normal(0, 1, rows)).round(3)
    only = np.where(some, "Z", np.array(["A", "B", "C"])[rng.integers(0, 3, rows)])
    stayed = np.where(~gone & (rng.random(rows) < 0.3), rng.integers(1, 9, rows).astype(str), "")
    days = np.array([f"2024-03-{day:02}" for day in rng.integers(1, 29, rows)])
    return {
        "Gone": copy,
        "Active": complement,
        "Note": reason,
        "Points": score,
        "Desk": only,
        "Renewals": stayed,
        "Cancelled on": np.where(gone, days, ""),
    }


@pytest.mark.parametrize(
    "name", ["Gone", "Active", "Note", "Points", "Desk", "Renewals", "Cancelled on"]
)
def test_a_column_that_gives_the_answer_away_is_left_out_and_named_first(
    name: str, rng: np.random.Generator, tmp_path: Path
) -> None:
    columns = honest(rng)
    proposal = proposal_of({**columns, name: leaks(rng, columns)[name]}, tmp_path)
    assert names(proposal) == columns.keys() - {"Churn"}
    assert proposal.doubts[0][:2] == (Weight.LEAK, name)
    assert "without it" in proposal.ignored[name]
    assert f'"{name}" = "{proposal.ignored[name]}"' in written(proposal, "customers.csv")


def test_a_score_of_0_93_is_found_with_what_it_adds(
    rng: np.random.Generator, tmp_path: Path
) -> None:
    columns = honest(rng, 4000)
    proposal = proposal_of({**columns, "Points": leaks(rng, columns)["Points"]}, tmp_path)
    assert proposal.ignored["Points"].startswith("tells the answer by itself (AUC 0.93")


def test_a_name_that_speaks_of_leaving_makes_a_good_column_suspect(
    rng: np.random.Generator, tmp_path: Path
) -> None:
    columns = honest(rng, 4000)
    gone = left(columns)
    better = np.where(gone, rng.normal(1.5, 1, 4000), rng.normal(0, 1, 4000)).round(3)
    assert "Minutes" in names(proposal_of({**columns, "Minutes": better}, tmp_path))
    proposal = proposal_of({**columns, "RetentionScore": better}, tmp_path)
    assert "its name" in proposal.ignored["RetentionScore"]


def test_an_identifier_in_order_of_time_is_no_attribute_and_is_named(
    rng: np.random.Generator, tmp_path: Path
) -> None:
    columns = honest(rng)
    order = np.argsort(np.argsort(left(columns) + rng.normal(0, 0.6, len(left(columns)))))
    proposal = proposal_of({"Number": 1000 + order, **columns}, tmp_path)
    assert "Number" not in names(proposal)
    assert proposal.parts.identifier == "Number"
    assert any("order of time" in text for text in proposal.about("Number"))


def test_where_few_leave_anyway_a_value_of_which_hardly_any_left_is_honest(
    rng: np.random.Generator, tmp_path: Path
) -> None:
    rows = 8000
    plan = rng.choice(["A", "B"], rows)
    gone = rng.random(rows) < np.where(plan == "A", 0.008, 0.04)
    columns = {"Churn": np.where(gone, "Yes", "No"), "Plan": plan}
    assert names(proposal_of(columns, tmp_path)) == {"Plan"}


def test_where_few_leave_a_value_of_some_leavers_alone_is_a_result(
    rng: np.random.Generator, tmp_path: Path
) -> None:
    gone = rng.random(4000) < 0.1
    columns = {
        "Churn": np.where(gone, "Yes", "No"),
        "Plan": rng.choice(["A", "B"], 4000),
        "Ended": (gone & (rng.random(4000) < 0.3)).astype(int),
    }
    proposal = proposal_of(columns, tmp_path)
    assert proposal.ignored["Ended"].startswith("one of its values")


@pytest.mark.parametrize("seed", range(4))
def test_of_two_hundred_honest_columns_at_most_one_is_suspected(seed: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(seed)
    rows = int(rng.choice([120, 600, 3000]))
    columns: dict[str, Cells] = {}
    logit = np.full(rows, -1.2)
    for place in range(50):
        heading, x, cells = made_up(place, rows, rng)
        columns[heading] = cells
        logit += rng.normal(0, 0.7) * (x - x.mean()) / 3
    gone = rng.random(rows) < 1 / (1 + np.exp(-logit))
    proposal = proposal_of({**columns, "Churn": np.where(gone, "Yes", "No")}, tmp_path)
    assert [doubt for doubt in proposal.doubts if doubt.weight == Weight.LEAK] == []
    assert len(proposal.uses) == 50


def made_up(
    place: int, rows: int, rng: np.random.Generator
) -> tuple[str, NDArray[np.float64], Cells]:
    """A heading, what counts, and the cells."""
    match place % 4:
        case 0:
            x = rng.normal(0, 1, rows).round(2)
            return f"Measure {place}", x, x
        case 1:
            chosen = rng.integers(0, 2, rows)
            return f"Service {place}", chosen.astype(float), np.array(["No", "Yes"])[chosen]
        case 2:
            chosen = rng.integers(0, 6, rows)
            return f"Option {place}", chosen.astype(float), np.array([*"abcdef"])[chosen]
        case _:
            count = rng.poisson(2, rows)
            blank = rng.random(rows) < 0.3
            return f"Count {place}", count.astype(float), np.where(blank, "", count.astype(str))

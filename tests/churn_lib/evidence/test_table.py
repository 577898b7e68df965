"""Logs as they come: in any order, cut, doubled, of several files; and files that show nothing."""

import json
import random
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn_lib.errors import DataError
from churn_lib.evidence.findings import Findings, findings
from churn_lib.evidence.table import Counted, count
from tests.churn_lib.evidence.world import BEGIN, World, lived

SHARES = {"holdout": 0.2, "explore": 0.1, "policy": 0.7}
LATER = (BEGIN + timedelta(days=400)).date()
SMALL = World(customers=3000)
Line = dict[str, Any]


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    decisions, outcomes, _ = lived(SMALL, tmp_path_factory.mktemp("logs"))
    return decisions, outcomes


def lines(path: Path) -> list[Line]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def saved(rows: list[Line], path: Path) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def told(
    decisions: list[Path], outcomes: list[Path], as_of: date = LATER
) -> tuple[Counted, Findings]:
    found = count(decisions, outcomes, None, as_of=as_of)
    return found, findings(found, SHARES)


def shown(found: Findings) -> object:
    """What is found to nine digits: sums depend on the order of what is added in the last ones."""
    return _to_nine_digits(asdict(found))


def _to_nine_digits(value: object) -> object:
    if isinstance(value, dict):
        return {key: _to_nine_digits(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_to_nine_digits(part) for part in value]
    return f"{value:.9g}" if isinstance(value, float) else value


def broken(found: Findings) -> list[str]:
    return [check.name for check in found.checks if not check.holds]


def test_order_repetition_and_splitting_change_nothing(
    logs: tuple[Path, Path], tmp_path: Path
) -> None:
    decisions, outcomes = map(lines, logs)
    plain = told([logs[0]], [logs[1]])[1]
    later = [{**row, "time": "2026-02-01T00:00:00Z", "probability": 0.9} for row in decisions[:500]]
    parts = [
        saved([*decisions[1000:][::-1], *later], tmp_path / "a.ndjson"),
        saved(decisions[:1200], tmp_path / "b.ndjson"),
    ]
    again = saved([*outcomes[::-1], *outcomes[:700]], tmp_path / "o.ndjson")
    assert shown(told(parts, [again])[1]) == shown(plain)


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_a_table_says_the_same_as_the_lines(
    logs: tuple[Path, Path], tmp_path: Path, suffix: str
) -> None:
    files = []
    for path in logs:
        table = pl.DataFrame(lines(path))
        if suffix == ".csv":  # which knows no lists
            table = table.drop("eligible", strict=False)
        files.append(tmp_path / f"{path.stem}{suffix}")
        (table.write_parquet if suffix == ".parquet" else table.write_csv)(files[-1])
    assert shown(told([files[0]], [files[1]])[1]) == shown(told([logs[0]], [logs[1]])[1])


def test_outcomes_may_name_the_customer_instead_of_the_decision(
    logs: tuple[Path, Path], tmp_path: Path
) -> None:
    units = {row["decision_id"]: row["unit"] for row in lines(logs[0])}
    billing = [
        {"unit": units[row["decision_id"]], **{k: row[k] for k in ("outcome", "occurred_at")}}
        for row in lines(logs[1])
    ]
    file = saved(billing, tmp_path / "billing.ndjson")
    assert shown(told([logs[0]], [file])[1]) == shown(told([logs[0]], [logs[1]])[1])


def test_the_repeated_decisions_of_a_customer_are_no_more_customers(
    logs: tuple[Path, Path], tmp_path: Path
) -> None:
    rows = lines(logs[0])
    more = [
        {**row, "decision_id": f"{number:031x}f", "time": f"2026-03-{number % 28 + 1:02}T00:00:00Z"}
        for number, row in enumerate([*rows, *rows])
    ]
    found, _ = told([saved([*more, *rows], tmp_path / "d.ndjson")], [logs[1]])
    assert sum(found.units.values()) == SMALL.customers


def test_a_lost_part_of_an_arm_is_no_effect_but_a_fault(
    logs: tuple[Path, Path], tmp_path: Path
) -> None:
    held = [row for row in lines(logs[0]) if row["arm"] == "holdout"]
    others = [row for row in lines(logs[0]) if row["arm"] != "holdout"]
    _, found = told([saved([*held[: len(held) // 2], *others], tmp_path / "d.ndjson")], [logs[1]])
    assert len(broken(found)) == 2
    assert found.effects is None


def test_customers_in_two_arms_are_a_fault(logs: tuple[Path, Path], tmp_path: Path) -> None:
    rows = lines(logs[0])
    moved = [{**row, "arm": "policy"} for row in rows if row["arm"] == "holdout"][:50]
    found, told_of = told([saved([*rows, *moved], tmp_path / "d.ndjson")], [logs[1]])
    assert found.mixed == 50
    assert broken(told_of) == ["each customer is in one arm"]


def test_outcomes_that_are_unknown_more_often_in_one_arm_are_a_fault(
    logs: tuple[Path, Path], tmp_path: Path
) -> None:
    rows, outcomes = lines(logs[0]), lines(logs[1])
    gone = {row["decision_id"] for row in outcomes if row["outcome"] == "left"}
    stayed = [
        {"event": "outcome", "decision_id": row["decision_id"], "outcome": "stayed",
         "occurred_at": "2026-06-01T00:00:00Z"}
        for row in rows
        if row["decision_id"] not in gone
    ]  # fmt: skip
    all_known = saved([*outcomes, *stayed], tmp_path / "all.ndjson")
    found, told_of = told([logs[0]], [all_known])
    assert (broken(told_of), found.spoken, found.unknown) == ([], True, {})
    held = {row["decision_id"] for row in rows if row["arm"] == "holdout"}
    few = [row for place, row in enumerate(stayed) if row["decision_id"] not in held or place % 2]
    found, told_of = told([logs[0]], [saved([*outcomes, *few], tmp_path / "few.ndjson")])
    assert broken(told_of) == ["outcomes are known as often in each arm"]
    assert found.unknown.keys() == {"holdout"}


def test_outcomes_before_the_decision_are_a_fault_but_for_clocks_a_day_off(
    logs: tuple[Path, Path], tmp_path: Path
) -> None:
    outcomes = [row for row in lines(logs[1]) if row["outcome"] == "left"]
    for day, faults in (("2025-12-31T12:00:00Z", []), ("2025-12-01T00:00:00Z", 1)):
        early = [{**row, "occurred_at": day} for row in outcomes[:100]]
        file = saved([*early, *outcomes[100:]], tmp_path / "o.ndjson")
        assert len(broken(told([logs[0]], [file])[1])) == (faults or 0)


def test_unknown_decisions_and_names_count_for_nothing(
    logs: tuple[Path, Path], tmp_path: Path
) -> None:
    strange = [
        {"decision_id": "f" * 32, "outcome": "left", "occurred_at": "2026-02-01T00:00:00Z"},
        {"decision_id": "nobody", "outcome": "left", "occurred_at": "2026-02-01T00:00:00Z"},
    ]
    outcomes = saved([*lines(logs[1]), *strange], tmp_path / "o.ndjson")
    nameless = [{**row, "unit": "none", "experiment": "none"} for row in lines(logs[0])[:40]]
    decisions = saved([*lines(logs[0]), *nameless], tmp_path / "d.ndjson")
    found, told_of = told([decisions], [outcomes])
    assert shown(told_of) == shown(told([logs[0]], [logs[1]])[1])
    assert found.nameless == 40


def test_before_ten_have_left_in_each_arm_nothing_is_shown(
    logs: tuple[Path, Path], tmp_path: Path
) -> None:
    few = saved(lines(logs[1])[:20], tmp_path / "o.ndjson")
    found = told([logs[0]], [few])[1]
    assert (broken(found), found.effects) == ([], None)


def test_before_their_days_are_over_customers_are_not_counted(logs: tuple[Path, Path]) -> None:
    found, told_of = told([logs[0]], [logs[1]], (BEGIN + timedelta(days=30)).date())
    assert sum(found.immature.values()) == SMALL.customers
    assert told_of.effects is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ('{"event": "decision", "experiment": "none", "unit": "none"}\n', "belongs to an exper"),
        ('{"event": "decision", "experiment": "a", "unit": "x', "can't be read as logs"),
        ("not a line of JSON\n", "can't be read as logs"),
    ],
)
def test_a_file_that_shows_nothing_is_refused_in_a_sentence(
    logs: tuple[Path, Path], tmp_path: Path, content: str, message: str
) -> None:
    path = tmp_path / "d.ndjson"
    path.write_text(content)
    with pytest.raises(DataError, match=message):
        told([path], [logs[1]])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"probability": 2.0}, "decisions: probability must be from 0 to 1"),
        ({"propensity": 0.0}, "decisions: propensity must be above 0, and 1 at most"),
        ({"propensity": 1.2}, "decisions: propensity must be above 0, and 1 at most"),
        ({"time": None}, "decisions: time must be"),
        ({"arm": "control"}, "decisions: arm must be one of policy, holdout, explore"),
        ({"value": None, "cost": 1e13}, "decisions: value, cost, contact_cost and expected"),
        ({"answers": None, "offer": None}, "offer and would_offer must be .*; answers must be"),
        ({"decision_id": "A-1"}, "decisions: decision_id must be 32 hex"),
        ({"unit": "A-1"}, "decisions: unit must be 32 hex"),
    ],
)
def test_a_decision_that_no_log_holds_is_refused_without_its_values(
    logs: tuple[Path, Path], tmp_path: Path, changes: Line, message: str
) -> None:
    rows = lines(logs[0])[:20]
    file = saved([*rows[:-1], rows[-1] | changes], tmp_path / "d.ndjson")
    with pytest.raises(DataError, match=message) as refused:
        told([file], [logs[1]])
    assert "A-1" not in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"outcome": "churned"}, "outcome must be one of shown, accepted, .*, stayed, left"),
        ({"occurred_at": None}, "outcomes: occurred_at must be a point in time"),
    ],
)
def test_an_outcome_that_is_none_is_refused(
    logs: tuple[Path, Path], tmp_path: Path, changes: Line, message: str
) -> None:
    file = saved([*lines(logs[1])[:5], lines(logs[1])[5] | changes], tmp_path / "o.ndjson")
    with pytest.raises(DataError, match=message):
        told([logs[0]], [file])


def test_outcomes_of_another_log_show_nothing(logs: tuple[Path, Path], tmp_path: Path) -> None:
    others = [row | {"decision_id": "f" * 32} for row in lines(logs[1])[:50]]
    with pytest.raises(DataError, match="no outcome names one of the decisions"):
        told([logs[0]], [saved(others, tmp_path / "o.ndjson")])


@pytest.mark.parametrize(
    "spoilt",
    [lambda row: row | {"offer": row["would_offer"]}, lambda row: row | {"offer": "none"}],
    ids=["the held out get offers", "nobody gets one"],
)
def test_arms_that_did_what_others_are_for_are_a_fault(
    logs: tuple[Path, Path], tmp_path: Path, spoilt: Callable[[Line], Line]
) -> None:
    file = saved([spoilt(row) for row in lines(logs[0])], tmp_path / "d.ndjson")
    assert "each arm got what it is for" in broken(told([file], [logs[1]])[1])


def test_a_line_that_is_cut_is_named_without_what_stands_there(
    logs: tuple[Path, Path], tmp_path: Path
) -> None:
    file = tmp_path / "d.ndjson"
    file.write_text(logs[0].read_text()[:2000])
    with pytest.raises(DataError, match=r"can't be read as logs: d\.ndjson, near line \d+$"):
        told([file], [logs[1]])


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Counted]:
    """Logs of a few customers, and what they count."""
    decisions, outcomes, _ = lived(World(customers=200), tmp_path_factory.mktemp("few"))
    return decisions, outcomes, count([decisions], [outcomes], None, as_of=LATER)


@settings(max_examples=5)
@given(st.integers(0, 1000), st.integers(1, 4))
def test_no_order_repetition_or_splitting_of_lines_changes_a_count(
    few: tuple[Path, Path, Counted], seed: int, parts: int
) -> None:
    decisions, outcomes, plain = few
    rng = random.Random(seed)
    found = count(
        scattered(decisions, rng, parts), scattered(outcomes, rng, parts), None, as_of=LATER
    )
    assert shown(findings(found, SHARES)) == shown(findings(plain, SHARES))
    for name in ("n", "left", "accepted"):
        assert found.cells.sums[name].tolist() == plain.cells.sums[name].tolist()


def scattered(path: Path, rng: random.Random, parts: int) -> list[Path]:
    """The lines of a file in files of any order, some of them more than once."""
    rows = path.read_text().splitlines()
    rows += rng.choices(rows, k=len(rows) // 2)
    rng.shuffle(rows)
    files = [path.with_name(f"{path.stem}-{part}.ndjson") for part in range(parts)]
    for part, file in enumerate(files):
        file.write_text("".join(f"{row}\n" for row in rows[part::parts]))
    return files


def test_no_file_and_several_experiments_are_told(logs: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        told([tmp_path / "d.ndjson"], [logs[1]])
    other = [{**row, "experiment": "b-trial"} for row in lines(logs[0])]
    both = saved([*lines(logs[0]), *other], tmp_path / "both.ndjson")
    with pytest.raises(DataError, match="say which experiment, with --experiment: a-trial, b-tr"):
        told([both], [logs[1]])


def test_who_stays_with_an_offer_that_costs_nothing_is_worth_as_much(
    logs: tuple[Path, Path], tmp_path: Path
) -> None:
    free = saved([{**row, "cost": 0.0} for row in lines(logs[0])], tmp_path / "d.ndjson")
    kept = count([free], [logs[1]], None, as_of=LATER, sold=[])
    taken = count([free], [logs[1]], None, as_of=LATER)
    held = kept.cells.of("holdout")
    assert held["m"] == 300 * (held["n"] - held["left"])
    assert taken.cells.of("holdout")["m"] == 0

"""Ways to make `lift` lie: each would show an effect where there is none, and is refused."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from churn_lib.evidence import lift
from churn_lib.evidence.findings import Findings, findings
from churn_lib.evidence.table import Counted, count
from tests.churn_lib.evidence.world import BEGIN, World, lived

SHARES = {"holdout": 0.2, "explore": 0.1, "policy": 0.7}
LATER = (BEGIN + timedelta(days=400)).date()
IDLE = World(customers=4000, saved=(0.0,))
"""Offers that keep nobody."""
Line = dict[str, Any]
Lines = list[Line]


def told(
    folder: Path, change: Callable[[Lines], Lines] = list, world: World = IDLE
) -> tuple[Counted, Findings]:
    """What is found after the decisions were changed."""
    decisions, outcomes, _ = lived(world, folder)
    rows = change([json.loads(line) for line in decisions.read_text().splitlines()])
    decisions.write_text("".join(json.dumps(row) + "\n" for row in rows))
    counted = count([decisions], [outcomes], None, as_of=LATER)
    return counted, findings(counted, SHARES)


def broken(found: Findings) -> list[str]:
    return [check.name for check in found.checks if not check.holds]


def test_an_untouched_log_is_believed_and_shows_nothing(tmp_path: Path) -> None:
    _, found = told(tmp_path)
    assert broken(found) == []
    assert found.effects is not None
    assert not found.effects.lift.excludes_zero


def unlike(rows: Lines) -> Lines:
    """The arms keep their sizes; of the policy's customers those are lost who leave most often."""
    by_arm = {arm: [row for row in rows if row["arm"] == arm] for arm in SHARES}
    by_arm["policy"].sort(key=lambda row: float(row["probability"]))
    return [row for mine in by_arm.values() for row in mine[: len(mine) * 17 // 20]]


def test_arms_of_other_customers_are_refused(tmp_path: Path) -> None:
    counted, found = told(tmp_path, unlike)
    assert broken(found) == ["the arms have the same customers"]
    naive = lift.lift_of(counted.cells, "policy")
    assert naive is not None
    assert naive.low > 0.02


def grown(rows: Lines) -> Lines:
    """The second half of the log says that half as many were to be held out."""
    late = [
        {**row, "propensity": 0.1} if row["arm"] == "holdout" else row
        for row in rows[len(rows) // 2 :]
    ]
    return [*rows[: len(rows) // 2], *late]


def test_shares_that_were_changed_under_one_name_are_refused(tmp_path: Path) -> None:
    assert broken(told(tmp_path, grown)[1]) == ["the share without an offer never changed"]


def test_where_all_leave_no_effect_is_shown(tmp_path: Path) -> None:
    _, found = told(tmp_path, world=World(customers=1000, saved=(0.0,), churn=(1e7, 1.0)))
    assert broken(found) == []
    assert found.effects is not None
    assert not found.effects.lift.excludes_zero
    assert {one.p for one in found.effects.by_policy} == {1.0}
    assert found.effects.per_saved is None


def test_outcomes_that_end_before_the_windows_do_are_told(tmp_path: Path) -> None:
    decisions, outcomes, _ = lived(World(customers=500, days=60), tmp_path)
    whole = count([decisions], [outcomes], None, as_of=LATER)
    early = [
        line
        for line in outcomes.read_text().splitlines()
        if json.loads(line)["occurred_at"] < "2026-02-01"
    ]
    outcomes.write_text("\n".join(early) + "\n")
    cut = count([decisions], [outcomes], None, as_of=LATER)
    assert (whole.silent, cut.silent) == (0, 500)

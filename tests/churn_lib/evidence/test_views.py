"""A warehouse counts what `churn lift` counts: the text for DuckDB and the one for BigQuery, both
run.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import pytest

from churn_lib.customer.schema import ARTIFACTS
from churn_lib.errors import DataError
from churn_lib.evidence.drift import homogeneity, noise, psi
from churn_lib.evidence.queries import OUTCOME
from churn_lib.evidence.small import read
from churn_lib.evidence.table import Counted, count
from churn_lib.evidence.views import DECIDED, Asked, views
from churn_lib.score.reference import Reference, load_reference
from tests.churn_lib.evidence.world import World, lived
from tests.engines.engine import Columns, Kind, Value
from tests.engines.googlesql import GoogleSQL

FREE, SOLD = {"offer-0", "offer-1"}, ["offer-0"]
ASKED = Asked("duckdb", experiment="a-trial", as_of=date(2026, 6, 1), sold=SOLD)
WORDS = {"written_by": "gemini", "fallback_reason": "none"}
KEYS = {**DECIDED, **OUTCOME}
KINDS: Mapping[str, Kind] = {"DOUBLE": "number", "BOOLEAN": "truth"}
Line = dict[str, Value]


class Logs(NamedTuple):
    files: tuple[Path, Path]
    lines: list[Line]


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Logs:
    """Of customers who are asked about more than once, the first time not always with an offer."""
    folder = tmp_path_factory.mktemp("logs")
    decisions, outcomes, _ = lived(World(customers=400, days=120), folder)
    lines = [json.loads(line) for line in decisions.read_text().splitlines()]
    before = [
        {**line, "decision_id": f"b{place:031x}", "time": "2025-12-30T23:00:00Z",
         "would_offer": "none" if place % 2 else line["would_offer"], "probability": 0.01}
        for place, line in enumerate(lines[:300])
    ]  # fmt: skip
    free = {"cost": 0.0}
    all_of_them = [
        line | WORDS | (free if FREE & {line["offer"], line["would_offer"]} else {})
        for line in [*lines, *before]
    ]
    late = [line | {"fallback_reason": "timeout"} for line in all_of_them[:50]]
    decisions.write_text("".join(json.dumps(line) + "\n" for line in [*late, *all_of_them[50:]]))
    told = [json.loads(line) for line in outcomes.read_text().splitlines()]
    stayed = [one | {"outcome": "stayed"} for one in told[:1]]
    outcomes.write_text("".join(json.dumps(line) + "\n" for line in [*told, *stayed]))
    return Logs((decisions, outcomes), [*late, *all_of_them[50:], *told, *stayed])


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load_reference(ARTIFACTS)


@pytest.fixture
def base(logs: Logs, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse whose table `decision_log` holds the lines."""
    file = tmp_path / "log.ndjson"
    file.write_text("".join(json.dumps(dict.fromkeys(KEYS) | line) + "\n" for line in logs.lines))
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        columns = KEYS | {"time": "TIMESTAMPTZ"}
        connection.read_json(str(file), columns=columns).to_table("decision_log")
        yield connection


@pytest.fixture(scope="module")
def googlesql() -> GoogleSQL:
    return GoogleSQL()


def expected(logs: Logs) -> Counted:
    decisions, outcomes = logs.files
    return count([decisions], [outcomes], None, as_of=date(2026, 6, 1), sold=SOLD)


def same(one: Counted, other: Counted) -> None:
    big = ("cells", "ages", "weighed")  # the last is not in the table
    assert replace(one, **{name: getattr(other, name) for name in big}) == other
    for name in ("arm", "would_offer", "offer", "answers", "bin"):
        assert getattr(one.cells, name).tolist() == getattr(other.cells, name).tolist()
    for name, column in other.cells.sums.items():
        assert one.cells.sums[name] == pytest.approx(column)
    for kind in ("left", "censored"):
        mine, theirs = getattr(one.ages, kind), getattr(other.ages, kind)
        assert mine.keys() == theirs.keys()
        assert all(np.array_equal(mine[arm], theirs[arm]) for arm in mine)


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_the_view_of_a_warehouse_is_the_table_that_lift_makes_of_the_files(
    logs: Logs, base: duckdb.DuckDBPyConnection, tmp_path: Path, suffix: str
) -> None:
    base.execute(f"CREATE VIEW churn_evidence AS {views(ASKED)['churn_evidence']}")
    path = tmp_path / f"small{suffix}"
    base.execute(f"COPY (FROM churn_evidence) TO '{path}'")
    same(read(path), expected(logs))


def test_outcomes_of_a_billing_by_the_customers_are_joined_too(
    logs: Logs, base: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    base.execute(
        "CREATE TABLE billing AS SELECT d.unit, d.decision_id, o.outcome, o.occurred_at"
        " FROM decision_log AS o JOIN decision_log AS d USING (decision_id)"
        " WHERE o.event = 'outcome' AND d.event = 'decision'"
    )
    base.execute("UPDATE billing SET decision_id = NULL")
    base.execute("DELETE FROM decision_log WHERE event = 'outcome'")
    text = views(replace(ASKED, outcomes="billing"))["churn_evidence"]
    path = tmp_path / "small.parquet"
    base.execute(f"COPY ({text}) TO '{path}'")
    same(read(path), expected(logs))


def test_days_of_a_log_show_fallbacks_and_costs(base: duckdb.DuckDBPyConnection) -> None:
    told = views(ASKED)
    texts, fallbacks = base.sql(
        f"SELECT sum(texts), sum(fallbacks) FROM ({told['churn_fallbacks']})"
    ).fetchall()[0]
    assert (texts, fallbacks) == (700, 50)
    made, accepted, given_up = base.sql(
        f"SELECT sum(made), sum(accepted), sum(given_up) FROM ({told['churn_costs']})"
    ).fetchall()[0]
    assert 0 < accepted < made < 700
    assert 0 < given_up < 40 * accepted


def test_weeks_of_a_log_show_the_drift_of_the_score(
    base: duckdb.DuckDBPyConnection, reference: Reference
) -> None:
    text = views(ASKED, reference)["churn_drift"]
    weeks = base.sql(f"FROM ({text}) ORDER BY week").fetchall()
    assert weeks[0][0] == date(2025, 12, 29)
    week, customers, found, by_chance = weeks[5]
    scores = base.sql(
        "SELECT probability FROM decision_log WHERE event = 'decision'"
        f" AND date_trunc('week', time)::DATE = '{week}'"
    ).fetchall()
    now = reference.score.like([one for (one,) in scores])
    pair = [
        np.array([*counts.values()], dtype=float) for counts in (reference.score.counts, now.counts)
    ]
    assert customers == len(scores)
    assert found == pytest.approx(psi(*pair))
    assert by_chance == pytest.approx(noise(reference.customers, customers, len(pair[0])))
    assert homogeneity(*pair) is not None


@pytest.mark.parametrize(
    "name", ["churn_evidence", "churn_fallbacks", "churn_costs", "churn_drift"]
)
def test_bigquery_says_the_same(
    logs: Logs,
    base: duckdb.DuckDBPyConnection,
    reference: Reference,
    googlesql: GoogleSQL,
    name: str,
) -> None:
    text = views(replace(ASKED, dialect="bigquery"), reference)[name]
    columns: Columns = {key: KINDS.get(kind, "text") for key, kind in KEYS.items()}
    payload = ", ".join(key for key in columns if key != "time")
    sink = f"(SELECT TIMESTAMP(time) AS timestamp, STRUCT({payload}) AS jsonPayload FROM flat)"
    rows = [[line.get(key) for key in columns] for line in logs.lines]
    found = googlesql.run(text.replace("`decision_log`", sink), "flat", columns, rows)
    ours = base.sql(views(ASKED, reference)[name]).fetchall()
    theirs = [tuple(row.values()) for row in found]
    assert len(theirs) == len(ours) > 1
    for one, other in zip(alike(theirs), alike(ours), strict=True):
        assert one == pytest.approx(other, nan_ok=True)


def alike(rows: Sequence[tuple[object, ...]]) -> list[list[object]]:
    """In one order, and dates as GoogleSQL has them: days since 1970."""
    first = date(1970, 1, 1)
    plain = [[(one - first).days if isinstance(one, date) else one for one in row] for row in rows]
    return sorted(
        plain, key=lambda row: [f"{one:.6g}" if isinstance(one, float) else str(one) for one in row]
    )


def test_a_table_of_something_else_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "small.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match="export the view churn_evidence"):
        read(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("INSERT INTO small FROM small LIMIT 1", "has a row twice"),
        ("UPDATE small SET m = NULL WHERE part = 'cell' AND \"left\" = 0", "without a number"),
        (
            "UPDATE small SET window_days = 30 WHERE part = 'units'",
            "one experiment, day and window",
        ),
    ],
)
def test_a_table_that_is_not_what_the_view_shows_is_refused(
    base: duckdb.DuckDBPyConnection, tmp_path: Path, change: str, message: str
) -> None:
    base.execute(f"CREATE TABLE small AS {views(ASKED)['churn_evidence']}")
    base.execute(change)
    path = tmp_path / "small.parquet"
    base.execute(f"COPY small TO '{path}'")
    with pytest.raises(DataError, match=message):
        read(path)

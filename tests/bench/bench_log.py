"""What it costs to count a decision log with its outcomes, beside reading the same files."""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from tempfile import TemporaryDirectory

import duckdb

from churn_lib.evidence import queries
from churn_lib.evidence.table import count, opened
from tests.bench.figures import Goal, at_most
from tests.serving import peak_memory

SIZE, WHOLE = 200_000, 5_000_000
"""Decisions, as a rule and in the goals for CPU seconds."""
SECONDS = {"ndjson": 25.0, "parquet": 18.0}

CUSTOMERS = """
SELECT i, (hash(i, 1) % 1000000) / 1e6 AS lot, (hash(i, 2) % 1000000) / 1e6 AS p,
       'offer-' || hash(i, 5) % 5 AS best, 'offer-' || hash(i, 7) % 5 AS other
FROM range({size}) AS t(i)
"""
DECISIONS = """
SELECT 'INFO' AS severity, 'decision' AS message,
       TIMESTAMPTZ '2026-01-01' + to_seconds(i % 7776000) AS time, 'decision' AS event,
       '/predict' AS route, md5('d' || i) AS decision_id, '49e6a1496f62' AS model_version,
       p AS probability, 'medium' AS risk, 'email' AS channel, 'en' AS language,
       'outbound' AS direction,
       CASE WHEN would = 'none' OR arm = 'holdout' THEN 'none'
            WHEN arm = 'explore' THEN other ELSE would END AS offer,
       ['offer-0', 'offer-1', 'offer-2', 'offer-3', 'offer-4'] AS eligible,
       '2026-q4' AS experiment, arm, md5('u' || i) AS unit, would AS would_offer,
       0.85 AS propensity, hash(i, 9) % 2 = 0 AS answers, hash(i, 9) % 2 = 0 AS would_answer,
       400 + p * 100 AS value, 90.5 + p AS cost, 0.1 AS contact_cost, 60 * p AS expected_value,
       'template' AS written_by, 'no_key' AS fallback_reason, 83.73 AS latency_ms,
       '1.2.0' AS catalogue_version
FROM (SELECT *, CASE WHEN p > 0.2 THEN best ELSE 'none' END AS would,
             CASE WHEN lot < 0.1 THEN 'holdout' WHEN lot < 0.15 THEN 'explore' ELSE 'policy' END
               AS arm FROM ({customers}))
"""
OUTCOMES = """
SELECT 'INFO' AS severity, 'outcome' AS message, moment AS time, 'outcome' AS event, decision_id,
       outcome, 'none' AS offer, 'none' AS reason, 'none' AS key, moment AS occurred_at
FROM (SELECT md5('d' || i) AS decision_id,
             TIMESTAMPTZ '2026-02-15' + to_seconds(i % 7776000) AS moment,
             CASE WHEN (hash(i, 3) % 1000000) / 1e6 < p * 0.8 THEN 'left' ELSE 'stayed' END
               AS outcome FROM ({customers})
      UNION ALL
      SELECT md5('d' || i), TIMESTAMPTZ '2026-01-04' + to_seconds(i % 7776000), 'accepted'
      FROM ({customers}) WHERE hash(i, 4) % 100 < 32)
"""


def figures(size: int = SIZE) -> Iterator[Goal]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        for kind in SECONDS:
            write(folder, size, kind)
            read, counted = (measured(what, folder, kind) for what in ("read", "count"))
            what = f"{size:,} decisions and their outcomes, {kind}"
            detail = f"{counted[0]:.1f} CPU s, reading {read[0]:.1f}"
            if kind == "ndjson":
                yield at_most(f"{what}: times reading", counted[0] / read[0], 5, detail)
            if size >= WHOLE:
                yield at_most(f"{what}: CPU s", counted[0], SECONDS[kind], detail)
            yield at_most(f"{what}: MiB of memory", counted[1], 1024)


def write(folder: Path, size: int, kind: str) -> None:
    customers = CUSTOMERS.format(size=size)
    with duckdb.connect() as base:
        base.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = false")
        for name, text in (("decisions", DECISIONS), ("outcomes", OUTCOMES)):
            form = "json" if kind == "ndjson" else kind
            rows = text.format(customers=customers)
            base.execute(f"COPY ({rows}) TO '{folder / name}.{kind}' (FORMAT {form})")


def measured(what: str, folder: Path, kind: str) -> tuple[float, float]:
    """CPU seconds and the most MiB of memory, of a process of its own."""
    command = (sys.executable, "-m", "tests.bench.bench_log", what, str(folder), kind)
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, size = map(float, done.stdout.split())
    return seconds, size


def measure(what: str, folder: Path, kind: str) -> None:
    files = [folder / f"decisions.{kind}"], [folder / f"outcomes.{kind}"]
    before = _seconds()
    if what == "count":
        count(*files, None, as_of=date(2026, 12, 1))
    else:
        with opened(*files) as base:
            for view, columns in (("decisions", queries.DECISION), ("outcomes", queries.OUTCOME)):
                base.execute(f"SELECT {', '.join(f'max({name})' for name in columns)} FROM {view}")
    print(_seconds() - before, peak_memory(os.getpid()) / 2**20)


def _seconds() -> float:
    used = getrusage(RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.bench.bench_log", description=__doc__)
    options.add_argument("step", nargs="*", help="of the benchmark itself: what, folder, kind")
    options.add_argument("--size", type=int, default=SIZE, help="decisions")
    given = options.parse_args()
    if given.step:
        what, folder, kind = given.step
        measure(what, Path(folder), kind)
        return
    for goal in figures(given.size):
        print(goal, flush=True)


if __name__ == "__main__":
    main()

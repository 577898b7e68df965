"""The one small table in a file, as a warehouse makes it by the view `churn_evidence`."""

from datetime import date
from pathlib import Path

import duckdb
import numpy as np

from churn_lib.errors import DataError
from churn_lib.evidence.table import CELL, SUMS, Ages, Cells, Counted, connected, open_files

COLUMNS = {
    "part": "VARCHAR",
    "experiment": "VARCHAR",
    "as_of": "DATE",
    "window_days": "BIGINT",
    "arm": "VARCHAR",
    "would_offer": "VARCHAR",
    "offer": "VARCHAR",
    "answers": "BOOLEAN",
    "bin": "BIGINT",
    "day": "BIGINT",
    **dict.fromkeys(SUMS, "DOUBLE"),
}
"""part: what a row counts, see `Counted`: a cell, customers by arm and day (`left`, `censored`), or
a number, by arm or not, in `n`.
"""

ONE_OF = "SELECT DISTINCT experiment, as_of, window_days FROM small"
CELLS = "FROM small WHERE part = 'cell' ORDER BY ALL"
TWICE = """
SELECT (SELECT count(*) FROM small)
     > (SELECT count(*) FROM (SELECT DISTINCT part, arm, would_offer, offer, answers, bin, day
                              FROM small))
"""
BY_ARM = """
SELECT part, arm, day, sum(n) FROM small WHERE part <> 'cell' GROUP BY ALL ORDER BY ALL
"""


def read(path: Path) -> Counted:
    """What was counted, from CSV, Parquet or NDJSON. Raises DataError."""
    with connected("the table of a warehouse") as base:
        open_files(base, "small", [path], COLUMNS)
        told = base.execute(ONE_OF).fetchall()
        if len(told) != 1 or None in told[0]:
            problem = "must be of one experiment, day and window: export the view churn_evidence"
            raise DataError(f"{path.name} {problem}")
        if base.execute(TWICE).fetchall()[0][0]:
            raise DataError(f"{path.name} has a row twice: export the view churn_evidence once")
        experiment, as_of, window = told[0]
        return _counted(base, str(experiment), as_of, int(window))


def _counted(base: duckdb.DuckDBPyConnection, name: str, as_of: date, window: int) -> Counted:
    parts: dict[str, dict[str, int]] = {}
    ages = Ages({}, {})
    for part, arm, day, count in base.execute(BY_ARM).fetchall():
        if part in {"left", "censored"}:
            of_arm = ages.left if part == "left" else ages.censored
            of_arm.setdefault(str(arm), np.zeros(window + 1))[int(day)] += int(count)
        else:
            parts.setdefault(part, {})[str(arm)] = int(count or 0)
    alone = {part: sum(by_arm.values()) for part, by_arm in parts.items()}
    return Counted(
        name,
        as_of,
        window,
        _cells(base),
        ages,
        parts.get("units", {}),
        parts.get("triggered", {}),
        parts.get("unknown", {}),
        parts.get("immature", {}),
        alone.get("mixed", 0),
        alone.get("nameless", 0),
        alone.get("early", 0),
        bool(alone.get("spoken", 0)),
        alone.get("silent", 0),
    )


def _cells(base: duckdb.DuckDBPyConnection) -> Cells:
    found = base.execute(CELLS).fetchnumpy()
    if any(np.ma.is_masked(found[name]) for name in (*CELL, *SUMS)):
        raise DataError("the table has cells without a number: decisions lack what is counted")
    arm, would, offer = (np.asarray(found[name]).astype(str) for name in CELL[:3])
    sums = {name: np.asarray(found[name]).astype(float) for name in SUMS}
    answers, bins = found["answers"].astype(bool), found["bin"].astype(int)
    return Cells(arm, would, offer, np.asarray(answers), np.asarray(bins), sums)

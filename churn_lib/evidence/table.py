"""The one small table that all statistics read: logs of millions of decisions, counted.

A customer counts once, with the first decision of the experiment that would have made an offer:
whatever the arm, `would_offer` says which. Left counts within `window` days of that decision.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np
from numpy.typing import NDArray

from churn_lib.errors import DataError
from churn_lib.evidence import queries as q
from churn_lib.evidence import sound
from churn_lib.evidence.sound import wrong
from churn_lib.evidence.weighed import Choices, Weighed, choose, nothing, take, weighed

BINS = 200
"""Of the probability: fine enough that a sum over bins is one over customers."""

QUIET = 30
"""Days without any outcome after which it is asked whether later ones are lacking."""

LINES = {".ndjson", ".jsonl", ".json"}
"""How the names of files end that hold lines of JSON."""

Floats = NDArray[np.float64]
Sums = Mapping[str, float]

CELL = ("arm", "would_offer", "offer", "answers", "bin")
SUMS = (
    *("n", "left", "accepted", "accepted_left", "p", "pp", "p_left", "m", "mm", "p_m"),
    *("cost", "cc", "cost_left", "expected"),
)
"""Of the mature customers whose outcome is known: how many, who left, who accepted, who did both,
sums of the probability p, its square, p of leavers, the margin m, its square, p times m, what was
spent, its square, that on leavers, and the expected value of the offers made.
"""


@dataclass(frozen=True)
class Cells:
    """One row for each arm, offers, and bin of the probability; arrays of one length."""

    arm: NDArray[np.str_]
    would_offer: NDArray[np.str_]
    offer: NDArray[np.str_]
    answers: NDArray[np.bool_]
    bin: NDArray[np.int64]
    sums: dict[str, Floats]

    def of(self, arm: str) -> Sums:
        """The sums over all customers of an arm."""
        here = self.arm == arm
        return {name: float(column[here].sum()) for name, column in self.sums.items()}

    def where(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> "Cells":
        """The rows that are chosen, by truth or by place."""
        return Cells(
            self.arm[chosen],
            self.would_offer[chosen],
            self.offer[chosen],
            self.answers[chosen],
            self.bin[chosen],
            {name: column[chosen] for name, column in self.sums.items()},
        )


@dataclass(frozen=True)
class Ages:
    """By arm and days since the decision, 0 to the window: who left then, and of whom no more is
    known than that they had not left.
    """

    left: dict[str, Floats]
    censored: dict[str, Floats]


@dataclass(frozen=True)
class Counted:
    """What was counted, and what was left out of it and why.

    units: all customers by arm, before any is left out. triggered: those who would get an offer.
    unknown: mature ones of whom no line says whether they left. immature: triggered less than the
    window ago. mixed: customers in several arms. nameless: decisions without a unit. early: who
    left before the decision, by more than clocks differ. spoken: whether any line says that
    somebody stayed; else silence is taken for it. silent: mature ones whose window ended more than
    `QUIET` days after the last outcome of all. weighed: for other ways to choose; a warehouse's
    table has nobody there.
    """

    experiment: str
    as_of: date
    window: int
    cells: Cells
    ages: Ages
    units: dict[str, int]
    triggered: dict[str, int]
    unknown: dict[str, int]
    immature: dict[str, int]
    mixed: int
    nameless: int
    early: int
    spoken: bool
    silent: int = 0
    weighed: Weighed = field(default_factory=nothing)


def count(
    decisions: Sequence[Path],
    outcomes: Sequence[Path],
    experiment: str | None,
    *,
    as_of: date,
    window: int = 90,
    choices: Choices | None = None,
    sold: Sequence[str] | None = None,
    memory: str = "700MB",
) -> Counted:
    """Counts the decisions of an experiment with what became of them.

    decisions, outcomes: files of the decision log, or tables with its columns: NDJSON, CSV or
    Parquet; of outcomes `unit` or `decision_id`, `outcome` and `occurred_at`. experiment: left out,
    the one that there is. as_of: the last day of which all outcomes are known. choices: of another
    way to choose. sold: ids of the value-added offers; left out, those that cost nothing.
    Raises DataError.
    """
    with opened(decisions, outcomes, memory) as base:
        tell(base, as_of)
        asked = q.ALONE if choices is None else q.BESIDE
        if isinstance(choices, Path):
            open_files(base, "choices", [choices], q.CHOICE)
        if choices is not None:
            take(base, choices)
        base.execute(q.FIRST.format(wrong=wrong(sound.DECISION), **asked))
        name = _experiment(base, experiment)
        choose(base, name, sold, any_other=choices is not None)
        return _counted(base, name, as_of, window, sold)


def tell(base: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Makes the table of what outcomes say until that day. Raises DataError."""
    base.execute(q.TOLD.format(wrong=wrong(sound.OUTCOME)), {"as_of": as_of})
    found = base.execute("SELECT bit_or(wrong) FROM told").fetchall()[0][0]
    sound.check("outcomes", sound.OUTCOME, found)


@contextmanager
def opened(
    decisions: Sequence[Path], outcomes: Sequence[Path] = (), memory: str = "700MB"
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The files as the views `decisions` and `outcomes`. Raises DataError where they are no logs,
    also when they are read.
    """
    with connected("logs", memory) as base:
        open_files(base, "decisions", decisions, q.DECISION | q.ALLOWED)
        if outcomes:
            open_files(base, "outcomes", outcomes, q.OUTCOME)
        yield base


@contextmanager
def connected(what: str, memory: str = "700MB") -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory, whose errors are DataError: the files can't be read as what they are
    said to be.
    """
    with TemporaryDirectory(prefix="churn-") as spilled, duckdb.connect() as base:
        base.execute(f"SET memory_limit = '{memory}'; SET preserve_insertion_order = false")
        base.execute("SET temp_directory = $folder", {"folder": spilled})
        base.execute("SET TimeZone = 'UTC'")
        try:
            yield base
        except duckdb.Error as error:
            raise DataError(f"the files can't be read as {what}: {sound.told(error)}") from None


def open_files(
    base: duckdb.DuckDBPyConnection, name: str, files: Sequence[Path], columns: dict[str, str]
) -> None:
    """A view of the files, with all columns: NULL where a table lacks one. Raises DataError."""
    for path in files:
        if not path.is_file():
            raise DataError(f"{path.name}: no such file")
        if not path.stat().st_size:
            raise DataError(f"{path.name}: is empty")
    kinds = {path.suffix.lower() for path in files}
    if len(kinds) != 1:
        raise DataError(f"{name}: give files of one kind, NDJSON, CSV or Parquet")
    if kinds <= LINES:
        paths = [str(path) for path in files]
        lines = base.read_json(paths, format="newline_delimited", columns=columns)
        lines.create_view(name)
        return
    given = table_of(base, files)
    there = set(given.columns)
    quoted = {name: f'"{name}"' for name in columns}
    chosen = [
        f"CAST({quoted[name] if name in there else 'NULL'} AS {kind}) AS {quoted[name]}"
        for name, kind in columns.items()
    ]
    given.project(", ".join(chosen)).create_view(name)


def table_of(base: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> duckdb.DuckDBPyRelation:
    """Files of one kind with the columns that they have, which their ending says how to read."""
    paths, kind = [str(path) for path in files], files[0].suffix.lower()
    if kind in LINES:
        return base.read_json(paths, format="newline_delimited")
    return base.read_parquet(paths) if kind == ".parquet" else base.read_csv(paths)


def _experiment(base: duckdb.DuckDBPyConnection, wanted: str | None) -> str:
    names = [str(row[0]) for row in base.execute(q.EXPERIMENTS).fetchall()]
    if wanted is not None and wanted in names:
        return wanted
    if wanted is None and len(names) == 1:
        return names[0]
    if not names:
        raise DataError("no decision belongs to an experiment: nothing can be compared")
    raise DataError(f"say which experiment, with --experiment: {', '.join(names)}")


def _counted(
    base: duckdb.DuckDBPyConnection,
    name: str,
    as_of: date,
    window: int,
    sold: Sequence[str] | None,
) -> Counted:
    of_it = {"experiment": name}
    found = base.execute(q.WRONG, of_it).fetchall()[0][0]
    sound.check("decisions", sound.DECISION, found)
    if base.execute(q.UNMATCHED).fetchall()[0][0]:
        raise DataError("no outcome names one of the decisions or customers: are they of one log?")
    base.execute(q.JOINED.format(bins=BINS), {**of_it, "as_of": as_of, "sold": sold})
    spoken = bool(base.execute(q.SPOKEN).fetchall()[0][0])
    given = {"window": window, "spoken": spoken}
    base.execute(q.MATURE.format(**given))
    rows = base.execute(q.COUNTED).fetchnumpy()
    columns = [np.asarray(column) for column in rows.values()]
    arm, would, offer = (column.astype(str) for column in columns[:3])
    sums = {n: column.astype(float) for n, column in zip(SUMS, columns[5:], strict=True)}
    cells = Cells(arm, would, offer, columns[3].astype(bool), columns[4].astype(int), sums)
    until = {"window": window, "as_of": as_of}
    mixed, nameless, early = base.execute(q.LEFT_OUT, of_it).fetchall()[0]
    return Counted(
        name,
        as_of,
        window,
        cells,
        _ages(base, window),
        _by_arm(base, q.UNITS, of_it),
        _by_arm(base, q.TRIGGERED, {}),
        _by_arm(base, q.UNKNOWN, given),
        _by_arm(base, q.IMMATURE, {"window": window}),
        int(mixed),
        int(nameless),
        int(early),
        spoken,
        int(base.execute(q.SILENT.format(quiet=QUIET), until).fetchall()[0][0]),
        weighed(base),
    )


def _by_arm(
    base: duckdb.DuckDBPyConnection, query: str, given: Mapping[str, object]
) -> dict[str, int]:
    return {str(arm): int(count) for arm, count in base.execute(query, dict(given)).fetchall()}


def _ages(base: duckdb.DuckDBPyConnection, window: int) -> Ages:
    found = Ages({}, {})
    for arm, day, gone, count in base.execute(q.AGES, {"window": window}).fetchall():
        part = found.left if gone else found.censored
        part.setdefault(str(arm), np.zeros(window + 1))[int(day)] += int(count)
    return found

"""Files of a million customers through `churn score`, beside DuckDB's copy of the same file, the
scikit-learn pipeline, and the service's answer one by one. Without the start of Python.
"""

import csv
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import NamedTuple

import duckdb
import numpy as np

from churn_lib.customer.schema import ARTIFACTS
from tests.bench.figures import Goal, at_least, at_most
from tests.customers import random_customer
from tests.serving import peak_memory

ROWS, DIFFERENT = 1_000_000, 20_000
ONE_BY_ONE = 20_000
TIMES = 20
"""How many times as large the largest file is."""

ROUNDS = 3
KINDS = ("parquet", "csv")
GOALS = {"parquet": (1.5, 3, 4), "csv": (2, 3, 4)}
PARTS: tuple[tuple[str, int, bool], ...] = (
    ("probability", 0, False),
    ("and three reasons", 3, False),
    ("and the offer", 3, True),
)
"""What is asked for: how many reasons, and whether offers."""


class Used(NamedTuple):
    """CPU and wall seconds, and megabytes."""

    cpu: float
    wall: float
    memory: float


def figures() -> Iterator[Goal]:
    """Every run is a process of its own, so that its memory is its own too."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made_up(folder)
        for kind in KINDS:
            yield from beside_a_copy(folder, kind)
        yield from beside_the_pipeline(folder)
        yield one_by_one(folder)
        yield from larger(folder)


def made_up(folder: Path) -> None:
    """The customers differ in the first rows, and are repeated under other identifiers."""
    rng = np.random.default_rng(1)
    rows = [random_customer(rng) for _ in range(DIFFERENT)]
    with (folder / "in.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["customerID", *rows[0]])
        for number in range(ROWS):
            writer.writerow([f"made-up-{number}", *rows[number % DIFFERENT].values()])
    texts = {name: "VARCHAR" for name, value in rows[0].items() if isinstance(value, str)}
    read = f"read_csv('{folder}/in.csv', types={texts})"  # else DuckDB takes yes and no for truths
    run(f"COPY (FROM {read}) TO '{folder}/in.parquet'")


def beside_a_copy(folder: Path, kind: str) -> Iterator[Goal]:
    source, target = folder / f"in.{kind}", folder / f"out.{kind}"
    ours: dict[str, list[Used]] = {what: [] for what, _, _ in PARTS}
    theirs = list[Used]()
    for _ in range(ROUNDS):
        theirs.append(used(partial(copy, source, target)))
        for what, reasons, offers in PARTS:
            ours[what].append(used(partial(scored, source, target, reasons, offers)))
    base = median(one.cpu for one in theirs)
    for (what, _, _), bound in zip(PARTS, GOALS[kind], strict=True):
        found = median(one.cpu for one in ours[what])
        detail = f"{found:.1f} s / {base:.1f} s of CPU for {ROWS:,} rows, all columns kept"
        yield at_most(f"churn score of {kind}, {what} / DuckDB's copy", found / base, bound, detail)


def beside_the_pipeline(folder: Path) -> Iterator[Goal]:
    source, target = folder / "in.csv", folder / "out.csv"
    ours = used(partial(scored, source, target, 0, False, only=True))
    theirs = used(partial(by_pipeline, source, target))
    what = "scikit-learn's pipeline, read by pandas / churn score, probability from CSV"
    yield at_least(
        f"{what}: CPU", theirs.cpu / ours.cpu, 5, f"{theirs.cpu:.1f} s / {ours.cpu:.1f} s"
    )
    detail = f"{theirs.wall:.1f} s / {ours.wall:.1f} s"
    yield at_least(f"{what}: time on two cores", theirs.wall / ours.wall, 10, detail)


def one_by_one(folder: Path) -> Goal:
    ours = used(partial(scored, folder / "in.parquet", folder / "out.parquet", 3, True))
    theirs = used(partial(by_service, folder / "in.parquet"))
    ratio = (theirs.cpu / ONE_BY_ONE) / (ours.cpu / ROWS)
    detail = f"{theirs.cpu / ONE_BY_ONE * 1e6:.0f} us / {ours.cpu / ROWS * 1e6:.1f} us a customer"
    return at_least("score, reasons and decision one by one / churn score", ratio, 12, detail)


def larger(folder: Path) -> Iterator[Goal]:
    source, target = folder / "in.parquet", folder / "out.parquet"
    large = folder / "large.parquet"
    times = f"(SELECT t.* FROM range({TIMES}), '{source}' AS t)"
    run(f"COPY {times} TO '{large}'")
    small = used(partial(scored, source, target, 3, True))
    found = used(partial(scored, large, target, 3, True))
    ratio = found.cpu / small.cpu / TIMES
    detail = f"{found.cpu:.0f} s / {small.cpu:.1f} s of CPU, all that there is to know"
    yield at_most(f"{TIMES * ROWS:,} rows / {ROWS:,}, time a row", ratio, 1.15, detail)
    yield at_most("its memory in MB", found.memory, 700)


def used(task: Callable[[], Callable[[], object]]) -> Used:
    """What a task takes in a process of its own, when all is imported."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_timed, task).result()


def _timed(task: Callable[[], Callable[[], object]]) -> Used:
    timed = task()
    cpu, wall = time.process_time(), time.perf_counter()
    timed()
    taken = time.process_time() - cpu, time.perf_counter() - wall
    return Used(*taken, peak_memory(os.getpid()) / 1e6)


def scored(
    source: Path, target: Path, reasons: int, offers: bool, *, only: bool = False
) -> Callable[[], object]:
    from churn_lib.offers.catalogue import catalogue
    from churn_lib.scale.files import form_of
    from churn_lib.scale.order import Order
    from churn_lib.scale.request import Request
    from churn_lib.scale.score import score
    from churn_lib.score.scorecard import scorecard

    card, known = scorecard(), catalogue()
    order = Order(
        source=str(source),
        target=target,
        form=form_of(target),
        rejected=target.with_suffix(".rejected.csv"),
        request=Request(day=datetime.now(UTC).date(), reasons=reasons, offers=offers),
        only=only,
    )
    return lambda: score(order, card, known, lambda _done, _expected: None)


def run(command: str) -> None:
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute(command)


def copy(source: Path, target: Path) -> Callable[[], object]:
    """All columns of text, as ours are read, where the file is CSV."""
    read = f"'{source}'"
    if source.suffix == ".csv":
        with source.open(encoding="utf-8") as file:
            names = next(csv.reader(file))
        columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
        plain = "auto_detect=false, header=true, delim=',', quote='\"', escape='\"'"
        read = f"read_csv('{source}', {plain}, columns={{{columns}}})"
    return lambda: run(f"COPY (FROM {read}) TO '{target}'")


def by_pipeline(source: Path, target: Path) -> Callable[[], object]:
    import joblib
    import pandas as pd

    pipeline = joblib.load(ARTIFACTS / "pipeline.joblib")

    def scored_all() -> None:
        frame = pd.read_csv(source)
        found = pipeline.predict_proba(frame)[:, 1]
        pd.DataFrame({"customerID": frame["customerID"], "p": found}).to_csv(target, index=False)

    return scored_all


def by_service(source: Path) -> Callable[[], object]:
    import pyarrow.parquet as pq

    from churn_lib.customer.reading import read_columns
    from churn_lib.customer.request import PredictRequest
    from churn_lib.offers.catalogue import catalogue
    from churn_lib.scale.reference import Reference
    from churn_lib.scale.request import Request
    from churn_lib.score.scorecard import scorecard

    request = Request(day=datetime.now(UTC).date())
    reference = Reference(request, scorecard(), catalogue())
    rows = pq.read_table(source).slice(0, ONE_BY_ONE).to_pylist()
    return lambda: [reference.told(read_columns(PredictRequest, row)) for row in rows]

"""The text of `churn sql`: what it costs to check each row, beside the SQL of orbital for a plain
logistic regression, and on two workers of Spark beside one.
"""

import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from statistics import median

import duckdb
import numpy as np

from churn_lib.customer.model import FEATURES, LEVELS, NUMBERS
from churn_lib.offers.catalogue import catalogue
from churn_lib.scale.customer import Checks, given
from churn_lib.scale.dialects import DIALECTS
from churn_lib.scale.request import Request
from churn_lib.scale.statement import statement
from churn_lib.score.scorecard import scorecard
from tests.bench.bench_scale import ROWS, made_up
from tests.bench.figures import Goal, at_least, at_most, not_measured
from tests.customers import Row, leaves, random_customer
from tests.engines.conftest import OLDEST_JAVA, java

ROUNDS = 7
TRAINED_ON = 3000
SPARK_TIMES = 2
"""How many times a million customers."""

TODAY = datetime.now(UTC).date()
ALONE = Request(TODAY, reasons=0, offers=False, keep=False)
"""The probability and what is wrong with a row."""


class Unchecked(Checks):
    """Takes every value as it is; where all of them are allowed, the score is the same."""

    def values(self) -> Mapping[str, str]:
        return {given(name): self.columns.read(name) for name in self.columns.request.names}

    def conditions(self) -> list[str]:
        return []

    def faults(self) -> str:
        return "''"

    def contradictions(self) -> str:
        return "''"


def figures() -> Iterator[Goal]:
    text = statement(Request(TODAY), DIALECTS["bigquery"], scorecard(), catalogue())
    yield at_most("bytes for the shipped score and offers, BigQuery", len(text.encode()), 36_000)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made_up(folder)
        yield from in_duckdb(folder / "in.parquet", folder / "out.parquet")
        yield on_spark(folder)


def in_duckdb(source: Path, target: Path) -> Iterator[Goal]:
    ours = partial(statement, ALONE, DIALECTS["duckdb"], scorecard(), None)
    texts = {"ours": ours(), "unchecked": ours(checking=Unchecked), "orbital": orbital_sql()}
    found = seconds(texts, source, target)
    checked, unchecked, plain = (found[what] for what in texts)
    detail = f"{checked:.2f} s / {unchecked:.2f} s of CPU for {ROWS:,} rows"
    yield at_most("row check on / off", checked / unchecked, 1.1, detail)
    what = "our probability with all checks / orbital's of a plain logistic regression"
    yield at_most(what, checked / plain, 1.2, f"{checked:.2f} s / {plain:.2f} s of CPU")


def seconds(texts: Mapping[str, str], source: Path, target: Path) -> dict[str, float]:
    """Of the processor, for each of these statements; all in turn, again and again."""
    taken: dict[str, list[float]] = {what: [] for what in texts}
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute(f"CREATE TABLE customers AS FROM '{source}'")
        for _ in range(ROUNDS):
            for what, sql in texts.items():
                begun = time.process_time()
                connection.execute(f"COPY ({sql}) TO '{target}' (FORMAT parquet)")
                taken[what].append(time.process_time() - begun)
    return {what: median(all_of_it) for what, all_of_it in taken.items()}


def orbital_sql() -> str:
    import orbital
    from orbital import types

    numbers = [name for name in NUMBERS if name in FEATURES]
    words = [name for name in LEVELS if name in FEATURES]
    kinds = {name: types.DoubleColumnType() for name in numbers}
    kinds |= {name: types.StringColumnType() for name in words}
    parsed = orbital.parse_pipeline(trained(numbers, words), features=kinds)
    return str(orbital.export_sql("customers", parsed, dialect="duckdb"))


def trained(numbers: list[str], words: list[str]) -> object:
    """A plain logistic regression of made-up customers."""
    import pandas as pd
    from sklearn.compose import ColumnTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    drawn = np.random.default_rng(1)
    rows: list[Row] = [random_customer(drawn) for _ in range(TRAINED_ON)]
    parts = [
        ("numbers", StandardScaler(), numbers),
        ("words", OneHotEncoder(sparse_output=False, handle_unknown="ignore"), words),
    ]
    pipeline = make_pipeline(ColumnTransformer(parts), LogisticRegression(max_iter=1000))
    frame = pd.DataFrame(rows).astype(dict.fromkeys(numbers, float))
    return pipeline.fit(frame[[*numbers, *words]], [leaves(row, drawn) for row in rows])


def on_spark(folder: Path) -> Goal:
    what = f"Spark on two workers, {SPARK_TIMES * ROWS:,} rows: times as fast as on one"
    if find_spec("pyspark") is None or java() < OLDEST_JAVA:
        return not_measured(what, f"needs `make spark` and Java {OLDEST_JAVA}")
    source, large = folder / "in.parquet", folder / "large.parquet"
    times = f"(SELECT t.* FROM range({SPARK_TIMES}), '{source}' AS t)"
    duckdb.execute(f"COPY {times} TO '{large}' (ROW_GROUP_SIZE 100000)")
    one, two = (apart(large, folder / f"out-{workers}", workers) for workers in (1, 2))
    return at_least(what, one / two, 1.4, f"{one:.1f} s / {two:.1f} s")


def apart(source: Path, target: Path, workers: int) -> float:
    """Seconds, in a process of its own: there is one cluster in each."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(spark_seconds, source, target, workers).result()


def spark_seconds(source: Path, target: Path, workers: int) -> float:
    """For all rows, after a first run that compiles."""
    from tests.engines.spark import cluster

    text = statement(Request(TODAY), DIALECTS["spark"], scorecard(), catalogue())
    with cluster(workers) as (spark, _):
        customers = spark.session.read.parquet(str(source))
        customers.limit(ROWS // 10).createOrReplaceTempView("customers")
        spark.session.sql(text).write.parquet(str(target / "first"))
        customers.createOrReplaceTempView("customers")
        begun = time.perf_counter()
        spark.session.sql(text).write.parquet(str(target / "all"))
        return time.perf_counter() - begun

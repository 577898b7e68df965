"""Spark: a driver and two workers, each in a process of its own, and a client of Spark Connect."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyspark
import pytest
from pyspark.sql import SparkSession
from pyspark.sql.connect.session import SparkSession as ConnectSession

from tests.engines.engine import Answer, Columns, Rows, named
from tests.engines.in_duckdb import as_arrow
from tests.serving import free_port

LOOPBACK = "127.0.0.1"
WORKERS = "local-cluster[{},1,1024]"
"""How many, how many cores each has, and how many megabytes."""

CONNECT = "org.apache.spark.sql.connect.SparkConnectPlugin"


class Spark:
    """session: of the driver itself, or of a client that knows nothing but its address."""

    def __init__(self, session: SparkSession | ConnectSession) -> None:
        self.session = session

    def run(self, sql: str, table: str, columns: Columns, rows: Rows) -> Answer:
        self.session.createDataFrame(as_arrow(columns, rows)).createOrReplaceTempView(table)
        found = self.session.sql(sql)
        return named(found.columns, found.collect())


@contextmanager
def cluster(workers: int = 2) -> Iterator[tuple[Spark, Spark]]:
    """The driver's session, and a client's."""
    port = free_port()
    with (
        tempfile.TemporaryDirectory(prefix="churn-spark-") as name,
        pytest.MonkeyPatch.context() as patch,
    ):
        folder = Path(name)
        patch.setenv("SPARK_HOME", str(_home(folder / "home")))
        patch.setenv("SPARK_LOCAL_IP", LOOPBACK)
        session = SparkSession.builder.config(map=_settings(folder, port, workers)).getOrCreate()
        client = ConnectSession.builder.remote(f"sc://{LOOPBACK}:{port}").create()
        try:
            yield Spark(session), Spark(client)
        finally:
            client.stop()
            session.stop()


def _home(folder: Path) -> Path:
    """What is installed, in a folder where the workers may write."""
    folder.mkdir()
    for each in Path(pyspark.__file__).parent.iterdir():
        (folder / each.name).symlink_to(each)
    return folder


def _settings(folder: Path, port: int, workers: int) -> dict[str, bool | float | int | str | None]:
    return {
        "spark.master": WORKERS.format(workers),
        "spark.driver.bindAddress": LOOPBACK,
        "spark.driver.host": LOOPBACK,
        "spark.default.parallelism": "2",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.ansi.enabled": "true",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.plugins": CONNECT,
        "spark.connect.grpc.binding.address": LOOPBACK,
        "spark.connect.grpc.binding.port": str(port),
    }

"""The engines, each started once for a process of tests and only when a test asks for it."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.engines.googlesql import GoogleSQL
    from tests.engines.in_duckdb import DuckDB
    from tests.engines.postgres import Postgres
    from tests.engines.snowflake import Snowflake
    from tests.engines.spark import Spark

OLDEST_JAVA = 17


def driver(name: str) -> ModuleType:
    """The module that drives an engine; skips where a package of it is not installed."""
    module: ModuleType = pytest.importorskip(f"tests.engines.{name}")
    return module


@pytest.fixture(scope="session")
def duckdb() -> "DuckDB":
    engine: DuckDB = driver("in_duckdb").DuckDB()
    return engine


@pytest.fixture(scope="session")
def googlesql() -> "GoogleSQL":
    engine: GoogleSQL = driver("googlesql").GoogleSQL()
    return engine


@pytest.fixture(scope="session")
def postgres() -> Iterator["Postgres"]:
    with driver("postgres").server() as engine:
        yield engine


@pytest.fixture(scope="session")
def snowflake() -> "Snowflake":
    engine: Snowflake = driver("snowflake").Snowflake()
    return engine


@pytest.fixture(scope="session")
def cluster() -> Iterator[tuple["Spark", "Spark"]]:
    """The session of the driver, and that of a client."""
    if java() < OLDEST_JAVA:
        pytest.skip(f"Spark needs Java {OLDEST_JAVA} or newer")
    pytest.importorskip("pyspark", reason="Spark is not installed: make spark")
    with driver("spark").cluster() as sessions:
        yield sessions


@pytest.fixture
def spark(cluster: tuple["Spark", "Spark"]) -> "Spark":
    return cluster[0]


@pytest.fixture
def connect(cluster: tuple["Spark", "Spark"]) -> "Spark":
    return cluster[1]


def java() -> int:
    """The version of Java, or 0 where there is none."""
    if shutil.which("java") is None:
        return 0
    done = subprocess.run(("java", "-version"), capture_output=True, text=True, check=False)
    found = re.search(r'version "(\d+)', done.stderr)
    return int(found[1]) if found else 0

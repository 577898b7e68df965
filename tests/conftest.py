"""What several tests share."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.serving import Served, serve

EXAMPLE = Path(__file__).parent / "data" / "customer.json"


@pytest.fixture
def example() -> dict[str, object]:
    """The README's customer."""
    content: dict[str, object] = json.loads(EXAMPLE.read_text())
    return content


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    """One real server for the whole session, set up by defaults alone."""
    with serve() as server:
        yield server


@pytest.fixture
def client(served: Served) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=served.url, trust_env=False, timeout=30) as session:
        yield session

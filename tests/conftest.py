"""What several tests share."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from hypothesis import settings

from churn_lib import log
from tests.canaries import HEADERS, IDENTIFIER, seen
from tests.serving import FOREIGN, Served, serve

settings.register_profile("no time limit", deadline=None)  # machines are shared
settings.load_profile("no time limit")

EXAMPLE = Path(__file__).parent / "data" / "customer.json"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest comes first: pytest-xdist lets one worker begin with it."""
    items.sort(key=lambda item: item.path.name != "test_deployed.py")


@pytest.fixture(scope="session", autouse=True)
def _clean_environment() -> Iterator[None]:
    """Nothing that is set up where the tests run makes a difference to the code in their process
    and below it.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(FOREIGN)]:
            patch.delenv(name)
        yield


@pytest.fixture
def example() -> dict[str, object]:
    """The README's customer."""
    content: dict[str, object] = json.loads(EXAMPLE.read_text())
    return content


@pytest.fixture
def lines() -> Iterator[list[bytes]]:
    """What is sent to the decision log, a turn of the event loop each."""
    found: list[bytes] = []
    log.send_to(found.append)
    yield found
    log.send_to(None)


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    """One real server for the whole session, set up by defaults alone."""
    with serve() as server:
        yield server


@pytest.fixture
def client(served: Served) -> Iterator[httpx2.Client]:
    """A client whose requests carry secrets, and who finds them in no answer."""
    hooks = {"response": [assert_nothing_seen]}
    with httpx2.Client(
        base_url=served.url, headers=HEADERS, trust_env=False, timeout=30, event_hooks=hooks
    ) as session:
        yield session


def assert_nothing_seen(response: httpx2.Response) -> None:
    """Only the customer's identifier may come back, to the one who sent it."""
    response.read()
    assert set(seen(response.text)) <= {IDENTIFIER}

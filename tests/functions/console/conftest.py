"""A server with Gemini and a decision log, and a browser that complains of nothing."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, Playwright

from tests.churn_lib.gemini.writing import KEY
from tests.conftest import EXAMPLE
from tests.functions.chromium import chromium
from tests.functions.console.lists import Owner
from tests.functions.console.visitor import Visitor
from tests.functions.test_gemini import Gemini
from tests.functions.test_gemini import gemini as gemini
from tests.serving import Served, serve, wait_for_gemini


class Office(NamedTuple):
    """Where people work: the server, its Gemini, and the file of its decision log."""

    served: Served
    gemini: Gemini
    log: Path

    @property
    def url(self) -> str:
        return self.served.url

    def lines(self, event: str) -> list[dict[str, object]]:
        """What the decision log says of such events, oldest first."""
        written = [json.loads(line) for line in self.log.read_text().splitlines()]
        return [line for line in written if line["event"] == event]


@pytest.fixture(scope="module")
def driven() -> Iterator[tuple[Playwright, Browser]]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def browser(driven: tuple[Playwright, Browser]) -> Browser:
    return driven[1]


@pytest.fixture(scope="module")
def playwright(driven: tuple[Playwright, Browser]) -> Playwright:
    return driven[0]


@pytest.fixture(scope="module")
def office(gemini: Gemini, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    log = tmp_path_factory.mktemp("office") / "decisions.ndjson"
    variables = {
        "GEMINI_API_KEY": KEY,
        "GEMINI_BASE_URL": gemini.url,
        "GEMINI_DEADLINE": "2.5",
        "GEMINI_CALLS_PER_MINUTE": "100000",
        "TEXT_CACHE_SIZE": "0",
        "DECISION_LOG": str(log),
    }
    with serve(variables) as server:
        wait_for_gemini(server.url, json.loads(EXAMPLE.read_bytes()))
        yield Office(server, gemini, log)


@pytest.fixture
def since(office: Office) -> int:
    """How many outcomes were recorded before."""
    return len(office.lines("outcome"))


@pytest.fixture
def visitor(browser: Browser, office: Office) -> Iterator[Visitor]:
    """Somebody at the page, who sees no complaint and reaches no other host."""
    with Visitor.at(browser, office.url) as found:
        yield found


@pytest.fixture(scope="module")
def page(browser: Browser, office: Office) -> Iterator[Page]:
    """The page for tests that ask its modules alone."""
    with Visitor.at(browser, office.url) as found:
        yield found.page


@pytest.fixture
def owner(browser: Browser, office: Office) -> Iterator[Owner]:
    """Somebody at the list, who sees no complaint either."""
    with Owner.at_list(browser, office.url) as found:
        yield found

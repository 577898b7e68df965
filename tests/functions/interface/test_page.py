"""The page of the interface in a real browser: Debian's Chromium."""

import json
from collections.abc import Iterator

import httpx2
import pytest
from playwright.sync_api import Browser, expect

from functions.interface.document import DOCUMENT
from tests.functions.chromium import Visit, chromium
from tests.serving import Served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as (_, found):
        yield found


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    page = browser.new_page()
    yield Visit(page)
    page.close()


def test_the_page_shows_every_operation_and_asks_no_other_host(
    visit: Visit, served: Served
) -> None:
    visit.page.goto(f"{served.url}/docs")
    operations = visit.page.locator(".opblock")
    paths = json.loads(DOCUMENT)["paths"]
    expect(operations).to_have_count(sum(len(methods) for methods in paths.values()))
    assert visit.hosts == {"127.0.0.1"}
    assert visit.complaints == []


def test_an_example_is_answered_from_the_page(visit: Visit, served: Served) -> None:
    visit.page.goto(f"{served.url}/docs")
    predict = visit.page.locator("#operations-decisions-predict")
    predict.get_by_role("button").first.click()
    predict.get_by_role("button", name="Execute").click()
    expect(predict.locator(".live-responses-table tbody .response-col_status")).to_contain_text(
        "200"
    )
    assert visit.complaints == []


def test_the_page_and_its_policy_allow_nothing_from_elsewhere_and_nothing_inline(
    client: httpx2.Client,
) -> None:
    response = client.get("/docs")
    policy = response.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert not [part for part in ("<style", "style=", "<script>", "http") if part in response.text]

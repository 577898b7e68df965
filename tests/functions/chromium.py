"""The pages in a real browser: Debian's Chromium."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    # Its own sandbox can't be set up by root, as which containers run tests; the pages are ours.
    "--no-sandbox",
    # A name of anything beyond this machine is refused by the browser itself.
    "--host-resolver-rules=MAP agents.example 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
expect.set_options(timeout=30_000)  # milliseconds, of a machine that is shared
NAMED = "agents.example"
"""A name of this machine for the browser alone: no secure context, as behind plain http."""


def executable() -> str:
    """Where Chromium is; without it a test is skipped."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    return CHROMIUM


@contextmanager
def chromium() -> Iterator[tuple[Playwright, Browser]]:
    """A browser, and who drives it: there is one driver at a time."""
    path = executable()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield playwright, browser
        browser.close()


class Visit:
    """A page, with all that it asked for and complained of."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.hosts: set[str | None] = set()
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname))

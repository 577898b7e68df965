"""Outcomes outlive the browser and any line, and none of them counts twice."""

import os
import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Error, Playwright, expect

from tests.functions.chromium import ARGUMENTS, executable
from tests.functions.console.conftest import Office
from tests.functions.console.test_outcomes import KEPT, recorded
from tests.functions.console.test_trouble import FAILED, SECONDS
from tests.functions.console.visitor import Visitor

LONGEST_PAUSE = 900
"""Milliseconds between two clicks: some outcomes are on their way when line or browser goes."""


@contextmanager
def opened(playwright: Playwright, folder: Path, url: str) -> Iterator[Visitor]:
    """A browser with a profile of its own, which may be killed."""
    context = playwright.chromium.launch_persistent_context(
        folder, executable_path=executable(), args=ARGUMENTS
    )
    visitor = Visitor(context.pages[0], url)
    visitor.expected.add(FAILED)
    visitor.come()
    yield visitor
    visitor.content()
    with suppress(Error):  # it may be gone
        context.close()


def kill(folder: Path) -> None:
    """Ends the browser of a profile at once, as a crash would."""
    for process in Path("/proc").iterdir():
        with suppress(OSError):
            words = (process / "cmdline").read_bytes().split(b"\0")
            if f"--user-data-dir={folder}".encode() in words:
                os.kill(int(process.name), signal.SIGKILL)


def clicked(visitor: Visitor, clicks: int, draw: random.Random) -> Iterator[str]:
    """The keys of outcomes, on a line that comes and goes."""
    visitor.score_the_example()
    visitor.tab_to("button", "Copy")
    for number in range(clicks):
        visitor.page.wait_for_timeout(draw.randrange(LONGEST_PAUSE))
        visitor.context.set_offline(draw.random() < 0.4)
        name = ("Shown", "Accepted")[number % 2]
        visitor.press(str(1 + number % 2))
        expect(visitor.card.get_by_text(f"{name}: kept.")).to_be_visible()
        yield from (entry["key"] for entry in visitor.page.evaluate(KEPT))


def survive(playwright: Playwright, office: Office, folder: Path, kills: int, clicks: int) -> None:
    """So many browsers in turn, each killed right after the last of its clicks."""
    since, keys, draw = len(office.lines("outcome")), set[str](), random.Random(4)
    for _ in range(kills):
        with opened(playwright, folder, office.url) as visitor:
            keys.update(clicked(visitor, clicks, draw))
            kill(folder)
    with opened(playwright, folder, office.url) as visitor:
        expect(visitor.unsent).to_have_text("All outcomes sent", timeout=4 * SECONDS)
    found = [str(line["key"]) for line in recorded(office, since)]
    print(f"{kills} kills, {kills * clicks} clicks: {len(found)} lines, {len(set(found))} keys")
    assert sorted(found) == sorted(keys)
    assert len(keys) == kills * clicks


def test_outcomes_outlive_the_browser(
    playwright: Playwright, office: Office, tmp_path: Path
) -> None:
    survive(playwright, office, tmp_path / "profile", 2, 2)


@pytest.mark.soak
def test_two_hundred_clicks_outlive_twenty_browsers_and_any_line(
    playwright: Playwright, office: Office, tmp_path: Path
) -> None:
    survive(playwright, office, tmp_path / "profile", 20, 10)

"""Somebody at the page, with a stopwatch in it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from playwright.sync_api import Browser

from tests.functions.console.lists import Owner

TIMING = Path(__file__).with_name("timing.js")

Wanted = Mapping[str, tuple[str, str]]
"""What is waited for: the selector of what will change, and a text that it will hold then."""


class Timed(Owner):
    """Somebody whose page notes when what was asked for is painted."""

    @classmethod
    @contextmanager
    def unseen(cls, browser: Browser, url: str) -> Iterator[Self]:
        """Before they come."""
        with cls.at(browser, url, come=False) as found:
            found.context.add_init_script(path=TIMING)
            yield found

    def expects(self, wanted: Wanted) -> None:
        self.page.evaluate("wanted => timing.expect(wanted)", wanted)

    def taken(self, wanted: Wanted) -> dict[str, float]:
        """Milliseconds of each, and the longest `task` of the main thread."""
        names = list(wanted)
        self.page.wait_for_function("names => timing.taken(names)", arg=names, timeout=120_000)
        found: dict[str, float] = self.page.evaluate("names => timing.taken(names)", names)
        return found

    def bare(self, path: str, bodies: Sequence[str | None], times: int = 1) -> dict[str, float]:
        """Milliseconds until the `first` and until `all` calls were answered."""
        asked = "([path, bodies, times]) => timing.bare(path, bodies, times)"
        found: dict[str, float] = self.page.evaluate(asked, [path, bodies, times])
        return found

    @classmethod
    @contextmanager
    def at_the_list(cls, browser: Browser, url: str) -> Iterator[Self]:
        with cls.unseen(browser, url) as owner:
            owner.come()
            owner.page.goto(f"{url}#list")
            owner.choosing.wait_for()
            yield owner

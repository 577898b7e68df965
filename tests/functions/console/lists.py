"""Made-up lists of customers as files that people have, and somebody who works with them."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Self

import numpy as np
from playwright.sync_api import Browser, Locator, expect

from tests.customers import random_customer
from tests.functions.console.visitor import Visitor

NAMED = "customerID"
LONG = 60_000
"""Milliseconds in which a list is scored, on a machine with other work."""


def customers(count: int, seed: int = 1) -> list[dict[str, object]]:
    """Valid ones, each with a number of their own."""
    rng = np.random.default_rng(seed)
    return [{NAMED: f"C-{number:05}", **random_customer(rng)} for number in range(1, count + 1)]


def as_csv(
    rows: Sequence[Mapping[str, object]], separator: str = ",", *, comma: bool = False
) -> str:
    """comma: for decimals, as in German."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerow(rows[0])
    for row in rows:
        writer.writerow(_cell(value, comma) for value in row.values())
    return text.getvalue()


def _cell(value: object, comma: bool) -> object:
    return str(value).replace(".", ",") if comma and isinstance(value, float) else value


class Owner(Visitor):
    """Somebody at the list."""

    @classmethod
    @contextmanager
    def at_list(cls, browser: Browser, url: str, **options: Any) -> Iterator[Self]:
        """options: of the browser's context."""
        with cls.at(browser, url, **options) as found:
            found.page.goto(f"{url}#list")
            expect(found.page.get_by_label("Choose a file")).to_be_visible()
            yield found

    def choose(self, content: bytes | str, name: str = "list.csv") -> None:
        """Chooses a file with the keyboard."""
        with self.page.expect_file_chooser() as chooser:
            self.choosing.focus()
            self.press("Enter")
        payload = content.encode() if isinstance(content, str) else content
        chooser.value.set_files({"name": name, "mimeType": "text/plain", "buffer": payload})

    def score_list(self, content: bytes | str) -> None:
        self.told.evaluate("element => element.replaceChildren()")
        self.choose(content)
        expect(self.told).to_contain_text("all done", timeout=LONG)

    def download(self, name: str) -> bytes:
        """What is saved by the button of this name."""
        with self.page.expect_download() as saved:
            self.tab_to("button", name)
            self.press("Enter")
        return saved.value.path().read_bytes()

    def column(self, heading: str) -> list[str]:
        """The cells of this page below a heading of the customers."""
        heads = self.page.locator(".results th").all_inner_texts()
        at = next(at for at, text in enumerate(heads) if text.startswith(heading))
        return self.page.locator(f".results tbody td:nth-child({at + 1})").all_inner_texts()

    @property
    def choosing(self) -> Locator:
        return self.page.get_by_label("Choose a file")

    @property
    def told(self) -> Locator:
        return self.page.locator(".list > .buttons [role=status]")

    @property
    def trouble(self) -> Locator:
        return self.page.locator(".list > .trouble")

"""Somebody who works with the page, by keyboard alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect

from tests.functions.chromium import NAMED, Visit

MOST_STOPS = 120
"""Of the Tab key, until something must have been reached."""

Role = Literal[
    "button", "textbox", "searchbox", "combobox", "checkbox", "slider", "spinbutton", "link"
]
PLACES = """() => [...document.querySelectorAll("main *")]
  .filter((e) => !e.closest(".writer, svg, details"))
  .map((e) => e.getBoundingClientRect()).map(({x, y, width, height}) => [x, y, width, height])"""
WIDE: ViewportSize = {"width": 1280, "height": 900}
CLIPBOARD = ["clipboard-read", "clipboard-write"]


class Visitor(Visit):
    """What was expected of the console may be named; all else is a complaint."""

    def __init__(self, page: Page, url: str) -> None:
        super().__init__(page)
        self.url = url
        self.expected: set[str] = set()
        page.on("dialog", lambda dialog: self.complaints.append(f"dialog {dialog.type}"))

    @classmethod
    @contextmanager
    def at(cls, browser: Browser, url: str, *, come: bool = True, **options: Any) -> Iterator[Self]:
        """options: of the browser's context. come: whether the page is opened at once."""
        context = browser.new_context(**{"viewport": WIDE, **options})
        if urlsplit(url).hostname != NAMED:
            context.grant_permissions(CLIPBOARD)
        try:
            found = cls(context.new_page(), url)
            if come:
                found.come()
            yield found
            found.content()
        finally:
            context.close()

    def come(self) -> None:
        """Opens the page, and waits until all of it is there."""
        self.page.goto(self.url)
        expect(self.button("Score")).to_be_visible()
        expect(self.status).to_be_attached()
        expect(self.unsent).to_be_attached()

    def content(self) -> None:
        """Asserts that there was nothing to complain of."""
        unexpected = [
            text for text in self.complaints if not any(one in text for one in self.expected)
        ]
        assert unexpected == []
        assert self.hosts == {urlsplit(self.url).hostname}

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def tab_to(self, role: Role, name: str, key: str = "Tab") -> Locator:
        """Goes there with the Tab key alone."""
        return self._stop_at(self.page.get_by_role(role, name=name).first, key)

    def _stop_at(self, wanted: Locator, key: str) -> Locator:
        for _ in range(MOST_STOPS):
            if wanted.evaluate("element => element === document.activeElement"):
                return wanted
            self.press(key)
        raise AssertionError(f"the {key} key does not lead there")

    def tab_back_to(self, role: Role, name: str) -> Locator:
        return self.tab_to(role, name, "Shift+Tab")

    def tab_to_choice(self, question: str, answer: str) -> Locator:
        """One of the answers to a question."""
        group = self.page.get_by_role("group", name=question)
        return self._stop_at(group.get_by_role("button", name=answer, exact=True), "Tab")

    def tab_to_summary(self, text: str) -> Locator:
        return self._stop_at(self.page.locator("summary", has_text=text), "Tab")

    def open_what_if(self) -> None:
        """Shows similar customers, where they are not shown yet."""
        summary = self.tab_to_summary("What if")
        if not summary.evaluate("element => element.parentElement.open"):
            self.press("Enter")
        expect(self.page.locator(".whatif table").first).to_be_visible()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def paste(self, text: str) -> None:
        """Pastes a row where it is to be pasted."""
        self.page.evaluate("text => navigator.clipboard.writeText(text)", text)
        self.tab_to("textbox", "Paste a customer")
        self.press("Control+v")

    def score(self) -> None:
        """Enter, until an offer is there or that there is none."""
        self.press("Enter")
        expect(self.card).to_be_visible()
        expect(self.status).to_contain_text("Offer:")

    def score_the_example(self) -> None:
        """The form begins with it."""
        self.tab_to("textbox", "Tenure")
        self.press("End")
        self.score()

    def wait_for_gemini(self) -> None:
        """Until its words are there."""
        expect(self.card.locator(".writer")).to_have_text("Words: Gemini's", timeout=10_000)

    def places(self) -> object:
        """Where everything is that can be reached or read."""
        return self.page.evaluate(PLACES)

    @property
    def unsent(self) -> Locator:
        return self.page.locator(".unsent [role=status]")

    @property
    def status(self) -> Locator:
        return self.page.locator(".result > [role=status]").first

    @property
    def card(self) -> Locator:
        return self.page.locator(".card")

    @property
    def words(self) -> Locator:
        return self.page.get_by_role("region", name="What to say")

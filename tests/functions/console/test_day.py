"""A day at the page: what of it stands in the decision log, and what does not."""

from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, expect

from tests.functions.console.conftest import Office
from tests.functions.console.lists import Owner, as_csv, customers
from tests.functions.console.test_outcomes import recorded
from tests.functions.console.test_trouble import SECONDS


class Day(NamedTuple):
    """opened: customers out of the last list. asked: what ifs for each. lists: each of `rows`."""

    opened: int
    asked: int
    lists: int
    rows: int

    def spent(self, owner: Owner) -> list[str]:
        """The outcomes that were clicked: for every second customer, one after the other."""
        for seed in range(self.lists):
            owner.score_list(as_csv(customers(self.rows, seed)))
        first = owner.page.locator(".results tbody button").first.inner_text()
        owner.tab_to("button", first)
        owner.press("Enter")
        return [name for number in range(self.opened) for name in self._served(owner, number)]

    def _served(self, owner: Owner, number: int) -> list[str]:
        if number:
            owner.tab_back_to("button", "Next customer")
            owner.press("Enter")
        expect(owner.page.get_by_text(f"{number + 1} of {self.rows:,} in the list")).to_be_visible()
        expect(owner.card).to_be_visible()
        owner.wait_for_gemini()
        self._wonder(owner)
        return [self._click(owner, number)] if number % 2 else []

    def _wonder(self, owner: Owner) -> None:
        owner.open_what_if()
        owner.tab_to("slider", "Tenure")
        said = owner.page.locator(".curves output").first
        for _ in range(self.asked):
            owner.press("ArrowRight")
            expect(said).to_contain_text("similar customers")

    @staticmethod
    def _click(owner: Owner, number: int) -> str:
        owner.tab_back_to("button", "Copy")
        owner.press(str(1 + number // 2 % 2))
        name = ("shown", "accepted")[number // 2 % 2]
        expect(owner.card.get_by_text(f"{name.capitalize()}: kept.")).to_be_visible()
        return name


def logs_what_was_done(browser: Browser, office: Office, day: Day) -> None:
    """Asserts it of a day."""
    with Owner.at_list(browser, office.url) as owner:
        decisions, outcomes = (len(office.lines(event)) for event in ("decision", "outcome"))
        clicked = day.spent(owner)
        expect(owner.unsent).to_have_text("All outcomes sent", timeout=SECONDS)
    decided = office.lines("decision")[decisions:]
    found = recorded(office, outcomes)
    print(f"{day}: {len(decided)} decisions, {len(found)} outcomes")
    assert len(decided) == day.opened
    assert [line["outcome"] for line in found] == clicked
    ids = [line["decision_id"] for line in decided]
    assert [line["decision_id"] for line in found] == ids[1::2]


def test_a_day_leaves_a_decision_for_each_customer_opened_and_the_outcomes_clicked(
    browser: Browser, office: Office
) -> None:
    logs_what_was_done(browser, office, Day(opened=4, asked=2, lists=2, rows=100))


@pytest.mark.soak
def test_a_long_day_leaves_no_more(browser: Browser, office: Office) -> None:
    logs_what_was_done(browser, office, Day(opened=50, asked=6, lists=3, rows=5000))

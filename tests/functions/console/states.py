"""What the page looks like at different moments of the work."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.functions.console.visitor import Visitor


def nothing(visitor: Visitor) -> None:
    """As it is opened."""


def answered(visitor: Visitor) -> None:
    visitor.score_the_example()


def opened(visitor: Visitor) -> None:
    answered(visitor)
    visitor.open_what_if()


def declined(visitor: Visitor) -> None:
    answered(visitor)
    visitor.tab_to("button", "Copy")
    visitor.press("4")


def without_offer(visitor: Visitor) -> None:
    visitor.score_the_example()
    visitor.tab_to_choice("Does the customer agree to be told of offers?", "No")
    visitor.press("Space")
    expect(visitor.card.get_by_role("heading")).to_have_text("Do nothing")


def wrong(visitor: Visitor) -> None:
    visitor.tab_to("textbox", "Tenure")
    visitor.page.keyboard.type("many")
    visitor.press("Enter")
    expect(visitor.page.locator(".wrong")).to_be_focused()


def changed(visitor: Visitor) -> None:
    answered(visitor)
    visitor.tab_to("textbox", "Tenure")
    visitor.page.keyboard.type("1")


State = Callable[[Visitor], None]
STATES: tuple[State, ...] = (
    nothing,
    answered,
    opened,
    declined,
    without_offer,
    wrong,
    changed,
)

"""What became of a decision: kept in the browser before it is sent, and sent once."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.functions.console.conftest import Office
from tests.functions.console.test_trouble import FAILED, SECONDS
from tests.functions.console.visitor import Visitor

KEPT = """() => new Promise((resolve) => {
  const request = indexedDB.open("churn");
  request.onsuccess = () => {
    const all = request.result.transaction("outcomes").objectStore("outcomes").getAll();
    all.onsuccess = () => { request.result.close(); resolve(all.result); };
  };
})"""


LATER = 5000
"""Milliseconds after which nothing can be taken back any more."""


def sent(visitor: Visitor) -> None:
    """Returns once what was kept is sent."""
    expect(visitor.unsent).to_contain_text("not sent yet")
    visitor.page.clock.fast_forward(LATER)
    expect(visitor.unsent).to_have_text("All outcomes sent", timeout=SECONDS)


def recorded(office: Office, since: int) -> list[dict[str, object]]:
    return office.lines("outcome")[since:]


@pytest.fixture
def told(visitor: Visitor) -> Visitor:
    """Somebody whose customer has an offer, with the focus in its card."""
    visitor.page.clock.install()
    visitor.score_the_example()
    visitor.tab_to("button", "Copy")
    return visitor


def test_an_outcome_holds_nothing_of_the_customer(told: Visitor) -> None:
    told.press("1")
    expect(told.unsent).to_have_text("1 outcome not sent yet")
    (entry,) = told.page.evaluate(KEPT)
    assert set(entry) == {"key", "due", "outcome"}
    assert set(entry["outcome"]) == {"decision_id", "outcome", "occurred_at"}
    assert told.page.evaluate("Object.keys(localStorage)") == []
    told.tab_back_to("button", "Take back")
    told.press("Enter")


def test_what_is_taken_back_is_never_sent(told: Visitor, office: Office, since: int) -> None:
    told.press("2")
    told.tab_back_to("button", "Take back")
    told.press("Enter")
    expect(told.card.get_by_text("Taken back.")).to_be_visible()
    expect(told.unsent).to_have_text("All outcomes sent")
    told.press("1")
    sent(told)
    assert [line["outcome"] for line in recorded(office, since)] == ["shown"]


def test_a_customer_who_declines_is_recorded_with_the_reason(
    told: Visitor, office: Office, since: int
) -> None:
    told.press("3")
    expect(told.card.get_by_label("Reason")).to_be_focused()
    told.page.keyboard.type("too")
    told.press("Tab", "Enter")
    sent(told)
    (line,) = recorded(office, since)
    assert (line["outcome"], line["reason"]) == ("declined", "too_expensive")


def test_something_else_that_was_said_is_recorded_with_its_offer(
    told: Visitor, office: Office, since: int
) -> None:
    told.press("4")
    expect(told.card.get_by_label("Offered instead")).to_be_focused()
    told.page.keyboard.type("Price")
    told.press("Tab")
    told.page.keyboard.type("fits")
    told.press("Tab", "Enter")
    sent(told)
    (line,) = recorded(office, since)
    assert (line["outcome"], line["offer"], line["reason"]) == (
        "overridden",
        "price-lock",
        "fits_better",
    )


def test_a_reason_can_be_left_again_without_a_trace(told: Visitor) -> None:
    told.press("3", "Escape")
    expect(told.button("Save")).to_be_hidden()
    expect(told.card.get_by_role("button", name="Declined")).to_be_focused()
    expect(told.unsent).to_have_text("All outcomes sent")


def test_a_key_that_is_pressed_twice_is_one_outcome(
    told: Visitor, office: Office, since: int
) -> None:
    told.press("2", "2")
    sent(told)
    assert len(recorded(office, since)) == 1


def test_keys_do_nothing_outside_of_the_card_nor_once_they_are_switched_off(told: Visitor) -> None:
    told.tab_back_to("checkbox", "Keys 1 to 4")
    told.press("Space", "Shift+Tab", "2")
    expect(told.unsent).to_have_text("All outcomes sent")
    told.tab_to("checkbox", "Keys 1 to 4")
    told.press("Space")
    told.tab_to("combobox", "Name of an offer")
    told.press("2")
    expect(told.unsent).to_have_text("All outcomes sent")


def test_an_outcome_is_sent_when_the_line_is_back_with_the_moment_of_the_click(
    told: Visitor, office: Office, since: int
) -> None:
    told.expected.add(FAILED)
    told.context.set_offline(True)
    clicked = datetime.now(UTC)
    told.press("2")
    expect(told.unsent).to_have_text("1 outcome not sent yet")
    told.page.clock.fast_forward(LATER)
    expect(told.page.locator(".unsent .trouble")).to_contain_text("Nobody answers")
    told.context.set_offline(False)
    expect(told.unsent).to_have_text("All outcomes sent", timeout=SECONDS)
    (line,) = recorded(office, since)
    moment = datetime.fromisoformat(str(line["occurred_at"]))
    assert abs(moment - clicked) < timedelta(seconds=2)


def test_an_outcome_waits_for_another_sign_in(told: Visitor, office: Office, since: int) -> None:
    told.expected.add(FAILED)
    told.page.route("**/outcomes", lambda route: route.fulfill(status=401))
    told.press("1")
    expect(told.unsent).to_have_text("1 outcome not sent yet")
    told.page.clock.fast_forward(LATER)
    expect(told.page.locator(".unsent .trouble")).to_contain_text("your sign-in has expired")
    told.page.unroute_all()
    told.page.clock.fast_forward(LATER)
    expect(told.unsent).to_have_text("All outcomes sent", timeout=SECONDS)
    assert len(recorded(office, since)) == 1


def test_what_the_function_refuses_is_shown_and_not_sent_again(told: Visitor) -> None:
    told.expected.add(FAILED)
    fault = {"title": "Some values are missing or not allowed", "detail": "offer: is no offer"}
    told.page.route("**/outcomes", lambda route: route.fulfill(status=422, json=fault))
    told.press("2")
    expect(told.unsent).to_have_text("1 outcome not sent yet")
    told.page.clock.fast_forward(LATER)
    trouble = told.page.locator(".unsent .trouble")
    expect(trouble).to_have_text("1 outcome refused: offer: is no offer")
    told.button("Forget them").focus()
    told.press("Enter")
    expect(trouble).to_be_hidden()

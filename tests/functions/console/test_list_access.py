"""Everybody can use the list, and no text in it becomes more than a text."""

import json
from collections.abc import Sequence

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.functions.console.conftest import Office
from tests.functions.console.lists import LONG, NAMED, Owner, customers
from tests.functions.console.payloads import PAYLOADS
from tests.functions.console.test_access import AXE, RUN, SCHEMES, Scheme, named
from tests.functions.console.test_hostile import ELEMENTS, HANDLERS, every_text
from tests.functions.console.test_list_on_its_way import DROP


def is_fine(owner: Owner) -> None:
    """Asserts that axe finds nothing."""
    owner.page.evaluate(AXE)
    found = owner.page.evaluate(RUN)
    assert named(found["violations"]) == []
    assert named(found["incomplete"]) == []


def asked(owner: Owner, texts: Sequence[str]) -> None:
    """Gives a list in which these stand everywhere; a dialog asks what they mean."""
    rows = customers(len(texts))
    strange = {text: text for text in texts}
    lines = [{**row, NAMED: text, "Contract": text} for row, text in zip(rows, texts, strict=True)]
    valid = [{**row, NAMED: text[:90]} for row, text in zip(rows, texts, strict=True)]
    owner.choose("\n".join(json.dumps({**row, **strange}) for row in [*lines, *valid]))
    expect(owner.page.get_by_role("dialog")).to_be_visible()


def answered(owner: Owner) -> None:
    owner.tab_to("button", "Go on")
    owner.press("Enter")
    expect(owner.told).to_contain_text("all done", timeout=LONG)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_in_the_list_its_dialog_and_a_customer_of_it(
    browser: Browser, office: Office, scheme: Scheme
) -> None:
    options = {"color_scheme": scheme, "reduced_motion": "reduce"}
    with Owner.at_list(browser, office.url, **options) as owner:
        is_fine(owner)
        asked(owner, ["one", "other"])
        is_fine(owner)
        answered(owner)
        owner.tab_to("spinbutton", "How many can you contact?")
        owner.page.keyboard.type("1")
        owner.choose("")
        expect(owner.trouble).not_to_be_empty()
        is_fine(owner)
        owner.page.locator("[data-row]").first.press("Enter")
        expect(owner.status).to_contain_text("Offer:")
        is_fine(owner)


@pytest.mark.parametrize("width", [320, 390, 1280, 2560])
def test_the_list_is_not_scrolled_sideways(browser: Browser, office: Office, width: int) -> None:
    size = {"width": width, "height": 800}
    with Owner.at_list(browser, office.url, viewport=size) as owner:
        asked(owner, ["one", "other"])
        answered(owner)
        assert owner.page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_a_list_holds_stays_text(browser: Browser, office: Office) -> None:
    with Owner.at_list(browser, office.url) as owner:
        kinds = set[str]()
        for texts in (["harmless"], PAYLOADS):
            asked(owner, texts)
            in_dialog = owner.page.evaluate(ELEMENTS)
            answered(owner)
            found = {*in_dialog, *owner.page.evaluate(ELEMENTS)}
            assert found <= (kinds or found)
            assert owner.page.evaluate(HANDLERS) == []
            assert owner.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            kinds = found


def test_a_name_of_a_file_is_not_even_shown(owner: Owner) -> None:
    before = owner.page.evaluate(ELEMENTS)
    for number, payload in enumerate(PAYLOADS):
        owner.page.evaluate(DROP, [payload, f"n{number},n{number}\na,b\n"])
        expect(owner.trouble).to_have_text(f"Twice in the headings: n{number}.")
        assert owner.page.evaluate(ELEMENTS) == before


def lied(route: Route) -> None:
    """Answers with a payload in each text, and refuses each other row with one."""
    lines = [json.loads(line) for line in route.fetch().text().splitlines()]
    for at, payload in enumerate(PAYLOADS):
        wrong = {"status": 422, "errors": [{"field": payload, "message": payload}]}
        lines[2 * at : 2 * at + 2] = [every_text(lines[2 * at], payload), wrong]
    route.fulfill(status=200, body="\n".join(map(json.dumps, lines)))


def test_answers_to_a_list_that_lie_stay_text(owner: Owner) -> None:
    rows = customers(2 * len(PAYLOADS))
    owner.choose("\n".join(map(json.dumps, rows)))
    expect(owner.told).to_contain_text("all done", timeout=LONG)
    before = {*owner.page.evaluate(ELEMENTS)}
    owner.page.route("**/predict/batch*", lied)
    owner.choose("\n".join(map(json.dumps, rows)))
    expect(owner.told).to_contain_text(f"{len(PAYLOADS)} refused", timeout=LONG)
    assert {*owner.page.evaluate(ELEMENTS)} <= before
    assert owner.page.evaluate(HANDLERS) == []
    assert owner.page.evaluate("document.documentElement.scrollWidth <= innerWidth")

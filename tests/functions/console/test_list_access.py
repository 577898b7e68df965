"""Everybody can use the list, and no text in it becomes more than a text."""

import json
from collections.abc import Sequence

import pytest
from playwright.sync_api import Browser, expect

from tests.functions.console.conftest import Office
from tests.functions.console.lists import LONG, NAMED, Owner, customers
from tests.functions.console.payloads import PAYLOADS
from tests.functions.console.test_access import AXE, RUN, SCHEMES, Scheme, named
from tests.functions.console.test_hostile import ELEMENTS, HANDLERS


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
def test_axe_finds_nothing_in_the_list_nor_in_its_dialog(
    browser: Browser, office: Office, scheme: Scheme
) -> None:
    with Owner.at_list(browser, office.url, color_scheme=scheme) as owner:
        is_fine(owner)
        asked(owner, ["one", "other"])
        is_fine(owner)
        answered(owner)
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

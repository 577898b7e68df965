"""Everybody can use the page: WCAG 2.2 AA, by axe-core, and what it does not see."""

import re
from pathlib import Path
from typing import Any, Literal

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.functions.console.conftest import Office
from tests.functions.console.states import STATES, State, changed, declined, opened, wrong
from tests.functions.console.visitor import MOST_STOPS, Visitor

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
RUN = "axe.run({rules: {'target-size': {enabled: true}}})"
TEXT, GRAPHICS = 4.5, 3.0
"""The least contrast, WCAG 1.4.3 and 1.4.11."""

NARROW = {"width": 390, "height": 640}
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")

UNDECIDED = {"color-contrast"}
"""What axe can't judge: texts on what is greyed by a filter."""


@pytest.mark.parametrize(
    ("scheme", "states"), [("light", STATES), ("dark", (opened, declined, wrong))]
)
def test_axe_finds_nothing_in_any_state(
    browser: Browser, office: Office, scheme: Scheme, states: tuple[State, ...]
) -> None:
    for state in states:
        with Visitor.at(browser, office.url, color_scheme=scheme, reduced_motion="reduce") as one:
            state(one)
            one.page.evaluate(AXE)
            found = one.page.evaluate(RUN)
            assert named(found["violations"]) == [], state.__name__
            allowed = UNDECIDED if state is changed else set()
            undecided = [one for one in named(found["incomplete"]) if one[0] not in allowed]
            assert undecided == [], state.__name__


def named(results: list[dict[str, Any]]) -> list[tuple[str, object]]:
    return [(one["id"], [node["target"] for node in one["nodes"]]) for one in results]


CHANNELS = """(selectors) => selectors.flatMap(([selector, property, behind]) =>
  [...document.querySelectorAll(selector)].map((e) => [
    selector, getComputedStyle(e)[property],
    getComputedStyle(document.querySelector(behind)).backgroundColor]))"""


def luminance(color: str) -> float:
    """Relative, of WCAG."""
    channels = [int(part) / 255 for part in re.findall(r"\d+", color)[:3]]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_bars_curves_and_marks_stand_out_from_what_is_behind_them(
    browser: Browser, office: Office, scheme: Scheme
) -> None:
    with Visitor.at(browser, office.url, color_scheme=scheme) as visitor:
        opened(visitor)
        drawn = [
            [".bars rect", "fill", "html"],
            [".bars .axis", "stroke", "html"],
            [".curve", "stroke", ".card"],
            [".here", "stroke", ".card"],
            [".gauge .marker", "fill", "html"],
        ]
        found = visitor.page.evaluate(CHANNELS, drawn)
    assert {selector for selector, _, _ in found} == {selector for selector, _, _ in drawn}
    assert [one for one in found if contrast(one[1], one[2]) < GRAPHICS] == []


STOP = """() => {
  const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
  const x = Math.min(Math.max(box.x + box.width / 2, 0), innerWidth - 1);
  const y = Math.min(Math.max(box.y + Math.min(box.height / 2, 20), 0), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  return {
    name: `${e.localName} ${e.textContent.slice(0, 30)}`, end: e === document.body,
    ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    seen: e.contains(top) || top?.contains(e) || e.labels?.[0]?.contains(top) || false,
    inside: box.bottom > 0 && box.top < innerHeight,
  };
}"""


def test_the_focus_is_seen_on_every_stop_and_never_hidden(browser: Browser, office: Office) -> None:
    with Visitor.at(browser, office.url, viewport=NARROW) as visitor:
        opened(visitor)
        stops_until_the_end(visitor)
        stops = stops_until_the_end(visitor)
    assert len(stops) > 50
    assert [one for one in stops if not (one["ring"] and one["seen"] and one["inside"])] == []


def stops_until_the_end(visitor: Visitor) -> list[dict[str, object]]:
    """From where the focus is; after the last stop it begins anew."""
    stops = list[dict[str, object]]()
    for _ in range(MOST_STOPS):
        visitor.press("Tab")
        stop = visitor.page.evaluate(STOP)
        if stop["end"]:
            return stops
        stops.append(stop)
    raise AssertionError("there is no end")


@pytest.mark.parametrize("width", [320, 390, 768, 1280, 1920, 2560])
def test_nothing_is_scrolled_sideways(browser: Browser, office: Office, width: int) -> None:
    size = {"width": width, "height": 800}
    with Visitor.at(browser, office.url, viewport=size) as visitor:
        for state in (opened, declined):
            state(visitor)
            assert visitor.page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_happens_is_announced_where_a_reader_listens_already(visitor: Visitor) -> None:
    listening = visitor.page.locator("[role=status]").count()
    assert listening >= 3
    visitor.score_the_example()
    expect(visitor.status).to_have_text("Scored: 65.2 in 100, medium risk. Offer: Annual plan.")
    picture = visitor.page.get_by_role("img", name="65.2 in 100: medium risk")
    expect(picture).to_be_visible()


def test_nothing_moves_for_those_who_want_it_still(browser: Browser, office: Office) -> None:
    with Visitor.at(browser, office.url, reduced_motion="reduce") as visitor:
        office.gemini.control(delay=0.5)
        try:
            visitor.score_the_example()
            visitor.wait_for_gemini()
        finally:
            office.gemini.control(delay=0)
        assert animations(visitor.page) == {"none"}


def animations(page: Page) -> set[str]:
    script = "[...document.querySelectorAll('*')].map((e) => getComputedStyle(e).animationName)"
    return set(page.evaluate(script))


def test_up_and_down_are_told_apart_without_colours(browser: Browser, office: Office) -> None:
    with Visitor.at(browser, office.url, forced_colors="active") as visitor:
        visitor.score_the_example()
        fills = visitor.page.evaluate(
            "['up', 'down'].map((kind) => getComputedStyle("
            "document.querySelector(`.bars rect.${kind}`)).fill)"
        )
        assert fills[0] != fills[1]
        expect(visitor.page.locator("li.up").first).to_contain_text("pushes up")
        expect(visitor.page.locator("li.down").first).to_contain_text("pulls down")

"""No text that reaches the page becomes more than a text."""

import json
from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Route, expect

from tests.functions.console.payloads import PAYLOADS
from tests.functions.console.visitor import Visitor

ELEMENTS = "() => [...new Set([...document.querySelectorAll('*')].map((e) => e.localName))].sort()"
HANDLERS = """() => [...document.querySelectorAll('*')].flatMap((e) => e.getAttributeNames())
  .filter((name) => name.startsWith('on') || name === 'style' || name === 'srcdoc')"""
PASTE = """text => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  document.querySelector("textarea").dispatchEvent(
    new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""
CURRENCY = "currency"
"""Stays: amounts are shown in it, or the whole answer is refused."""

SHOWN = "text => document.querySelector('.card h2').textContent === text"
MOST = 3
"""Of a list: enough for each kind of text, and few enough for the longest one."""


def every_text(value: object, payload: str) -> object:
    """The same answer with the payload for each of its texts, the names of risks included."""
    if isinstance(value, dict):
        return {
            name: one if name == CURRENCY else every_text(one, payload)
            for name, one in value.items()
        }
    if isinstance(value, list):
        return [every_text(one, payload) for one in value[:MOST]]
    return payload if isinstance(value, str) else value


def lied(payload: str) -> Callable[[Route], None]:
    """Answers each call as the function would, with its texts changed."""

    def answer(route: Route) -> None:
        reply = route.fetch()
        lines = [json.loads(line) for line in reply.text().splitlines()]
        changed = [json.dumps(every_text(line, payload)) for line in lines]
        route.fulfill(status=200, body="\n".join(changed) + "\n")

    return answer


def is_whole(visitor: Visitor, before: list[str]) -> None:
    """Asserts that nothing came in but texts."""
    assert set(visitor.page.evaluate(ELEMENTS)) <= {*before, "bdi"}
    assert visitor.page.evaluate(HANDLERS) == []
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.fixture
def elements(visitor: Visitor) -> list[str]:
    """All kinds of elements that an answer brings."""
    visitor.score_the_example()
    found: list[str] = visitor.page.evaluate(ELEMENTS)
    return found


def test_what_is_pasted_stays_text(
    visitor: Visitor, elements: list[str], example: dict[str, object]
) -> None:
    for payload in PAYLOADS:
        level = {**example, payload: "1", "customerID": payload, "Contract": payload}
        for text in (payload, json.dumps(level), f"{payload}\t{payload}\n{payload}\t1"):
            visitor.page.evaluate(PASTE, text)
            is_whole(visitor, elements)


def test_what_is_refused_is_told_in_the_functions_own_words(
    visitor: Visitor, elements: list[str], example: dict[str, object]
) -> None:
    for payload in ("<script>alert(1)</script>", "\u202eevil", "x" * 1000):
        visitor.page.evaluate(PASTE, json.dumps({**example, "Contract": payload}))
        visitor.tab_to("textbox", "Tenure")
        visitor.press("Enter")
        expect(visitor.page.locator(".wrong")).to_contain_text("Contract: must be one of")
        assert payload not in visitor.page.locator(".wrong").inner_text()
        is_whole(visitor, elements)


def test_answers_that_lie_stay_text(visitor: Visitor, elements: list[str]) -> None:
    visitor.expected.add("Failed to load resource")
    for payload in PAYLOADS:
        visitor.page.route("**/predict*", lied(payload))
        visitor.page.route("**/predict/**", lied(payload))
        visitor.tab_to("textbox", "Tenure")
        visitor.press("Enter")
        visitor.page.wait_for_function(SHOWN, arg=payload)
        is_whole(visitor, elements)
        visitor.page.unroute_all()


def test_errors_that_lie_stay_text(visitor: Visitor, elements: list[str]) -> None:
    for payload in PAYLOADS:
        row = {"status": 422, "errors": [{"field": payload, "message": payload}]}
        visitor.page.route("**/predict/**", partial(Route.fulfill, json=row))
        visitor.tab_to("textbox", "Tenure")
        visitor.press("Enter")
        expect(visitor.page.locator(".wrong")).to_be_focused()
        is_whole(visitor, elements)
        visitor.page.unroute_all()


PROBE = """
export const tried = [];
function attempt(name, act) {
  try { act(); tried.push(`${name} was done`); } catch (error) { tried.push(name); }
}
attempt("eval", () => eval("1"));
attempt("innerHTML", () => { document.body.innerHTML = "<b>"; });
attempt("worker", () => new Worker("console/x/main.js"));
const picture = new Image();
tried.push(await new Promise((resolve) => {
  picture.onload = () => resolve("image was done");
  picture.onerror = () => resolve("image");
  picture.src = "http://evil.example/x.png";
}));
"""


def test_not_even_a_script_of_the_page_may_make_code_markup_or_reach_others(
    visitor: Visitor,
) -> None:
    visitor.page.route(
        "**/probe.js", lambda route: route.fulfill(body=PROBE, content_type="text/javascript")
    )
    tried = visitor.page.evaluate("import('/console/x/probe.js').then(({ tried }) => tried)")
    assert tried == ["eval", "innerHTML", "worker", "image"]
    for refused in ("TrustedScript'", "TrustedHTML", "TrustedScriptURL", "img-src"):
        assert any(refused in text for text in visitor.complaints), visitor.complaints
    visitor.complaints.clear()
    visitor.hosts.discard("evil.example")  # asked for, and refused before it left

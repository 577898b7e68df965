"""What people do at the page, each by keyboard alone."""

import csv
import io
import json
import re
from ipaddress import IPv4Address

import httpx2
import pytest
from playwright.sync_api import Browser, expect

from tests.functions.chromium import NAMED
from tests.functions.console.conftest import Office
from tests.functions.console.visitor import Visitor
from tests.serving import serve

TARGET = "Churn"
"""A column that is no attribute, as files to train on have one."""


def other(example: dict[str, object]) -> dict[str, object]:
    """A customer who is not the one whom the form begins with."""
    return {**example, "customerID": "5575-GNVDE", "tenure": 34, "Contract": "One year"}


def row(customer: dict[str, object], separator: str, *, headings: bool, comma: bool) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    if headings:
        writer.writerow([*customer, TARGET])
    cells = [str(value).replace(".", "," if comma else ".") for value in customer.values()]
    writer.writerow([*cells, "No"])
    return text.getvalue()


def shuffled(customer: dict[str, object]) -> dict[str, object]:
    return dict(reversed(customer.items()))


def by_position(customer: dict[str, object]) -> dict[str, object]:
    """In the order of files: the identifier first."""
    return {"customerID": customer["customerID"], **customer}


ROWS = {
    "TSV with headings": lambda one: row(shuffled(one), "\t", headings=True, comma=False),
    "TSV without headings": lambda one: row(by_position(one), "\t", headings=False, comma=False),
    "CSV with headings": lambda one: row(shuffled(one), ",", headings=True, comma=False),
    "CSV without headings": lambda one: row(by_position(one), ",", headings=False, comma=False),
    "German CSV": lambda one: "sep=;\r\n" + row(shuffled(one), ";", headings=True, comma=True),
    "JSON": lambda one: json.dumps({**one, TARGET: "No"}),
    "JSON in a list": lambda one: json.dumps([{**shuffled(one), TARGET: "No"}]),
}


@pytest.mark.parametrize("kind", ROWS)
def test_one_paste_of_a_row_fills_the_form_and_enter_scores_it(
    visitor: Visitor, office: Office, example: dict[str, object], kind: str
) -> None:
    customer = other(example)
    visitor.paste(ROWS[kind](customer))
    expect(visitor.page.locator(".told")).to_contain_text("19 of 19 fields filled.")
    visitor.score()
    answer = httpx2.post(f"{office.url}/predict/batch", json=[customer], trust_env=False)
    share = json.loads(answer.text.splitlines()[0])["churn_probability"]
    expect(visitor.page.locator(".share")).to_have_text(
        f"{round(share * 100, 1):g} in 100 such customers leave"
    )


def test_a_customer_is_pasted_understood_asked_told_and_recorded(
    visitor: Visitor, office: Office, example: dict[str, object]
) -> None:
    visitor.paste(json.dumps(other(example)))
    visitor.score()
    expect(visitor.page.locator(".bars li").first).to_contain_text("The average customer")
    visitor.tab_to("button", "Copy")
    visitor.wait_for_gemini()
    visitor.press("Enter")
    expect(visitor.card.get_by_text("Copied.")).to_be_visible()
    said = visitor.page.evaluate("navigator.clipboard.readText()")
    assert said == visitor.words.inner_text()
    visitor.press("2")
    expect(visitor.unsent).to_have_text("1 outcome not sent yet")
    expect(visitor.unsent).to_have_text("All outcomes sent", timeout=10_000)
    outcome, decision = office.lines("outcome")[-1], office.lines("decision")[-1]
    assert (outcome["decision_id"], outcome["outcome"]) == (decision["decision_id"], "accepted")


def test_what_comes_with_a_row_is_known_and_not_asked_and_forgotten_with_the_next_one(
    visitor: Visitor, example: dict[str, object]
) -> None:
    context = {"language": "de", "consent": False}
    visitor.paste(json.dumps({**other(example), "context": context}))
    visitor.score()
    expect(visitor.card.get_by_role("heading")).to_have_text("Do nothing")
    expect(visitor.page.get_by_text("Known: Consent to offers: no.")).to_be_visible()
    visitor.tab_back_to("textbox", "Paste a customer")
    visitor.paste(json.dumps(example))
    expect(visitor.page.get_by_label("Customer's number")).to_have_value("")
    visitor.score()
    expect(visitor.card.get_by_role("heading")).not_to_have_text("Do nothing")


def test_an_answer_to_a_question_decides_anew_and_the_focus_stays(visitor: Visitor) -> None:
    visitor.score_the_example()
    before = visitor.card.get_by_role("heading").inner_text()
    yes = visitor.tab_to_choice("Is a payment of the customer overdue?", "Yes")
    visitor.press("Space")
    expect(visitor.card.get_by_role("heading")).not_to_have_text(before)
    expect(yes).to_be_focused()
    expect(yes).to_have_attribute("aria-pressed", "true")


def test_a_customer_without_consent_gets_nothing_and_the_reason(visitor: Visitor) -> None:
    visitor.score_the_example()
    visitor.tab_to_choice("Does the customer agree to be told of offers?", "No")
    visitor.press("Space")
    expect(visitor.card.get_by_role("heading")).to_have_text("Do nothing")
    expect(visitor.card.locator(".because")).to_contain_text("Consent to offers")
    expect(visitor.words).to_be_hidden()


def test_another_offer_is_the_next_one_until_all_are_allowed_again(visitor: Visitor) -> None:
    visitor.score_the_example()
    heading = visitor.card.get_by_role("heading")
    first = heading.inner_text()
    visitor.tab_to("button", "Another offer")
    visitor.press("Enter")
    expect(heading).not_to_have_text(first)
    visitor.tab_back_to("button", "Allow all again")
    visitor.press("Enter")
    expect(heading).to_have_text(first)


def test_an_offer_that_the_customer_names_is_answered_with_what_lost_it(visitor: Visitor) -> None:
    visitor.score_the_example()
    visitor.tab_to("combobox", "Name of an offer")
    visitor.page.keyboard.type("welcome discount")
    told = visitor.page.locator(".whynot [role=status]")
    expect(told).to_contain_text("Welcome discount: Not allowed: Tenure must be")
    visitor.press("Control+a")
    visitor.page.keyboard.type("no such offer")
    expect(told).to_have_text("There is no offer of this name.")


def test_similar_customers_are_asked_for_once_and_shown_as_a_slider_moves(
    visitor: Visitor, office: Office
) -> None:
    visitor.score_the_example()
    visitor.wait_for_gemini()
    decisions = len(office.lines("decision"))
    visitor.open_what_if()
    asked = list[str]()
    visitor.page.on("request", lambda request: asked.append(request.url))
    visitor.tab_to("slider", "Tenure")
    said = visitor.page.locator(".curves output").first
    shares = {said.inner_text()}
    for _ in range(20):
        visitor.press("ArrowRight")
        shares.add(said.inner_text())
    assert len(shares) > 10
    assert asked == []
    assert len(office.lines("decision")) == decisions


def test_each_customer_who_is_opened_is_a_decision_and_nothing_else_is(
    visitor: Visitor, office: Office, example: dict[str, object]
) -> None:
    before = len(office.lines("decision"))
    for tenure in (3, 30):
        visitor.paste(json.dumps({**example, "tenure": tenure}))
        visitor.score()
        visitor.wait_for_gemini()
        visitor.open_what_if()
        visitor.tab_back_to("textbox", "Paste a customer")
    visitor.page.reload()
    expect(visitor.button("Score")).to_be_visible()
    assert len(office.lines("decision")) == before + 2


def test_a_slider_says_what_the_score_says(
    visitor: Visitor, office: Office, example: dict[str, object]
) -> None:
    visitor.score_the_example()
    visitor.open_what_if()
    visitor.tab_to("spinbutton", "Tenure as a number")
    visitor.press("Control+a")
    visitor.page.keyboard.type("40")
    answer = httpx2.post(
        f"{office.url}/predict/batch", json=[{**example, "tenure": 40}], trust_env=False
    )
    share = json.loads(answer.text.splitlines()[0])["churn_probability"]
    said = visitor.page.locator(".curves output").first.inner_text()
    assert float(said.split()[0]) == pytest.approx(share * 100, abs=0.2)


def test_wrong_values_are_named_in_a_summary_that_leads_to_each(visitor: Visitor) -> None:
    tenure = visitor.tab_to("textbox", "Tenure")
    visitor.press("Control+a")
    visitor.page.keyboard.type("many")
    visitor.press("Enter")
    summary = visitor.page.locator(".wrong")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("heading")).to_have_text("1 field must be corrected")
    expect(visitor.page).to_have_title("Error: Churn")
    visitor.press("Tab", "Enter")
    expect(tenure).to_be_focused()
    expect(tenure).to_have_accessible_description(re.compile("must be a whole number"))
    visitor.press("Control+a")
    visitor.page.keyboard.type("12")
    visitor.score()
    expect(summary).to_be_hidden()
    expect(visitor.page).to_have_title("Churn")


def test_services_that_need_another_one_follow_it(visitor: Visitor) -> None:
    visitor.tab_to("combobox", "Internet service")
    visitor.press("ArrowDown")
    security = visitor.page.get_by_label("Online security")
    options = security.locator("option:not([disabled])")
    expect(options).to_have_text(["No", "No internet service"])
    visitor.score()


def test_a_changed_form_greys_the_answer_until_it_is_scored_again(visitor: Visitor) -> None:
    visitor.score_the_example()
    note = visitor.page.get_by_text("The customer was changed since.")
    expect(note).to_be_hidden()
    visitor.page.keyboard.type("4")
    expect(note).to_be_visible()
    expect(visitor.page.locator(".answer")).to_have_css("filter", "grayscale(1)")
    visitor.press("Backspace")
    expect(note).to_be_hidden()
    visitor.page.keyboard.type("4")
    visitor.score()
    expect(note).to_be_hidden()


def test_the_focus_and_all_else_stay_where_they_are_when_gemini_writes(
    visitor: Visitor, office: Office
) -> None:
    office.gemini.control(delay=1)
    try:
        visitor.score_the_example()
        tenure = visitor.page.get_by_role("textbox", name="Tenure")
        template, places = visitor.words.inner_text(), visitor.places()
        visitor.wait_for_gemini()
        assert visitor.words.inner_text() != template
        assert visitor.places() == places
        expect(tenure).to_be_focused()
    finally:
        office.gemini.control(delay=0)


def test_words_that_were_copied_stay_until_others_are_wanted(
    visitor: Visitor, office: Office
) -> None:
    office.gemini.control(delay=2)
    try:
        visitor.score_the_example()
        template = visitor.words.inner_text()
        visitor.tab_to("button", "Copy")
        visitor.press("Enter")
        other = visitor.button("Take Gemini's words instead")
        expect(other).to_be_visible()
        assert visitor.words.inner_text() == template
        visitor.tab_to("button", "Take Gemini's words instead")
        visitor.press("Enter")
        expect(visitor.words).not_to_have_text(template)
        expect(visitor.button("Copy")).to_be_focused()
    finally:
        office.gemini.control(delay=0)


def test_the_channel_and_the_language_are_chosen_and_can_be_bookmarked(
    visitor: Visitor, browser: Browser
) -> None:
    visitor.score_the_example()
    visitor.tab_to("combobox", "Language")
    visitor.page.keyboard.type("Ger")
    expect(visitor.words).to_have_attribute("lang", "de")
    url = visitor.page.url
    assert url.endswith("#customer?channel=email&language=de&tone=friendly")
    with Visitor.at(browser, url) as again:
        again.score_the_example()
        expect(again.words).to_have_attribute("lang", "de")


def test_a_text_is_copied_without_https_too(browser: Browser) -> None:
    with serve({"HOST": str(IPv4Address(0))}) as server:
        url = f"http://{NAMED}:{server.port}"
        with Visitor.at(browser, url) as visitor:
            visitor.score_the_example()
            visitor.expected.add("Cross-Origin-Opener-Policy header has been ignored")
            visitor.page.evaluate(COPIES)
            copy = visitor.tab_to("button", "Copy")
            visitor.press("Enter")
            expect(visitor.card.get_by_text("Copied.")).to_be_visible()
            expect(copy).to_be_focused()
            assert visitor.page.evaluate("copied") == visitor.words.inner_text()


COPIES = """
document.addEventListener("copy", () => { globalThis.copied = getSelection().toString()
  || document.activeElement.value.slice(
    document.activeElement.selectionStart, document.activeElement.selectionEnd); });
"""
"""Notes what is copied: where there is no https, nobody may read the clipboard."""


def test_one_customer_is_printed_on_one_sheet(visitor: Visitor) -> None:
    visitor.score_the_example()
    visitor.wait_for_gemini()
    sheets = re.findall(rb"/Type\s*/Page\b", visitor.page.pdf(format="A4"))
    assert len(sheets) == 1

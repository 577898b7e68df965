"""What people do with a list, each by keyboard alone."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, Route, expect

from tests.functions.console.conftest import Office
from tests.functions.console.lists import LONG, NAMED, Owner, as_csv, customers
from tests.functions.console.test_trouble import FAILED

Row = dict[str, object]

MANY = 700
"""More than one call holds."""


@pytest.fixture
def owner(browser: Browser, office: Office) -> Iterator[Owner]:
    with Owner.at_list(browser, office.url) as found:
        yield found


def answers(office: Office, rows: list[Row]) -> list[Any]:
    """What the function says of them, asked directly."""
    address = f"{office.url}/predict/batch?offer=decide&reasons=true"
    reply = httpx2.post(address, json=rows, trust_env=False, timeout=60)
    return [json.loads(line) for line in reply.text.splitlines()][:-1]


def asked_for(route: Route) -> list[str]:
    """The customers of a call."""
    return [row[NAMED] for row in json.loads(route.request.post_data or "[]")]


def table(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def german(rows: list[Row]) -> bytes:
    return f"sep=;\r\n{as_csv(rows, ';', comma=True)}".encode("utf-16")


FORMS: Mapping[str, Callable[[list[Row]], bytes]] = {
    "CSV": lambda rows: as_csv(rows).encode(),
    "TSV": lambda rows: as_csv(rows, "\t").encode(),
    "any separator": lambda rows: as_csv(rows, "~").encode(),
    "Excel in German": german,
    "Windows-1252": lambda rows: as_csv(
        [{**row, "Stra\xdfe": "M\xfchle 1\r\n2"} for row in rows]
    ).encode("windows-1252"),
    "NDJSON": lambda rows: "\n".join(map(json.dumps, rows)).encode(),
    "JSON": lambda rows: json.dumps(rows).encode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_list_is_scored_as_the_function_scores_it_whatever_its_form(
    owner: Owner, office: Office, form: str
) -> None:
    rows = customers(20)
    owner.score_list(FORMS[form](rows))
    expect(owner.told).to_have_text("20 customers: all done.")
    saved = {row[NAMED]: row for row in table(owner.download("Download what is shown"))}
    for row, said in zip(rows, answers(office, rows), strict=True):
        assert float(saved[str(row[NAMED])]["churn_probability"]) == said["churn_probability"]


def test_a_pasted_list_is_scored_and_best_offers_stand_first(owner: Owner, office: Office) -> None:
    rows = customers(MANY)
    decisions = len(office.lines("decision"))
    owner.page.evaluate("text => navigator.clipboard.writeText(text)", as_csv(rows, "\t"))
    owner.tab_to("textbox", "Paste a list")
    owner.press("Control+v")
    expect(owner.told).to_have_text(f"{MANY} customers: all done.", timeout=LONG)
    worth = [said["offer"].get("expected_value", 0) for said in answers(office, rows)]
    shown = [float(text.replace(",", "")) for text in owner.column("Expected value")]
    assert shown == sorted(worth, reverse=True)[:50]
    owner.tab_to("spinbutton", "How many can you contact?")
    owner.page.keyboard.type("30")
    best = sum(sorted(worth, reverse=True)[:30])
    expect(
        owner.page.get_by_text(f"Marked: the best 30, expected value {best:,.2f}")
    ).to_be_visible()
    assert owner.column("Contact") == ["contact"] * 30 + [""] * 20
    assert len(office.lines("decision")) == decisions


def test_sort_filters_search_and_pages_hold_for_all_rows_and_are_bookmarked_without_the_search(
    owner: Owner, office: Office
) -> None:
    rows = customers(MANY)
    said = answers(office, rows)
    owner.score_list(as_csv(rows))
    owner.tab_to("button", "Leave, of 100")
    owner.press("Enter", "Enter")
    shares = sorted(round(one["churn_probability"] * 100, 1) for one in said)
    assert [float(text) for text in owner.column("Leave")] == shares[:50]
    heading = owner.page.locator("th[aria-sort]")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    expect(heading).to_contain_text("Leave, of 100")
    owner.tab_back_to("combobox", "Risk")
    owner.page.keyboard.type("low")
    low = sum(one["risk"] == "low" for one in said)
    expect(owner.page.locator(".totals dd").first).to_have_text(str(low))
    owner.tab_to("button", "Next page")
    owner.press("Enter")
    where = owner.page.locator(".results .paged [role=status]")
    expect(where).to_have_text(f"51 to 100 of {low}")
    assert owner.page.url.endswith("#list?risk=low&sort=share&page=2")
    owner.tab_back_to("combobox", "Risk")
    owner.press("Home")
    owner.tab_to("searchbox", "Search")
    owner.page.keyboard.type("c-00042")
    expect(where).to_have_text("1 to 1 of 1")
    assert owner.column("Customer") == ["C-00042"]
    assert "00042" not in owner.page.url


def test_a_row_opens_the_customer_and_back_brings_the_list_as_it_was(
    owner: Owner, office: Office
) -> None:
    owner.score_list(as_csv(customers(120)))
    owner.tab_to("combobox", "Risk")
    owner.page.keyboard.type("low")
    decisions = len(office.lines("decision"))
    names = owner.column("Customer")
    opened = owner.tab_to("button", names[20])
    before, url = owner.page.evaluate("scrollY"), owner.page.url
    assert before > 0
    owner.press("Enter")
    number = owner.page.get_by_label("Customer's number")
    expect(number).to_have_value(names[20])
    expect(owner.button("Next customer")).to_be_focused()
    owner.press("Enter")
    expect(number).to_have_value(names[21])
    expect(owner.status).to_contain_text("Offer:")
    owner.tab_to("button", "Customer before")
    owner.press("Enter")
    expect(number).to_have_value(names[20])
    expect(owner.status).to_contain_text("Offer:")
    owner.wait_for_gemini()
    owner.tab_to("button", "Back to the list")
    owner.press("Enter")
    expect(opened).to_be_focused()
    assert (owner.page.evaluate("scrollY"), owner.page.url) == (before, url)
    assert owner.column("Customer") == names
    assert len(office.lines("decision")) > decisions


def test_refused_rows_stand_apart_with_their_reason_and_are_downloaded_as_they_were(
    owner: Owner,
) -> None:
    rows = customers(30)
    rows[4]["tenure"], rows[7]["MonthlyCharges"] = "many", "1e999"
    owner.score_list(as_csv(rows))
    expect(owner.told).to_have_text("30 customers: all done, 2 refused.")
    refused = owner.page.locator(".rejected tbody tr")
    expect(refused).to_have_count(2)
    expect(refused.first).to_contain_text("C-00005")
    expect(refused.first).to_contain_text("Tenure: must be a whole number")
    saved = table(owner.download("Download the refused rows"))
    assert [row["Row"] for row in saved] == ["5", "8"]
    assert [saved[0]["tenure"], saved[1]["MonthlyCharges"]] == ["many", "1e999"]


def test_what_is_downloaded_is_all_that_is_shown_and_reads_back_as_the_same_table(
    owner: Owner,
) -> None:
    rows = [{**row, "Note": "=1+1", "Total": "-3.20"} for row in customers(120)]
    owner.score_list(as_csv(rows))
    expect(owner.page.locator(".list > .told")).to_have_text("Not used: Note and Total.")
    first = owner.download("Download what is shown")
    saved = table(first)
    assert len(saved) == 120
    assert {(row["Note"], row["Total"]) for row in saved} == {("'=1+1", "-3.20")}
    owner.score_list(first)
    assert owner.download("Download what is shown") == first


def test_headings_and_levels_that_nobody_knows_are_asked_for_once(
    owner: Owner, office: Office
) -> None:
    rows = customers(40)
    named = [
        {("Laufzeit" if name == "tenure" else name): value for name, value in row.items()}
        for row in rows
    ]
    levels = {"Month-to-month": "monatlich", "One year": "One year", "Two year": "two YEAR"}
    owner.choose(as_csv([{**row, "Contract": levels[str(row["Contract"])]} for row in named]))
    dialog = owner.page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Which column is it?")
    expect(dialog.get_by_label("Tenure")).to_be_focused()
    owner.page.keyboard.type("Lauf")
    owner.press("Tab", "Enter")
    monthly = sum(row["Contract"] == "Month-to-month" for row in rows)
    expect(dialog.get_by_label(f"Contract: monatlich ({monthly} rows)")).to_be_focused()
    owner.page.keyboard.type("Month")
    owner.press("Tab", "Enter")
    expect(owner.told).to_have_text("40 customers: all done.", timeout=LONG)
    saved = {row[NAMED]: row for row in table(owner.download("Download what is shown"))}
    for row, said in zip(rows, answers(office, rows), strict=True):
        assert float(saved[str(row[NAMED])]["churn_probability"]) == said["churn_probability"]


def test_a_dialog_that_is_left_scores_nothing(owner: Owner) -> None:
    owner.choose(as_csv([{**row, "Contract": "?"} for row in customers(2)]))
    expect(owner.page.get_by_role("dialog")).to_be_visible()
    owner.press("Escape")
    expect(owner.page.get_by_role("dialog")).to_have_count(0)
    expect(owner.page.locator(".results")).to_be_hidden()


WRONG = {
    "nothing": ("", "There are no customers in this."),
    "headings alone": ("tenure,Contract\n", "There are no customers in this."),
    "doubled headings": ("tenure,tenure\n1,2\n", "Twice in the headings: tenure."),
    "two headings of one field": ("tenure,Tenure \n1,2\n", "Twice in the headings: tenure."),
    "an open quote": ('tenure,Contract\n1,"x\n', "Row 2: a quote is not closed."),
    "too many": ("tenure\n" + "1\n" * 100_001, "A list may hold at most 100,000 customers."),
    "half of JSON": ('[{"tenure": 1}', "This begins like JSON, and is none."),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_file_that_is_no_list_is_refused_with_what_is_wrong(owner: Owner, kind: str) -> None:
    content, message = WRONG[kind]
    owner.choose(content)
    expect(owner.trouble).to_have_text(message)


def test_lines_that_are_no_customers_and_odd_names_harm_nothing(owner: Owner) -> None:
    (row,) = customers(1)
    odd = {**row, "__proto__": {"polluted": 1}, "constructor": "x"}
    lines = [json.dumps(odd), "not JSON", json.dumps({**row, "Contract": "y" * 100_000}), "7"]
    owner.choose("\n".join(lines))
    owner.tab_to("button", "Go on")
    owner.press("Enter")
    expect(owner.told).to_have_text("4 customers: all done, 3 refused.", timeout=LONG)
    assert owner.page.evaluate("({}).polluted") is None


def test_a_row_that_no_call_can_hold_is_refused_alone(owner: Owner) -> None:
    owner.expected.add(FAILED)
    rows = customers(3)
    rows[1][NAMED] = "x" * 10_000_000
    owner.score_list(as_csv(rows))
    expect(owner.told).to_have_text("3 customers: all done, 1 refused.")


def test_a_list_is_stopped_and_goes_on_where_it_was(owner: Owner) -> None:
    asked, stopped = list[str](), list[bool]()

    def noted(route: Route) -> None:
        asked.append(asked_for(route)[0])
        if len(asked) == 1 or stopped:  # else it is stopped while nobody answers
            route.continue_()

    owner.page.route("**/predict/batch*", noted)
    owner.choose(as_csv(customers(MANY)))
    expect(owner.page.get_by_role("progressbar")).to_have_attribute("value", re.compile("[1-9]"))
    owner.tab_to("button", "Stop")
    owner.press("Enter")
    expect(owner.told).to_contain_text("Stopped: ")
    done = int(owner.told.inner_text().split()[1])
    assert 0 < done <= MANY / 2
    expect(owner.button("Go on")).to_be_focused()
    calls = len(asked)
    stopped.append(True)
    owner.press("Enter")
    expect(owner.told).to_have_text(f"{MANY} customers: all done.", timeout=LONG)
    assert asked[calls] == f"C-{done + 1:05}"


def test_an_answer_that_is_cut_goes_on_at_the_first_row_without_one(owner: Owner) -> None:
    asked = list[list[str]]()

    def cut(route: Route) -> None:
        asked.append(asked_for(route))
        reply = route.fetch()
        lines = reply.text().splitlines(keepends=True)
        route.fulfill(status=200, body="".join(lines[:100] if len(asked) == 1 else lines))

    owner.page.route("**/predict/batch*", cut)
    owner.score_list(as_csv(customers(400)))
    assert asked[1][0] == "C-00101"
    expect(owner.page.locator(".totals dd").first).to_have_text("400")

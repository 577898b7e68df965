"""What people do with a list, each by keyboard alone."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx2
import pytest
from playwright.sync_api import expect

from tests.functions.console.conftest import Office
from tests.functions.console.lists import LONG, NAMED, Owner, as_csv, customers

Row = dict[str, object]

MANY = 700
"""More than one call holds."""


def answers(office: Office, rows: list[Row]) -> list[Any]:
    """What the function says of them, asked directly."""
    address = f"{office.url}/predict/batch?offer=decide&reasons=true"
    reply = httpx2.post(address, json=rows, trust_env=False, timeout=60)
    return [json.loads(line) for line in reply.text.splitlines()][:-1]


def table(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def utf_16(rows: list[Row]) -> bytes:
    return f"sep=;\r\n{as_csv(rows, ';', comma=True)}".encode("utf-16")


FORMS: Mapping[str, Callable[[list[Row]], bytes]] = {
    "CSV": lambda rows: as_csv(rows).encode(),
    "TSV": lambda rows: as_csv(rows, "\t").encode(),
    "any separator": lambda rows: as_csv(rows, "~").encode(),
    "UTF-16 with decimal commas": utf_16,
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
    same_as_asked_directly(owner, office, rows)


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


LEVELS = {"Yes": "Ja", "No": "Nein", "Month-to-month": "monatlich", "Two year": "TWO year"}
"""Of a German file; the last one differs in nothing but its case."""

LABEL = "document.activeElement.labels?.[0]?.textContent ?? ''"


def in_german(rows: list[Row]) -> bytes:
    """As Excel saves it, with a heading that nobody knows, and one that nobody needs."""
    lines = [
        {
            "Laufzeit" if name == "tenure" else name: LEVELS.get(str(value), value)
            for name, value in [*row.items(), ("Stra\xdfe", "M\xfchle 1\r\n2")]
        }
        for row in rows
    ]
    text = as_csv(lines, ";", comma=True)
    return f"sep=;\r\n{text}".encode("windows-1252")


def test_a_german_file_of_excel_is_scored_once_each_strange_level_is_explained(
    owner: Owner, office: Office
) -> None:
    rows = customers(40)
    owner.choose(in_german(rows))
    dialog = owner.page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Which column is it?")
    expect(dialog.get_by_label("Tenure")).to_be_focused()
    owner.page.keyboard.type("Lauf")
    owner.press("Tab", "Enter")
    expect(dialog.get_by_role("heading")).to_have_text("What do these mean?")
    asked = list[str]()
    meant = {german: english for english, german in LEVELS.items()}
    while label := owner.page.evaluate(LABEL):
        asked.append(label)
        owner.page.keyboard.type(meant[label.rpartition(": ")[2].split(" ")[0]])
        owner.press("Tab")
    owner.press("Enter")
    expect(owner.told).to_have_text("40 customers: all done.", timeout=LONG)
    monthly = sum(row["Contract"] == "Month-to-month" for row in rows)
    assert f"Contract: monatlich ({monthly} rows)" in asked
    assert len(asked) == len(set(asked)) < 10
    same_as_asked_directly(owner, office, rows)


def same_as_asked_directly(owner: Owner, office: Office, rows: list[Row]) -> None:
    """Asserts that each row has the probability that the function gives it."""
    saved = {row[NAMED]: row for row in table(owner.download("Download what is shown"))}
    for row, said in zip(rows, answers(office, rows), strict=True):
        assert float(saved[str(row[NAMED])]["churn_probability"]) == said["churn_probability"]

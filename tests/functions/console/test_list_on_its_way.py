"""What becomes of a list when something is wrong with it, or on the way."""

import json
import re

from playwright.sync_api import Route, expect

from tests.functions.console.lists import LONG, NAMED, Owner, as_csv, customers
from tests.functions.console.test_list import MANY
from tests.functions.console.test_trouble import FAILED, NOBODY


def asked_for(route: Route) -> list[str]:
    """The customers of a call."""
    return [row[NAMED] for row in json.loads(route.request.post_data or "[]")]


DROP = """([name, text]) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([text], name));
  const dropped = { dataTransfer, bubbles: true, cancelable: true };
  return !document.querySelector(".choosing").dispatchEvent(new DragEvent("drop", dropped));
}"""
"""Whether the page takes a file that is dropped, in place of the browser."""


def test_a_file_that_is_dropped_is_read_and_one_that_is_no_list_is_refused(owner: Owner) -> None:
    assert owner.page.evaluate(DROP, ["list.csv", as_csv(customers(3))])
    expect(owner.told).to_have_text("3 customers: all done.", timeout=LONG)
    assert owner.page.evaluate(DROP, ["list.csv", "tenure,Tenure \n1,2\n"])
    expect(owner.trouble).to_have_text("Twice in the headings: tenure.")


def test_a_dialog_that_is_left_scores_nothing(owner: Owner) -> None:
    owner.choose(as_csv([{**row, "Contract": "?"} for row in customers(2)]))
    expect(owner.page.get_by_role("dialog")).to_be_visible()
    owner.press("Escape")
    expect(owner.page.get_by_role("dialog")).to_have_count(0)
    expect(owner.page.locator(".results")).to_be_hidden()


def test_lines_that_are_no_customers_and_odd_names_harm_nothing(owner: Owner) -> None:
    (row,) = customers(1)
    odd = {**row, "__proto__": {"polluted": 1}, "constructor": "x"}
    lines = [json.dumps(odd), "not JSON", json.dumps({**row, "Contract": "y" * 100_000}), "7"]
    owner.choose("\n".join(lines))
    owner.tab_to("button", "Go on")
    owner.press("Enter")
    expect(owner.told).to_have_text("4 customers: all done, 3 refused.", timeout=LONG)
    expect(owner.page.locator(".rejected")).to_contain_text("or is no customer at all.")
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


def test_a_sign_in_that_expires_in_the_middle_keeps_what_was_scored(owner: Owner) -> None:
    asked, expired = list[str](), [True]

    def gate(route: Route) -> None:
        asked.append(asked_for(route)[0])
        if len(asked) > 1 and expired:
            route.fulfill(status=401)
        else:
            route.continue_()

    owner.expected.add(FAILED)
    owner.page.route("**/predict/batch*", gate)
    owner.choose(as_csv(customers(MANY)))
    expect(owner.trouble).to_contain_text(NOBODY, timeout=LONG)
    expect(owner.trouble.get_by_role("link", name="sign in again")).to_be_visible()
    expect(owner.told).to_have_text(f"Stopped: 250 of {MANY} customers.")
    expired.clear()
    calls = len(asked)
    owner.tab_to("button", "Go on")
    owner.press("Enter")
    expect(owner.told).to_have_text(f"{MANY} customers: all done.", timeout=LONG)
    assert asked[calls] == "C-00251"
    expect(owner.trouble).to_be_hidden()

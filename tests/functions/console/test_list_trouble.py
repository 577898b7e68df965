"""What people see of a list when something does not work: no row is lost, and none scored twice."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.functions.console.conftest import Office
from tests.functions.console.lists import LONG, NAMED, Owner, as_csv, customers
from tests.functions.console.test_list import MANY, table
from tests.functions.console.test_list_on_its_way import asked_for
from tests.functions.console.test_trouble import FAILED, NOBODY, SLOW, devtools
from tests.serving import free_port, serve, until

CALLS = "**/predict/batch*"


def test_a_list_on_a_slow_line_and_a_slow_machine_is_whole_nevertheless(
    browser: Browser, office: Office
) -> None:
    with Owner.at_list(browser, office.url) as owner:
        session = devtools(owner.page)
        session.send("Network.emulateNetworkConditions", SLOW)
        session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        owner.score_list(as_csv(customers(200)))
        is_whole(owner, 200)


def test_a_call_that_is_cut_while_the_next_one_is_under_way_is_taken_up_where_it_was(
    browser: Browser, office: Office
) -> None:
    asked, held = list[str](), list[Route]()

    def gate(route: Route) -> None:
        asked.append(asked_for(route)[0])
        if len(asked) == 2:  # answered once the next one is asked for
            held.append(route)
            return
        if len(asked) == 3:
            lines = held[0].fetch().text().splitlines(keepends=True)
            held[0].fulfill(status=200, body="".join(lines[:100]))
        route.continue_()

    with Owner.at_list(browser, office.url) as owner:
        owner.page.route(CALLS, gate)
        owner.score_list(as_csv(customers(1500)))
        assert asked[1:4] == ["C-00251", "C-00751", "C-00351"]
        is_whole(owner, 1500)


def test_a_list_is_scored_and_a_customer_opened_while_gemini_hangs(
    browser: Browser, office: Office
) -> None:
    office.gemini.control(scenario="hang")
    try:
        with Owner.at_list(browser, office.url) as owner:
            owner.score_list(as_csv(customers(600)))
            is_whole(owner, 600)
            owner.tab_to("button", owner.column("Customer")[0])
            owner.press("Enter")
            expect(owner.card.get_by_role("heading")).to_be_visible()
    finally:
        office.gemini.control(scenario="ok")


def is_whole(owner: Owner, count: int) -> None:
    """Asserts that each customer stands in the results once."""
    saved = table(owner.download("Download what is shown"))
    assert sorted(row[NAMED] for row in saved) == [row[NAMED] for row in customers(count)]


def unplugged(owner: Owner, route: Route) -> None:
    owner.context.set_offline(True)
    route.continue_()


def signed_out(_owner: Owner, route: Route) -> None:
    route.fulfill(status=401)


@pytest.mark.parametrize("trouble", [unplugged, signed_out])
def test_a_list_that_is_cut_off_says_so_and_goes_on_at_the_first_row_without_an_answer(
    browser: Browser, office: Office, trouble: Callable[[Owner, Route], None]
) -> None:
    asked, mended = list[str](), False

    def gate(route: Route) -> None:
        asked.append(asked_for(route)[0])
        if len(asked) == 1 or mended:
            route.continue_()
        else:
            trouble(owner, route)

    with Owner.at_list(browser, office.url) as owner:
        owner.page.route(CALLS, gate)
        begin(owner)
        gives_up(owner)
        mended, calls = True, len(asked)
        owner.context.set_offline(False)
        done = int(owner.told.inner_text().split()[1])
        goes_on(owner)
        assert asked[calls] == f"C-{done + 1:05}"


def begin(owner: Owner) -> None:
    owner.expected.add(FAILED)
    owner.page.clock.install()
    owner.choose(as_csv(customers(MANY)))


def gives_up(owner: Owner) -> None:
    """Moves the clock on until the page has asked in vain for long enough, and says so."""

    def told() -> bool:
        owner.page.clock.fast_forward(2500)
        return owner.trouble.is_visible()

    assert until(told)
    expect(owner.trouble).to_contain_text(NOBODY)


def goes_on(owner: Owner) -> None:
    owner.tab_to("button", "Go on")
    owner.press("Enter")
    expect(owner.told).to_have_text(f"{MANY} customers: all done.", timeout=LONG)
    expect(owner.trouble).to_be_hidden()
    is_whole(owner, MANY)


def test_a_list_goes_on_with_a_server_that_was_stopped_and_started(browser: Browser) -> None:
    port, asked = free_port(), list[str]()
    with serve(port=port) as server, Owner.at_list(browser, server.url) as owner:

        def gate(route: Route) -> None:
            asked.append(asked_for(route)[0])
            if len(asked) == 2:
                server.process.terminate()
                server.process.wait(30)
            route.continue_()

        owner.page.route(CALLS, gate)
        begin(owner)
        gives_up(owner)
        with serve(port=port):
            goes_on(owner)

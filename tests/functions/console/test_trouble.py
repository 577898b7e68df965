"""What people see when something does not work: nothing that they entered is lost."""

from playwright.sync_api import Browser, CDPSession, Page, Route, expect

from tests.functions.console.conftest import Office
from tests.functions.console.visitor import Visitor
from tests.serving import free_port, serve

SLOW = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 200_000,
    "uploadThroughput": 100_000,
}
"""150 ms and 1.6 Mbit/s down, in bytes a second."""

NOBODY = "Nobody answered."
FAILED = "Failed to load resource"
SECONDS = 15_000


def devtools(page: Page) -> CDPSession:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    return session


def test_a_slow_line_and_a_slow_machine_change_nothing_but_the_time(
    browser: Browser, office: Office
) -> None:
    with Visitor.at(browser, office.url, come=False) as visitor:
        session = devtools(visitor.page)
        session.send("Network.emulateNetworkConditions", SLOW)
        session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        visitor.come()
        visitor.score_the_example()
        visitor.wait_for_gemini()
        visitor.open_what_if()
        visitor.tab_back_to("button", "Copy")
        visitor.press("Enter", "2")
        expect(visitor.unsent).to_have_text("1 outcome not sent yet")
        expect(visitor.unsent).to_have_text("All outcomes sent", timeout=SECONDS)


def test_with_gemini_hanging_the_offer_is_there_and_says_who_wrote(
    visitor: Visitor, office: Office
) -> None:
    office.gemini.control(scenario="hang")
    try:
        visitor.score_the_example()
        expect(visitor.words).to_contain_text("annual plan")
        writer = visitor.card.locator(".writer")
        expect(writer).to_have_text(
            "Words: our template; Gemini's are missing: timeout", timeout=SECONDS
        )
    finally:
        office.gemini.control(scenario="ok")


def test_what_was_entered_without_a_network_is_scored_once_there_is_one(visitor: Visitor) -> None:
    visitor.expected.add(FAILED)
    visitor.context.set_offline(True)
    enter_in_vain(visitor)
    visitor.context.set_offline(False)
    visitor.score()
    expect(visitor.page.locator(".result .trouble")).to_be_hidden()


def test_what_was_entered_after_the_sign_in_expired_is_scored_after_another_one(
    browser: Browser, office: Office
) -> None:
    expired = True

    def gate(route: Route) -> None:
        if expired:
            route.fulfill(status=401)
        else:
            route.continue_()

    with Visitor.at(browser, office.url, come=False) as visitor:
        visitor.expected.add(FAILED)
        visitor.page.route("**/predict/**", gate)
        visitor.come()
        enter_in_vain(visitor)
        expired = False
        visitor.score()
        expect(visitor.page.locator(".result .trouble")).to_be_hidden()


def enter_in_vain(visitor: Visitor) -> None:
    """What was entered stays, and the page says what to do."""
    tenure = visitor.tab_to("textbox", "Tenure")
    visitor.press("Control+a")
    visitor.page.keyboard.type("7")
    visitor.press("Enter")
    trouble = visitor.page.locator(".result .trouble")
    expect(trouble).to_contain_text(NOBODY, timeout=SECONDS)
    expect(trouble.get_by_role("link", name="sign in again in a new tab")).to_be_visible()
    expect(tenure).to_be_focused()
    expect(tenure).to_have_value("7")


def test_a_server_that_comes_back_gets_what_was_asked_and_recorded(browser: Browser) -> None:
    port = free_port()
    with serve(port=port) as server, Visitor.at(browser, server.url) as visitor:
        visitor.expected.add(FAILED)
        visitor.score_the_example()
        server.process.terminate()
        server.process.wait(30)
        visitor.tab_to("button", "Accepted")
        visitor.press("2")
        expect(visitor.page.locator(".unsent .trouble")).to_contain_text("Nobody answers")
        visitor.tab_back_to("textbox", "Tenure")
        visitor.press("Enter")
        with serve(port=port):
            expect(visitor.status).to_contain_text("Offer:", timeout=SECONDS)
            visitor.page.evaluate("dispatchEvent(new Event('online'))")
            expect(visitor.unsent).to_have_text("All outcomes sent", timeout=SECONDS)


def test_an_older_question_does_not_answer_a_newer_one(visitor: Visitor, office: Office) -> None:
    office.gemini.control(delay=1)
    try:
        visitor.score_the_example()
        visitor.tab_to_choice("Does the customer agree to be told of offers?", "No")
        visitor.press("Space")
        expect(visitor.card.get_by_role("heading")).to_have_text("Do nothing")
        visitor.press("Shift+Tab", "Space")
        expect(visitor.card.get_by_role("heading")).not_to_have_text("Do nothing")
        visitor.wait_for_gemini()
    finally:
        office.gemini.control(delay=0)


def test_an_answer_that_is_none_is_told_and_asked_for_again(visitor: Visitor) -> None:
    visitor.page.route("**/predict/**", lambda route: route.fulfill(body="<b>no JSON</b>"))
    visitor.tab_to("textbox", "Tenure")
    visitor.press("Enter")
    trouble = visitor.page.locator(".result .trouble")
    expect(trouble).to_have_text("The function's answer could not be read. Try again.")
    visitor.page.unroute_all()
    visitor.score()

"""From a decided offer to words: Gemini's when the guard lets them pass, else the template with its
reason.
"""

import logging
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from churn_lib.customer.contact import CHANNELS, LANGUAGES, Context
from churn_lib.customer.model import FEATURES, Customer
from churn_lib.gemini.prompt import PHRASES, Brief, Draft
from churn_lib.gemini.writer import GeminiWriter
from churn_lib.offers.catalogue import catalogue
from churn_lib.score.scorecard import scorecard
from churn_lib.score.shape import Cause
from churn_lib.secrets.key import gemini_key
from churn_lib.settings import read_settings
from churn_lib.words import template as write
from churn_lib.words.compose import Composer, broken_rule
from churn_lib.words.compose import brief as brief_for
from churn_lib.words.template import Proposal, Written
from churn_lib.words.wanted import key_of
from tests.churn_lib.gemini.writing import KEY, variables, writing
from tests.churn_lib.offers.samples import customer, proposed, reason
from tests.fakes.gemini import FakeGemini, unused_port
from tests.serving import clean_environment

pytestmark = pytest.mark.anyio

OFFERS = catalogue()
EMAIL = Context()
ANNUAL = next(offer for offer in OFFERS.offers if offer.id == "annual-plan")


def annual(context: Context = EMAIL) -> Proposal:
    return proposed(ANNUAL, OFFERS, context=context)


def brief(proposal: Proposal, known: list[Cause]) -> Brief:
    return brief_for(proposal, key_of(proposal, known))


def reasons(asked: Customer) -> list[Cause]:
    card = scorecard()
    return card.reasons(asked, card.score(asked))


@asynccontextmanager
async def composing(gemini: FakeGemini, **more: object) -> AsyncIterator[Composer]:
    async with writing(gemini, None, **more) as writer:
        await writer.client()  # importing it may take longer than the deadline of a test
        yield Composer(read_settings(variables(gemini.url, **more)), writer)


async def composed(gemini: FakeGemini, context: Context = EMAIL, **more: object) -> Written:
    asked = customer()
    async with composing(gemini, **more) as composer:
        return await composer.compose(annual(context), reasons(asked))


async def test_geminis_words_carry_the_catalogues_numbers_and_disclosures() -> None:
    async with FakeGemini() as gemini:
        words = await composed(gemini)
    values = write.Quantities(annual())
    assert (words.written_by, words.fallback_reason) == ("gemini", None)
    assert values["price_after"] in words.text.message
    assert write.disclosures(annual()) in words.text.message
    assert "{" not in "".join(words.text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", CHANNELS)
async def test_every_language_and_channel_can_be_written(language: str, channel: str) -> None:
    context = Context.model_validate({"language": language, "channel": channel})
    async with FakeGemini() as gemini:
        words = await composed(gemini, context)
    assert words.written_by == "gemini"


async def test_a_lie_is_sent_back_once_with_the_rule_and_then_replaced(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with FakeGemini("lies") as gemini:
        words = await composed(gemini)
    prompts = [call.raw["contents"][0]["parts"][0]["text"] for call in gemini.calls]
    assert (words.written_by, words.fallback_reason) == ("template", "guard")
    assert ["was thrown away because of the rule" in prompt for prompt in prompts] == [False, True]
    assert "Half price" not in caplog.text
    assert words.text == write.template(annual())


async def test_a_repaired_text_is_used() -> None:
    async with FakeGemini("ok", script=["lies"]) as gemini:
        words = await composed(gemini)
    assert words.written_by == "gemini"
    assert len(gemini.calls) == 2


async def test_a_text_in_wrapping_needs_no_repair() -> None:
    async with FakeGemini("in_fence") as gemini:
        words = await composed(gemini)
    assert (words.written_by, len(gemini.calls)) == ("gemini", 1)


@pytest.mark.parametrize(
    ("scenario", "rule"),
    [("trailing_comma", "one-json-object"), ("too_long", "headline-string-too-long")],
)
async def test_an_answer_of_another_form_is_sent_back_once_with_the_rule(
    scenario: str, rule: str
) -> None:
    async with FakeGemini("ok", script=[scenario]) as gemini:
        words = await composed(gemini)
    assert words.written_by == "gemini"
    assert [f'the rule "{rule}"' in call.prompt for call in gemini.calls] == [False, True]


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (["two_drafts", "two_drafts"], "bad_answer"),
        (["two_drafts", "lies"], "guard"),
        (["lies", "two_drafts"], "bad_answer"),
        (["two_drafts", "403"], "refused_key"),
    ],
)
async def test_form_and_words_have_one_repair_together(script: list[str], reason: str) -> None:
    async with FakeGemini("ok", script=script) as gemini:
        words = await composed(gemini)
    assert (words.written_by, words.fallback_reason) == ("template", reason)
    assert len(gemini.calls) == 2


@pytest.mark.parametrize("scenario", ["html", "no_candidates", "max_tokens", "safety"])
async def test_what_holds_no_text_is_not_sent_back(scenario: str) -> None:
    async with FakeGemini(scenario) as gemini:
        words = await composed(gemini)
    assert (words.written_by, len(gemini.calls)) == ("template", 1)


async def test_without_a_key_nothing_is_called_and_the_label_says_so() -> None:
    async with FakeGemini() as gemini:
        words = await composed(gemini, gemini_api_key="")
    assert (words.written_by, words.fallback_reason, gemini.calls) == ("template", "no_key", [])


@pytest.mark.parametrize(
    ("scenario", "reason"), [("503", "unavailable"), ("403", "refused_key"), ("hang", "timeout")]
)
async def test_a_fault_is_a_labelled_template(
    scenario: str, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with FakeGemini(scenario) as gemini:
        words = await composed(gemini, gemini_deadline=0.5)
    assert (words.written_by, words.fallback_reason) == ("template", reason)
    assert KEY not in caplog.text


async def test_a_text_is_written_once_and_then_remembered() -> None:
    asked = customer()
    async with FakeGemini() as gemini, composing(gemini) as composer:
        for _ in range(3):
            await composer.compose(annual(), reasons(asked))
    assert len(gemini.calls) == 1


def test_the_brief_holds_phrases_and_names_and_nothing_of_the_customers_own() -> None:
    asked = customer()
    found = brief(annual(), reasons(asked))
    assert found.reasons
    assert set(found.reasons) <= PHRASES
    assert found.slots == write.needed(ANNUAL, "en", "email")
    assert not any(character.isdigit() for part in found.reasons for character in part)


def test_only_a_reason_is_told_that_raises_the_probability_and_that_the_offer_answers() -> None:
    others = [reason(name, "x", 2.0) for name in FEATURES if name != "Contract"]
    up, down = reason("Contract", "x", 1.0), reason("Contract", "x", -1.0)
    assert brief(annual(), [*others, up]).reasons == ("pays month to month",)
    assert brief(annual(), [*others, down]).reasons == ()


def test_of_a_reason_about_two_attributes_the_one_is_told_that_the_offer_answers() -> None:
    both = reason("InternetService", "x", 1.0, "x", "Contract")
    assert brief(annual(), [both]).reasons == ("pays month to month",)


@pytest.mark.parametrize("part", ["headline", "message", "call_to_action"])
def test_a_lie_in_any_part_is_found_in_any_channel(part: str) -> None:
    for channel in CHANNELS:
        wanted = brief(annual(Context.model_validate({"channel": channel})), [])
        honest = {
            "headline": "An offer for you",
            "message": "Here is our offer: "
            + ", ".join(f"{{{slot}}}" for slot in wanted.slots)
            + ".",
            "call_to_action": "Please reply to this message.",
        }
        assert broken_rule(Draft(**honest), wanted) is None
        assert (
            broken_rule(Draft(**{**honest, part: honest[part] + " It is free for life."}), wanted)
            is not None
        )


async def test_a_draft_that_was_refused_is_not_kept_for_the_next_customer() -> None:
    asked = customer()
    async with FakeGemini("ok", script=["lies", "lies"]) as gemini, composing(gemini) as composer:
        first = await composer.compose(annual(), reasons(asked))
        second = await composer.compose(annual(), reasons(asked))
    assert (first.fallback_reason, second.written_by) == ("guard", "gemini")


class TooLongAtFirst:
    """Writes an SMS that fits as it is, and no more with the line that must follow; shorter when it
    is told.
    """

    def __init__(self) -> None:
        self.complaints: list[str | None] = []

    async def write(self, wanted: Brief, *, deadline: float, complaint: str | None = None) -> Draft:
        assert deadline > 0
        self.complaints.append(complaint)
        slots = " ".join(f"{{{slot}}}" for slot in wanted.slots)
        message = f"Please stay with us: {slots}. " + "We are glad to talk to you. " * (
            1 if complaint else 8
        )
        return Draft(headline="An offer for you", message=message, call_to_action="Please reply.")

    def forget(self, wanted: Brief, complaint: str | None = None) -> None: ...

    async def aclose(self) -> None: ...


async def test_a_text_that_is_too_long_once_it_is_filled_is_sent_back() -> None:
    writer = TooLongAtFirst()
    words = await Composer(read_settings({}), writer).compose(annual(Context(channel="sms")), [])
    assert (words.written_by, writer.complaints) == ("gemini", [None, "length"])


def test_a_slot_is_said_once_in_a_part() -> None:
    wanted = brief(annual(), [])
    slots = ", ".join(f"{{{slot}}}" for slot in wanted.slots)
    twice = Draft(
        headline="An offer",
        message=f"Here it is: {slots}, {slots}.",
        call_to_action="Please reply.",
    )
    assert broken_rule(twice, wanted) == "slot-repeated"


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_message_itself_holds_every_slot(channel: str) -> None:
    wanted = brief(annual(Context.model_validate({"channel": channel})), [])
    slots = ", ".join(f"{{{slot}}}" for slot in wanted.slots)
    message = "Here is our offer, and we hope that you like it"
    whole = Draft(
        headline="An offer", message=f"{message}: {slots}.", call_to_action="Please reply."
    )
    assert broken_rule(whole, wanted) is None
    assert (
        broken_rule(whole.model_copy(update={"headline": slots, "message": f"{message}."}), wanted)
        == "slot-missing"
    )


LATE = """
import asyncio
from churn_lib.answer import answer, close
from churn_lib.cli.probe import EXAMPLE

async def late() -> None:
    await close()
    print((await answer(EXAMPLE, "gemini"))["offer"]["fallback_reason"])

asyncio.run(late())
"""


def test_whoever_is_the_first_to_ask_after_the_end_gets_a_template_too() -> None:
    given = {**clean_environment(), **variables(f"http://127.0.0.1:{unused_port()}")}
    done = subprocess.run(
        [sys.executable, "-c", LATE], env=given, capture_output=True, text=True, check=True
    )
    assert (done.stdout.strip(), done.stderr) == ("shutdown", "")


@pytest.mark.parametrize(
    "variables",
    [
        {
            "GOOGLE_APPLICATION_CREDENTIALS": "/",
            "GEMINI_API_KEY_SECRET": "projects/p/secrets/s/versions/latest",
        },
        {"GOOGLE_APPLICATION_CREDENTIALS": "/", "GEMINI_VERTEX_PROJECT": "a-project"},
        {"ALL_PROXY": "socks5://127.0.0.1:9", "HTTPS_PROXY": "::bad::", "GEMINI_API_KEY": KEY},
    ],
)
async def test_an_odd_environment_costs_the_words_and_never_the_answer(
    variables: dict[str, str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    async with FakeGemini() as gemini:
        settings = read_settings({**variables, "GEMINI_BASE_URL": gemini.url})
        composer = Composer(settings, GeminiWriter(settings, gemini_key(settings)))
        words = await composer.compose(annual(), [])
        await composer.aclose()
    assert words.text.message
    assert (words.written_by == "gemini") is ("GEMINI_API_KEY" in variables)
    assert KEY not in caplog.text

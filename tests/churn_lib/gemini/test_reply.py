"""Every fault of a real server, through the real client: one labelled error, in time, and never the
key elsewhere.
"""

import asyncio
import time

import pytest

from churn_lib.errors import FallbackReason, WriterError
from churn_lib.gemini.prompt import prompt
from tests.churn_lib.gemini.writing import BRIEF, KEY, OTHERS, Clock, writing
from tests.fakes.gemini import FakeGemini, unused_port
from tests.fakes.scenarios import MALFORMED, SCENARIOS, WRAPPED

pytestmark = pytest.mark.anyio

TEXTS = {"doubts", "ok", "thoughts", "unknown_finish", "marked", "continued", "lies", *WRAPPED}
REASONS: dict[str, tuple[FallbackReason, int]] = {
    "hang": ("timeout", 1),
    "drip": ("timeout", 1),
    "deadline_too_short": ("bad_request", 1),
    "400": ("bad_request", 1),
    "400_key": ("refused_key", 1),
    "400_expired": ("refused_key", 1),
    "401": ("refused_key", 1),
    "403": ("refused_key", 1),
    "404": ("bad_request", 1),
    "408": ("unavailable", 2),
    "429": ("rate_limited", 1),
    "429_now": ("rate_limited", 2),
    "429_soon": ("rate_limited", 2),
    "429_info": ("rate_limited", 2),
    "429_later": ("rate_limited", 1),
    "499": ("unavailable", 2),
    "500": ("unavailable", 2),
    "502_html": ("unavailable", 2),
    "503": ("unavailable", 2),
    "503_later": ("unavailable", 1),
    "504": ("unavailable", 2),
    "503_not_json": ("unavailable", 2),
    "503_empty": ("unavailable", 2),
    "503_not_utf8": ("unavailable", 2),
    "503_gzip": ("unavailable", 2),
    "503_huge": ("unavailable", 2),
    "503_slow": ("unavailable", 2),
    "500_deep": ("unavailable", 2),
    "429_not_json": ("rate_limited", 2),
    "429_html": ("rate_limited", 1),
    "429_gzip": ("rate_limited", 2),
    "429_list": ("rate_limited", 2),
    "429_cut_off": ("rate_limited", 2),
    "400_not_json": ("bad_request", 1),
    "403_gzip": ("refused_key", 1),
    "500_array": ("unavailable", 2),
    "500_number": ("unavailable", 2),
    "400_odd": ("bad_request", 1),
    "204": ("bad_answer", 1),
    "redirect": ("bad_request", 1),
    "reset": ("unavailable", 2),
    "closed": ("unavailable", 2),
    "cut_off": ("unavailable", 2),
    "not_http": ("unavailable", 2),
    "html": ("bad_answer", 1),
    "not_json": ("bad_answer", 1),
    "not_utf8": ("bad_answer", 1),
    "empty_body": ("bad_answer", 1),
    "array": ("bad_answer", 1),
    "number": ("bad_answer", 1),
    "odd_shape": ("bad_answer", 1),
    "odd_parts": ("bad_answer", 1),
    "deep": ("bad_answer", 1),
    "lone_surrogate": ("bad_answer", 1),
    "no_candidates": ("bad_answer", 1),
    "max_tokens": ("truncated", 1),
    "max_tokens_thinking": ("truncated", 1),
    "safety": ("blocked", 1),
    "blocked_prompt": ("blocked", 1),
    "huge": ("bad_answer", 1),
    "huge_chunked": ("bad_answer", 1),
    "gzip_bomb": ("bad_answer", 1),
    **dict.fromkeys(MALFORMED, ("bad_answer", 1)),
}
"""For each fault: the label, and how often it is called."""


def test_every_scenario_has_its_expectation() -> None:
    assert SCENARIOS.keys() == REASONS.keys() | TEXTS


@pytest.mark.parametrize("scenario", REASONS)
async def test_a_fault_is_labelled(scenario: str, caplog: pytest.LogCaptureFixture) -> None:
    reason, calls = REASONS[scenario]
    async with FakeGemini() as elsewhere, FakeGemini(scenario) as gemini, writing(gemini) as writer:
        gemini.elsewhere = elsewhere.url
        await writer.client()
        with pytest.raises(WriterError) as caught:
            await writer.write(BRIEF, deadline=1.9 if reason == "timeout" else 7)
    assert (caught.value.reason, len(gemini.calls)) == (reason, calls)
    assert elsewhere.calls == []
    assert KEY not in caplog.text + repr(caught.value) + repr(caught.value.__cause__)


@pytest.mark.parametrize(
    ("scenario", "detail"),
    [
        ("huge", "the answer is larger than 262144 bytes"),
        ("huge_chunked", "the answer is larger than 262144 bytes"),
        ("gzip_bomb", "the answer is packed"),
    ],
)
async def test_an_answer_costs_no_more_than_256_kib(scenario: str, detail: str) -> None:
    async with FakeGemini(scenario) as gemini, writing(gemini) as writer:
        with pytest.raises(WriterError) as caught:
            await writer.write(BRIEF, deadline=7)
    assert caught.value.detail == detail


@pytest.mark.parametrize("scenario", sorted(TEXTS))
async def test_an_answer_that_fits_the_schema_is_a_draft(scenario: str) -> None:
    async with FakeGemini(scenario) as gemini, writing(gemini) as writer:
        draft = await writer.write(BRIEF, deadline=7)
    assert draft.headline in {"An offer for you", "Half price for ever", "A"}
    assert len(gemini.calls) == 1


@pytest.mark.parametrize("scenario", WRAPPED)
async def test_a_right_answer_is_taken_out_of_what_stands_around_it(scenario: str) -> None:
    async with FakeGemini() as gemini, writing(gemini, text_cache_size=0) as writer:
        bare = await writer.write(BRIEF, deadline=7)
        gemini.scenario = scenario
        assert await writer.write(BRIEF, deadline=7) == bare


@pytest.mark.parametrize(
    ("scenario", "rule"),
    [
        ("inner_not_json", "one-json-object"),
        ("trailing_comma", "one-json-object"),
        ("single_quotes", "one-json-object"),
        ("cut_in_fence", "one-json-object"),
        ("two_drafts", "one-json-object"),
        ("empty_text", "one-json-object"),
        ("other_names", "headline-missing"),
        ("missing_field", "call-to-action-missing"),
        ("extra_field", "extra-forbidden"),
        ("too_long", "headline-string-too-long"),
        ("blank", "headline-string-too-short"),
        ("wrong_type", "headline-string-type"),
        ("inner_surrogate", "headline-string-unicode"),
    ],
)
async def test_an_answer_of_another_form_says_what_to_ask_for_once_more(
    scenario: str, rule: str
) -> None:
    async with FakeGemini(scenario) as gemini, writing(gemini) as writer:
        with pytest.raises(WriterError) as caught:
            await writer.write(BRIEF, deadline=7)
    assert caught.value.complaint == rule
    assert f'the rule "{rule}"' in prompt(BRIEF, rule)


@pytest.mark.parametrize("scenario", ["html", "204", "no_candidates", "max_tokens", "safety"])
async def test_where_no_text_came_there_is_nothing_to_mend(scenario: str) -> None:
    async with FakeGemini(scenario) as gemini, writing(gemini) as writer:
        with pytest.raises(WriterError) as caught:
            await writer.write(BRIEF, deadline=7)
    assert caught.value.complaint is None


async def test_nobody_listening_is_unavailable() -> None:
    gemini = FakeGemini()
    gemini.url = f"http://127.0.0.1:{unused_port()}"
    async with writing(gemini) as writer:
        with pytest.raises(WriterError) as caught:
            await writer.write(BRIEF, deadline=2)
    assert str(caught.value) == "unavailable: ClientConnectorError"


@pytest.mark.parametrize("first", ["503", "closed", "reset", "429_soon", "429_info"])
async def test_a_passing_fault_is_tried_once_more(first: str) -> None:
    async with FakeGemini(script=[first]) as gemini, writing(gemini) as writer:
        assert (await writer.write(BRIEF, deadline=7)).headline == "An offer for you"
    assert len(gemini.calls) == 2


async def test_the_wait_that_gemini_asks_for_is_kept() -> None:
    async with FakeGemini(script=["429_info"]) as gemini, writing(gemini) as writer:
        await writer.client()
        started = time.monotonic()
        await writer.write(BRIEF, deadline=7)
        assert 1.25 <= time.monotonic() - started < 2.25


async def test_a_wait_longer_than_the_deadline_is_not_begun() -> None:
    async with FakeGemini(script=["429_info"]) as gemini, writing(gemini) as writer:
        await writer.client()
        started = time.monotonic()
        with pytest.raises(WriterError) as caught:
            await writer.write(BRIEF, deadline=1.5)
        assert time.monotonic() - started < 1
    assert caught.value.retry_after == 1.25


async def test_a_second_try_needs_a_second_call_in_the_budget() -> None:
    async with FakeGemini("503") as gemini, writing(gemini, gemini_calls_per_minute=3) as writer:
        for number in range(3):
            with pytest.raises(WriterError):
                await writer.write(OTHERS[number], deadline=7)
    assert len(gemini.calls) == 3


async def test_the_budget_of_a_minute_is_the_bound_of_calls() -> None:
    clock = Clock()
    async with FakeGemini() as gemini, writing(gemini, clock, gemini_calls_per_minute=2) as writer:
        calls = [writer.write(brief, deadline=7) for brief in OTHERS[:4]]
        results = [*await asyncio.gather(*calls, return_exceptions=True)]
        clock.now += 61
        await writer.write(OTHERS[4], deadline=7)
    assert [str(result) for result in results[2:]] == ["budget: 2 calls a minute are used up"] * 2
    assert len(gemini.calls) == 3


async def test_gemini_is_left_alone_after_many_faults_and_tried_again_after_a_pause() -> None:
    clock = Clock()
    async with (
        FakeGemini("500") as gemini,
        writing(gemini, clock, gemini_calls_per_minute=1000) as writer,
    ):
        reasons = []
        for number in range(12):
            with pytest.raises(WriterError) as caught:
                await writer.write(OTHERS[number], deadline=7)
            reasons.append(caught.value.reason)
        assert reasons == ["unavailable"] * 10 + ["breaker_open"] * 2
        assert len(gemini.calls) == 20
        gemini.scenario = "ok"
        clock.now += 6
        await writer.write(BRIEF, deadline=7)
    assert writer.breaker.state == "closed"


@pytest.mark.parametrize("scenario", ["two_drafts", "html", "max_tokens", "safety"])
async def test_answers_that_can_not_be_used_are_no_outage(scenario: str) -> None:
    async with (
        FakeGemini(scenario) as gemini,
        writing(gemini, gemini_calls_per_minute=1000) as writer,
    ):
        for brief in OTHERS[1:15]:
            with pytest.raises(WriterError):
                await writer.write(brief, deadline=7)
        gemini.scenario = "ok"
        assert (await writer.write(BRIEF, deadline=7)).headline == "An offer for you"
    assert (len(gemini.calls), writer.breaker.state) == (15, "closed")


async def test_hanging_counts_as_a_fault() -> None:
    async with FakeGemini("hang") as gemini, writing(gemini, gemini_slots=20) as writer:
        await writer.client()
        calls = [writer.write(OTHERS[number], deadline=1) for number in range(10)]
        await asyncio.gather(*calls, return_exceptions=True)
        assert writer.breaker.state == "open"


async def test_a_fault_that_only_an_operator_can_heal_is_logged_as_an_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with FakeGemini(script=["404", "blocked_prompt"]) as gemini, writing(gemini) as writer:
        for _ in range(2):
            with pytest.raises(WriterError):
                await writer.write(BRIEF, deadline=7)
    assert [
        (record.levelname, record.getMessage())
        for record in caplog.records
        if "churn" in record.name
    ] == [
        ("ERROR", "Gemini wrote no text: bad_request: status 404"),
        ("WARNING", "Gemini wrote no text: blocked: the prompt was stopped by a filter"),
    ]

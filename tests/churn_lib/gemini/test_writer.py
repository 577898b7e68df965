"""The writer against a real HTTP server that answers well."""

import asyncio
import subprocess
import sys
from functools import partial

import pytest

from churn_lib.errors import WriterError
from churn_lib.gemini.prompt import DRAFT_SCHEMA, SYSTEM, prompt
from churn_lib.gemini.writer import GeminiWriter
from churn_lib.secrets.key import gemini_key
from churn_lib.settings import read_settings
from tests.churn_lib.gemini.test_client import sessions
from tests.churn_lib.gemini.writing import BRIEF, KEY, OTHERS, Clock, variables, writing
from tests.fakes.gemini import FakeGemini, unused_port

pytestmark = pytest.mark.anyio


async def test_a_draft_comes_back_with_its_slots_unfilled() -> None:
    async with FakeGemini() as gemini, writing(gemini) as writer:
        draft = await writer.write(BRIEF, deadline=7)
    assert draft.headline == "An offer for you"
    assert "{price_change}, {months}" in draft.message


async def test_the_request_is_the_one_that_was_agreed() -> None:
    async with FakeGemini() as gemini, writing(gemini) as writer:
        await writer.write(BRIEF, deadline=7)
    call = gemini.calls[0]
    assert call.path == "/v1/models/gemini-3.5-flash-lite:generateContent"
    assert call.raw == {
        "contents": [{"parts": [{"text": prompt(BRIEF)}], "role": "user"}],
        "systemInstruction": {"parts": [{"text": SYSTEM}], "role": "user"},
        "generationConfig": {
            "maxOutputTokens": 2048,
            "responseMimeType": "application/json",
            "responseJsonSchema": DRAFT_SCHEMA,
            "thinkingConfig": {"thinking_level": "MINIMAL"},
        },
    }


async def test_the_request_asks_for_a_plain_answer_and_allows_ten_seconds() -> None:
    async with FakeGemini() as gemini, writing(gemini) as writer:
        await writer.write(BRIEF, deadline=7)
    headers = gemini.calls[0].headers
    assert headers["accept-encoding"] == "identity"
    assert headers["x-server-timeout"] == "10"
    assert headers["x-goog-api-key"] == KEY


async def test_model_and_thinking_come_from_the_settings() -> None:
    better = partial(writing, gemini_model="gemini-3.8-flash", gemini_thinking="low")
    async with FakeGemini() as gemini, better(gemini) as writer:
        await writer.write(BRIEF, deadline=7)
    assert "/gemini-3.8-flash:" in gemini.calls[0].path
    assert gemini.calls[0].body["generationConfig"]["thinkingConfig"] == {"thinkingLevel": "LOW"}


async def test_a_proxy_and_another_address_in_the_environment_are_ignored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with FakeGemini() as gemini, FakeGemini() as foreign, writing(gemini) as writer:
        for name in (
            "HTTP_PROXY",
            "http_proxy",
            "ALL_PROXY",
            "GOOGLE_GEMINI_BASE_URL",
            "GOOGLE_VERTEX_BASE_URL",
        ):
            monkeypatch.setenv(name, foreign.url)
        monkeypatch.setenv("GOOGLE_API_KEY", "another-key")
        monkeypatch.setenv("GOOGLE_GENAI_USE_ENTERPRISE", "true")
        await writer.write(BRIEF, deadline=7)
    path = "/v1/models/gemini-3.5-flash-lite:generateContent"
    assert [(call.path, call.headers["x-goog-api-key"]) for call in gemini.calls] == [(path, KEY)]
    assert foreign.calls == []


async def test_without_a_key_nothing_is_called_or_imported() -> None:
    writer = GeminiWriter(read_settings({}), None)
    with pytest.raises(WriterError) as caught:
        await writer.write(BRIEF, deadline=7)
    assert caught.value.reason == "no_key"


async def test_a_known_text_is_not_written_again_until_it_expires() -> None:
    clock = Clock()
    async with FakeGemini() as gemini, writing(gemini, clock, text_cache_seconds=60) as writer:
        first = await writer.write(BRIEF, deadline=7)
        assert await writer.write(BRIEF, deadline=7) == first
        assert len(gemini.calls) == 1
        clock.now += 61
        await writer.write(BRIEF, deadline=7)
    assert len(gemini.calls) == 2


async def test_every_part_of_a_brief_makes_it_another_text() -> None:
    variants = [
        BRIEF,
        *(OTHERS[number] for number in (1, 3, 12)),
        BRIEF._replace(slots=("months",)),
    ]
    variants += [BRIEF._replace(reasons=()), BRIEF._replace(offer_name="Price lock")]
    async with FakeGemini() as gemini, writing(gemini) as writer:
        for brief in variants:
            await writer.write(brief, deadline=7)
    assert len({call.prompt for call in gemini.calls}) == len(variants) == 7


async def test_a_repair_is_another_text_and_names_the_broken_rule() -> None:
    async with FakeGemini() as gemini, writing(gemini) as writer:
        await writer.write(BRIEF, deadline=7)
        await writer.write(BRIEF, deadline=7, complaint="digit")
        await writer.write(BRIEF, deadline=7, complaint="digit")
    assert ['rule "digit"' in call.prompt for call in gemini.calls] == [False, True]


async def test_a_cache_of_no_size_keeps_no_text() -> None:
    async with FakeGemini() as gemini, writing(gemini, text_cache_size=0) as writer:
        await writer.write(BRIEF, deadline=7)
        await writer.write(BRIEF, deadline=7)
    assert len(gemini.calls) == 2


async def test_fifty_callers_share_one_call() -> None:
    async with FakeGemini(delay=0.1) as gemini, writing(gemini) as writer:
        drafts = await asyncio.gather(*[writer.write(BRIEF, deadline=7) for _ in range(50)])
    assert len(gemini.calls) == 1
    assert len(set(drafts)) == 1


async def test_one_call_more_than_there_are_slots_is_refused_at_once() -> None:
    async with FakeGemini(delay=0.3) as gemini, writing(gemini, gemini_slots=3) as writer:
        await writer.client()
        calls = [writer.write(OTHERS[number], deadline=7) for number in range(4)]
        *drafts, refused = await asyncio.gather(*calls, return_exceptions=True)
    assert len(gemini.calls) == len(drafts) == 3
    assert isinstance(refused, WriterError)
    assert refused.reason == "busy"


async def test_a_caller_who_leaves_does_not_take_the_text_from_the_others() -> None:
    async with FakeGemini(delay=0.2) as gemini, writing(gemini) as writer:
        leaving, staying = (asyncio.create_task(writer.write(BRIEF, deadline=7)) for _ in range(2))
        await asyncio.wait_for(gemini.called.wait(), 5)
        leaving.cancel()
        assert (await staying).headline == "An offer for you"
    assert leaving.cancelled()
    assert len(gemini.calls) == 1


async def test_when_the_last_caller_leaves_the_call_is_dropped() -> None:
    async with FakeGemini("hang") as gemini, writing(gemini) as writer:
        caller = asyncio.create_task(writer.write(BRIEF, deadline=7))
        await asyncio.wait_for(gemini.called.wait(), 5)
        caller.cancel()
        await asyncio.wait_for(gemini.gone.wait(), 0.5)
    assert caller.cancelled()
    assert writer.breaker.state == "closed"


async def test_closing_the_writer_answers_those_who_wait() -> None:
    async with FakeGemini("hang") as gemini, writing(gemini) as writer:
        caller = asyncio.create_task(writer.write(BRIEF, deadline=7))
        await asyncio.wait_for(gemini.called.wait(), 5)
        await writer.aclose()
        with pytest.raises(WriterError) as caught:
            await caller
    assert caught.value.reason == "shutdown"


async def test_a_closed_writer_calls_nobody_and_gives_the_texts_that_it_knows() -> None:
    async with FakeGemini() as gemini, writing(gemini) as writer:
        known = await writer.write(BRIEF, deadline=7)
        await writer.aclose()
        for brief in OTHERS[1:4]:
            with pytest.raises(WriterError, match="shutdown: the writer was closed"):
                await writer.write(brief, deadline=7)
        assert await writer.write(BRIEF, deadline=7) == known
        assert (len(gemini.calls), sessions()) == (1, [])


async def test_a_writer_that_was_never_used_can_be_closed_too() -> None:
    async with FakeGemini() as gemini, writing(gemini) as writer:
        await writer.aclose()
        with pytest.raises(WriterError, match="shutdown"):
            await writer.write(BRIEF, deadline=7)
        assert (gemini.calls, sessions()) == ([], [])


def test_one_writer_serves_several_event_loops_in_turn() -> None:
    port = unused_port()
    settings = read_settings(variables(f"http://127.0.0.1:{port}", text_cache_size=0))
    writer = GeminiWriter(settings, gemini_key(settings))

    async def write() -> int:
        async with FakeGemini(port=port) as gemini:
            await writer.write(BRIEF, deadline=7)
            await writer.aclose()
            return len(gemini.calls)

    assert [asyncio.run(write()), asyncio.run(write())] == [1, 1]


def test_importing_the_writer_imports_no_client() -> None:
    code = "import sys, churn_lib.gemini.writer; print([m for m in sys.modules if m in {}])"
    heavy = {"google.genai", "grpc", "aiohttp", "google.cloud.secretmanager_v1", "boto3", "httpx2"}
    done = subprocess.run(
        [sys.executable, "-c", code.format(heavy)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"

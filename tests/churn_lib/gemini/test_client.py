"""Google's client in our hands: over our own connection, without a word in the log, and nothing
left open.
"""

import gc
import logging
from types import SimpleNamespace

import aiohttp
import pytest

from churn_lib.errors import WriterError
from churn_lib.gemini.transport import BoundedResponse
from tests.churn_lib.gemini.writing import BRIEF, writing
from tests.fakes.gemini import FakeGemini

pytestmark = pytest.mark.anyio


def sessions() -> list[aiohttp.ClientSession]:
    """Those of this process that are open."""
    gc.collect()
    return [
        one for one in gc.get_objects() if isinstance(one, aiohttp.ClientSession) and not one.closed
    ]


async def test_every_call_goes_through_our_own_session_and_its_bounded_response() -> None:
    used: list[type[aiohttp.ClientResponse]] = []

    async def seen(
        _: aiohttp.ClientSession, __: SimpleNamespace, end: aiohttp.TraceRequestEndParams
    ) -> None:
        used.append(type(end.response))

    async with FakeGemini() as gemini, writing(gemini) as writer:
        await writer.client()
        (session,) = sessions()
        trace = aiohttp.TraceConfig()
        trace.on_request_end.append(seen)
        trace.freeze()
        session.trace_configs.append(trace)
        await writer.write(BRIEF, deadline=7)
    assert used == [BoundedResponse]
    assert session.closed


async def test_a_client_that_can_not_be_made_leaves_no_session_open_and_is_made_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with FakeGemini() as gemini:
        async with writing(gemini) as first:
            await first.client()
        monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")
        async with writing(gemini) as writer:
            with pytest.raises(WriterError) as caught:
                await writer.write(BRIEF, deadline=7)
            assert str(caught.value) == "bad_request: the client can't be made: FileNotFoundError"
            assert (sessions(), writer.breaker.state) == ([], "closed")
            monkeypatch.delenv("SSL_CERT_FILE")
            assert (await writer.write(BRIEF, deadline=7)).headline == "An offer for you"


async def test_the_client_logs_nothing_of_its_own(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("GOOGLE_API_KEY", "one-that-is-not-used")
    monkeypatch.setenv("GEMINI_API_KEY", "one-that-is-not-used")
    caplog.set_level(logging.INFO)
    async with FakeGemini() as gemini, writing(gemini) as writer:
        await writer.write(BRIEF, deadline=7)
    assert caplog.messages == []

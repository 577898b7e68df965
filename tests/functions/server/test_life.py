"""How the server starts, drains, and comes back, and that it works for nobody who has left: real
processes.
"""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from importlib.metadata import version

import httpx2
import pytest

from functions.server.drain import Drain
from tests.churn_lib.gemini.writing import variables
from tests.fakes.gemini import FakeGemini
from tests.functions.server.test_transport import SIZE, START
from tests.functions.test_hostile import GOOD
from tests.raw import replies, request, sending, talk
from tests.serving import Served, serve, until

SECONDS_TO_DRAIN = 8
ASKING = START + SIZE + b"Expect: 100-continue\r\n\r\n"
WITH_GEMINI = request(GOOD, target=b"/predict")
SEEN_TO_WORK = {
    "functions-framework": "3.10",
    "gunicorn": "27.0",
    "uvicorn": "0.54",
    "uvicorn-worker": "0.4",
}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def test_the_hooks_that_nobody_documents_were_seen_to_work_with_these_versions() -> None:
    """After an upgrade: run the tests of this folder, then put the new version here.

    The hooks: UvicornWorker.CONFIG_KWARGS, taken by functions-framework's server; a response that
    is an ASGI application; and uvicorn's handler of SIGTERM, which ours calls.
    """
    assert {name: version(name).rpartition(".")[0] for name in SEEN_TO_WORK} == SEEN_TO_WORK


@pytest.mark.parametrize(
    "sent",
    [
        request(GOOD),
        request(b"{"),
        request(b"", target=b"/health", method=b"GET"),
        request(b"", target=b"/nothing"),
        request(b"", target=b"/robots.txt", method=b"GET"),
        b"TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"nonsense\r\n\r\n",
    ],
)
def test_every_answer_carries_the_headers_that_protect_a_browser(
    served: Served, sent: bytes
) -> None:
    (reply,) = talk(served.port, sent)
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["referrer-policy"] == "no-referrer"
    assert "server" not in reply.headers


def test_an_answer_of_ours_may_load_nothing_and_is_kept_nowhere(served: Served) -> None:
    (reply,) = talk(served.port, request(GOOD))
    assert reply.headers["content-security-policy"].startswith("default-src 'none';")
    assert reply.headers["cache-control"] == "no-store"


def test_sigterm_loses_no_request_that_was_accepted_and_no_line() -> None:
    with serve() as server, ExitStack() as stack:
        accepted = [stack.enter_context(sending(server.port, ASKING)) for _ in range(50)]
        assert {reply.status for stream in accepted for reply in replies(stream)} == {100}
        server.process.terminate()
        for stream in accepted:
            stream.write(GOOD)
            stream.flush()
        answered = [reply for stream in accepted for reply in replies(stream)]
        assert [reply.status for reply in answered] == [200] * 50
        assert server.process.wait(SECONDS_TO_DRAIN) == 0
        assert server.complaints() == []
        lines = server.printed().splitlines()
    ids = {json.loads(reply.body)["metadata"]["decision_id"] for reply in answered}
    assert {json.loads(line)["decision_id"] for line in lines} == ids


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT])
@pytest.mark.parametrize("asked_before", [True, False])
def test_other_signals_to_end_end_it_like_sigterm(
    number: signal.Signals, asked_before: bool
) -> None:
    with serve() as server, ExitStack() as stack:
        accepted = [stack.enter_context(sending(server.port, ASKING))] if asked_before else []
        assert {reply.status for stream in accepted for reply in replies(stream)} <= {100}
        server.process.send_signal(number)
        for stream in accepted:
            stream.write(GOOD)
            stream.flush()
        assert {reply.status for stream in accepted for reply in replies(stream)} <= {200}
        assert server.process.wait(SECONDS_TO_DRAIN) == 0
        assert server.complaints() == []


@asynccontextmanager
async def waiting_for_gemini(
    gemini: FakeGemini, server: Served
) -> AsyncIterator[asyncio.StreamReader]:
    """A client's connection with a request for whose words Gemini was called."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(WITH_GEMINI)
    async with asyncio.timeout(20):
        await gemini.called.wait()
    try:
        yield reader
    finally:
        writer.close()


@pytest.mark.anyio
async def test_sigterm_turns_texts_in_the_making_into_templates() -> None:
    async with FakeGemini("hang") as gemini:
        with serve(variables(gemini.url)) as server:
            async with waiting_for_gemini(gemini, server) as reader:
                server.process.terminate()
                received = await asyncio.wait_for(reader.read(), SECONDS_TO_DRAIN)
            assert await asyncio.to_thread(server.process.wait, SECONDS_TO_DRAIN) == 0
    offer = json.loads(received.partition(b"\r\n\r\n")[2])["offer"]
    assert received.startswith(b"HTTP/1.1 200 ")
    assert (offer["written_by"], offer["fallback_reason"]) == ("template", "shutdown")


@pytest.mark.anyio
async def test_nothing_is_written_for_a_client_who_has_gone() -> None:
    async with FakeGemini("hang") as gemini:
        with serve(variables(gemini.url)) as server:
            async with waiting_for_gemini(gemini, server):
                assert not gemini.gone.is_set()
            async with asyncio.timeout(3):  # far less than Gemini may take
                await gemini.gone.wait()
            assert server.complaints() == []


@pytest.mark.anyio
async def test_a_caller_in_a_hurry_gets_a_template_in_time() -> None:
    async with FakeGemini("hang") as gemini:
        with serve(variables(gemini.url)) as server:
            async with httpx2.AsyncClient(
                base_url=server.url, trust_env=False, timeout=5
            ) as client:
                headers = {"Content-Type": "application/json", "Prefer": "wait=1"}
                response = await client.post("/predict", content=GOOD, headers=headers)
    offer = response.json()["offer"]
    assert (offer["written_by"], offer["fallback_reason"]) == ("template", "timeout")


def test_a_killed_worker_is_replaced() -> None:
    with serve() as server:
        assert back_after_kill(server)


def back_after_kill(server: Served, seconds: float = 20.0) -> bool:
    """Kills the worker, and whether another one answers within some seconds."""
    (worker,) = server.workers()
    os.kill(worker, signal.SIGKILL)
    return until(lambda: server.workers() != [worker] and answers(server), seconds)


def answers(server: Served) -> bool:
    try:
        return [reply.status for reply in talk(server.port, request(GOOD))] == [200]
    except OSError:
        return False


@pytest.mark.anyio
async def test_sigterm_begins_the_drain_and_does_what_it_did_before() -> None:
    came = asyncio.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: came.set())
    try:
        drain = Drain()
        drain.arm()
        assert not drain.begun
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(5):
            await came.wait()
            await asyncio.sleep(0)
        assert drain.begun
        assert drain.ends_at > asyncio.get_running_loop().time()
    finally:
        signal.signal(signal.SIGTERM, before)

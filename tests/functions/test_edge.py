"""The edge of the function, with endpoints behind it that fail in every way: a real server."""

import select
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx2
import pytest

from functions.server.limits import BODY_SECONDS, IN_FLIGHT, MARGIN, REQUEST_SECONDS
from functions.server.worker import GRACEFUL_SECONDS
from tests.canaries import seen
from tests.raw import HOST, JSON, SECONDS, replies, request, sending, talk
from tests.serving import PARSERS, Served, serve, until

FAULTY = {"FUNCTION_SOURCE": "tests/functions/faulty.py"}


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serve(FAULTY) as server:
        yield server


@pytest.mark.parametrize(
    ("path", "status", "logged"),
    [
        ("/fails", 500, "ValueError in fails, "),
        ("/is_cancelled", 503, "CancelledError in is_cancelled, "),
        ("/times_out", 500, "TimeoutError in times_out, "),
        ("/never_ends", 503, "DeadlineError: no answer within the time of the request"),
    ],
)
def test_a_failure_is_a_status_for_the_caller_and_a_place_in_the_log(
    client: httpx2.Client, served: Served, path: str, status: int, logged: str
) -> None:
    response = client.post(path, json={})
    assert response.status_code == status
    assert set(response.json()) == {"type", "title", "status"}
    assert logged in served.printed()
    assert (seen(served.printed()), "Traceback" in served.printed()) == ([], False)


def test_what_may_be_tried_again_says_when(client: httpx2.Client) -> None:
    assert client.post("/never_ends", json={}).headers["retry-after"] == "1"
    assert "retry-after" not in client.post("/fails", json={}).headers


def test_an_answer_that_breaks_off_is_seen_to_be_incomplete(served: Served) -> None:
    with sending(served.port, request(b"{}", target=b"/breaks_off")) as stream:
        received = stream.read()
    assert b"first" in received
    assert not received.endswith(b"0\r\n\r\n")
    assert "ValueError in lines, " in served.printed()
    assert (seen(served.printed()), "Traceback" in served.printed()) == ([], False)


def test_an_answer_that_is_not_taken_in_time_is_broken_off(served: Served) -> None:
    (worker,) = served.workers()
    opened = Path(f"/proc/{worker}/fd")
    before = len(list(opened.iterdir()))
    with sending(served.port, request(b"{}", target=b"/unread")) as stream:
        assert until(lambda: len(list(opened.iterdir())) > before)
        assert until(lambda: len(list(opened.iterdir())) <= before)
        with suppress(ConnectionResetError):
            assert not stream.read().endswith(b"0\r\n\r\n")


def test_the_time_that_we_work_on_an_answer_is_none_of_the_clients(served: Served) -> None:
    with sending(served.port, request(b"{}", target=b"/works_slowly")) as stream:
        (reply,) = replies(stream)
        received = b"".join(iter(stream.readline, b"0\r\n"))
    assert reply.status == 200
    assert b"first" in received
    assert b"last" in received


def test_a_place_is_held_until_the_whole_answer_is_sent(served: Served) -> None:
    streaming, other = (request(b"{}", target=path) for path in (b"/streams_for_ever", b"/fails"))
    with ExitStack() as stack:
        held = [stack.enter_context(sending(served.port, streaming)) for _ in range(IN_FLIGHT)]
        assert {reply.status for stream in held for reply in replies(stream)} == {200}
        assert talk(served.port, other)[0].status == 503
    assert until(lambda: talk(served.port, other)[0].status == 500)


@pytest.mark.parametrize(
    ("prefer", "most"),
    [
        (b"", REQUEST_SECONDS),
        (b"Prefer: wait=2\r\n", 2),
        (b"Prefer: wait=0\r\n", 0),
        (b"Prefer: respond-async, WAIT = 3\r\n", 3),
        (b"Prefer: return=minimal\r\nPrefer: wait=4; x=1\r\n", 4),
        (b"Prefer: wait=999999\r\n", REQUEST_SECONDS),
        (b"Prefer: wait=-1\r\n", REQUEST_SECONDS),
        (b"Prefer: wait=soon\r\n", REQUEST_SECONDS),
        (b"Prefer: await=1\r\n", REQUEST_SECONDS),
        (b"Prefer: wait=" + b"9" * 5000 + b"\r\n", REQUEST_SECONDS),
    ],
)
def test_a_caller_may_shorten_the_time_and_never_lengthen_it(
    client: httpx2.Client, prefer: bytes, most: int
) -> None:
    port = client.base_url.port
    assert port is not None
    (reply,) = talk(port, request(b"{}", target=b"/tells_the_time", headers=JSON + prefer))
    left = httpx2.Response(200, content=reply.body).json()["seconds"]
    assert min(most, REQUEST_SECONDS - MARGIN) - 1 < left <= min(most, REQUEST_SECONDS - MARGIN)


@pytest.mark.parametrize("parser", PARSERS)
def test_a_body_that_does_not_come_is_given_up_and_nobody_else_waits(parser: str) -> None:
    start = b"POST /reads HTTP/1.1\r\n" + HOST + JSON
    size, chunked = b"Content-Length: 20\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n"
    with (
        serve({**FAULTY, "PARSER": parser}) as server,
        sending(server.port, start + size + b"{") as stalled,
        sending(server.port, start + chunked + b"5\r\n{") as stalled_chunk,
        socket.create_connection(("127.0.0.1", server.port), SECONDS) as dripping,
    ):
        dripping.sendall(start + b"Content-Length: 1000\r\n\r\n")
        assert talk(server.port, request(b"{}", target=b"/reads"))[0].status == 200
        while not select.select([dripping], [], [], 0.05)[0]:
            dripping.sendall(b" ")
        with dripping.makefile("rb") as dripped:
            streams = (stalled, stalled_chunk, dripped)
            assert [reply.status for stream in streams for reply in replies(stream)] == [408] * 3
        assert stalled.read() == b""


def test_a_stalled_upload_does_not_hold_the_end() -> None:
    asking = request(b"{}", target=b"/reads", headers=JSON + b"Expect: 100-continue\r\n")[:-2]
    with serve(FAULTY) as server, sending(server.port, asking) as stalled:
        assert [reply.status for reply in replies(stalled)] == [100]
        server.process.terminate()
        assert server.process.wait(20) == 0
        assert [reply.status for reply in replies(stalled)] == [408]
    assert BODY_SECONDS < GRACEFUL_SECONDS

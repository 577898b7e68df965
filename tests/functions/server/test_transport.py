"""HTTP that no client of ours would send, as bytes on a socket."""

import socket
import struct
from contextlib import ExitStack
from typing import NamedTuple

import pytest

from functions.server.limits import IN_FLIGHT
from tests.functions.test_hostile import GOOD
from tests.raw import HOST, JSON, SECONDS, replies, request, sending, talk
from tests.serving import Served, until

START = b"POST /predict?offer=none HTTP/1.1\r\n" + HOST + JSON
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
SIZE = b"Content-Length: %d\r\n" % len(GOOD)


class Case(NamedTuple):
    """Bytes, and the statuses of the answers: on the parser that is used, and on the other one
    where it differs.
    """

    sent: bytes
    httptools: tuple[int, ...]
    h11: tuple[int, ...]


def case(sent: bytes, *statuses: int, h11: int = 0) -> Case:
    return Case(sent, statuses, (h11,) if h11 else statuses)


def chunks(*parts: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


CASES = {
    "no media type": case(request(GOOD, headers=b""), 415),
    "an empty media type": case(request(GOOD, headers=b"Content-Type:\r\n"), 415),
    "text": case(request(GOOD, headers=b"Content-Type: text/plain\r\n"), 415),
    "a form": case(
        request(GOOD, headers=b"Content-Type: application/x-www-form-urlencoded\r\n"), 415
    ),
    "several parts": case(
        request(GOOD, headers=b"Content-Type: multipart/form-data; boundary=x\r\n"), 415
    ),
    "another JSON": case(request(GOOD, headers=b"Content-Type: application/jsonp\r\n"), 415),
    "JSON with a parameter": case(
        request(GOOD, headers=b"Content-Type: Application/JSON ; charset=utf-8\r\n"), 200
    ),
    "packed": case(request(GOOD, headers=JSON + b"Content-Encoding: gzip\r\n"), 415),
    "packed twice": case(request(GOOD, headers=JSON + b"Content-Encoding: gzip, br\r\n"), 415),
    "said not to be packed": case(
        request(GOOD, headers=JSON + b"Content-Encoding: identity\r\n"), 200
    ),
    "in chunks": case(START + CHUNKED + chunks(GOOD[:100], GOOD[100:]), 200),
    "in 500 chunks": case(
        START + CHUNKED + chunks(*(GOOD[i : i + 1] for i in range(len(GOOD)))), 200
    ),
    "in too many chunks": case(START + CHUNKED + chunks(*[b" " * 1000] * 70), 413),
    "a chunk of an odd size": case(START + CHUNKED + b"zz\r\n" + GOOD, 400),
    "a chunk of a negative size": case(START + CHUNKED + b"-1\r\n" + GOOD, 400),
    "a chunk of an enormous size": case(START + CHUNKED + b"f" * 40 + b"\r\n" + GOOD, 400),
    "50 MB announced": case(START + b"Content-Length: 50000000\r\n\r\n" + GOOD, 413),
    "an enormous size announced": case(
        START + b"Content-Length: " + b"9" * 18 + b"\r\n\r\n" + GOOD, 413
    ),
    "a size of 5,000 digits": case(
        START + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n" + GOOD, 400
    ),
    "a negative size": case(START + b"Content-Length: -1\r\n\r\n" + GOOD, 400),
    "a size with a plus": case(START + b"Content-Length: +5\r\n\r\n" + GOOD, 400),
    "two sizes": case(START + SIZE + b"Content-Length: 1\r\n\r\n" + GOOD, 400),
    "a size and chunks": case(START + SIZE + CHUNKED + chunks(GOOD), 400, h11=200),
    "chunks and a size": case(START + CHUNKED[:-2] + SIZE + b"\r\n" + chunks(GOOD), 400, h11=200),
    "an unknown transfer": case(START + b"Transfer-Encoding: gzip\r\n\r\n" + GOOD, 400),
    "a hidden transfer": case(START + b"Transfer-Encoding: xchunked\r\n\r\n" + GOOD, 400),
    "a blank before the colon": case(
        START + b"Transfer-Encoding : chunked\r\n\r\n" + chunks(GOOD), 400
    ),
    "a folded header": case(START + b"X: a\r\n b\r\n" + SIZE + b"\r\n" + GOOD, 400, h11=200),
    "a header without a colon": case(START + b"nonsense\r\n\r\n", 400),
    "a NUL in a header": case(START + b"X: a\0b\r\n\r\n", 400),
    "a line break in a header": case(START + b"X: a\rb\r\n\r\n", 400),
    "no host": case(b"GET /health HTTP/1.1\r\n\r\n", 200, h11=400),
    "two hosts": case(b"GET /health HTTP/1.1\r\n" + HOST * 2 + b"\r\n", 200, h11=400),
    "HTTP/1.0": case(b"GET /health HTTP/1.0\r\n\r\n", 200),
    "HTTP/0.9": case(b"GET /health\r\n\r\n", 200, h11=400),
    "HTTP/2": case(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, h11=404),
    "HTTP/9.9": case(b"GET /health HTTP/9.9\r\n" + HOST + b"\r\n", 400, h11=200),
    "TLS": case(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 500 + b"\r\n\r\n", 400),
    "nothing but nonsense": case(b"\xff" * 5000 + b"\r\n\r\n", 400),
    "a path of 100 kB": case(
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 400, h11=404
    ),
    "headers of 200 kB": case(
        b"GET /health HTTP/1.1\r\n" + HOST + (b"X: " + b"a" * 990 + b"\r\n") * 200 + b"\r\n",
        200,
        h11=400,
    ),
    "2,000 headers": case(b"GET /health HTTP/1.1\r\n" + HOST + b"X: a\r\n" * 2000 + b"\r\n", 200),
    "a web socket": case(
        b"GET /health HTTP/1.1\r\n" + HOST + b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        200,
    ),
    "an upgrade to HTTP/2": case(
        b"GET /health HTTP/1.1\r\n"
        + HOST
        + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n\r\n",
        200,
    ),
    "asks before it sends": case(START + SIZE + b"Expect: 100-continue\r\n\r\n" + GOOD, 100, 200),
    "asks before it sends too much": case(
        START + b"Content-Length: 99999\r\nExpect: 100-continue\r\n\r\n", 413
    ),
    "asks before it sends text": case(
        b"POST /predict HTTP/1.1\r\n" + HOST + SIZE + b"Expect: 100-continue\r\n\r\n", 415
    ),
    "two requests at once": case(request(GOOD) + request(b"{"), 200, 400),
    "bytes after the body": case(request(GOOD) + b"nonsense\r\n\r\n", 400, h11=200),
    "a body where none is taken": case(request(GOOD, target=b"/health", method=b"GET"), 200),
    "another site asks for leave": case(
        b"OPTIONS /predict HTTP/1.1\r\n"
        + HOST
        + b"Origin: https://evil.example\r\nAccess-Control-Request-Method: POST\r\n\r\n",
        405,
    ),
    "a method of nobody": case(request(GOOD, method=b"PREDICT"), 400, h11=405),
    "a method in small letters": case(request(GOOD, method=b"post"), 400, h11=405),
    "TRACE": case(b"TRACE /predict HTTP/1.1\r\n" + HOST + b"\r\n", 405),
    "CONNECT": case(b"CONNECT evil.example:443 HTTP/1.1\r\n" + HOST + b"\r\n", 400, h11=404),
    "the address of a proxy": case(
        request(GOOD, target=b"http://evil.example/predict?offer=none"), 200, h11=404
    ),
    "up and out": case(request(GOOD, target=b"/../../etc/passwd"), 404),
    "an encoded NUL": case(request(GOOD, target=b"/predict%00"), 404),
    "a path that is no UTF-8": case(request(GOOD, target=b"/%ff%fe"), 404),
    "two slashes": case(request(GOOD, target=b"//predict"), 404),
    "a query of 60 kB": case(request(GOOD, target=b"/predict?offer=none&x=" + b"a" * 60_000), 400),
    "a query of nonsense": case(request(GOOD, target=b"/predict?%ff&&==&offer=%00"), 400),
    "an answer split by a header": case(
        request(GOOD, target=b"/predict?offer=%0d%0aSet-Cookie:%20x"), 422
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_any_bytes_get_their_answers(on_either_parser: Served, parser: str, name: str) -> None:
    expected = CASES[name].httptools if parser == "httptools" else CASES[name].h11
    answers = talk(on_either_parser.port, CASES[name].sent, len(expected))
    assert tuple(answer.status for answer in answers) == expected


def test_no_answer_lets_another_site_read_it(on_either_parser: Served) -> None:
    origin = b"Origin: https://evil.example\r\n"
    for sent in (CASES["another site asks for leave"].sent, request(GOOD, headers=JSON + origin)):
        (reply,) = talk(on_either_parser.port, sent)
        assert not [name for name in reply.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "sent", [b"", b"PO", START, START + SIZE + b"\r\n" + GOOD[:10], START + CHUNKED + b"5"]
)
@pytest.mark.parametrize("reset", [False, True])
def test_a_client_who_leaves_in_the_middle_is_forgotten(
    on_either_parser: Served, sent: bytes, reset: bool
) -> None:
    port = on_either_parser.port
    connection = socket.create_connection(("127.0.0.1", port), SECONDS)
    connection.sendall(sent)
    if reset:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
    assert [reply.status for reply in talk(port, request(GOOD))] == [200]


def test_the_next_one_is_refused_at_once_when_all_places_are_taken(
    on_either_parser: Served,
) -> None:
    port = on_either_parser.port
    with ExitStack() as stack:
        asking = START + SIZE + b"Expect: 100-continue\r\n\r\n"
        held = [stack.enter_context(sending(port, asking)) for _ in range(IN_FLIGHT)]
        assert {reply.status for stream in held for reply in replies(stream)} == {100}
        (refused,) = talk(port, request(GOOD))
        assert (refused.status, refused.headers["retry-after"]) == (503, "1")
        assert [
            reply.status for reply in talk(port, request(b"", target=b"/health", method=b"GET"))
        ] == [200]
    assert until(lambda: talk(port, request(GOOD))[0].status == 200)

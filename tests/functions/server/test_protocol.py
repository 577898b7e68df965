"""What a client does with the connection below the requests: upgrades, and lines without end."""

import json
import shutil
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from tests.functions.server.test_transport import START, chunks
from tests.functions.test_hostile import GOOD
from tests.raw import HOST, JSON, replies, request, sending, talk
from tests.serving import Served, peak_memory, serve

H2C = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"
JAVA = shutil.which("java")
CALL = """
import java.net.URI;
import java.net.http.*;

class Call {
    public static void main(String[] given) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(given[0]))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(given[1])).build();
        var client = HttpClient.newHttpClient();
        for (int turn = 0; turn < 2; turn++) {
            var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            System.out.println(answer.statusCode());
        }
    }
}
"""


@pytest.mark.parametrize(
    "asking",
    [
        H2C,
        b"Connection: upgrade\r\nUpgrade: websocket\r\n",
        b"Connection: Upgrade\r\n" * 2 + b"Upgrade: TLS/1.2\r\n",
    ],
)
def test_who_asks_for_another_protocol_keeps_the_body_and_the_connection(
    served: Served, asking: bytes
) -> None:
    sent = request(GOOD, headers=JSON + asking)
    (plain,) = talk(served.port, request(GOOD))
    found = talk(served.port, sent + sent + request(GOOD), 3)
    assert [reply.status for reply in found] == [200] * 3
    numbers = {json.loads(reply.body)["churn_probability"] for reply in [*found, plain]}
    assert len(numbers) == 1


def test_a_body_in_chunks_and_in_pieces_is_kept_too(served: Served) -> None:
    sent = START + H2C + b"Transfer-Encoding: chunked\r\n\r\n" + chunks(GOOD[:50], GOOD[50:])
    with socket.create_connection(("127.0.0.1", served.port), 20) as connection:
        for start in range(0, len(sent), 40):
            connection.sendall(sent[start : start + 40])
        with connection.makefile("rb") as stream:
            assert [reply.status for reply in replies(stream)] == [200]


def test_thousands_that_ask_for_another_protocol_at_once_are_answered(served: Served) -> None:
    asking = request(b"", target=b"/health", method=b"GET", headers=H2C)
    found = talk(served.port, asking * 3000 + request(GOOD), 3001)
    assert [reply.status for reply in found] == [200] * 3001


@pytest.mark.skipif(JAVA is None, reason="needs a Java of 11 or later")
def test_the_client_of_java_is_answered(served: Served, tmp_path: Path) -> None:
    source = tmp_path / "Call.java"
    source.write_text(CALL)
    given = [f"{served.url}/predict?offer=none", GOOD.decode()]
    assert JAVA is not None
    called = subprocess.run([JAVA, source, *given], capture_output=True, timeout=120, check=True)
    assert called.stdout.split() == [b"200", b"200"]


HEAD = b"GET /health HTTP/1.1\r\n" + HOST
IN_CHUNKS = START + b"Transfer-Encoding: chunked\r\n\r\n1"
LONG, MANY = b"a" * 30_000_000, b"X: a\r\n" * 5_000_000
ENDLESS = {
    "headers": HEAD + MANY,
    "one header": HEAD + b"X: " + LONG,
    "a name of a header": HEAD + LONG,
    "a path": b"GET /" + LONG,
    "trailers": IN_CHUNKS + b"\r\n{\r\n0\r\n" + MANY,
    "an extension of a chunk": IN_CHUNKS + b";" + LONG,
}


@pytest.mark.parametrize("name", ENDLESS)
def test_lines_without_end_are_refused_in_little_memory(name: str) -> None:
    with serve() as server:
        assert [reply.status for reply in talk(server.port, request(GOOD))] == [200]
        (worker,) = server.workers()
        before = peak_memory(worker)
        with suppress(ConnectionError), sending(server.port, ENDLESS[name]) as stream:
            assert [reply.status for reply in replies(stream)] == [400]
        assert peak_memory(worker) - before < 10_000_000
        assert [reply.status for reply in talk(server.port, request(GOOD))] == [200]

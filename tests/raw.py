"""HTTP as bytes on a socket: what no well-behaved client would send, and what comes back."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedIOBase
from typing import NamedTuple

SECONDS = 20.0
HOST = b"Host: localhost\r\n"
JSON = b"Content-Type: application/json\r\n"


class Reply(NamedTuple):
    """One answer; header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


def request(
    body: bytes,
    *,
    target: bytes = b"/predict?offer=none",
    headers: bytes = JSON,
    method: bytes = b"POST",
) -> bytes:
    """A correct request with any body."""
    size = b"Content-Length: %d\r\n" % len(body)
    return method + b" " + target + b" HTTP/1.1\r\n" + HOST + headers + size + b"\r\n" + body


def talk(port: int, sent: bytes, answers: int = 1) -> list[Reply]:
    """As many answers as are wanted, fewer when the server closes before."""
    with sending(port, sent) as stream:
        return replies(stream, answers)


@contextmanager
def sending(port: int, sent: bytes) -> Iterator[BufferedIOBase]:
    """A connection on which these bytes were sent, to be read from; it is closed at the end."""
    with socket.create_connection(("127.0.0.1", port), SECONDS) as connection:
        connection.sendall(sent)
        with connection.makefile("rwb") as stream:
            yield stream


def replies(stream: BufferedIOBase, answers: int = 1) -> list[Reply]:
    """The next answers, fewer when the server closes before."""
    found: list[Reply] = []
    while len(found) < answers and (line := stream.readline()):
        status = int(line.split()[1])
        lines = iter(lambda: stream.readline().decode("latin-1").strip(), "")
        headers = {
            name.lower(): value for name, _, value in (header.partition(": ") for header in lines)
        }
        found.append(Reply(status, headers, stream.read(int(headers.get("content-length", 0)))))
    return found

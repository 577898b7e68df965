"""A fake Cloud Storage: a real server on loopback that speaks the part of the JSON API that reads
an object (storage.googleapis.com/storage/v1/b/BUCKET/o/OBJECT?alt=media).
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import parse_qs, unquote, urlsplit

REASONS = {
    401: "Invalid Credentials",
    403: "Forbidden",
    404: "No such object",
    503: "Backend Error",
}


class FakeStorage:
    """objects: content and generation, by bucket and name. status: what every call gets instead.

    token: what callers must show. gate: calls wait for it. calls: what was asked, with the
    generation that the caller had.
    """

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str], tuple[bytes, int]] = {}
        self.status: int | None = None
        self.token = ""
        self.calls: list[str] = []
        self.gate = Event()
        self.gate.set()
        self.endpoint = ""

    def put(self, bucket: str, name: str, content: bytes) -> None:
        """A new generation of an object."""
        _, before = self.objects.get((bucket, name), (b"", 1_764_000_000_000_000))
        self.objects[bucket, name] = content, before + 1

    @contextmanager
    def serve(self) -> Iterator["FakeStorage"]:
        class Handler(_Handler):
            storage = self

        server = _Server(("127.0.0.1", 0), Handler)
        self.endpoint = f"127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield self
        finally:
            self.gate.set()
            server.shutdown()
            thread.join()
            server.server_close()

    def answer(self, target: str, token: str) -> tuple[int, bytes, int]:
        """Status, body and generation."""
        parts = urlsplit(target)
        known = parse_qs(parts.query).get("ifGenerationNotMatch", [""])[0]
        self.calls.append(known)
        self.gate.wait(30)
        status = self.status or (401 if token != self.token else 200)
        _, _, _, _, bucket, _, name = parts.path.split("/", 6)
        found = self.objects.get((bucket, unquote(name)))
        if status == 200 and found is None:
            status = 404
        if status != 200 or found is None:
            error = {"code": status, "message": REASONS.get(status, "")}
            return status, json.dumps({"error": error}).encode(), 0
        content, generation = found
        return (304, b"", generation) if known == str(generation) else (200, content, generation)


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """A caller that was ended while it waited is no fault of ours."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    storage: FakeStorage

    def do_GET(self) -> None:
        token = self.headers.get("authorization", "").removeprefix("Bearer ")
        status, body, generation = self.storage.answer(self.path, token)
        self.send_response(status)
        if generation:
            self.send_header("x-goog-generation", str(generation))
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""

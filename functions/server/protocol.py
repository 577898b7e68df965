"""uvicorn's strict HTTP parser, with bounds that it does not have."""

import asyncio

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

SEND_SECONDS = 20.0
"""In which a client must take some of its answer; how long we work on it does not count."""

MOST_HEAD, HEAD_SECONDS = 256 * 1024, 10.0
"""Bytes and seconds of the lines before a body, and bytes of those after it."""

MOST_FIELDS = 4000
"""Of a request; each takes many times its bytes in memory."""


class Protocol(HttpToolsProtocol):
    """One connection."""

    send_seconds = SEND_SECONDS

    _unread: asyncio.TimerHandle | None = None
    _late: asyncio.TimerHandle | None = None
    _head = 0  # bytes since the last part of a body
    _in_head = _upgrading = False

    def pause_writing(self) -> None:
        """Else a client who does not read would keep its answer in memory for ever."""
        super().pause_writing()
        if self._unread is None:
            self._unread = self.loop.call_later(self.send_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def connection_lost(self, exc: Exception | None) -> None:
        self._in_head = False
        self._watch_head()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        self._head += len(data)
        rest = memoryview(data)
        try:
            while rest:
                rest = self._fed(rest)
        except httptools.HttpParserError:
            self.send_400_response("Invalid HTTP request received.")
        self._watch_head()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(self.headers) >= MOST_FIELDS:
            raise ValueError  # which the parser makes an error of its own
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head, self._head = False, 0
        self._upgrading = self.parser.should_upgrade() and self.parser.get_method() != b"CONNECT"
        if not self._upgrading:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._head = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._head = 0
        if not self._upgrading:
            super().on_message_complete()

    def _watch_head(self) -> None:
        if self._head > MOST_HEAD:
            self.send_400_response("The header fields are too large.")
        if self._in_head and self._late is None:
            self._late = self.loop.call_later(HEAD_SECONDS, self.transport.abort)
        elif not self._in_head and self._late is not None:
            self._late.cancel()
            self._late = None

    def _fed(self, data: memoryview) -> memoryview:
        """What is still to be read, after the parser has stopped at an upgrade."""
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            if self._upgrading:
                self._refuse_upgrade()
                return data[upgrade.args[0] :]
        return data[:0]

    def _refuse_upgrade(self) -> None:
        """Reads the head again as if it asked for no other protocol, which a server may ignore: the
        parser would take the body for that protocol.
        """
        version = self.parser.get_http_version().encode()
        lines = [self.parser.get_method() + b" " + self.url + b" HTTP/" + version]
        lines += [name + b": " + value for name, value in self.headers if name != b"upgrade"]
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self.parser.feed_data(b"\r\n".join(lines) + b"\r\n\r\n")

"""The connection to Gemini: an aiohttp session that bounds what an answer may cost.

Imported only when somebody is to be called.
"""

from collections.abc import Awaitable, Callable

import aiohttp

MAX_ANSWER = 256 * 1024
"""Bytes of an answer; a text takes about 2 KiB."""

KEEP_ALIVE = 60.0
"""Seconds that an idle connection is kept: a new one costs two round trips."""


class OversizeError(aiohttp.ClientPayloadError):
    """The answer is larger than MAX_ANSWER, or packed so that its size can't be known."""


class BoundedResponse(aiohttp.ClientResponse):
    """A response that stops reading at MAX_ANSWER."""

    async def read(self) -> bytes:
        """The whole body. Raises OversizeError, and drops the connection."""
        if self._body is None:
            try:
                self._body = await self._bounded()
            finally:
                if self._body is None:
                    self.close()
        return await super().read()

    async def _bounded(self) -> bytes:
        # The session does not unpack: a few bytes could become gigabytes.
        if self.headers.get("Content-Encoding", "identity") != "identity":
            raise OversizeError("the answer is packed")
        body = bytearray()
        async for chunk in self.content.iter_any():
            body += chunk
            if len(body) > MAX_ANSWER:
                raise OversizeError(f"the answer is larger than {MAX_ANSWER} bytes")
        return bytes(body)


Check = Callable[[aiohttp.ClientResponse], Awaitable[None]]
"""Raises for a response that is not to be used."""


def session(check: Check | None = None) -> aiohttp.ClientSession:
    """A session of the running loop: no proxy of the environment, no cookies, no unpacking."""
    return aiohttp.ClientSession(
        # As many connections as there are calls: those are bounded elsewhere.
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE),
        response_class=BoundedResponse,
        raise_for_status=check or False,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
    )

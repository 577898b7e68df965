"""The connection to Gemini: our own aiohttp session, with a bound on what an answer may cost.

google-genai takes whichever HTTP library is installed; this one is chosen by us, because it costs
half the CPU time of the other with many calls in flight. The module is imported only when a text is
to be written.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import aiohttp

from churn_lib.errors import WriterError

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
            with ExitStack() as undo:
                undo.callback(self.close)
                self._body = await self._bounded()
                undo.pop_all()
        return await super().read()

    async def _bounded(self) -> bytes:
        # The session does not unpack, so a packed answer to a request for a plain one is not ours
        # to trust.
        if self.headers.get("Content-Encoding", "identity") != "identity":
            raise OversizeError("the answer is packed")
        body = bytearray()
        async for chunk in self.content.iter_any():
            body += chunk
            if len(body) > MAX_ANSWER:
                raise OversizeError(f"the answer is larger than {MAX_ANSWER} bytes")
        return bytes(body)


def session() -> aiohttp.ClientSession:
    """A session of the running loop: no proxy of the environment, no cookies, no unpacking, no
    limit of connections.

    The number of calls in flight is bounded by the writer's slots.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE),
        response_class=BoundedResponse,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
    )


@contextmanager
def faults() -> Iterator[None]:
    """The transport's exceptions as ours; not chained, because some print the request's headers
    with the key.
    """
    try:
        yield
    except OversizeError as error:
        raise WriterError("bad_answer", str(error)) from None
    except (aiohttp.ClientError, OSError) as error:
        raise WriterError("unavailable", type(error).__name__) from None

"""SIGTERM: what is in flight is answered, with templates if need be; then the process ends."""

import asyncio
import math
import signal
from types import FrameType

from churn_lib import answer

SECONDS = 6.0
"""From SIGTERM until every answer must be out; Cloud Run kills after 10."""


class Drain:
    """The end of this process.

    ends_at: time of the event loop by which every answer must be out.
    """

    def __init__(self) -> None:
        self.ends_at = math.inf
        self._closing: asyncio.Task[None] | None = None

    @property
    def begun(self) -> bool:
        """Whether SIGTERM came: from then on this process should get no more requests."""
        return self.ends_at < math.inf

    def arm(self) -> None:
        """Has SIGTERM begin the drain, and then do what it did before; to be called where the event
        loop runs.
        """
        loop = asyncio.get_running_loop()
        before = signal.getsignal(signal.SIGTERM)

        def stop(number: int, frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(self._begin)
            if callable(before):
                before(number, frame)

        signal.signal(signal.SIGTERM, stop)

    def _begin(self) -> None:
        loop = asyncio.get_running_loop()
        self.ends_at = loop.time() + SECONDS
        self._closing = loop.create_task(answer.close())


drain = Drain()
"""The one of this process."""

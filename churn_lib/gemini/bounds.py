"""What keeps Gemini from costing too much time or money: slots, a budget, a circuit breaker."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from churn_lib.errors import FallbackReason, WriterError

Clock = Callable[[], float]
"""Seconds that only ever grow."""

NOT_CALLED: frozenset[FallbackReason] = frozenset(
    {"no_key", "secret_unavailable", "busy", "breaker_open", "budget"}
)
"""Reasons that say nothing of Gemini's health, because it was not called."""

ANSWERED: frozenset[FallbackReason] = frozenset({"blocked", "truncated", "bad_answer", "guard"})
"""Reasons that say that Gemini is well: it answered, only not with a text that can be used."""


class CallSlots:
    """At most `limit` calls at once; one more is refused, for waiting would cost its deadline."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._taken = 0

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Holds one slot. Raises WriterError `busy`."""
        if self._taken >= self._limit:
            raise WriterError("busy", f"{self._limit} texts are being written")
        self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1


class Budget:
    """At most `calls` in any 60 seconds."""

    WINDOW = 60.0

    def __init__(self, calls: int, clock: Clock) -> None:
        self._times: deque[float] = deque(maxlen=calls)
        self._clock = clock

    def spend(self) -> None:
        """Counts one call. Raises WriterError `budget` when there is none left."""
        if self.left() == 0:
            raise WriterError("budget", f"{self._times.maxlen} calls a minute are used up")
        self._times.append(self._clock())

    def left(self) -> int:
        """How many calls may be made now."""
        oldest = self._clock() - self.WINDOW
        while self._times and self._times[0] <= oldest:
            self._times.popleft()
        return (self._times.maxlen or 0) - len(self._times)


class Breaker:
    """Stops calling after half of ten or more calls in 30 seconds failed; then one probe decides.

    An answer that can't be used is no failure: only one that does not come, or is refused, is.
    After Nygard, Release It! (2nd ed., 2018), chapter 5: closed, open, half-open.
    """

    WINDOW = 30.0
    CALLS = 10
    SHARE = 0.5
    PAUSE = 5.0

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._outcomes: deque[tuple[float, bool]] = deque()
        self._failed = 0
        self._open_until: float | None = None
        self.probing = False
        """Whether a probe is under way: nobody else should wait for how it ends."""

    @property
    def state(self) -> str:
        """`closed`, `open`, or `half-open` when the next call is a probe."""
        if self._open_until is None:
            return "closed"
        return "open" if self._clock() < self._open_until else "half-open"

    def admit(self) -> None:
        """Raises WriterError `breaker_open` while calls are stopped or a probe is under way."""
        if self.probing or self.state == "open":
            raise WriterError("breaker_open", "too many calls failed lately")

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Watches one call. Raises WriterError `breaker_open` instead of letting it through.

        A call that is cancelled, or refused before it was made, is neither success nor failure.
        """
        self.admit()
        probe = self.probing = self._open_until is not None
        try:
            yield
            self._judge(probe=probe, failed=False)
        except WriterError as error:
            if error.reason not in NOT_CALLED:
                self._judge(probe=probe, failed=error.reason not in ANSWERED)
            raise
        finally:
            if probe:
                self.probing = False

    def _judge(self, *, probe: bool, failed: bool) -> None:
        if probe:
            self._open_until = self._clock() + self.PAUSE if failed else None
        elif self._open_until is None:
            self._count(self._clock(), failed=failed)

    def _count(self, now: float, *, failed: bool) -> None:
        self._outcomes.append((now, failed))
        self._failed += failed
        while self._outcomes[0][0] <= now - self.WINDOW:
            self._failed -= self._outcomes.popleft()[1]
        if len(self._outcomes) >= self.CALLS and self._failed >= self.SHARE * len(self._outcomes):
            self._open_until = now + self.PAUSE
            self._outcomes.clear()
            self._failed = 0

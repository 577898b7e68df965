"""Texts written by Gemini, within slots, budget, breaker and deadline; whatever fails is one
labelled error.
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable

from churn_lib.errors import SecretError, WriterError
from churn_lib.gemini import reply as answers
from churn_lib.gemini.bounds import NOT_CALLED, Breaker, Budget, Clock, Slots, Texts
from churn_lib.gemini.client import Client, open_client
from churn_lib.gemini.key import Secret
from churn_lib.gemini.prompt import Brief, Draft, prompt
from churn_lib.gemini.shared_call import NO_RESULT, Flight, Flights, Late, PerLoop
from churn_lib.log import gemini_call
from churn_lib.settings import Settings

log = logging.getLogger(__name__)

NO_CLIENT = Late("timeout", "the client could not be made within the deadline")
NO_KEY = Late("secret_unavailable", "the key could not be read within the deadline")

SHORTEST_CALL = 0.5
"""A second try with less time left, in seconds, would be paid for and never arrive."""


class GeminiWriter:
    """Writes drafts. One instance serves a process; it may be used from several event loops in
    turn.
    """

    def __init__(
        self,
        settings: Settings,
        key: Secret | None,
        *,
        clock: Clock = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._settings = settings
        self._key = None if settings.gemini_vertex_project else key
        self._jitter = jitter
        self._texts: Texts[Draft] = Texts(
            settings.text_cache_size, settings.text_cache_seconds, clock
        )
        self._flights: Flights[Draft] = Flights()
        self._slots = Slots(settings.gemini_slots)
        self._budget = Budget(settings.gemini_calls_per_minute, clock)
        self.breaker = Breaker(clock)
        self._clients = PerLoop(lambda: open_client(settings))

    async def write(self, brief: Brief, *, deadline: float, complaint: str | None = None) -> Draft:
        """A draft for the brief, from memory when there is one.

        deadline: seconds that the caller can wait. complaint: the guard's rule that the last draft
        of this brief broke. Raises WriterError, whose `reason` labels the template to use instead.
        """
        known = self._texts.get((brief, complaint))
        if known is not None:
            return known
        if self._key is None and self._settings.gemini_vertex_project is None:
            raise WriterError("no_key", "neither a key nor a Vertex AI project is set")
        seconds = min(deadline, self._settings.gemini_deadline)
        if seconds <= 0:
            raise WriterError("timeout", "no time is left")
        contents, place = prompt(brief, complaint), (brief, complaint)
        self.breaker.admit()
        return await self._flights.join(
            place, lambda flight: self._fly(place, contents, flight), seconds
        )

    def forget(self, brief: Brief, complaint: str | None = None) -> None:
        """Drops a draft that turned out not to be usable, so that the next caller gets another
        one.
        """
        self._texts.drop((brief, complaint))

    async def warm_up(self) -> None:
        """Makes the running loop's client, so that the first text does not wait for it."""
        await self._clients.get()

    async def aclose(self) -> None:
        """Ends the running loop's calls, with reason `shutdown`, and closes its connections."""
        self._flights.cancel()
        client = await self._clients.pop()
        if client is not None:
            await client.aclose()

    async def _fly(
        self, place: tuple[Brief, str | None], contents: str, flight: Flight[Draft]
    ) -> Draft:
        try:
            with self._slots.taken():
                client, key = await self._ready(flight)
                with self.breaker.watched():
                    async with flight.deadline():
                        draft = await self._tried(client, key, contents, flight)
        except WriterError as error:
            if error.reason not in NOT_CALLED:
                log.log(answers.severity(error), "Gemini wrote no text: %s", error)
            raise
        self._texts.put(place, draft)
        return draft

    async def _ready(self, flight: Flight[Draft]) -> tuple[Client, str | None]:
        """What a call needs; the time that it takes says nothing of Gemini's health."""
        async with flight.deadline():
            flight.late = NO_CLIENT
            client = await self._clients.get()
            flight.late = NO_KEY
            key = await self._current_key()
            flight.late = NO_RESULT
        return client, key

    async def _tried(
        self, client: Client, key: str | None, contents: str, flight: Flight[Draft]
    ) -> Draft:
        """One call, and one more when that may help and its time and its price are left."""
        try:
            return await self._called(client, key, contents)
        except WriterError as error:
            newer = await self._newer(key, flight) if error.reason == "refused_key" else key
            pause = 0.0 if newer != key else answers.pause(error, self._jitter())
            if pause is None or not self._may_repeat(pause, flight):
                raise
        await asyncio.sleep(pause)
        return await self._called(client, newer, contents)

    def _may_repeat(self, pause: float, flight: Flight[Draft]) -> bool:
        return (
            not self.breaker.probing
            and pause + SHORTEST_CALL <= flight.left()
            and self._budget.left() > 0
        )

    async def _called(self, client: Client, key: str | None, contents: str) -> Draft:
        self._budget.spend()
        with gemini_call(self._settings.gemini_model) as call:
            body = await client.generate(key, contents)
            call.input_tokens, call.output_tokens = answers.tokens(body)
            return answers.draft(body)

    async def _newer(self, key: str | None, flight: Flight[Draft]) -> str | None:
        """The key to use after this one was refused."""
        if self._key is None or key is None:
            return key
        flight.late = NO_KEY
        newer = await self._key.refresh(rejected=key)
        flight.late = NO_RESULT
        return newer

    async def _current_key(self) -> str | None:
        try:
            return await self._key.get() if self._key else None
        except SecretError as error:
            raise WriterError("secret_unavailable", str(error)) from error

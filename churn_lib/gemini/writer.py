"""Texts written by Gemini, within bounds; whatever fails is one labelled error."""

import asyncio
import logging
import random
import time
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING

from cachetools import TTLCache

from churn_lib.errors import SecretError, WriterError
from churn_lib.gemini import question, reply
from churn_lib.gemini.bounds import NOT_CALLED, Breaker, Budget, CallSlots, Clock
from churn_lib.gemini.judge import Facts, Judgement
from churn_lib.gemini.prompt import Brief, Draft
from churn_lib.gemini.question import Question, Result
from churn_lib.gemini.shared_call import NO_TEXT, SharedCall, SharedCalls, TimeoutLabel
from churn_lib.log import gemini_call
from churn_lib.secrets.key import Secret
from churn_lib.settings import GeminiSettings

if TYPE_CHECKING:
    from churn_lib.gemini.client import Client

logger = logging.getLogger(__name__)

NO_CLIENT = TimeoutLabel("timeout", "the client could not be made within the deadline")
NO_KEY = TimeoutLabel("secret_unavailable", "the key could not be read within the deadline")

SHORTEST_CALL = 0.5
"""A second try with less time left, in seconds, would be paid for and never arrive."""

Asked = tuple[Brief, str | None]
"""A brief, and the rule that the last draft for it broke."""


class GeminiWriter:
    """Writes drafts. One serves a process, on one event loop; after `aclose`, on another one.

    budget: of all calls, where it is not that of the settings.
    """

    def __init__(
        self,
        settings: GeminiSettings,
        key: Secret | None,
        *,
        clock: Clock = time.monotonic,
        jitter: Callable[[], float] = random.random,
        budget: Budget | None = None,
    ) -> None:
        self._settings = settings
        self._key = None if settings.gemini_vertex_project else key
        self._jitter = jitter
        self._drafts: TTLCache[Asked, Draft] = TTLCache(
            settings.text_cache_size, settings.text_cache_seconds, timer=clock
        )
        self._calls: SharedCalls[Draft] = SharedCalls()
        self._slots = CallSlots(settings.gemini_slots)
        self._judgements: SharedCalls[Judgement] = SharedCalls()
        self._budget = budget or Budget(settings.gemini_calls_per_minute, clock)
        self.breaker = Breaker(clock)
        self._client: asyncio.Task[Client] | None = None
        self._closed_on: asyncio.AbstractEventLoop | None = None

    async def write(self, brief: Brief, *, deadline: float, complaint: str | None = None) -> Draft:
        """A draft for the brief, from memory when there is one.

        deadline: seconds that the caller can wait. complaint: the rule that the last draft of this
        brief broke. Raises WriterError, whose `reason` labels the template to use instead, and
        whose `complaint` says what to ask for once more.
        """
        asked = (brief, complaint)
        known = self._drafts.get(asked)
        if known is not None:
            return known
        seconds, wanted = self._seconds(deadline), question.draft(brief, complaint)
        self.breaker.admit()
        return await self._calls.join(
            asked, lambda call: self._written(asked, wanted, call), seconds
        )

    async def judge(self, facts: Facts, draft: Draft, *, deadline: float) -> Judgement:
        """What the draft says that the facts do not. Raises WriterError, as `write` does."""
        asked, seconds = (facts, draft), self._seconds(deadline)
        wanted = question.judgement(facts, draft)
        self.breaker.admit()
        return await self._judgements.join(
            asked, lambda call: self._answered(wanted, call), seconds
        )

    def _seconds(self, deadline: float) -> float:
        """How long a call may take. Raises WriterError where none can be made."""
        if self._key is None and self._settings.gemini_vertex_project is None:
            raise WriterError("no_key", "neither a key nor a Vertex AI project is set")
        if self._closed_on is asyncio.get_running_loop():
            raise WriterError("shutdown", "the writer was closed")
        seconds = min(deadline, self._settings.gemini_deadline)
        if seconds <= 0:
            raise WriterError("timeout", "no time is left")
        return seconds

    def forget(self, brief: Brief, complaint: str | None = None) -> None:
        """Drops a draft that can't be used, so that the next caller gets another one."""
        self._drafts.pop((brief, complaint), None)

    async def client(self) -> "Client":
        """The client, made by whoever asks first. A caller who is cancelled does not cancel it."""
        made, loop = self._client, asyncio.get_running_loop()
        if made is None or made.get_loop() is not loop:  # its connections end with their loop
            made = self._client = asyncio.create_task(self._made())
        return await asyncio.shield(made)

    async def aclose(self) -> None:
        """Ends all calls, with reason `shutdown`, and closes the connections.

        From then on nothing is called from this event loop: nobody would close what that opens.
        """
        self._closed_on = asyncio.get_running_loop()
        self._calls.cancel()
        self._judgements.cancel()
        making, self._client = self._client, None
        if making is not None:
            with suppress(WriterError):
                await (await making).aclose()

    async def _made(self) -> "Client":
        try:
            await asyncio.to_thread(import_module, "churn_lib.gemini.client")
            from churn_lib.gemini.client import open_client

            return await open_client(self._settings)
        except (ImportError, OSError, ValueError) as error:
            self._client = None  # so that the next caller tries again
            detail = f"the client can't be made: {type(error).__name__}"
            raise WriterError("bad_request", detail) from error

    async def _written(
        self, asked: Asked, wanted: Question[Draft], call: SharedCall[Draft]
    ) -> Draft:
        draft = await self._answered(wanted, call)
        if self._drafts.maxsize:
            self._drafts[asked] = draft
        return draft

    async def _answered(self, wanted: Question[Result], call: SharedCall[Result]) -> Result:
        try:
            with self._slots.taken():
                # The time that these take says nothing of Gemini's health.
                with call.deadline():
                    client, key = await self._ready(call)
                with self.breaker.watched(), call.deadline():
                    return await self._tried(client, key, wanted, call)
        except WriterError as error:
            if error.reason not in NOT_CALLED:
                logger.log(reply.severity(error), "Gemini wrote no text: %s", error)
            raise

    async def _ready(self, call: SharedCall[Result]) -> tuple["Client", str | None]:
        call.label = NO_CLIENT
        client = await self.client()
        call.label = NO_KEY
        try:
            key = await self._key.get() if self._key else None
        except SecretError as error:
            raise WriterError("secret_unavailable", str(error)) from error
        call.label = NO_TEXT
        return client, key

    async def _tried(
        self, client: "Client", key: str | None, wanted: Question[Result], call: SharedCall[Result]
    ) -> Result:
        """One call, and one more when that may help and its time and its price are left."""
        try:
            return await self._called(client, key, wanted)
        except WriterError as error:
            newer = await self._newer(key, call) if error.reason == "refused_key" else key
            pause = 0.0 if newer != key else reply.pause(error, self._jitter())
            if pause is None or not self._may_repeat(pause, call):
                raise
        await asyncio.sleep(pause)
        return await self._called(client, newer, wanted)

    def _may_repeat(self, pause: float, call: SharedCall[Result]) -> bool:
        return (
            not self.breaker.probing
            and pause + SHORTEST_CALL <= call.left()
            and self._budget.left() > 0
        )

    async def _called(self, client: "Client", key: str | None, wanted: Question[Result]) -> Result:
        self._budget.spend()
        with gemini_call(self._settings.gemini_model) as call:
            body = await client.generate(key, wanted)
            call.input_tokens, call.output_tokens = reply.tokens(body)
            return wanted.read(body)

    async def _newer(self, key: str | None, call: SharedCall[Result]) -> str | None:
        """The key to use after this one was refused."""
        if self._key is None or key is None:
            return key
        call.label = NO_KEY
        newer = await self._key.refresh(rejected=key)
        call.label = NO_TEXT
        return newer

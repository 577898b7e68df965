"""Texts written by Gemini: one client per event loop, and every way to fail turned into one labelled error.

google-genai takes half a second to import and is imported in a thread when the first text is asked for, never before.
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from churn_lib.errors import SecretError, WriterError
from churn_lib.log import gemini_call
from churn_lib.offers import answers
from churn_lib.offers.flights import Flight, Flights, PerLoop
from churn_lib.offers.lean import Lean
from churn_lib.offers.limits import NOT_CALLED, Breaker, Budget, Clock, Slots, Texts
from churn_lib.offers.prompt import DRAFT_SCHEMA, SYSTEM, Brief, Draft, prompt
from churn_lib.secrets import Secret
from churn_lib.settings import Settings

if TYPE_CHECKING:
    import aiohttp
    from google import genai
    from google.genai import types

log = logging.getLogger(__name__)

SERVER_TIMEOUT = "10"
"""Seconds that Gemini is told; it refuses less with 400. The real deadline is ours."""

SHORTEST_CALL = 0.5
"""A second try with less time left, in seconds, would be paid for and never arrive."""


class GeminiWriter:
    """Writes drafts. One instance serves a process; it may be used from several event loops in turn."""

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
        self._texts: Texts[Draft] = Texts(settings.text_cache_size, settings.text_cache_seconds, clock)
        self._flights: Flights[Draft] = Flights()
        self._slots = Slots(settings.gemini_slots)
        self._budget = Budget(settings.gemini_calls_per_minute, clock)
        self.breaker = Breaker(clock)
        self._lines = PerLoop(lambda: _open(settings))

    async def write(self, brief: Brief, *, deadline: float, complaint: str | None = None) -> Draft:
        """A draft for the brief, from memory when there is one.

        deadline: seconds that the caller can wait. complaint: the guard's rule that the last draft of this brief
        broke. Raises WriterError, whose `reason` labels the template to use instead.
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
        return await self._flights.join(place, lambda flight: self._fly(place, contents, flight), seconds)

    def forget(self, brief: Brief, complaint: str | None = None) -> None:
        """Drops a draft that turned out not to be usable, so that the next caller gets another one."""
        self._texts.drop((brief, complaint))

    async def warm_up(self) -> None:
        """Makes the running loop's client, so that the first text does not wait for it."""
        await self._lines.get()

    async def aclose(self) -> None:
        """Ends the running loop's calls, with reason `shutdown`, and closes its connections."""
        self._flights.cancel()
        line = await self._lines.pop()
        if line is not None:
            await line.aclose()

    async def _fly(self, place: tuple[Brief, str | None], contents: str, flight: Flight[Draft]) -> Draft:
        try:
            with self._slots.taken(), self.breaker.watched():
                async with flight.deadline():
                    draft = await self._tried(contents, flight)
        except WriterError as error:
            if error.reason not in NOT_CALLED:
                log.log(answers.severity(error), "Gemini wrote no text: %s", error)
            raise
        self._texts.put(place, draft)
        return draft

    async def _tried(self, contents: str, flight: Flight[Draft]) -> Draft:
        """One call, and one more when that may help and its time and its price are left."""
        line = await self._lines.get()
        key = await self._current_key()
        try:
            return await self._called(line, key, contents)
        except WriterError as error:
            newer = key
            if error.reason == "refused_key" and self._key and key:
                newer = await self._key.refresh(rejected=key)
            pause = 0.0 if newer != key else answers.pause(error, self._jitter())
            if pause is None or not self._may_repeat(pause, flight):
                raise
        await asyncio.sleep(pause)
        return await self._called(line, newer, contents)

    def _may_repeat(self, pause: float, flight: Flight[Draft]) -> bool:
        return not self.breaker.probing and pause + SHORTEST_CALL <= flight.left() and self._budget.left() > 0

    async def _called(self, line: "_Line", key: str | None, contents: str) -> Draft:
        self._budget.spend()
        with gemini_call(self._settings.gemini_model) as call:
            body = await line.generate(key, contents)
            call.input_tokens, call.output_tokens = answers.tokens(body)
            return answers.draft(body)

    async def _current_key(self) -> str | None:
        try:
            return await self._key.get() if self._key else None
        except SecretError as error:
            raise WriterError("secret_unavailable", str(error)) from error


class _Line:
    """The client of one event loop with its session. Made in a thread: it loads certificates."""

    def __init__(self, settings: Settings, session: "aiohttp.ClientSession") -> None:
        self._settings = settings
        self._session = session
        self._client = _client(settings, session)
        self._key: str | None = None
        self._config = _config(settings, None)

    async def generate(self, key: str | None, contents: str) -> str:
        """The body of Gemini's answer. Raises WriterError."""
        if key != self._key:
            self._key, self._config = key, _config(self._settings, key)
        content, _ = _lean()
        with _faults():
            response = await self._client.aio.models.generate_content(
                model=self._settings.gemini_model, contents=content(contents), config=self._config
            )
        return (response.sdk_http_response and response.sdk_http_response.body) or ""

    async def aclose(self) -> None:
        await self._client.aio.aclose()
        self._client.close()
        await self._session.close()


async def _open(settings: Settings) -> _Line:
    try:
        await asyncio.to_thread(_prepare)
        from churn_lib.offers import transport

        return await asyncio.to_thread(_Line, settings, transport.session())
    except (ImportError, OSError, ValueError) as error:
        raise WriterError("bad_request", f"the client can't be made: {type(error).__name__}") from error


@cache
def _prepare() -> None:
    """Imports the client, and has it build its models by one call that never leaves this function."""
    import httpx2
    from google import genai
    from google.genai import types

    import_module("churn_lib.offers.transport")
    for name in ("google_genai", "httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.WARNING)  # below that, they log URLs and answers
    answer = {"candidates": [{"content": {"parts": [{"text": "{}"}]}, "finishReason": "STOP"}]}
    offline = httpx2.Client(transport=httpx2.MockTransport(lambda _: httpx2.Response(200, json=answer)))
    alone = types.HttpOptions(httpx_client=offline, async_client_args={"trust_env": False})
    client = genai.Client(api_key="offline", enterprise=False, http_options=alone)
    content, _ = _lean()
    client.models.generate_content(model="offline", contents=content("warm-up"), config=_config(Settings(), "offline"))


def _client(settings: Settings, session: "aiohttp.ClientSession") -> "genai.Client":
    from google import genai
    from google.genai import types

    options = types.HttpOptions(
        base_url=settings.gemini_url,
        headers={"X-Server-Timeout": SERVER_TIMEOUT, "Accept-Encoding": "identity"},
        retry_options=types.HttpRetryOptions(attempts=1),  # without it, this transport sleeps up to 10 s and retries
        client_args={"trust_env": False},  # these two clients are made and never used, but would trip over odd proxies
        async_client_args={"allow_redirects": False, "trust_env": False},  # a redirect would take the key along
        aiohttp_client=session,
    )
    project = settings.gemini_vertex_project
    if project:
        location = settings.gemini_vertex_location
        return genai.Client(enterprise=True, project=project, location=location, http_options=options)
    # The key is given with each call, so that a new one needs no new client.
    return genai.Client(enterprise=False, api_key="given-with-each-call", http_options=options)


def _config(settings: Settings, key: str | None) -> "types.GenerateContentConfig":
    from google.genai import types

    content, config = _lean()
    return config(
        system_instruction=content(SYSTEM),
        response_mime_type="application/json",
        response_json_schema=DRAFT_SCHEMA,
        max_output_tokens=settings.gemini_max_output_tokens,
        thinking_config=types.ThinkingConfig(thinking_level=types.ThinkingLevel(settings.gemini_thinking.upper())),
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
        automatic_continuation=False,
        should_return_http_response=True,
        http_options=types.HttpOptions(headers={"x-goog-api-key": key}) if key else None,
    )


@cache
def _lean() -> "tuple[Callable[[str], types.Content], type[types.GenerateContentConfig]]":
    """google-genai's own content of a text, and its configuration."""
    from google.genai import types

    class Config(Lean, types.GenerateContentConfig): ...

    class Content(Lean, types.Content): ...

    class Part(Lean, types.Part): ...

    return lambda text: Content(role="user", parts=[Part(text=text)]), Config


@contextmanager
def _faults() -> Iterator[None]:
    """Every exception of the client as ours, the most specific first; not chained, because they quote Gemini."""
    from google.auth.exceptions import GoogleAuthError, TransportError
    from google.genai import errors

    from churn_lib.offers import transport

    try:
        with transport.faults():
            yield
    except errors.APIError as error:
        raise answers.refusal(error.code, error.details, getattr(error.response, "headers", {})) from None
    except TransportError:
        raise WriterError("unavailable", "the service account's token can't be fetched") from None
    except GoogleAuthError as error:
        raise WriterError("refused_key", f"the service account gets no token: {type(error).__name__}") from None
    except (ValueError, RecursionError) as error:  # the client trips over an answer before we see it
        raise WriterError("bad_answer", type(error).__name__) from None
    except RuntimeError:
        raise WriterError("shutdown", "the client was closed") from None

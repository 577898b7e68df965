"""Google's client for Gemini: one per event loop, with our own connection, and its exceptions
turned into ours.

google-genai takes half a second to import and is imported in a thread when the first text is asked
for, never before.
"""

import asyncio
import gc
import logging
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from churn_lib.errors import WriterError
from churn_lib.gemini import reply as answers
from churn_lib.gemini.lean import Lean
from churn_lib.gemini.prompt import DRAFT_SCHEMA, SYSTEM
from churn_lib.settings import Settings

if TYPE_CHECKING:
    import aiohttp
    from google import genai
    from google.genai import types

SERVER_TIMEOUT = "10"
"""Seconds that Gemini is told; it refuses less with 400. The real deadline is ours."""


class Client:
    """google-genai's client for one event loop, with its session. Made in a thread: it loads
    certificates.
    """

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
        """Closes the connections."""
        await self._client.aio.aclose()
        self._client.close()
        await self._session.close()


async def open_client(settings: Settings) -> Client:
    """The client of the running loop. Raises WriterError when it can't be made, and leaves nothing
    open then.
    """
    try:
        await asyncio.to_thread(_prepare)
        from churn_lib.gemini import transport

        async with AsyncExitStack() as undo:
            session = await undo.enter_async_context(transport.session())
            client = await asyncio.to_thread(Client, settings, session)
            undo.pop_all()
        return client
    except (ImportError, OSError, ValueError) as error:
        raise WriterError(
            "bad_request", f"the client can't be made: {type(error).__name__}"
        ) from error


@cache
def _prepare() -> None:
    """Imports the client, and has it build its models by one call that never leaves this
    function.
    """
    import httpx2
    from google import genai
    from google.genai import types

    import_module("churn_lib.gemini.transport")
    for name in ("httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.WARNING)  # below that, they log URLs and answers
    # At WARNING it speaks of keys in the environment, which it is not given.
    logging.getLogger("google_genai").setLevel(logging.ERROR)
    answer = {"candidates": [{"content": {"parts": [{"text": "{}"}]}, "finishReason": "STOP"}]}
    offline = httpx2.Client(
        transport=httpx2.MockTransport(lambda _: httpx2.Response(200, json=answer))
    )
    alone = types.HttpOptions(httpx_client=offline, async_client_args={"trust_env": False})
    client = genai.Client(api_key="offline", enterprise=False, http_options=alone)
    content, _ = _lean()
    client.models.generate_content(
        model="offline", contents=content("warm-up"), config=_config(Settings(), "offline")
    )
    # Else the collector walks the client's models again and again, and all callers wait.
    gc.freeze()


def _client(settings: Settings, session: "aiohttp.ClientSession") -> "genai.Client":
    from google import genai
    from google.genai import types

    options = types.HttpOptions(
        base_url=settings.gemini_url,
        headers={"X-Server-Timeout": SERVER_TIMEOUT, "Accept-Encoding": "identity"},
        retry_options=types.HttpRetryOptions(
            attempts=1
        ),  # without it, this transport sleeps up to 10 s and retries
        client_args={
            "trust_env": False
        },  # these two clients are made and never used, but would trip over odd proxies
        async_client_args={
            "allow_redirects": False,
            "trust_env": False,
        },  # a redirect would take the key along
        aiohttp_client=session,
    )
    project = settings.gemini_vertex_project
    if project:
        location = settings.gemini_vertex_location
        return genai.Client(
            enterprise=True, project=project, location=location, http_options=options
        )
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
        thinking_config=types.ThinkingConfig(
            thinking_level=types.ThinkingLevel(settings.gemini_thinking.upper())
        ),
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
    """Every exception of the client as ours, the most specific first; not chained, because they
    quote Gemini.
    """
    from google.auth.exceptions import GoogleAuthError, TransportError
    from google.genai import errors

    from churn_lib.gemini import transport

    try:
        with transport.faults():
            yield
    except errors.APIError as error:
        raise answers.refusal(
            error.code, error.details, getattr(error.response, "headers", {})
        ) from None
    except TransportError:
        raise WriterError("unavailable", "the service account's token can't be fetched") from None
    except GoogleAuthError as error:
        raise WriterError(
            "refused_key", f"the service account gets no token: {type(error).__name__}"
        ) from None
    except (
        ValueError,
        RecursionError,
    ) as error:  # the client trips over an answer before we see it
        raise WriterError("bad_answer", type(error).__name__) from None
    except RuntimeError:
        raise WriterError("shutdown", "the client was closed") from None

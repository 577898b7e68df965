"""Google's client for Gemini, over our own connection, and its exceptions turned into ours.

Imported in a thread when the first text is asked for: google-genai takes half a second.
"""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress

import aiohttp
from google import genai
from google.auth.exceptions import GoogleAuthError, TransportError
from google.genai import types

from churn_lib.errors import WriterError
from churn_lib.gemini import reply, transport
from churn_lib.gemini.question import Question, Result
from churn_lib.settings import GeminiSettings

SERVER_TIMEOUT = "10"
"""Seconds that Gemini is told; it refuses less with 400. The real deadline is ours."""

REFUSAL_SECONDS = 0.5
"""In which the body of a refusal must arrive to be read: it is short."""

# At WARNING it speaks of keys in the environment, which it is not given.
logging.getLogger("google_genai").setLevel(logging.ERROR)


class Client:
    """google-genai's client with its session. Made in a thread: it loads certificates."""

    def __init__(self, settings: GeminiSettings, session: aiohttp.ClientSession) -> None:
        self._settings = settings
        self._session = session
        self._google = _google(settings, session)

    async def generate(self, key: str | None, question: Question[Result]) -> str:
        """The body of Gemini's answer. Raises WriterError."""
        with _faults():
            response = await self._google.aio.models.generate_content(
                model=self._settings.gemini_model,
                contents=question.contents,
                config=_config(self._settings, key, question),
            )
        answer = response.sdk_http_response
        return ((answer and answer.body) or "").removeprefix("\ufeff")

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._google.aio.aclose()
        self._google.close()
        await self._session.close()


async def open_client(settings: GeminiSettings) -> Client:
    """A client for the running loop. When it can't be made, nothing is left open."""
    async with AsyncExitStack() as undo:
        session = await undo.enter_async_context(transport.session(_check))
        client = await asyncio.to_thread(Client, settings, session)
        undo.pop_all()
    return client


async def _check(response: aiohttp.ClientResponse) -> None:
    """Raises WriterError for any status but 200, before google-genai trips over its body.

    The status says enough when the body is packed, too large or cut off, or never ends.
    """
    if response.status == 200:
        return
    body = b""
    with suppress(aiohttp.ClientError, OSError):
        async with asyncio.timeout(REFUSAL_SECONDS):
            body = await response.read()
    raise reply.refusal(response.status, body, response.headers)


def _google(settings: GeminiSettings, session: aiohttp.ClientSession) -> genai.Client:
    options = types.HttpOptions(
        base_url=settings.gemini_url,
        headers={"X-Server-Timeout": SERVER_TIMEOUT, "Accept-Encoding": "identity"},
        # Without it, google-genai sleeps up to 10 seconds and tries again.
        retry_options=types.HttpRetryOptions(attempts=1),
        # It makes httpx clients too, which are never used but would trip over odd proxies.
        client_args={"trust_env": False},
        # A redirect would take the key along.
        async_client_args={"trust_env": False, "allow_redirects": False},
        aiohttp_client=session,
    )
    if settings.gemini_vertex_project:
        return genai.Client(
            enterprise=True,
            project=settings.gemini_vertex_project,
            location=settings.gemini_vertex_location,
            http_options=options,
        )
    # The key is given with each call, so that a new one needs no new client.
    return genai.Client(enterprise=False, api_key="given-with-each-call", http_options=options)


def _config(
    settings: GeminiSettings, key: str | None, question: Question[Result]
) -> types.GenerateContentConfig:
    level = types.ThinkingLevel(settings.thinking.upper())
    return types.GenerateContentConfig(
        system_instruction=question.system,
        response_mime_type="application/json",
        response_json_schema=question.schema,
        max_output_tokens=settings.gemini_max_output_tokens,
        thinking_config=types.ThinkingConfig(thinking_level=level),
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
        automatic_continuation=False,
        should_return_http_response=True,
        http_options=types.HttpOptions(headers={"x-goog-api-key": key}) if key else None,
    )


@contextmanager
def _faults() -> Iterator[None]:
    """Every exception of the client as ours, the most specific first.

    Not chained: they quote Gemini, and some print the request's headers with the key.
    """
    try:
        yield
    except transport.OversizeError as error:
        raise WriterError("bad_answer", str(error)) from None
    except (aiohttp.ClientError, OSError) as error:
        raise WriterError("unavailable", type(error).__name__) from None
    except TransportError:
        raise WriterError("unavailable", "the service account's token can't be fetched") from None
    except GoogleAuthError as error:
        detail = f"the service account gets no token: {type(error).__name__}"
        raise WriterError("refused_key", detail) from None
    except (ValueError, RecursionError) as error:
        # The client trips over an answer before we see it.
        raise WriterError("bad_answer", type(error).__name__) from None
    except RuntimeError:
        raise WriterError("shutdown", "the client was closed") from None

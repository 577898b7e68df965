"""The Gemini key: from the environment, a mounted file, or a secret store by name."""

import asyncio
import logging
import re
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from churn_lib.errors import SecretError
from churn_lib.gemini.secret_stores import read_secret
from churn_lib.settings import GeminiSettings

logger = logging.getLogger(__name__)

PAUSE = 5.0
"""Seconds between two reads after one failed or a key was refused, however many ask."""

REFUSED_PAUSE = 60.0
"""Seconds, at most, between two reads when the first brought the very key that Gemini refuses."""

KEY = re.compile(r"[!-~]{8,512}")
"""What fits into an HTTP header: a newline or quotation mark in a key fails late and oddly."""

Read = Callable[[], str]
"""Gives the key, or raises SecretError. Runs in a thread."""


class Secret:
    """A key that is read when first needed, kept for `seconds`, and never printed.

    After that, the old value is served while one read runs, and for as long as reads fail.
    """

    def __init__(self, read: Read, *, seconds: float, clock: Callable[[], float]) -> None:
        self._read = read
        self._seconds = seconds
        self._clock = clock
        self._value: str | None = None
        self._fault = ""
        self._next_read = self._next_refresh = float("-inf")
        self._reading: asyncio.Task[None] | None = None

    async def get(self) -> str:
        """The current key. Raises SecretError when there has never been one."""
        if self._clock() >= self._next_read:
            reading = self._begin()
            if self._value is None:
                await asyncio.shield(reading)
        if self._value is None:
            raise SecretError(self._fault)
        return self._value

    async def refresh(self, *, rejected: str) -> str:
        """The key to use after Gemini refused `rejected`; the same one when there is no newer.

        That there is none is remembered for REFUSED_PAUSE, or for `seconds` when they are fewer:
        until then no refusal reads again, so a new key is seen that much later at most.
        """
        if self._value == rejected and (self._is_reading() or self._clock() >= self._next_refresh):
            self._next_refresh = self._clock() + PAUSE
            await asyncio.shield(self._begin())
            if self._value == rejected and not self._fault:
                self._next_refresh = self._clock() + min(self._seconds, REFUSED_PAUSE)
        return self._value or rejected

    def _is_reading(self) -> bool:
        return self._reading is not None and not self._reading.done()

    def _begin(self) -> asyncio.Task[None]:
        """The read that is under way, or a new one: whoever leaves does not cancel it."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._update())
        return self._reading

    async def _update(self) -> None:
        try:
            self._value = _checked(await asyncio.to_thread(self._read))
        except SecretError as error:
            self._next_read = self._clock() + PAUSE
            if self._fault != str(error):  # one line, however often it fails in the same way
                self._fault = str(error)
                logger.error("The Gemini key can't be read: %s", error)
        else:
            self._next_read = self._clock() + self._seconds
            self._fault = ""


def gemini_key(
    settings: GeminiSettings, clock: Callable[[], float] = time.monotonic
) -> Secret | None:
    """The configured key, or None: the environment's before a file's, a file's before a store's."""
    read = _reader(settings)
    return None if read is None else Secret(read, seconds=settings.secret_seconds, clock=clock)


def _reader(settings: GeminiSettings) -> Read | None:
    if settings.gemini_api_key is not None:
        return settings.gemini_api_key.get_secret_value
    if settings.gemini_api_key_file is not None:
        return partial(_from_file, settings.gemini_api_key_file)
    if settings.gemini_api_key_secret is not None:
        return partial(
            read_secret, settings.gemini_api_key_secret, settings.secret_manager_endpoint
        )
    return None


def _checked(value: str) -> str:
    key = value.strip()  # keys are often stored with a newline at the end
    if not KEY.fullmatch(key):
        raise SecretError("what is kept there is no key of 8 to 512 visible ASCII characters")
    return key


def _from_file(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise SecretError(f"GEMINI_API_KEY_FILE can't be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise SecretError("GEMINI_API_KEY_FILE holds no text") from None

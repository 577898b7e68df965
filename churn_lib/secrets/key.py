"""A key, Gemini's or that of experiments: from the environment, a mounted file, or a secret store
by name.
"""

import asyncio
import logging
import re
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pydantic import SecretStr

from churn_lib.errors import SecretError
from churn_lib.secrets.stores import check_name, read_secret
from churn_lib.settings import ExperimentSettings, GeminiSettings

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

    def __init__(
        self, name: str, read: Read, *, seconds: float, clock: Callable[[], float]
    ) -> None:
        self._name = name
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
                logger.error("The %s key can't be read: %s", self._name, error)
        else:
            self._next_read = self._clock() + self._seconds
            self._fault = ""


class Sources(NamedTuple):
    """Where a key may be: the environment's counts before a file's, a file's before a store's.

    variable: the name of the first; the others' names follow from it.
    """

    variable: str
    value: SecretStr | None
    file: Path | None
    secret: str | None

    def reader(self, endpoint: str | None) -> Read | None:
        """What reads it from where it is. endpoint: of a fake Secret Manager."""
        if self.value is not None:
            return self.value.get_secret_value
        if self.file is not None:
            return partial(_from_file, self.file, f"{self.variable}_FILE")
        if self.secret is not None:
            return partial(read_secret, self.secret, self.variable, endpoint)
        return None

    @property
    def setting(self) -> str:
        """The one that counts."""
        if self.value is not None:
            return self.variable
        return f"{self.variable}_SECRET" if self.file is None else f"{self.variable}_FILE"

    def check(self) -> None:
        """Raises SecretError where there can be no key, as far as no store must be asked."""
        if self.value is not None:
            _checked(self.value.get_secret_value())
        elif self.file is not None:
            _checked(_from_file(self.file, self.setting))
        elif self.secret is not None:
            check_name(self.secret, self.variable)


def gemini_sources(settings: GeminiSettings) -> Sources:
    return Sources(
        "GEMINI_API_KEY",
        settings.gemini_api_key,
        settings.gemini_api_key_file,
        settings.gemini_api_key_secret,
    )


def experiment_sources(own: ExperimentSettings) -> Sources:
    return Sources(
        "EXPERIMENT_KEY", own.experiment_key, own.experiment_key_file, own.experiment_key_secret
    )


def gemini_key(
    settings: GeminiSettings, clock: Callable[[], float] = time.monotonic
) -> Secret | None:
    """The configured key, or None."""
    return _secret("Gemini", gemini_sources(settings), settings, clock)


def experiment_key(
    own: ExperimentSettings, settings: GeminiSettings, clock: Callable[[], float] = time.monotonic
) -> Secret | None:
    """The configured key of experiments, or None. settings: how keys are fetched."""
    return _secret("experiment", experiment_sources(own), settings, clock)


def _secret(
    name: str, kept: Sources, settings: GeminiSettings, clock: Callable[[], float]
) -> Secret | None:
    read = kept.reader(settings.secret_manager_endpoint)
    seconds = settings.secret_seconds
    return None if read is None else Secret(name, read, seconds=seconds, clock=clock)


def _checked(value: str) -> str:
    key = value.strip()  # keys are often stored with a newline at the end
    if not KEY.fullmatch(key):
        raise SecretError("what is kept there is no key of 8 to 512 visible ASCII characters")
    return key


def _from_file(path: Path, variable: str) -> str:
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise SecretError(f"{variable} can't be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise SecretError(f"{variable} holds no text") from None

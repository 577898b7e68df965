"""The Gemini key: from the environment, a mounted file, Google's Secret Manager or AWS Secrets
Manager.

Google's and Amazon's clients are imported in a thread when a key is first read from them, never
before.
"""

import asyncio
import json
import logging
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from churn_lib.errors import SecretError
from churn_lib.settings import Settings

if TYPE_CHECKING:
    from google.cloud.secretmanager_v1 import SecretManagerServiceAsyncClient

log = logging.getLogger(__name__)

Read = Callable[[], Awaitable[str]]

PAUSE = 5.0
"""Seconds between two reads after one failed, or after Gemini refused a key: a storm of requests is
one read.
"""

REFUSED_PAUSE = 60.0
"""Seconds, at most, between two reads when the first one brought the very key that Gemini
refuses.
"""

TIMEOUT = 2.0
"""Seconds that one read may take."""

GOOGLE_NAME = re.compile(
    r"projects/[a-z0-9:.-]+/secrets/[\w-]{1,255}/versions/(latest|[\w-]{1,63})"
)
AWS_NAME = re.compile(r"arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):\d{12}:secret:[\w/+=.@-]+")
FOREIGN = (
    ArithmeticError,
    AttributeError,
    ImportError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What Google's and Amazon's clients raise, beside errors of their own, over odd variables and
files.
"""

SURROUNDINGS = "check GOOGLE_APPLICATION_CREDENTIALS and the variables that begin with AWS_"

KEY = re.compile(r"[!-~]{8,512}")
"""What fits into an HTTP header: a key with a newline or a quotation mark around it fails late and
in odd ways.
"""


class Secret:
    """A key that is read when first needed, kept for a while, and never printed.

    After `seconds` the old value is served while one read runs, and for as long as reads fail.
    Whatever a read raises ends as SecretError.
    """

    def __init__(
        self, read: Read, *, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = read
        self._seconds = seconds
        self._clock = clock
        self._value: str | None = None
        self._expires = self._next_read = self._next_refresh = float("-inf")
        self._reading: asyncio.Task[None] | None = None
        self._fault: str | None = None

    async def get(self) -> str:
        """The current key. Raises SecretError when there has never been one."""
        if self._value is None:
            await self._read_once()
        elif self._clock() >= self._expires:
            self._begin()
        if self._value is None:
            raise SecretError(self._fault or "the key could not be read")
        return self._value

    async def refresh(self, *, rejected: str) -> str:
        """The key to use after Gemini refused `rejected`; the same one when there is no newer.

        That there is none is remembered for REFUSED_PAUSE, or for `seconds` when they are fewer:
        until then no refusal reads again, so a new key is seen that much later at most.
        """
        if self._value in (None, rejected) and (
            self._is_reading() or self._clock() >= self._next_refresh
        ):
            self._next_refresh = self._clock() + PAUSE
            self._next_read = float("-inf")
            await self._read_once()
            if self._value == rejected and self._fault is None:
                self._next_refresh = self._clock() + min(self._seconds, REFUSED_PAUSE)
        return self._value or rejected

    async def _read_once(self) -> None:
        """Waits for the read that is running, or for a new one; a caller who is cancelled does not
        cancel it.
        """
        reading = self._begin()
        if reading is not None:
            await asyncio.shield(reading)

    def _begin(self) -> asyncio.Task[None] | None:
        if not self._is_reading() and self._clock() >= self._next_read:
            self._reading = asyncio.get_running_loop().create_task(self._update())
        return self._reading if self._is_reading() else None

    def _is_reading(self) -> bool:
        task = self._reading
        return (
            task is not None and not task.done() and task.get_loop() is asyncio.get_running_loop()
        )

    async def _update(self) -> None:
        try:
            self._value = _checked(await self._read())
        except SecretError as error:
            self._failed(str(error))
        except FOREIGN as error:
            self._failed(f"its client fails with {type(error).__name__}; {SURROUNDINGS}")
        else:
            self._expires = self._clock() + self._seconds
            self._fault = None

    def _failed(self, fault: str) -> None:
        self._next_read = self._clock() + PAUSE
        if self._fault != fault:  # one line, however often it fails in the same way
            log.error("The Gemini key can't be read: %s", fault)
        self._fault = fault


def gemini_key(settings: Settings, clock: Callable[[], float] = time.monotonic) -> Secret | None:
    """The configured key, or None when none is. A key in the environment wins over a file, a file
    over a name.
    """
    read = _reader(settings)
    return None if read is None else Secret(read, seconds=settings.secret_seconds, clock=clock)


def _reader(settings: Settings) -> Read | None:
    name = settings.gemini_api_key_secret
    if settings.gemini_api_key is not None:
        return partial(_given, settings.gemini_api_key)
    if settings.gemini_api_key_file is not None:
        return partial(_from_file, settings.gemini_api_key_file)
    if name is None:
        return None
    if GOOGLE_NAME.fullmatch(name):
        return partial(_from_google, name, settings.secret_manager_endpoint)
    return partial(_from_aws, name)


def _checked(value: str) -> str:
    """Keys are often stored with a newline at the end."""
    key = value.strip()
    if not KEY.fullmatch(key):
        raise SecretError("what is kept there is no key of 8 to 512 visible ASCII characters")
    return key


async def _given(key: SecretStr) -> str:
    return key.get_secret_value()


async def _from_file(path: Path) -> str:
    try:
        return await asyncio.to_thread(path.read_text, "utf-8")
    except OSError as error:
        raise SecretError(f"GEMINI_API_KEY_FILE can't be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise SecretError("GEMINI_API_KEY_FILE holds no text") from None


async def _from_google(name: str, endpoint: str | None) -> str:
    await asyncio.to_thread(import_module, "google.cloud.secretmanager_v1")
    import google_crc32c
    from google.api_core import exceptions, retry_async

    busy = retry_async.if_exception_type(
        exceptions.ServiceUnavailable, exceptions.ResourceExhausted
    )
    retry = retry_async.AsyncRetry(predicate=busy, initial=0.05, maximum=0.5, timeout=TIMEOUT)
    with _google_faults(name):
        async with await _google_client(endpoint) as client:
            answer = await client.access_secret_version(name=name, timeout=TIMEOUT, retry=retry)
    payload = answer.payload
    if "data_crc32c" in payload and google_crc32c.value(payload.data) != payload.data_crc32c:
        raise SecretError(f"{name} arrived damaged: its checksum is another one")
    return payload.data.decode("ascii", errors="replace")


async def _google_client(endpoint: str | None) -> "SecretManagerServiceAsyncClient":
    """A client of the running loop; it lives for one read, because a loop may end before the
    next.
    """
    import google.auth
    import grpc
    from google.cloud.secretmanager_v1 import SecretManagerServiceAsyncClient
    from google.cloud.secretmanager_v1.services.secret_manager_service import transports

    if endpoint:
        channel = grpc.aio.insecure_channel(endpoint)
        return SecretManagerServiceAsyncClient(
            transport=transports.SecretManagerServiceGrpcAsyncIOTransport(channel=channel)
        )
    credentials, _ = await asyncio.to_thread(
        google.auth.default
    )  # asks the metadata server, and waits for it
    return SecretManagerServiceAsyncClient(credentials=credentials)


@contextmanager
def _google_faults(name: str) -> Iterator[None]:
    from google.api_core import exceptions
    from google.auth.exceptions import GoogleAuthError

    try:
        yield
    except (exceptions.Forbidden, exceptions.Unauthorized) as error:
        raise SecretError(
            f"{name}: no permission; grant roles/secretmanager.secretAccessor"
        ) from error
    except exceptions.NotFound as error:
        raise SecretError(f"{name} does not exist") from error
    except exceptions.FailedPrecondition as error:
        raise SecretError(f"{name} is disabled or destroyed") from error
    except exceptions.GoogleAPIError as error:
        raise SecretError(
            f"{name}: Secret Manager does not answer: {type(error).__name__}"
        ) from error
    except GoogleAuthError as error:
        raise SecretError(
            f"{name}: no Google account to read it with: {type(error).__name__}"
        ) from error


async def _from_aws(arn: str) -> str:
    found = AWS_NAME.fullmatch(arn)
    if found is None:
        raise SecretError(
            "GEMINI_API_KEY_SECRET must be "
            "projects/<project>/secrets/<name>/versions/<version>, or "
            "arn:aws:secretsmanager:<region>:<account>:secret:<name>"
        )
    return await asyncio.to_thread(_read_aws, arn, found[1])


def _read_aws(arn: str, region: str) -> str:
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError as error:
        raise SecretError("an ARN needs the extra `aws`: pip install -e '.[aws]'") from error
    limits = Config(
        connect_timeout=TIMEOUT, read_timeout=TIMEOUT, retries={"total_max_attempts": 2}
    )
    try:
        client = boto3.session.Session().client("secretsmanager", region_name=region, config=limits)
        text = client.get_secret_value(SecretId=arn).get("SecretString", "")
    except ClientError as error:
        raise SecretError(f"{arn}: AWS answers {error.response['Error']['Code']}") from error
    except BotoCoreError as error:
        raise SecretError(f"{arn}: AWS can't be asked: {type(error).__name__}") from error
    return _field(text)


def _field(text: str) -> str:
    """The console of AWS keeps secrets as JSON of names and values."""
    if not text.lstrip().startswith("{"):
        return text
    try:
        return str(json.loads(text)["GEMINI_API_KEY"])
    except (ValueError, KeyError):
        raise SecretError("the secret is JSON without a GEMINI_API_KEY") from None

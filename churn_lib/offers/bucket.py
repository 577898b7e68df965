"""A catalogue in Cloud Storage, read through its JSON API.

Google's own client would bring four more packages for the one call that is made here. The account
comes from google-auth, which the key's client needs anyway. For a thread: its answer takes time.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import cached_property
from typing import Protocol
from urllib.parse import quote

from churn_lib.errors import ArtifactError

URL = "https://storage.googleapis.com"
READ_ONLY = "https://www.googleapis.com/auth/devstorage.read_only"
SECONDS = 5.0
"""For the connection, and again between two pieces of an answer."""

MOST_BYTES = 8 * 1024 * 1024
PIECE = 64 * 1024

NO_PERMISSION = "no permission; grant roles/storage.objectViewer on the bucket"
FAULTS = {403: NO_PERMISSION, 404: "it does not exist"}


class Answer(Protocol):
    """What is used of an answer of the package requests."""

    @property
    def status_code(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]: ...

    def iter_content(self, chunk_size: int) -> Iterator[bytes]: ...


class Session(Protocol):
    """What is used of a session of it: the connection, and who asks."""

    trust_env: bool

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, str],
        timeout: float,
        stream: bool,
        allow_redirects: bool,
    ) -> AbstractContextManager[Answer]: ...


class Bucket:
    """An object of a bucket; its stamp is its generation.

    endpoint: a fake on this machine, which nobody needs to be known to. session: who asks else.
    """

    def __init__(
        self, bucket: str, name: str, endpoint: str | None = None, session: Session | None = None
    ) -> None:
        self.name = f"gs://{bucket}/{name}"
        base = f"http://{endpoint}" if endpoint else URL
        self._url = f"{base}/storage/v1/b/{bucket}/o/{quote(name, safe='')}"
        self._anonymous, self._given = endpoint is not None, session

    @cached_property
    def _session(self) -> Session:
        return self._given or _session(anonymous=self._anonymous)

    def read(self, known: str) -> tuple[bytes, str] | None:
        """The object and its generation; None where that is the known one. Raises ArtifactError."""
        from google.auth.exceptions import GoogleAuthError

        asked = {"alt": "media", **({"ifGenerationNotMatch": known} if known else {})}
        try:
            with self._session.get(
                self._url, params=asked, timeout=SECONDS, stream=True, allow_redirects=False
            ) as answer:
                return self._taken(answer)
        except OSError as error:  # all that requests raises is one
            raise self._fault(f"no answer: {type(error).__name__}") from error
        except GoogleAuthError as error:
            kind = type(error).__name__
            raise self._fault(f"no Google account to read it with: {kind}") from error

    def _taken(self, answer: Answer) -> tuple[bytes, str] | None:
        if answer.status_code == 304:
            return None
        if answer.status_code != 200:
            status = f"Cloud Storage answers {answer.status_code}"
            raise self._fault(FAULTS.get(answer.status_code, status))
        content = bytearray()
        for piece in answer.iter_content(PIECE):
            content += piece
            if len(content) > MOST_BYTES:
                raise self._fault(f"it has more than {MOST_BYTES} bytes")
        return bytes(content), answer.headers["x-goog-generation"]

    def _fault(self, reason: str) -> ArtifactError:
        return ArtifactError(f"{self.name} can't be read: {reason}")


def _session(*, anonymous: bool) -> Session:
    from google import auth
    from google.auth.credentials import AnonymousCredentials
    from google.auth.transport.requests import AuthorizedSession

    # The package has no types.
    nobody: Callable[[], object] = AnonymousCredentials
    session_of: Callable[[object], Session] = AuthorizedSession
    session = session_of(nobody() if anonymous else auth.default(scopes=[READ_ONLY])[0])
    session.trust_env = not anonymous  # no proxy stands before this machine
    return session

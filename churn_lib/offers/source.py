"""Where the catalogue lies: in the folder of the artifacts, or where the setting OFFERS says."""

from pathlib import Path
from typing import Protocol

from churn_lib.customer.schema import ARTIFACTS
from churn_lib.errors import ArtifactError, SettingsError
from churn_lib.offers.bucket import Bucket
from churn_lib.settings import settings


class Source(Protocol):
    """A place that somebody may put another catalogue in at any time."""

    @property
    def name(self) -> str: ...

    def read(self, known: str, /) -> tuple[bytes, str] | None:
        """What is there now and its stamp, None where that is the known one.

        Raises ArtifactError.
        """


class File:
    """A file, whose stamp is when it was written and how long it is."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._path = path

    def read(self, known: str) -> tuple[bytes, str] | None:
        try:
            stamp = stamp_of(self._path)
            return None if stamp == known else (self._path.read_bytes(), stamp)
        except OSError as error:
            raise ArtifactError(f"{self.name} can't be read: {error.strerror}") from error


def stamp_of(path: Path) -> str:
    """What changes with the file's content. Raises OSError."""
    found = path.stat()
    return f"{found.st_mtime_ns} {found.st_size} {found.st_ino}"


class Misplaced:
    """Stands for a place that no setting names rightly."""

    def __init__(self, name: str, fault: SettingsError) -> None:
        self.name, self._fault = name, str(fault)

    def read(self, _known: str) -> tuple[bytes, str] | None:
        raise ArtifactError(self._fault)


def source(name: str) -> Source:
    """Where the catalogue of this process lies. name: of the file among the artifacts."""
    try:
        known = settings().offers
    except SettingsError as error:
        return Misplaced(name, error)
    if known.offers is None:
        return File(ARTIFACTS / name)
    if known.bucket is None:
        return File(Path(known.offers))
    return Bucket(*known.bucket, known.storage_endpoint)

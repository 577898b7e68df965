"""Texts that were written once, with slots for every number: `texts.ndjson`, a JSON object a line.

Of two lines with the same key the later one holds. A line that can't be read costs itself alone.
"""

import logging
import os
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import to_json

from churn_lib.customer.contact import Channel, Language, Tone
from churn_lib.customer.schema import ARTIFACTS
from churn_lib.errors import ArtifactError
from churn_lib.gemini.prompt import Draft
from churn_lib.offers.offer import SLOT, Offer, Texts
from churn_lib.offers.source import stamp_of
from churn_lib.words.template import needed

TEXTS = "texts.ndjson"
MOST_BYTES = 32 * 1024 * 1024
MOST_TEXTS = 20_000
"""More would be no texts that a person has read."""

LONGEST_LINE = 32 * 1024
"""Bytes of a line."""

Status = Literal["written", "approved", "rejected"]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{16}$")]

logger = logging.getLogger(__name__)


class Key(NamedTuple):
    """All that a text depends on. reason: a phrase of the schema, empty where there is none."""

    offer: str
    channel: Channel
    language: Language
    tone: Tone
    reason: str

    def __str__(self) -> str:
        return ", ".join([*self[:4], self.reason or "no reason"])


class Stored(BaseModel):
    """A text, what it was written for, and what became of it.

    claims: what it says beyond the facts, as a second call found; None where none has looked.
    edited: whether a person has changed it. offer_digest: of what it was written from, so that a
    text for an offer that has changed since is told apart.
    """

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", hide_input_in_errors=True)

    offer: str
    channel: Channel
    language: Language
    tone: Tone
    reason: str = ""
    text: Draft
    status: Status = "written"
    edited: bool = False
    claims: tuple[str, ...] | None = None
    offer_digest: Digest
    prompt_digest: Digest
    model: str
    day: date

    @property
    def key(self) -> Key:
        return Key(self.offer, self.channel, self.language, self.tone, self.reason)

    @property
    def line(self) -> bytes:
        return to_json(self) + b"\n"


class Bank(NamedTuple):
    """All texts of a file, and its lines that can't be read, by number; they are kept."""

    texts: Mapping[Key, Stored]
    damaged: Mapping[int, bytes] = MappingProxyType({})

    def current(self, key: Key, offer: Offer) -> Stored | None:
        """The text with this key, unless the offer has changed since."""
        found = self.texts.get(key)
        if found is None or found.offer_digest != offer_digest(offer, key.language, key.channel):
            return None
        return found

    def approved(self, key: Key, offer: Offer) -> Draft | None:
        """The words that a person has approved for this key, with a value for each slot."""
        found = self.current(key, offer)
        if found is None or found.status != "approved":
            return None
        slots = needed(offer, key.language, key.channel)
        return found.text if slots_agree(found.text, slots) else None


def digest(*parts: object) -> str:
    """A short name of all these parts."""
    return sha256(to_json(parts)).hexdigest()[:16]


def offer_digest(offer: Offer, language: Language, channel: Channel) -> str:
    """Of what a text is about: its owner's words in this language, and what a sum of it stands for.

    Amounts do not count: they stand in no text, a slot takes their place.
    """
    return _offer_digest(offer.texts[language], channel == "sms", offer.kind, offer.cost.model)


@lru_cache(maxsize=8192)
def _offer_digest(texts: Texts, short: bool, kind: str, cost: str) -> str:
    message = texts.short if short else texts.message
    return digest(texts.name, texts.headline, message, texts.call_to_action, kind, cost)


@lru_cache(maxsize=8192)
def slots_agree(text: Draft, slots: tuple[str, ...]) -> bool:
    """Whether the message has each of these slots once, and no part another one or a brace."""
    around = text.headline + text.call_to_action
    named, others = SLOT.findall(text.message), SLOT.findall(around)
    braces = {"{", "}"} & set(SLOT.sub("", text.message + around))
    return not braces and sorted(named) == sorted(slots) and set(others) <= set(slots)


def read(path: Path) -> Bank:
    """The texts of a file; none where there is no file. Raises ArtifactError."""
    try:
        if not path.exists():
            return Bank({})
        if path.stat().st_size > MOST_BYTES:
            raise ArtifactError(f"{path.name} has more than {MOST_BYTES:,} bytes")
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise ArtifactError(f"{path.name} can't be read: {error.strerror}") from error
    return _bank(lines, path.name)


def _bank(lines: Iterable[bytes], name: str) -> Bank:
    texts, damaged = dict[Key, Stored](), dict[int, bytes]()
    for place, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found = _stored(line)
        except ValidationError:
            damaged[place] = line
            continue
        texts.pop(found.key, None)
        texts[found.key] = found
    if len(texts) > MOST_TEXTS:
        raise ArtifactError(f"{name} has more than {MOST_TEXTS:,} texts")
    return Bank(texts, damaged)


def _stored(line: bytes) -> Stored:
    return Stored.model_validate_json(line if len(line) <= LONGEST_LINE else b"")


def append(path: Path, text: Stored) -> None:
    """Adds one text, which is on the disk when this returns."""
    with path.open("a+b") as file:
        # Who was killed while writing has left a line without an end.
        end = file.seek(0, os.SEEK_END)
        file.seek(max(end - 1, 0))
        torn = end > 0 and file.read(1) != b"\n"
        file.write((b"\n" if torn else b"") + text.line)
        file.flush()
        os.fsync(file.fileno())


def save(path: Path, changes: Iterable[Stored]) -> None:
    """Puts these texts in the place of those with their keys: all of them, or none."""
    bank = read(path)
    texts = {**bank.texts, **{text.key: text for text in changes}}
    lines = [text.line for text in texts.values()] + [
        line + b"\n" for line in bank.damaged.values()
    ]
    beside = path.with_name(f".{path.name}.new")
    with beside.open("wb") as file:
        file.write(b"".join(lines))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


class Shelf:
    """The texts of a folder, for a process that answers while they change.

    bank: as last read; None until then. A file that can't be used changes nothing: the texts that
    were there stay.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / TEXTS
        self._stamp = ""
        self._lock = Lock()
        self.bank: Bank | None = None

    def refresh(self) -> Bank:
        """The texts that are there now. May take a second; what can't be used is logged once."""
        with self._lock:
            stamp, bank = self._stamp_of_now(), self.bank
            if bank is None or stamp != self._stamp:
                bank = self._read(bank or Bank({}))
                self._stamp, self.bank = stamp, bank
            return bank

    def _stamp_of_now(self) -> str:
        try:
            return stamp_of(self._path)
        except OSError:  # there is no file
            return ""

    def _read(self, before: Bank) -> Bank:
        try:
            found = read(self._path)
        except ArtifactError as error:
            logger.error("no new texts can be used: %s", error)
            return before
        if found.damaged:
            count, first = len(found.damaged), min(found.damaged)
            logger.error("%s: %d lines can't be read, the first is line %d", TEXTS, count, first)
        return found


@cache
def shelf() -> Shelf:
    """The one of this process."""
    return Shelf(ARTIFACTS)

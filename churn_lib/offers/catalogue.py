"""The offers, read from `offers.toml`: versioned data that a marketing owner edits."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import islice
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Annotated, NamedTuple

from pydantic import Field, ValidationError

from churn_lib.customer.contact import LANGUAGES, Language, Tone
from churn_lib.customer.languages import CATALOGUE, spoken
from churn_lib.errors import ArtifactError
from churn_lib.offers.faults import Fault, form_faults
from churn_lib.offers.offer import SLOT, Disclosure, Offer, Sentence, offer_faults, slot_faults
from churn_lib.offers.phrases import Phrases, available, phrase_faults, phrases_of
from churn_lib.offers.rules import Rule
from churn_lib.offers.source import Source, source
from churn_lib.offers.terms import Assumptions, Campaign, Days, Experiment, Name, Part
from churn_lib.toml import as_json, read_toml

OFFERS = CATALOGUE
MAX_SHOWN = 5
RETRY_SECONDS = 10.0
"""While there is no catalogue, it is not looked for sooner: every request would wait for it."""

DISCLOSURE_SLOTS = frozenset({"valid_until", "brand"})
CLOSING_SLOTS = frozenset({"valid_until"})

Brand = Annotated[str, Field(pattern=r"^[^\s{}]([^\x00-\x1f{}]{0,28}[^\s{}])?$")]
"""The name that customers know the sender by: 1 to 30 characters on one line."""

logger = logging.getLogger(__name__)


class Catalogue(Part):
    """All offers, the rules of contact that hold for each, and the assumptions behind the money.

    languages: those in which customers are spoken to, the first where nobody says. phrases: the
    words around numbers, in a language that this project has none in, or in words of one's own.
    accept_within_days: how long a customer has to accept an offer that says nothing else.
    """

    version: Annotated[str, Field(min_length=1, max_length=40)]
    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = LANGUAGES
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    brand: Brand
    accept_within_days: Days
    campaign: Campaign = Campaign()
    experiment: Experiment | None = None
    assumptions: Assumptions
    contact: tuple[Rule, ...] = ()
    greetings: dict[Language, dict[Tone, Sentence]] = Field(default_factory=dict)
    call_closings: dict[Language, Sentence] = Field(default_factory=dict)
    phrases: dict[Language, dict[str, Sentence]] = Field(default_factory=dict)
    disclosures: dict[Name, Disclosure] = Field(default_factory=dict)
    offers: Annotated[tuple[Offer, ...], Field(max_length=500)]

    def phrases_in(self, language: str) -> Phrases:
        """The words around numbers in a language."""
        return phrases_of(language, self.phrases.get(language, {}))


class Frame(NamedTuple):
    """A text that stands around offers, and the slots that have a value there."""

    field: str
    language: str
    text: str
    slots: frozenset[str]


def parse(text: str, name: str = OFFERS) -> Catalogue:
    """The catalogue in a text. Raises ArtifactError, which names file, offer and field."""
    tables = read_toml(text, name)
    try:
        catalogue = Catalogue.model_validate_json(as_json(tables))
    except ValidationError as error:
        raise _refusal(form_faults(error, tables), name) from None
    if found := list(contradictions(catalogue)):
        raise _refusal(found, name)
    return catalogue


def _refusal(faults: Iterable[Fault], name: str) -> ArtifactError:
    return ArtifactError("; ".join(f"{name}: {fault}" for fault in islice(faults, MAX_SHOWN)))


def load(path: Path) -> Catalogue:
    """The catalogue in a file. Raises ArtifactError when the file can't be read or is faulty."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ArtifactError(f"{path.name} can't be read: {error.strerror}") from error
    return decode(content, path.name)


def decode(content: bytes, name: str) -> Catalogue:
    """The catalogue in these bytes. Raises ArtifactError."""
    try:
        text = content.decode("utf-8-sig")  # some editors begin with a byte order mark
    except UnicodeDecodeError:
        raise ArtifactError(f"{name} can't be read: it is not UTF-8") from None
    return parse(text, name)


def contradictions(catalogue: Catalogue) -> Iterator[Fault]:
    """What the parts do not agree on: offers in themselves, with the disclosures, and all slots."""
    yield from own_faults(catalogue.offers)
    for language, phrases in catalogue.phrases.items():
        for fault in phrase_faults(phrases, f"phrases.{language}"):
            yield Fault("", *fault)
    seen: set[str] = set()
    for offer in catalogue.offers:
        if offer.id in seen:
            yield Fault(offer.id, "id", "another offer has the same id")
        seen.add(offer.id)
        for message in _missing_disclosures(offer, catalogue.disclosures):
            yield Fault(offer.id, "disclosures", message)
        yield from _missing_phrases(offer, catalogue)
    for part in frame(catalogue):
        for fault in slot_faults(part.text, part.slots, part.field):
            yield Fault("", *fault)


def own_faults(offers: Iterable[Offer]) -> Iterator[Fault]:
    """What each of these offers does not agree on with itself."""
    for offer in offers:
        for fault in offer_faults(offer):
            yield Fault(offer.id, *fault)


def frame(catalogue: Catalogue) -> Iterator[Frame]:
    """All texts that stand around offers: greetings, closings of calls, disclosures."""
    for language, tones in catalogue.greetings.items():
        for tone, text in tones.items():
            yield Frame(f"greetings.{language}.{tone}", language, text, frozenset())
    for language, text in catalogue.call_closings.items():
        yield Frame(f"call_closings.{language}", language, text, CLOSING_SLOTS)
    for name, disclosure in catalogue.disclosures.items():
        for form, texts in (("texts", disclosure.texts), ("short", disclosure.short)):
            for language, text in texts.items():
                field = f"disclosures.{name}.{form}.{language}"
                yield Frame(field, language, text, DISCLOSURE_SLOTS)


def _missing_disclosures(offer: Offer, known: Mapping[str, Disclosure]) -> Iterator[str]:
    for name in offer.disclosures:
        if name not in known:
            yield f"there is no disclosure '{name}'"
            continue
        for language in offer.texts:
            if language not in known[name].texts:
                yield f"'{name}' has no text in '{language}'"


def _missing_phrases(offer: Offer, catalogue: Catalogue) -> Iterator[Fault]:
    """Words around numbers that a language lacks."""
    ours = available(offer.terms.slots)
    for language, texts in offer.texts.items():
        known = catalogue.phrases_in(language)
        for field, text in texts.given():
            for slot in SLOT.findall(text):
                if slot in ours and slot not in known:
                    message = f"the slot {{{slot}}} needs the words of phrases.{language}.{slot}"
                    yield Fault(offer.id, f"texts.{language}.{field}", message)


class InForce:
    """The catalogue by which offers are made.

    One that is faulty or can't be read changes nothing: the one before stays. fault: why what is
    there now is not in force; empty when it is.
    """

    def __init__(
        self,
        source: Source,
        clock: Callable[[], float] = monotonic,
        tell: Callable[[Catalogue], None] = lambda _: None,
    ) -> None:
        self._source, self._clock, self._tell = source, clock, tell
        self._catalogue: Catalogue | None = None
        self._stamp = self._refused = self.fault = ""
        self._next_try = float("-inf")
        self._lock = Lock()

    @property
    def is_there(self) -> bool:
        """Whether `get` answers at once."""
        return self._catalogue is not None or self._clock() < self._next_try

    def get(self) -> Catalogue:
        """The catalogue; read by the first who asks. Raises ArtifactError when there is none."""
        if not self.is_there:
            with self._lock:  # whoever comes second waits for what the first one reads
                if not self.is_there:
                    self._try()
        if self._catalogue is None:
            raise ArtifactError(self.fault)
        return self._catalogue

    def refresh(self) -> None:
        """Puts what is there now into force, unless it is the same or faulty. May take seconds."""
        with self._lock:
            self._try()

    def _try(self) -> None:
        try:
            self._read()
        except ArtifactError as error:
            self._refuse(str(error))
        self._next_try = self._clock() + RETRY_SECONDS

    def _read(self) -> None:
        found = self._source.read(self._stamp)
        if found is not None:
            content, self._stamp = found
            self._refused = self._take(content)
        if self._refused:
            raise ArtifactError(self._refused)
        self.fault = ""

    def _take(self, content: bytes) -> str:
        """What is wrong with it; when nothing is, it is in force."""
        try:
            catalogue = decode(content, self._source.name)
        except ArtifactError as error:
            return str(error)
        if self._catalogue is not None:
            logger.warning("offers are made by version %s from now on", catalogue.version)
        self._catalogue = catalogue
        self._tell(catalogue)
        return ""

    def _refuse(self, fault: str) -> None:
        if fault == self.fault:  # one line, however often it is looked at
            return
        self.fault = fault
        if self._catalogue is None:
            logger.error("no offers can be made: %s", fault)
        else:
            logger.error("version %s stays in force: %s", self._catalogue.version, fault)


@cache
def in_force() -> InForce:
    """The one of this process."""
    return InForce(source(OFFERS), tell=_speak)


def catalogue() -> Catalogue:
    """The catalogue in force. Raises ArtifactError when there is none."""
    return in_force().get()


def _speak(catalogue: Catalogue) -> None:
    spoken.languages = catalogue.languages

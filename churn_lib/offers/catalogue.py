"""The offers, read from `artifacts/offers.toml`: versioned data that a marketing owner edits."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Annotated, NamedTuple

from pydantic import Field, ValidationError

from churn_lib.customer.contact import Language, Tone
from churn_lib.customer.schema import ARTIFACTS
from churn_lib.errors import ArtifactError
from churn_lib.offers.faults import Fault, form_faults
from churn_lib.offers.offer import Disclosure, Offer, Sentence, offer_faults, slot_faults
from churn_lib.offers.rules import Rule
from churn_lib.offers.terms import Assumptions, Days, Name, Part
from churn_lib.toml import as_json, read_toml

OFFERS = "offers.toml"
MAX_SHOWN = 5
RETRY_SECONDS = 10.0
"""A file that can't be used is not read again sooner: every request would wait for it."""

DISCLOSURE_SLOTS = frozenset({"valid_until", "brand"})
CLOSING_SLOTS = frozenset({"valid_until"})

Brand = Annotated[str, Field(pattern=r"^[^\s{}]([^\x00-\x1f{}]{0,28}[^\s{}])?$")]
"""The name that customers know the sender by: 1 to 30 characters on one line."""

logger = logging.getLogger(__name__)


class Catalogue(Part):
    """All offers, the rules of contact that hold for each, and the assumptions behind the money.

    accept_within_days: how long a customer has to accept an offer that says nothing else.
    """

    version: Annotated[str, Field(min_length=1, max_length=40)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    brand: Brand
    accept_within_days: Days
    assumptions: Assumptions
    contact: tuple[Rule, ...] = ()
    greetings: dict[Language, dict[Tone, Sentence]] = Field(default_factory=dict)
    call_closings: dict[Language, Sentence] = Field(default_factory=dict)
    disclosures: dict[Name, Disclosure] = Field(default_factory=dict)
    offers: Annotated[tuple[Offer, ...], Field(max_length=500)]


class Frame(NamedTuple):
    """A text that stands around offers, and the slots that have a value there."""

    field: str
    language: Language
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
        text = path.read_text("utf-8-sig")  # some editors begin with a byte order mark
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ArtifactError(f"{path.name} can't be read: {reason}") from error
    return parse(text, path.name)


@cache
def catalogue(folder: Path = ARTIFACTS, clock: Callable[[], float] = monotonic) -> Catalogue:
    """The one catalogue of this process. Raises ArtifactError, for a while the same one."""
    found = _tried(folder, int(clock() / RETRY_SECONDS))
    if isinstance(found, str):
        raise ArtifactError(found)
    return found


@lru_cache(maxsize=1)
def _tried(folder: Path, _span: int) -> Catalogue | str:
    """The catalogue, or what is wrong with it, found and logged once in a span of time."""
    try:
        return load(folder / OFFERS)
    except ArtifactError as error:
        logger.error("no offers can be made: %s", error)
        return str(error)


def contradictions(catalogue: Catalogue) -> Iterator[Fault]:
    """What the parts do not agree on: offers in themselves, with the disclosures, and all slots."""
    yield from own_faults(catalogue.offers)
    seen: set[str] = set()
    for offer in catalogue.offers:
        if offer.id in seen:
            yield Fault(offer.id, "id", "another offer has the same id")
        seen.add(offer.id)
        for message in _missing_disclosures(offer, catalogue.disclosures):
            yield Fault(offer.id, "disclosures", message)
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

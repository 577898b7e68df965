"""The offers, read from `artifacts/offers.toml`: versioned data that a marketing owner edits."""

import json
import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Annotated, NamedTuple, Self

from pydantic import Field, ValidationError, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from churn_lib.customer.contact import Channel as Channel
from churn_lib.customer.contact import Language as Language
from churn_lib.customer.contact import Tone
from churn_lib.errors import ArtifactError, FieldFault
from churn_lib.offers.faults import faults
from churn_lib.offers.offer import LENIENT, Disclosure, Plan, Words, plan, slot_faults
from churn_lib.offers.offer import Offer as Offer
from churn_lib.offers.rules import Checker, Ready, Rule
from churn_lib.offers.terms import Assumptions, Days, Name, Part
from churn_lib.score.scorecard import ARTIFACTS

OFFERS = "offers.toml"
MAX_SHOWN = 5
DISCLOSURE_SLOTS = frozenset({"valid_until", "brand"})
CLOSING_SLOTS = frozenset({"valid_until"})

Brand = Annotated[str, Field(pattern=r"^[^\s{}]([^\x00-\x1f{}]{0,28}[^\s{}])?$")]
"""The name that customers know the sender by: 1 to 30 characters on one line."""


class Prepared(NamedTuple):
    """A catalogue made ready: its offers in the order of the file, and the rules of contact that
    hold for each.

    gate_rules: the gates for a quick look. made: each offer and what became of it today.
    """

    plans: tuple[Plan, ...]
    gates: tuple[Checker, ...]
    gate_rules: tuple[Ready, ...]
    made: dict[str, tuple[Offer, Offer]]


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
    greetings: dict[Language, dict[Tone, Words]] = Field(default_factory=dict)
    call_closings: dict[Language, Words] = Field(default_factory=dict)
    disclosures: dict[Name, Disclosure] = Field(default_factory=dict)
    offers: Annotated[tuple[Offer, ...], Field(max_length=500)]

    @model_validator(mode="after")
    def _fits_together(self, info: ValidationInfo) -> Self:
        faults = self.contradictions()
        if faults and info.context is not LENIENT:
            raise PydanticCustomError(
                "contradiction", "the parts do not fit together", {"faults": faults}
            )
        return self

    def contradictions(self) -> list[FieldFault]:
        """What the parts do not agree on; none when the catalogue was read without LENIENT."""
        return [*_offer_faults(self), *_disclosure_faults(self), *_frame_faults(self)]

    @cached_property
    def ready(self) -> Prepared:
        """What decisions and texts are made with, made once."""
        return Prepared(
            plans=tuple(plan(offer, self.assumptions) for offer in self.offers),
            gates=tuple(rule.checker("contact") for rule in self.contact),
            gate_rules=tuple(rule.ready() for rule in self.contact),
            made={},
        )

    def made(self, offer: Offer, today: date) -> Offer:
        """The offer as one customer gets it today: its `valid_until` is the last day on which they
        may accept.
        """
        days = offer.accept_within_days or self.accept_within_days
        last = min(offer.valid_until, today + timedelta(days))
        source, known = self.ready.made.get(offer.id, (None, offer))
        if source is not offer or known.valid_until != last:
            known = offer.model_copy(update={"valid_until": last})
            self.ready.made[offer.id] = offer, known
        return known


def read(text: str, name: str) -> dict[str, object]:
    """The tables of a TOML text. Raises ArtifactError when it is none."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ArtifactError(f"{name}: (file): is not valid TOML: {error}") from None


def as_json(tables: object) -> str:
    """TOML tables as JSON, where a list may be a tuple and a string a date even to a strict
    model.
    """
    return json.dumps(tables, default=str)


def parse(text: str, name: str = OFFERS) -> Catalogue:
    """A catalogue from the text of its file. Raises ArtifactError, which names file, offer and
    field.
    """
    tables = read(text, name)
    try:
        return Catalogue.model_validate_json(as_json(tables))
    except ValidationError as error:
        shown = [str(fault) for fault in faults(error, tables, name)][:MAX_SHOWN]
        raise ArtifactError("; ".join(shown)) from None


def load(path: Path) -> Catalogue:
    """The catalogue in a file. Raises ArtifactError when the file can't be read or is faulty."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ArtifactError(f"{path.name} can't be read: {reason}") from error
    return parse(text, path.name)


_shared: dict[Path, Catalogue] = {}
_loading = Lock()


def shared(folder: Path = ARTIFACTS) -> Catalogue:
    """The one catalogue of this process, loaded by whoever asks first. Raises ArtifactError."""
    if folder not in _shared:
        with _loading:
            if folder not in _shared:
                _shared[folder] = load(folder / OFFERS)
    return _shared[folder]


def _offer_faults(catalogue: Catalogue) -> Iterator[FieldFault]:
    seen: set[str] = set()
    for index, offer in enumerate(catalogue.offers):
        if offer.id in seen:
            yield FieldFault(f"offers.{index}.id", "another offer has the same id")
        seen.add(offer.id)
        for name in offer.disclosures:
            if name not in catalogue.disclosures:
                yield FieldFault(f"offers.{index}.disclosures", f"there is no disclosure '{name}'")
                continue
            for language in offer.texts:
                if language not in catalogue.disclosures[name].texts:
                    yield FieldFault(
                        f"offers.{index}.disclosures", f"'{name}' has no text in '{language}'"
                    )


def _disclosure_faults(catalogue: Catalogue) -> Iterator[FieldFault]:
    for name, disclosure in catalogue.disclosures.items():
        for form, texts in (("texts", disclosure.texts), ("short", disclosure.short)):
            for language, text in texts.items():
                yield from slot_faults(
                    text, DISCLOSURE_SLOTS, f"disclosures.{name}.{form}.{language}"
                )


def _frame_faults(catalogue: Catalogue) -> Iterator[FieldFault]:
    """Slots in what stands around every offer, and has a value for none or for all of them."""
    for language, tones in catalogue.greetings.items():
        for tone, text in tones.items():
            yield from slot_faults(text, frozenset(), f"greetings.{language}.{tone}")
    for language, text in catalogue.call_closings.items():
        yield from slot_faults(text, CLOSING_SLOTS, f"call_closings.{language}")

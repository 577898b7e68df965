"""The offers, read from `artifacts/offers.toml`: versioned data that a marketing owner edits."""

import json
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, ValidationError, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from churn_lib.customer.contact import Language, Tone
from churn_lib.errors import ArtifactError, FieldFault
from churn_lib.offers.faults import faults
from churn_lib.offers.offer import LENIENT, Disclosure, Offer, Sentence, slot_faults
from churn_lib.offers.rules import Rule
from churn_lib.offers.terms import Assumptions, Days, Name, Part
from churn_lib.score.scorecard import ARTIFACTS

OFFERS = "offers.toml"
MAX_SHOWN = 5
DISCLOSURE_SLOTS = frozenset({"valid_until", "brand"})
CLOSING_SLOTS = frozenset({"valid_until"})

Brand = Annotated[str, Field(pattern=r"^[^\s{}]([^\x00-\x1f{}]{0,28}[^\s{}])?$")]
"""The name that customers know the sender by: 1 to 30 characters on one line."""


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


def read(text: str, name: str) -> dict[str, object]:
    """The tables of a TOML text. Raises ArtifactError when it is none."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ArtifactError(f"{name}: (file): is not valid TOML: {error}") from None


def as_json(tables: object) -> str:
    """TOML tables as JSON: there a strict model takes a list for a tuple, a string for a date."""
    return json.dumps(tables, default=str)


def parse(text: str, name: str = OFFERS) -> Catalogue:
    """The catalogue in a text. Raises ArtifactError, which names file, offer and field."""
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


@cache
def catalogue(folder: Path = ARTIFACTS) -> Catalogue:
    """The one catalogue of this process. Raises ArtifactError."""
    return load(folder / OFFERS)


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

"""One offer: what is promised, to whom, why, at what cost, and in which words."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Self

from pydantic import Field, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from churn_lib.customer.contact import Channel, Language
from churn_lib.customer.model import FEATURES
from churn_lib.errors import FieldFault
from churn_lib.offers.rules import Condition, Rule
from churn_lib.offers.terms import (
    Cost,
    Days,
    Economy,
    Gain,
    Name,
    Part,
    Terms,
    disagreements,
    other_sums,
)
from churn_lib.offers.trace import Kind

SLOT = re.compile(r"\{([a-z_]+)\}")

LENIENT: Mapping[str, bool] = {"lenient": True}
"""As the context of a validation, lets contradictions pass: the lint reads on to see all faults."""

Sentence = Annotated[str, Field(min_length=1, max_length=1000)]


class Texts(Part):
    """What is said in one language. `short` is the message of an SMS and of the brief tone."""

    name: Sentence
    headline: Sentence
    message: Sentence
    short: Sentence
    call_to_action: Sentence


class Disclosure(Part):
    """A line that the law or fairness asks for, added in some channels; `short` in an SMS."""

    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    texts: dict[Language, Sentence]
    short: dict[Language, Sentence] = Field(default_factory=dict)


class Offer(Part):
    """One offer, which may be made from `valid_from` to `valid_until`, both included.

    accept_within_days: how long one customer has to accept it; left out, as long as the catalogue
    says.
    """

    id: Name
    kind: Kind
    valid_from: date
    valid_until: date
    accept_within_days: Days | None = None
    terms: Terms
    cost: Cost
    economy: Economy = Economy()
    answers: tuple[Condition, ...] = ()
    eligible: tuple[Rule, ...] = ()
    suitable: tuple[Rule, ...] = ()
    contact: tuple[Rule, ...] = ()
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    disclosures: tuple[Name, ...] = ()
    texts: dict[Language, Texts]

    @model_validator(mode="after")
    def _agrees(self, info: ValidationInfo) -> Self:
        faults = self.contradictions()
        if faults and info.context is not LENIENT:
            raise PydanticCustomError(
                "contradiction", "the offer contradicts itself", {"faults": faults}
            )
        return self

    def contradictions(self) -> list[FieldFault]:
        """What the parts of the offer do not agree on; none when it was read without LENIENT."""
        return [
            *_date_faults(self),
            *_kind_faults(self),
            *disagreements(self.terms, self.cost),
            *_answer_faults(self),
            *_slot_faults(self),
        ]


def _date_faults(offer: Offer) -> Iterator[FieldFault]:
    if offer.valid_from > offer.valid_until:
        yield FieldFault("valid_until", "is before valid_from")


def _kind_faults(offer: Offer) -> Iterator[FieldFault]:
    if isinstance(offer.cost, Gain) != (offer.kind == "value_added"):
        yield FieldFault("cost.model", "must be `gain` for value_added offers, and only for them")


def _answer_faults(offer: Offer) -> Iterator[FieldFault]:
    for index, condition in enumerate(offer.answers):
        if condition.field not in FEATURES:
            yield FieldFault(
                f"answers.{index}.field", f"{condition.field} is no attribute that the score uses"
            )


def _slot_faults(offer: Offer) -> Iterator[FieldFault]:
    for language, texts in offer.texts.items():
        for field, text in texts:
            yield from slot_faults(
                text, offer.terms.slots - other_sums(offer.cost), f"texts.{language}.{field}"
            )


def slot_faults(text: str, known: frozenset[str], field: str) -> Iterator[FieldFault]:
    """frozenset[str] of a text that are not among the known ones, and braces that are no slot."""
    for name in SLOT.findall(text):
        if name not in known:
            yield FieldFault(field, f"the slot {{{name}}} has no term")
    rest = SLOT.sub("", text)
    if "{" in rest or "}" in rest:
        yield FieldFault(field, "has a brace that is no slot")

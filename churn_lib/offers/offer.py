"""One offer: what is promised, to whom, why, at what cost, and in which words."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import product
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from churn_lib.customer.contact import Channel, Language
from churn_lib.customer.model import FEATURES
from churn_lib.errors import FieldFault
from churn_lib.offers.economics import Prospect, prospect
from churn_lib.offers.rules import Checker, Condition, Layer, Ready, Rule, Test
from churn_lib.offers.terms import (
    Assumptions,
    Cost,
    Days,
    Economy,
    Gain,
    Name,
    Part,
    Pricing,
    Terms,
    disagreements,
    other_sums,
)

SLOT = re.compile(r"\{([a-z_]+)\}")

LENIENT: Mapping[str, bool] = {"lenient": True}
"""As the context of a validation, lets contradictions pass: the lint reads on to see all faults."""

Words = Annotated[str, Field(min_length=1, max_length=1000)]
Kind = Literal["retention", "value_added"]
Slots = frozenset[str]


class Texts(Part):
    """What is said in one language. `short` is the message of an SMS and of the brief tone."""

    name: Words
    headline: Words
    message: Words
    short: Words
    call_to_action: Words


class Disclosure(Part):
    """A line that the law or fairness asks for, added to the message in some channels. `short` is
    that of an SMS.
    """

    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    texts: dict[Language, Words]
    short: dict[Language, Words] = Field(default_factory=dict)

    def line(self, channel: Channel, language: Language) -> str:
        """What is said in this channel; an SMS takes the short form where there is one."""
        return (
            self.short.get(language, self.texts[language])
            if channel == "sms"
            else self.texts[language]
        )


class Offer(Part):
    """One offer: terms, cost, rules, texts. It may be made from `valid_from` to `valid_until`, both
    included.

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


class Plan(NamedTuple):
    """An offer made ready: its rules and the reasons it answers as functions, and the constants of
    its money.

    rules: the checkers' for a quick look. spoken: the channels and languages that it has a text
    for. price: the monthly price after acceptance for a bill, where the offer sets one.
    """

    offer: Offer
    id: str
    kind: Kind
    names: dict[Language, str]
    valid_from: date
    valid_until: date
    spoken: frozenset[tuple[Channel, Language]]
    adds_value: bool
    price: Pricing | None
    checkers: tuple[Checker, ...]
    rules: tuple[Ready, ...]
    answers: tuple[tuple[str, Test], ...]
    prospect: Prospect


def plan(offer: Offer, assumptions: Assumptions) -> Plan:
    """The offer made ready under these assumptions."""
    layers: tuple[tuple[Layer, tuple[Rule, ...]], ...]
    layers = (
        ("eligible", offer.eligible),
        ("suitable", offer.suitable),
        ("contact", offer.contact),
    )
    checkers = tuple(rule.checker(layer) for layer, rules in layers for rule in rules)
    answers = tuple((condition.field, condition.test()) for condition in offer.answers)
    return Plan(
        offer=offer,
        id=offer.id,
        kind=offer.kind,
        names={language: texts.name for language, texts in offer.texts.items()},
        valid_from=offer.valid_from,
        valid_until=offer.valid_until,
        spoken=frozenset(product(offer.channels, offer.texts)),
        adds_value=offer.kind == "value_added",
        price=offer.terms.pricing(),
        checkers=checkers,
        rules=tuple(rule.ready() for _, rules in layers for rule in rules),
        answers=answers,
        prospect=prospect(offer.terms, offer.cost, offer.economy, assumptions),
    )


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


def slot_faults(text: str, known: Slots, field: str) -> Iterator[FieldFault]:
    """Slots of a text that are not among the known ones, and braces that are no slot."""
    for name in SLOT.findall(text):
        if name not in known:
            yield FieldFault(field, f"the slot {{{name}}} has no term")
    rest = SLOT.sub("", text)
    if "{" in rest or "}" in rest:
        yield FieldFault(field, "has a brace that is no slot")

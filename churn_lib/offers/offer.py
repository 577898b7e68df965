"""One offer: what is promised, to whom, why, at what cost, and in which words."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import Field

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
    reference_faults,
)
from churn_lib.offers.trace import Kind

SLOT = re.compile(r"\{([a-z_]+)\}")

Sentence = Annotated[str, Field(min_length=1, max_length=1000)]


class Texts(Part):
    """What is said in one language.

    formal: the message in the formal tone. short: that of an SMS and of the brief tone. reply: what
    an SMS says beside, where nothing else tells what to do.
    """

    name: Sentence
    headline: Sentence
    message: Sentence
    formal: Sentence | None = None
    short: Sentence
    reply: Sentence | None = None
    call_to_action: Sentence

    def given(self) -> Iterator[tuple[str, str]]:
        """The texts that there are, by field."""
        return ((field, text) for field, text in self if text is not None)


class Disclosure(Part):
    """A line that the law or fairness asks for, added in some channels; `short` in an SMS."""

    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    texts: dict[Language, Sentence]
    short: dict[Language, Sentence] = Field(default_factory=dict)


class Offer(Part):
    """One offer, which may be made from `valid_from` to `valid_until`, both included.

    accept_within_days: for one customer; left out, as long as the catalogue says. cap: so many
    customers at most. priority: where a campaign has less than all would take, the higher goes
    first, whatever it brings.
    """

    id: Name
    kind: Kind
    valid_from: date
    valid_until: date
    accept_within_days: Days | None = None
    cap: Annotated[int, Field(ge=0)] | None = None
    priority: Annotated[int, Field(ge=0, le=100)] = 0
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

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All of its own, whatever their layer."""
        return (*self.eligible, *self.suitable, *self.contact)


def offer_faults(offer: Offer) -> Iterator[FieldFault]:
    """What the parts of an offer do not agree on. A catalogue with such an offer is not served."""
    # No validator of Pydantic's: the lint needs the offer itself, to look for other faults in it.
    if offer.valid_from > offer.valid_until:
        yield FieldFault("valid_until", "is before valid_from")
    if isinstance(offer.cost, Gain) != (offer.kind == "value_added"):
        yield FieldFault("cost.model", "must be `gain` for value_added offers, and only for them")
    yield from disagreements(offer.terms, offer.cost)
    if offer.economy.reference is not None:
        yield from reference_faults(offer.economy.reference, offer.cost)
    yield from outbound_faults("eligible", offer.eligible)
    yield from outbound_faults("suitable", offer.suitable)
    for index, condition in enumerate(offer.answers):
        if condition.field not in FEATURES:
            message = f"{condition.field} is no attribute that the score uses"
            yield FieldFault(f"answers.{index}.field", message)
    slots = offer.terms.slots - other_sums(offer.cost)
    for language, texts in offer.texts.items():
        for field, text in texts.given():
            yield from slot_faults(text, slots, f"texts.{language}.{field}")


def outbound_faults(layer: str, rules: tuple[Rule, ...]) -> Iterator[FieldFault]:
    """Rules about contacts of ours where rules are about something else."""
    for index, rule in enumerate(rules):
        if rule.outbound_only:
            yield FieldFault(f"{layer}.{index}.outbound_only", "is for rules of contact only")


def slot_faults(text: str, known: frozenset[str], field: str) -> Iterator[FieldFault]:
    """Slots of a text that have no value, and braces that are no slot."""
    for name in SLOT.findall(text):
        if name not in known:
            yield FieldFault(field, f"the slot {{{name}}} has no term")
    rest = SLOT.sub("", text)
    if "{" in rest or "}" in rest:
        yield FieldFault(field, "has a brace that is no slot")

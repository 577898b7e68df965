"""How rules are judged: each ends as `pass`, `veto` or `not_checked`; no missing fact is a pass."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import product
from typing import NamedTuple

from churn_lib.customer.contact import Channel, Direction, Language
from churn_lib.offers.economics import pricing
from churn_lib.offers.offer import Offer
from churn_lib.offers.rules import Condition, Rule, Value, Values, high, label, low
from churn_lib.offers.terms import Assumptions
from churn_lib.offers.trace import Check, Layer, Result

IN_TIME = Check("eligible", "valid_from", "pass", "The offer is valid today")
OUT_OF_TIME = Check("eligible", "valid_from", "veto", "The offer is not valid today")
SPOKEN = Check("contact", "channel", "pass", "The offer has a text for this channel and language")
UNSPOKEN = Check(
    "contact", "channel", "veto", "The offer has no text for this channel and language"
)
STAYER = Check(
    "suitable", "kind", "pass", "Value-added offers are for customers who are likely to stay"
)
LEAVER = Check(
    "suitable", "kind", "veto", "Value-added offers are not for customers who are likely to leave"
)
PRICE_KEPT = Check(
    "eligible", "price_floor", "pass", "The price after the offer is not below the lowest allowed"
)
PRICE_LOW = Check(
    "eligible", "price_floor", "veto", "The price after the offer is below the lowest allowed"
)
PRICE_RAISED = Check(
    "eligible", "price_floor", "veto", "The price after the offer is above the bill of today"
)
BEST_TARIFF = Check(
    "suitable", "best_tariff", "pass", "The price is not above the best tariff that was told"
)
TARIFF_ABOVE = Check(
    "suitable", "best_tariff", "veto", "The price is above the best tariff that was told"
)
TARIFF_UNKNOWN = Check(
    "suitable", "best_tariff", "not_checked", "The best tariff that was told is not known"
)

DECLINED = Check("contact", "exclude", "veto", "It must not have been declined in this talk")
UNDECLINED = Check("contact", "exclude", "pass", "It was not declined in this talk")

INBOUND: Direction = "inbound"

Checker = Callable[[Values], Check]
Test = Callable[[Value], bool]


class Question(NamedTuple):
    """What is the same for every offer.

    values: the customer's attributes and the facts of the contact. raising: the attributes that
    raise the probability, strongest first. bill: per month, in the catalogue's
    currency. charged: the channel, None where the customer called and the contact costs nothing.
    excluded: ids of offers that were declined in this talk.
    """

    values: Values
    raising: Sequence[str]
    probability: float
    bill: float
    today: date
    channel: Channel
    charged: Channel | None
    language: Language
    best_tariff: float | None
    excluded: tuple[str, ...]


class Judge:
    """All rules of one offer: its own, and those that hold for every offer unmentioned.

    answers: the attributes whose effects it claims to answer, each with the test of its value.
    """

    def __init__(self, offer: Offer, assumptions: Assumptions) -> None:
        self._id = offer.id
        self._valid_from, self._valid_until = offer.valid_from, offer.valid_until
        self._spoken = frozenset(product(offer.channels, offer.texts))
        self._likely_leaver_from = assumptions.likely_leaver_from
        self._price_floor = assumptions.price_floor
        self._adds_value = offer.kind == "value_added"
        self._price = pricing(offer.terms)
        self._checkers = [
            *(checker(rule, "eligible") for rule in offer.eligible),
            *(checker(rule, "suitable") for rule in offer.suitable),
            *(checker(rule, "contact") for rule in offer.contact),
        ]
        self.answers = [(condition.field, met(condition)) for condition in offer.answers]

    @property
    def claims(self) -> bool:
        """Whether the offer claims to answer reasons; one that does not suits them all."""
        return bool(self.answers)

    def is_valid(self, day: date) -> bool:
        return self._valid_from <= day <= self._valid_until

    def is_spoken(self, channel: Channel, language: Language) -> bool:
        """Whether the offer has a text for them."""
        return (channel, language) in self._spoken

    def checks(self, question: Question) -> Iterator[Check]:
        """What becomes of each rule, in turn: who looks for a veto stops at the first."""
        yield IN_TIME if self.is_valid(question.today) else OUT_OF_TIME
        yield SPOKEN if self.is_spoken(question.channel, question.language) else UNSPOKEN
        if question.excluded:
            yield DECLINED if self._id in question.excluded else UNDECLINED
        if self._adds_value:
            stays = question.probability < self._likely_leaver_from
            yield STAYER if stays else LEAVER
        if self._price is not None:
            price = self._price(question.bill)
            yield _price(price, question.bill, self._price_floor)
            yield _tariff(price, question.best_tariff)
        values = question.values
        for check in self._checkers:
            yield check(values)


def first_veto(checks: Iterable[Check]) -> Check | None:
    for check in checks:
        if check.result == "veto":
            return check
    return None


def met(condition: Condition) -> Test:
    """A function that says whether a known value meets the condition."""
    if condition.one_of is not None:
        return condition.levels.__contains__
    if condition.none_of is not None:  # a level that is not listed is none of them either
        excluded = frozenset(condition.none_of)
        return lambda value: value is not None and value not in excluded
    lowest, highest = low(condition.at_least), high(condition.at_most)
    return lambda value: value is not None and lowest <= float(value) <= highest


def checker(rule: Rule, layer: Layer) -> Checker:
    """A function from values by field to what becomes of the rule; its answers are made once."""
    passed, veto, unknown, unneeded = _possible_checks(rule, layer)
    field, fits, outbound_only = rule.field, met(rule), rule.outbound_only

    def check(values: Values) -> Check:
        value = values[field]
        if outbound_only and values["direction"] == INBOUND:
            return unneeded
        if value is None:
            return unknown
        return passed if fits(value) else veto

    return check


def _possible_checks(rule: Rule, layer: Layer) -> Iterator[Check]:
    name, needed = label(rule.field), rule.text()
    yield Check(layer, rule.field, "pass", f"{name} is {needed}")
    yield Check(layer, rule.field, "veto", f"{name} must be {needed}")
    result: Result = "veto" if rule.required else "not_checked"
    yield Check(layer, rule.field, result, f"{name} is not known; it must be {needed}")
    yield Check(layer, rule.field, "not_needed", f"{name} is not looked at: the customer called")


def _price(price: float, bill: float, floor: float) -> Check:
    if price > bill:
        return PRICE_RAISED
    return PRICE_KEPT if price >= floor else PRICE_LOW


def _tariff(price: float, best: float | None) -> Check:
    if best is None:
        return TARIFF_UNKNOWN
    return BEST_TARIFF if price <= best else TARIFF_ABOVE

"""What is wrong with a catalogue, each fault with file, offer and field: more than `parse` refuses, and all at once.

One faulty offer does not hide the faults of another: what can be read of each is checked.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from churn_lib.customer import ABSENT, Customer
from churn_lib.offers.catalogue import OFFERS, Catalogue, Fault, as_json, faults, locate
from churn_lib.offers.context import LANGUAGES, Context, Language
from churn_lib.offers.offer import SLOT, Offer
from churn_lib.offers.rules import Level, Rule, high, low, span
from churn_lib.offers.sms import MAX_SEGMENTS, sms_segments
from churn_lib.offers.write import template

Place = tuple[str | int, ...]
Found = Iterator[tuple[Place, str]]

NUMBER = re.compile(r"[\d%\u066a\uff05]|\b(?:percent|Prozent|por ciento|pour cent|퍼센트)\b", re.IGNORECASE)

LONGEST = Customer(
    gender="Female",
    SeniorCitizen=0,
    Partner="No",
    Dependents="No",
    tenure=24,
    PhoneService="Yes",
    MultipleLines="No",
    InternetService="DSL",
    OnlineSecurity="No",
    OnlineBackup="No",
    DeviceProtection="No",
    TechSupport="No",
    StreamingTV="No",
    StreamingMovies="No",
    Contract="Month-to-month",
    PaperlessBilling="No",
    PaymentMethod="Mailed check",
    MonthlyCharges=999.99,
)
"""A customer whose bill takes as many characters as any that occurs."""


class _Readable(BaseModel):
    """The parts that rules and prices depend on, when the rest can't be read."""

    model_config = ConfigDict(strict=True)

    contact: tuple[Rule, ...] = ()


class _Numbered(NamedTuple):
    place: Place
    rule: Rule


def lint(text: str, name: str = OFFERS) -> list[Fault]:
    """The faults of a catalogue's text, in the order of the file's offers; an empty list when there is none."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return [Fault(name, "", "(file)", f"is not valid TOML: {error}")]
    found: dict[Fault, None] = {}
    try:
        catalogue = Catalogue.model_validate_json(as_json(tables))
    except ValidationError as error:
        catalogue = None
        found |= dict.fromkeys(faults(error, tables, name))
    for place, message in _meaning(tables, catalogue):
        found[locate(place, message, tables, name)] = None
    return list(found)


def _meaning(tables: Mapping[str, object], catalogue: Catalogue | None) -> Found:
    shared = _shared_rules(tables)
    yield from _never(shared)
    if catalogue is not None:
        yield from _greetings(catalogue)
    offers = tables.get("offers")
    for index, table in enumerate(offers if isinstance(offers, list) else ()):
        offer = _offer(table)
        if offer is not None:
            for place, message in _about(offer, shared, catalogue):
                yield ("offers", index, *place), message


def _shared_rules(tables: Mapping[str, object]) -> list[_Numbered]:
    try:
        rules = _Readable.model_validate_json(as_json({"contact": tables.get("contact", [])})).contact
    except ValidationError:
        return []
    return [_Numbered(("contact", index), rule) for index, rule in enumerate(rules)]


def _offer(table: object) -> Offer | None:
    try:
        return Offer.model_validate_json(as_json(table))
    except ValidationError:
        return None


def _about(offer: Offer, shared: list[_Numbered], catalogue: Catalogue | None) -> Found:
    layers = (("eligible", offer.eligible), ("suitable", offer.suitable), ("contact", offer.contact))
    own = [_Numbered((layer, index), rule) for layer, rules in layers for index, rule in enumerate(rules)]
    yield from _never(own)
    if not any(_never(shared)) and not any(_never(own)):
        yield from _never([*shared, *own])
    yield from _wordless(offer)
    yield from _numbers(offer)
    if catalogue is not None:
        yield from _price(offer, own, catalogue)
        yield from _too_long(offer, catalogue)


def _never(rules: list[_Numbered]) -> Found:
    """Rules that nobody can meet, alone or together with those before them."""
    sets: dict[str, frozenset[Level]] = {}
    ranges: dict[str, tuple[float, float]] = {}
    for place, rule in rules:
        if rule.one_of is not None or rule.none_of is not None:
            sets[rule.field] = sets.get(rule.field, rule.levels) & rule.levels
            empty = not _possible(sets)
        else:
            lowest, highest = ranges.get(rule.field, span(rule.field))
            ranges[rule.field] = max(lowest, low(rule.at_least)), min(highest, high(rule.at_most))
            empty = ranges[rule.field][0] > ranges[rule.field][1]
        if empty:
            yield place, f"{rule.field} can never be {rule.text() or 'any level'} here: no customer meets all rules"
            return


def _possible(sets: Mapping[str, frozenset[Level]]) -> bool:
    """Whether levels remain for each field, also of the services that need another one."""
    left = dict(sets)
    for name, (parent, absent) in ABSENT.items():
        if name in left and parent in left:
            without, only = "No" not in left[parent], left[parent] == {"No"}
            left[name] = left[name] & {absent} if only else left[name] - ({absent} if without else set())
    return all(left.values())


def _wordless(offer: Offer) -> Found:
    for language in LANGUAGES:
        if language not in offer.texts:
            yield ("texts", language), f"has no texts for {', '.join(offer.channels)}"


def _numbers(offer: Offer) -> Found:
    for language, texts in offer.texts.items():
        for field, words in texts:
            if NUMBER.search(SLOT.sub("", words)):
                yield ("texts", language, field), "has a number of its own; use a slot"


def _greetings(catalogue: Catalogue) -> Found:
    """What every language must have beside its offers."""
    for language in LANGUAGES:
        for tone in ("friendly", "formal"):
            if tone not in catalogue.greetings.get(language, {}):
                yield ("greetings", language, tone), "is missing"
        if language not in catalogue.call_closings:
            yield ("call_closings", language), "is missing"


def _price(offer: Offer, rules: list[_Numbered], catalogue: Catalogue) -> Found:
    """The lowest bill that the rules let through must not end below the lowest price."""
    floor = catalogue.assumptions.price_floor
    bills = [low(numbered.rule.at_least) for numbered in rules if numbered.rule.field == "MonthlyCharges"]
    lowest = max([*bills, 0.0])
    price = offer.terms.price(lowest)
    if price is not None and price < floor and offer.terms.price_after != "unchanged":
        field = "percent" if offer.terms.percent is not None else "price_after"
        yield ("terms", field), f"a bill of {lowest:.2f} would become {price:.2f}, below the price floor of {floor:.2f}"


def _too_long(offer: Offer, catalogue: Catalogue) -> Found:
    for language in offer.texts if "sms" in offer.channels else ():
        count = sms_segments(_sms(offer, language, catalogue))
        if count > MAX_SEGMENTS:
            yield ("texts", language, "short"), f"takes {count} segments as an SMS, more than {MAX_SEGMENTS}"


def _sms(offer: Offer, language: Language, catalogue: Catalogue) -> str:
    return template(offer, LONGEST, Context(channel="sms", language=language), catalogue).message

"""What is wrong with a catalogue, each fault with file, offer and field: more than `parse` refuses, and all at once.

One faulty offer does not hide the faults of another: what can be read of each is checked.
"""

import tomllib
from collections.abc import Mapping
from datetime import date

from pydantic import BaseModel, ConfigDict, ValidationError

from churn_lib.offers import wording
from churn_lib.offers.catalogue import OFFERS, Catalogue, Fault, as_json, faults, locate
from churn_lib.offers.offer import Offer
from churn_lib.offers.reach import Found, Placed, bounds, unmet
from churn_lib.offers.rules import Rule, low


class _Readable(BaseModel):
    """The parts that rules and prices depend on, when the rest can't be read."""

    model_config = ConfigDict(strict=True)

    contact: tuple[Rule, ...] = ()


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


def warnings(catalogue: Catalogue, name: str, today: date) -> list[Fault]:
    """What is no fault and yet leaves everybody without an offer: all of them are over."""
    last = max((offer.valid_until for offer in catalogue.offers), default=today)
    if last >= today:
        return []
    message = f"nobody gets an offer: the last one ended on {last}, and today is {today}"
    return [Fault(name, "", "offers", message)]


def _meaning(tables: Mapping[str, object], catalogue: Catalogue | None) -> Found:
    shared = _shared_rules(tables)
    yield from _rules(shared)
    if catalogue is not None:
        yield from wording.around(catalogue)
    offers = tables.get("offers")
    for index, table in enumerate(offers if isinstance(offers, list) else ()):
        offer = _offer(table)
        if offer is not None:
            for place, message in _about(offer, shared, catalogue):
                yield ("offers", index, *place), message


def _shared_rules(tables: Mapping[str, object]) -> list[Placed]:
    try:
        rules = _Readable.model_validate_json(as_json({"contact": tables.get("contact", [])})).contact
    except ValidationError:
        return []
    return [Placed(("contact", index), rule) for index, rule in enumerate(rules)]


def _offer(table: object) -> Offer | None:
    try:
        return Offer.model_validate_json(as_json(table))
    except ValidationError:
        return None


def _about(offer: Offer, shared: list[Placed], catalogue: Catalogue | None) -> Found:
    layers = (("eligible", offer.eligible), ("suitable", offer.suitable), ("contact", offer.contact))
    own = [Placed((layer, index), rule) for layer, rules in layers for index, rule in enumerate(rules)]
    yield from _rules(own)
    if not unmet(shared) and not unmet(own):
        yield from _never([*shared, *own])
        yield from _unanswered(offer, own)
    yield from wording.of_offer(offer)
    if catalogue is not None:
        yield from _price(offer, own, catalogue)
        yield from _unmade(offer, catalogue)
        yield from wording.together(offer, catalogue)


def _rules(rules: list[Placed]) -> Found:
    for placed in rules:
        yield from bounds(placed)
    yield from _never(rules)


def _never(rules: list[Placed]) -> Found:
    """The rule that nobody can meet, alone or together with those before it."""
    if found := unmet(rules):
        place, rule = found
        yield place, f"{rule.field} can never be {rule.text() or 'any level'} here: no customer meets all rules"


def _unanswered(offer: Offer, rules: list[Placed]) -> Found:
    """Reasons that nobody has who may get the offer: it would never count as an answer to them."""
    for index, condition in enumerate(offer.answers):
        reason = Placed(("answers", index), condition)
        yield from bounds(reason)
        if unmet([*rules, reason]):
            text = condition.text() or "any level"
            yield reason.place, f"{condition.field} can never be {text} for a customer who may have this offer"


def _unmade(offer: Offer, catalogue: Catalogue) -> Found:
    if offer.kind == "value_added" and catalogue.assumptions.likely_leaver_from == 0:
        yield ("kind",), "value_added offers are never made while assumptions.likely_leaver_from is 0"


def _price(offer: Offer, rules: list[Placed], catalogue: Catalogue) -> Found:
    """The lowest bill that the rules let through must not end below the lowest price."""
    floor = catalogue.assumptions.price_floor
    bills = [low(placed.rule.at_least) for placed in rules if placed.rule.field == "MonthlyCharges"]
    lowest = max([*bills, 0.0])
    price = offer.terms.price(lowest)
    if price is not None and price < floor and offer.terms.price_after != "unchanged":
        field = "percent" if offer.terms.percent is not None else "price_after"
        yield ("terms", field), f"a bill of {lowest:.2f} would become {price:.2f}, below the price floor of {floor:.2f}"

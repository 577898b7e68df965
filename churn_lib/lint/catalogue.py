"""What is wrong with a catalogue, each fault with file, offer and field: more than `parse` refuses,
and all at once.

One faulty offer does not hide the faults of another: what can be read of each is checked.
"""

import json
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date

from pydantic import BaseModel, ConfigDict, ValidationError

from churn_lib.errors import FieldFault
from churn_lib.lint import wording
from churn_lib.lint.reach import Found, Placed, bounds, unmet
from churn_lib.offers.catalogue import OFFERS, Catalogue, as_json
from churn_lib.offers.economics import pricing
from churn_lib.offers.faults import Fault, Place, faults, in_file, locate
from churn_lib.offers.offer import LENIENT, Offer
from churn_lib.offers.rules import Rule, low


class _Readable(BaseModel):
    """The parts that rules and prices depend on, when the rest can't be read."""

    model_config = ConfigDict(strict=True)

    contact: tuple[Rule, ...] = ()


def lint(text: str, name: str = OFFERS) -> list[Fault]:
    """The faults of a catalogue's text, in the order of the file's offers; an empty list when there
    is none.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return [Fault(name, "", "(file)", f"is not valid TOML: {error}")]
    found: dict[Fault, None] = {}
    try:
        Catalogue.model_validate_json(as_json(tables))
    except ValidationError as error:
        found |= dict.fromkeys(faults(error, tables, name))
    for place, message in _meaning(_known(tables)):
        found[locate(place, message, tables, name)] = None
    return list(found)


def warnings(catalogue: Catalogue, name: str, today: date) -> list[Fault]:
    """What is no fault and yet leaves everybody without an offer: all of them are over."""
    last = max((offer.valid_until for offer in catalogue.offers), default=today)
    if last >= today:
        return []
    message = f"nobody gets an offer: the last one ended on {last}, and today is {today}"
    return [Fault(name, "", "offers", message)]


def _known(tables: Mapping[str, object]) -> dict[str, object]:
    """The tables without the fields that the catalogue does not know, so that these hide nothing
    else.
    """
    known: dict[str, object] = json.loads(as_json(tables))
    try:
        Catalogue.model_validate_json(as_json(tables))
    except ValidationError as error:
        for detail in error.errors(include_input=False, include_url=False):
            if detail["type"] == "extra_forbidden":
                _remove(known, in_file(detail["loc"]))
    return known


def _remove(tables: object, place: Place) -> None:
    """Removes what stands there."""
    for key in place[:-1]:
        tables = (
            tables[int(key)]
            if isinstance(tables, list)
            else tables.get(key)
            if isinstance(tables, dict)
            else None
        )
    if isinstance(tables, dict):
        tables.pop(place[-1], None)


def _meaning(tables: Mapping[str, object]) -> Found:
    shared, offers = _shared_rules(tables), _offers(tables)
    catalogue = _catalogue(tables, offers)
    yield from _rules(shared)
    fits = False
    if catalogue is not None:
        yield from wording.around(catalogue)
        unfit = catalogue.contradictions()
        yield from (_place(fault, list(offers)) for fault in unfit)
        fits = not unfit
    for index, offer in offers.items():
        for place, message in _about(offer, shared, catalogue, fits=fits):
            yield ("offers", index, *place), message


def _place(fault: FieldFault, offers: Sequence[int]) -> tuple[Place, str]:
    """Where the fault stands in the file, of whose offers only these were read."""
    place = fault.field.split(".")
    if place[0] == "offers":
        return ("offers", offers[int(place[1])], *place[2:]), fault.message
    return tuple(place), fault.message


def _shared_rules(tables: Mapping[str, object]) -> list[Placed]:
    try:
        rules = _Readable.model_validate_json(
            as_json({"contact": tables.get("contact", [])})
        ).contact
    except ValidationError:
        return []
    return [Placed(("contact", index), rule) for index, rule in enumerate(rules)]


def _offers(tables: Mapping[str, object]) -> dict[int, Offer]:
    """The offers that can be read, by their place in the file."""
    given, found = tables.get("offers"), {}
    for index, table in enumerate(given if isinstance(given, list) else ()):
        with suppress(ValidationError):
            found[index] = Offer.model_validate_json(as_json(table), context=LENIENT)
    return found


def _catalogue(tables: Mapping[str, object], offers: Mapping[int, Offer]) -> Catalogue | None:
    """The catalogue of these offers, when all that stands around them can be read."""
    given = tables.get("offers")
    kept = (
        [table for index, table in enumerate(given) if index in offers]
        if isinstance(given, list)
        else []
    )
    try:
        return Catalogue.model_validate_json(as_json({**tables, "offers": kept}), context=LENIENT)
    except ValidationError:
        return None


def _about(offer: Offer, shared: list[Placed], catalogue: Catalogue | None, *, fits: bool) -> Found:
    """fits: whether no disclosure of the offer is missing, so that its texts can be put
    together.
    """
    layers = (
        ("eligible", offer.eligible),
        ("suitable", offer.suitable),
        ("contact", offer.contact),
    )
    own = [
        Placed((layer, index), rule) for layer, rules in layers for index, rule in enumerate(rules)
    ]
    contradictions = offer.contradictions()
    yield from (_place(fault, ()) for fault in contradictions)
    yield from _rules(own)
    if not unmet(shared) and not unmet(own):
        yield from _never([*shared, *own])
        yield from _unanswered(offer, own)
    yield from wording.of_offer(offer)
    if catalogue is not None:
        yield from _price(offer, own, catalogue)
        yield from _unmade(offer, catalogue)
        yield from wording.brought_along(offer, catalogue)
        if fits and not contradictions:
            yield from wording.too_long(offer, catalogue)


def _rules(rules: list[Placed]) -> Found:
    for placed in rules:
        yield from bounds(placed)
    yield from _never(rules)


def _never(rules: list[Placed]) -> Found:
    """The rule that nobody can meet, alone or together with those before it."""
    if found := unmet(rules):
        place, rule = found
        yield (
            place,
            (
                f"{rule.field} can never be {rule.text() or 'any level'} "
                "here: no customer meets all rules"
            ),
        )


def _unanswered(offer: Offer, rules: list[Placed]) -> Found:
    """Reasons that nobody has who may get the offer: it would never count as an answer to them."""
    for index, condition in enumerate(offer.answers):
        reason = Placed(("answers", index), condition)
        yield from bounds(reason)
        if unmet([*rules, reason]):
            text = condition.text() or "any level"
            yield (
                reason.place,
                f"{condition.field} can never be {text} for a customer who may have this offer",
            )


def _unmade(offer: Offer, catalogue: Catalogue) -> Found:
    if offer.kind == "value_added" and catalogue.assumptions.likely_leaver_from == 0:
        yield (
            ("kind",),
            "value_added offers are never made while assumptions.likely_leaver_from is 0",
        )


def _price(offer: Offer, rules: list[Placed], catalogue: Catalogue) -> Found:
    """The lowest bill that the rules let through must not end below the lowest price."""
    floor = catalogue.assumptions.price_floor
    bills = [low(placed.rule.at_least) for placed in rules if placed.rule.field == "MonthlyCharges"]
    lowest = max([*bills, 0.0])
    price_of = pricing(offer.terms)
    if price_of is None or offer.terms.price_after == "unchanged":
        return
    price = price_of(lowest)
    if price < floor:
        field = "percent" if offer.terms.percent is not None else "price_after"
        yield (
            ("terms", field),
            (
                f"a bill of {lowest:.2f} would become {price:.2f}, below "
                f"the price floor of {floor:.2f}"
            ),
        )

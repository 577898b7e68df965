"""All that is wrong with a catalogue, at once: more than `parse` refuses.

No fault hides another: what can be read of each part is checked, whatever else is wrong.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from churn_lib.customer.contact import LANGUAGES
from churn_lib.customer.model import SCHEMA
from churn_lib.errors import FieldFault
from churn_lib.lint import wording
from churn_lib.lint.lines import line_of, lines_of
from churn_lib.lint.reach import Placed, bounds, placed, unmet
from churn_lib.offers.catalogue import Catalogue, contradictions, own_faults
from churn_lib.offers.economics import pricing
from churn_lib.offers.faults import Fault, form_faults, name_of
from churn_lib.offers.generosity import given_by
from churn_lib.offers.offer import Offer
from churn_lib.offers.rules import Rule, low, span
from churn_lib.toml import as_json, tables_of
from churn_lib.words.lexicon import list_faults
from churn_lib.words.listed import LISTS

Part = TypeVar("Part")


def lint(text: str) -> list[Fault]:
    """The faults of a catalogue's text, those of form first; an empty list when there is none."""
    try:
        tables = tables_of(text)
    except ValueError as error:
        return [Fault("", "(file)", f"is not valid TOML: {error}")]
    if unusable := list(list_faults()):  # texts can't be looked at without
        return [Fault("", f"{LISTS}/{language}.txt", message) for language, message in unusable]
    found = [*_form(tables), *_meaning(tables)]
    return list(dict.fromkeys(found))


def overdue(catalogue: Catalogue, today: date) -> Iterator[Fault]:
    """What is no fault and yet leaves everybody without an offer: all of them are over."""
    last = max((offer.valid_until for offer in catalogue.offers), default=today)
    if last < today:
        message = f"nobody gets an offer: the last one ended on {last}, and today is {today}"
        yield Fault("", "offers", message)


def unanchored(catalogue: Catalogue) -> Iterator[Fault]:
    """What is no fault and yet makes giving less look like a gain: an acceptance that does not
    follow the terms.
    """
    for offer in catalogue.offers:
        given, stated = given_by(offer.terms, offer.cost), offer.economy.reference
        if stated is None and (given.share or given.amount):
            message = "acceptance does not follow when the terms change; state what it holds for"
            yield Fault(offer.id, "economy.reference", message)
        elif stated is not None and stated.months is None and given.months is not None:
            message = "is left out: acceptance does not follow when the offer gets shorter"
            yield Fault(offer.id, "economy.reference.months", message)


def located(text: str, faults: Iterable[Fault]) -> Iterator[tuple[int | None, Fault]]:
    """Each fault with its line in the text, where that shows it plainly."""
    lines, offers = lines_of(text), _rows(text)
    for fault in faults:
        row = offers.get(fault.offer)
        within = "" if row is None else f"offers.{row}."
        yield line_of(f"{within}{fault.field}", lines), fault


def _rows(text: str) -> Mapping[str, int]:
    """The place of each offer among all, the last one where two have the same id."""
    with suppress(ValueError):
        given = tables_of(text).get("offers")
        rows = given if isinstance(given, list) else []
        return {name_of(rows, index): index for index in range(len(rows))}
    return {}


def _form(tables: Mapping[str, object]) -> Iterator[Fault]:
    try:
        Catalogue.model_validate_json(as_json(tables))
    except ValidationError as error:
        yield from form_faults(error, tables)


def _meaning(tables: Mapping[str, object]) -> Iterator[Fault]:
    given = tables.get("offers")
    read = [_readable(Offer, table) for table in given] if isinstance(given, list) else []
    offers = tuple(offer for offer in read if offer is not None)
    shared = placed("contact", _readable(tuple[Rule, ...], tables.get("contact", [])) or ())
    around = _readable(Catalogue, {**tables, "offers": []})
    catalogue = around and around.model_copy(update={"offers": offers})

    unfit = list(own_faults(offers) if catalogue is None else contradictions(catalogue))
    yield from unfit
    yield from _of_no_offer(shared, catalogue)
    # The template would fail on a text whose slot or disclosure does not exist.
    unwritable = {fault.offer for fault in unfit}
    for offer in offers:
        for fault in _about(offer, shared, catalogue):
            yield Fault(offer.id, *fault)
        if catalogue is not None and unwritable.isdisjoint({offer.id, ""}):
            for fault in wording.too_long(offer, catalogue):
                yield Fault(offer.id, *fault)


def _readable(kind: type[Part], tables: object) -> Part | None:
    """The tables as this type, unknown fields left out; None when something else is wrong."""
    with suppress(ValidationError):
        return TypeAdapter(kind).validate_json(as_json(tables), extra="ignore")
    return None


def _of_no_offer(shared: list[Placed], catalogue: Catalogue | None) -> Iterator[Fault]:
    for fault in _rules(shared):
        yield Fault("", *fault)
    if catalogue is not None:
        for fault in wording.around(catalogue):
            yield Fault("", *fault)


def _about(offer: Offer, shared: list[Placed], catalogue: Catalogue | None) -> Iterator[FieldFault]:
    own = [
        *placed("eligible", offer.eligible),
        *placed("suitable", offer.suitable),
        *placed("contact", offer.contact),
    ]
    # A shared rule that nobody meets is told once, not again with each offer.
    before = [] if unmet(shared) else shared
    yield from _rules(own, before)
    if not unmet([*before, *own]):
        yield from _unanswered(offer, own)
    yield from wording.of_offer(offer, catalogue.languages if catalogue else LANGUAGES)
    if catalogue is not None:
        yield from _price(offer, own, catalogue.assumptions.price_floor)
        if offer.kind == "value_added" and catalogue.assumptions.likely_leaver_from == 0:
            never = "value_added offers are never made while assumptions.likely_leaver_from is 0"
            yield FieldFault("kind", never)
        yield from wording.brought_along(offer, catalogue)


def _rules(rules: list[Placed], before: Iterable[Placed] = ()) -> Iterator[FieldFault]:
    """Bounds that make no sense, and the first rule that nobody meets, also of those before."""
    for rule in rules:
        yield from bounds(rule)
    if found := unmet([*before, *rules]):
        levels = found.rule.text() or "any level"
        message = f"{found.rule.field} can never be {levels} here: no customer meets all rules"
        yield FieldFault(found.field, message)


def _unanswered(offer: Offer, rules: list[Placed]) -> Iterator[FieldFault]:
    """Reasons that nobody has who may get the offer: it would never count as an answer to them."""
    for reason in placed("answers", offer.answers):
        yield from bounds(reason)
        if unmet([*rules, reason]):
            levels = reason.rule.text() or "any level"
            who = "for a customer who may have this offer"
            yield FieldFault(reason.field, f"{reason.rule.field} can never be {levels} {who}")


def _price(offer: Offer, rules: list[Placed], floor: float) -> Iterator[FieldFault]:
    """The lowest bill that the rules let through must not end below the lowest price."""
    price_of = pricing(offer.terms)
    if price_of is None or offer.terms.price_after == "unchanged":
        return
    lowest = _lowest_bill(rules)
    price = price_of(lowest)
    if price < floor:
        field = "percent" if offer.terms.percent is not None else "price_after"
        change = f"a bill of {lowest:.2f} would become {price:.2f}"
        yield FieldFault(f"terms.{field}", f"{change}, below the price floor of {floor:.2f}")


def _lowest_bill(rules: list[Placed]) -> float:
    """The smallest that the rules let through, for they may keep away bills of which a percent
    would leave too little; everybody's, where no attribute says it.
    """
    role = SCHEMA.bill
    if not isinstance(role, str):
        return role
    bounds = [low(placed.rule.at_least) for placed in rules if placed.rule.field == role]
    return max([*bounds, span(role)[0]])

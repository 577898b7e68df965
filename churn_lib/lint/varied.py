"""An offer with one of its terms at another value, and acceptance that follows."""

from collections.abc import Iterator, Mapping

from churn_lib.errors import FieldFault, InputError
from churn_lib.offers.catalogue import Catalogue
from churn_lib.offers.generosity import given_by
from churn_lib.offers.offer import Offer
from churn_lib.offers.terms import AddOn, Cost, Discount, Fixed, Gain, PriceLock, Reference

FIELDS: Mapping[type[Cost], tuple[str, ...]] = {
    Discount: ("percent", "months"),
    PriceLock: ("months",),
    AddOn: ("amount", "months"),
    Fixed: ("amount",),
    Gain: ("amount",),
}
"""What may be varied, by the cost model."""


def found(catalogue: Catalogue, offer: str, field: str) -> Offer:
    """The offer of this id, whose field may be varied. Raises InputError."""
    known = {one.id: one for one in catalogue.offers}
    if offer not in known:
        raise InputError([FieldFault("ID", f"must be one of {', '.join(known)}")])
    cost = known[offer].cost
    if isinstance(cost, Gain) and not cost.once:
        raise InputError([FieldFault("FIELD", f"of {offer} can't be varied: it gives nothing")])
    allowed = FIELDS[type(cost)]
    if field not in allowed:
        raise InputError([FieldFault("FIELD", f"of {offer} must be {' or '.join(allowed)}")])
    return known[offer]


def varied(offer: Offer, field: str, value: float) -> Offer:
    """The offer with this field at the value, in the terms and in what they cost us."""
    number = round(value) if field == "months" else value
    changes: dict[str, object] = {}
    if field != "amount" or offer.terms.amount is not None:
        changes["terms"] = offer.terms.model_copy(update={field: number})
    if field == "amount":
        spent = {AddOn: "list_price", Gain: "once"}.get(type(offer.cost), "amount")
        changes["cost"] = offer.cost.model_copy(update={spent: number})
    return anchored(offer, offer).model_copy(update=changes)


def anchored(offer: Offer, known: Offer) -> Offer:
    """The offer; without a reference of its own, with what the known one gives as its reference.

    A value-added offer that gives nothing needs none.
    """
    given = given_by(known.terms, known.cost)
    gives = bool(given.share or given.amount) and type(offer.cost) is type(known.cost)
    if offer.economy.reference is not None or not gives:
        return offer
    economy = offer.economy.model_copy(update={"reference": known.economy.reference or given})
    return offer.model_copy(update={"economy": economy})


def all_anchored(new: Catalogue, old: Catalogue) -> Catalogue:
    """The new catalogue, where what has no reference is measured by the old terms."""
    known = {offer.id: offer for offer in old.offers}
    offers = [anchored(offer, known.get(offer.id, offer)) for offer in new.offers]
    return new.model_copy(update={"offers": tuple(offers)})


def unfollowed(old: Catalogue, new: Catalogue) -> Iterator[tuple[Offer, Reference, Reference]]:
    """Offers of which the terms changed and the stated acceptance did not, with what they gave
    and what they give.
    """
    known = {offer.id: offer for offer in old.offers}
    for offer in new.offers:
        before = known.get(offer.id)
        if before is None:
            continue
        gave, gives = given_by(before.terms, before.cost), given_by(offer.terms, offer.cost)
        if gave != gives and _stated(before, old) == _stated(offer, new):
            yield offer, gave, gives


def _stated(offer: Offer, catalogue: Catalogue) -> tuple[object, ...]:
    """What the owner states of who accepts it."""
    assumed, own = catalogue.assumptions, offer.economy
    return (
        own.acceptance or assumed.acceptance,
        own.acceptance_otherwise or assumed.acceptance_otherwise,
        own.reference,
    )

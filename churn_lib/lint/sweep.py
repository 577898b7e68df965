"""What an offer brings at each of many terms: contacts, cost and expected value over a base."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from churn_lib.customer.contact import Context
from churn_lib.customer.model import Customer
from churn_lib.lint.grid import grid
from churn_lib.lint.varied import found, varied
from churn_lib.offers.catalogue import Catalogue
from churn_lib.offers.constants import offer_constants
from churn_lib.offers.decide import Chosen, Decider
from churn_lib.offers.economics import spent
from churn_lib.offers.offer import Offer
from churn_lib.score.reasons import Cause
from churn_lib.score.scorecard import Scorecard

Ends = tuple[float, float]


class Point(NamedTuple):
    """What becomes of a base where the offer has this term.

    contacts: customers who get the offer. cost: of these contacts and of all who take it. value:
    expected, of the offer; `whole` of all offers, since others take over whom it loses. Each with
    its middle 90 %: what is not known is one acceptance for all, so the ends add up.
    """

    at: float
    acceptance: float
    contacts: int
    cost: float
    cost_ends: Ends
    value: float
    value_ends: Ends
    whole: float


class _Scored(NamedTuple):
    customer: Customer
    probability: float
    reasons: Sequence[Cause]


def sweep(
    catalogue: Catalogue,
    offer: str,
    field: str,
    values: Iterable[float],
    card: Scorecard,
    *,
    today: date,
    customers: Iterable[Customer] | None = None,
) -> Iterator[Point]:
    """A point for each value of the field, on these customers or on made-up ones.

    Raises InputError where there is no such offer, or the field can't be varied.
    """
    known = found(catalogue, offer, field)
    asked = grid(catalogue) if customers is None else customers
    scored = [_scored(customer, card) for customer in asked]
    for value in values:
        one = varied(known, field, value)
        offers = [one if other.id == offer else other for other in catalogue.offers]
        yield _point(
            value, one, catalogue.model_copy(update={"offers": tuple(offers)}), scored, today
        )


def _scored(customer: Customer, card: Scorecard) -> _Scored:
    score = card.score(customer)
    return _Scored(customer, score.probability, card.reasons(customer, score))


def _point(
    value: float, offer: Offer, catalogue: Catalogue, scored: Sequence[_Scored], today: date
) -> Point:
    decider, own = Decider(catalogue), _Spent(offer, catalogue)
    whole = 0.0
    for customer, probability, reasons in scored:
        chosen = decider.decide(
            customer, probability=probability, reasons=reasons, context=Context(), today=today
        ).chosen
        if chosen is not None:
            whole += chosen.economics.expected_value
            own.add(chosen, customer.bill, probability)
    return own.point(value, whole)


class _Spent:
    """The sums over all who get one offer."""

    def __init__(self, offer: Offer, catalogue: Catalogue) -> None:
        self._id = offer.id
        made = offer_constants(offer.terms, offer.cost, offer.economy, catalogue.assumptions)
        self._constants, self._acceptance = made, made.answering.mean
        self._believed = {one.mean: one for one in (made.other, made.answering)}
        self._contacts = 0
        self._cost = [0.0, 0.0, 0.0]
        self._value = [0.0, 0.0, 0.0]

    def add(self, chosen: Chosen, bill: float, probability: float) -> None:
        offer, money, _ = chosen
        if offer.id != self._id:
            return
        self._contacts += 1
        believed = self._believed[money.acceptance]
        channel = Context().channel
        for place, accepted in enumerate((believed.mean, believed.low, believed.high)):
            self._cost[place] += spent(self._constants, bill, probability, channel, accepted)
        for place, value in enumerate((money.expected_value, *money.interval)):
            self._value[place] += value

    def point(self, value: float, whole: float) -> Point:
        cost, *cost_ends = self._cost
        worth, *ends = self._value
        return Point(
            value,
            self._acceptance,
            self._contacts,
            cost,
            (min(cost_ends), max(cost_ends)),
            worth,
            (min(ends), max(ends)),
            whole,
        )

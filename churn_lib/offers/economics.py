"""What an offer is worth: expected value, interval, chance of a profit, and where it breaks even.

    retention:    E = p*g*(V - d) - (1-p)*psi*d - f - (1-p)*sigma*V
    value added:  E = (1-p)*(g*W - sigma*V) - f

p: probability of leaving. g: acceptance, a Beta distribution. V: discounted margin of a saved
customer. d: cost of the offer when it is used. psi: deadweight. f: cost of the contact. sigma:
sleeping dogs. W: discounted gain from one who takes a value-added offer. Money is in the
catalogue's currency. E is `slope * g - loss`, linear in g, so its interval and the probability of a
profit follow from those of g. With psi = 1 and sigma = 0 this is the campaign profit of Neslin et
al. 2006, J. Marketing Research 43(2), and Verbraken, Verbeke and Baesens 2013, IEEE TKDE 25(5), eq.
8.
"""

from collections.abc import Callable
from math import floor
from typing import Literal, NamedTuple, Protocol

from churn_lib.customer.contact import Channel
from churn_lib.offers.trace import Economics

SMALLEST_ACCEPTANCE = 1e-9
"""Where fewer than one in a billion have to accept, a number says no more than none."""


PARTS = 1_000_000
"""Of a whole: percents are counted to four decimals."""


class Belief(NamedTuple):
    """A Beta distribution made ready: mean, middle 90 %, and the probability of more than x.

    generosity: what is given beside the reference at which the acceptance was stated.
    """

    mean: float
    low: float
    high: float
    above: Callable[[float], float]
    generosity: float = 1.0


class Appraisal(NamedTuple):
    """What the expected value of one offer to one customer is made of.

    expected_value: `slope * g - loss`, with g the mean acceptance.
    """

    expected_value: float
    slope: float
    loss: float
    acceptance: Belief
    turning: float | None
    value: float
    cost: float
    contact_cost: float

    @property
    def one_in(self) -> int | None:
        """It pays if at least 1 in so many accept."""
        return _one_in(self.loss / self.slope) if 0 < self.slope >= self.loss else None

    def economics(self) -> Economics:
        """All figures; an offer that is out of the question does without."""
        expected, slope, loss, acceptance, turning, value, cost, contact_cost = self
        low, high = slope * acceptance.low - loss, slope * acceptance.high - loss
        needed = loss / slope if 0 < slope >= loss else None
        return Economics(
            expected,
            (low, high) if slope >= 0 else (high, low),
            0.0 if needed is None else acceptance.above(needed),
            turning if turning is not None and 0 <= turning <= 1 else None,
            needed,
            None if needed is None else _one_in(needed),
            value,
            cost,
            contact_cost,
            acceptance.mean,
            acceptance.generosity,
        )


def _one_in(needed: float) -> int | None:
    return int(1 / needed) if needed > SMALLEST_ACCEPTANCE else None


class OfferConstants(NamedTuple):
    """What of an offer's money does not depend on the customer, worked out once.

    value: V per unit of the monthly bill. cost_of_bill and cost: d is `cost_of_bill * bill + cost`.
    gain: W. gift: what whoever takes a value-added offer is given once, which W counts already.
    """

    retention: bool
    value: float
    cost_of_bill: float
    cost: float
    gain: float
    gift: float
    deadweight: float
    sleeping_dogs: float
    contact_cost: dict[Channel, float]
    answering: Belief
    other: Belief


Pricing = Callable[[float], float]
"""The monthly price after acceptance as a function of the monthly bill."""


class Priced(Protocol):
    """Terms that may set a price: a share off the bill, a sum, or the bill as it is."""

    @property
    def percent(self) -> float | None: ...

    @property
    def price_after(self) -> float | Literal["unchanged"] | None: ...


def pricing(terms: Priced) -> Pricing | None:
    """The price that the terms set; None where they set none."""
    percent, price = terms.percent, terms.price_after
    if percent is not None:
        parts = kept(percent)
        return lambda bill: discounted(bill, parts)
    if price == "unchanged":
        return lambda bill: bill
    return None if price is None else lambda _bill: price


def kept(percent: float) -> int:
    """How many of the `PARTS` of a bill remain after a discount."""
    return PARTS - round(percent / 100 * PARTS)


def discounted(bill: float, parts: int) -> float:
    """What remains of a bill, of which so many of its `PARTS` are kept: whole cents, half of one
    rounded up, as on an invoice. All in whole numbers, so that a warehouse comes to the same cent.
    """
    return (floor(bill * 100 + 0.5) * parts + PARTS // 2) // PARTS / 100


def appraise(
    offer: OfferConstants, bill: float, probability: float, channel: Channel | None, answers: bool
) -> Appraisal:
    """What is at stake with an offer for a customer with this bill and probability of leaving.

    channel: None where the customer called, so that the contact costs nothing and makes nobody
    leave. answers: whether the offer answers one of the customer's reasons, which decides between
    its two acceptances.
    """
    acceptance = offer.answering if answers else offer.other
    value, contact, dogs = offer.value * bill, 0.0, 0.0
    if channel is not None:
        contact, dogs = offer.contact_cost[channel], offer.sleeping_dogs
    if not offer.retention:
        return value_added(probability, acceptance, offer.gain, contact, dogs * value)
    cost = offer.cost_of_bill * bill + offer.cost
    return retention(probability, acceptance, value, cost, contact, offer.deadweight, dogs)


def spent(
    offer: OfferConstants,
    bill: float,
    probability: float,
    channel: Channel | None,
    acceptance: float,
) -> float:
    """What one who is made the offer is expected to cost: f, and d of all who take it.

        retention:    f + (p*g + (1-p)*psi) * d
        value added:  f + (1-p) * g * gift

    These are the terms of the two formulas that are paid for; a budget is about them. The arguments
    are those of `appraise`, but for the acceptance, which is g.
    """
    contact = 0.0 if channel is None else offer.contact_cost[channel]
    if not offer.retention:
        return contact + (1 - probability) * acceptance * offer.gift
    takers = probability * acceptance + (1 - probability) * offer.deadweight
    return contact + takers * (offer.cost_of_bill * bill + offer.cost)


def retention(
    probability: float,
    acceptance: Belief,
    value: float,
    cost: float,
    contact_cost: float = 0.0,
    deadweight: float = 0.5,
    sleeping_dogs: float = 0.0,
) -> Appraisal:
    """Of an offer that gives something up to keep a likely leaver: the first formula."""
    wasted = deadweight * cost + sleeping_dogs * value
    slope, loss = probability * (value - cost), contact_cost + (1 - probability) * wasted
    saved = acceptance.mean * (value - cost) + wasted
    turning = (contact_cost + wasted) / saved if saved > 0 else None
    expected = slope * acceptance.mean - loss
    return Appraisal(expected, slope, loss, acceptance, turning, value, cost, contact_cost)


def value_added(
    probability: float,
    acceptance: Belief,
    gain: float,
    contact_cost: float = 0.0,
    disturbed: float = 0.0,
) -> Appraisal:
    """Of an offer whose worth is take-up times gain: the second formula.

    disturbed: sigma*V.
    """
    slope, loss = (1 - probability) * gain, contact_cost + (1 - probability) * disturbed
    kept = acceptance.mean * gain - disturbed
    turning = 1 - contact_cost / kept if kept > 0 else None
    expected = slope * acceptance.mean - loss
    return Appraisal(expected, slope, loss, acceptance, turning, gain, 0.0, contact_cost)

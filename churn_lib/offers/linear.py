"""What an offer is expected to bring and to cost, as numbers made ready.

Both are linear in the probability and in the bill. So four numbers say all of either, and they are
found by asking the formulas at the ends.
"""

from collections.abc import Callable
from typing import NamedTuple

from churn_lib.customer.contact import Channel
from churn_lib.offers.economics import OfferConstants, appraise, spent

Money = Callable[[OfferConstants, float, float], float]
"""From an offer, a bill and a probability of leaving."""


class Linear(NamedTuple):
    """A share of the bill, and what does not follow it."""

    share: float
    flat: float


class Line(NamedTuple):
    """The probability times `slope`, and `rest`."""

    slope: Linear
    rest: Linear


def expected(offer: OfferConstants, channel: Channel | None, answers: bool) -> Line:
    """The expected value; answers: whether the offer answers a reason of the customer.

    channel: None where the customer called.
    """

    def value(one: OfferConstants, bill: float, probability: float) -> float:
        return appraise(one, bill, probability, channel, answers).expected_value

    return _line(value, offer)


def spending(offer: OfferConstants, channel: Channel, answers: bool) -> Line:
    """What one who is made the offer is expected to cost."""
    accepted = (offer.answering if answers else offer.other).mean

    def cost(one: OfferConstants, bill: float, probability: float) -> float:
        return spent(one, bill, probability, channel, accepted)

    return _line(cost, offer)


def _line(money: Money, offer: OfferConstants) -> Line:
    """What follows the bill is asked for alone, so that a large sum beside it costs no digits."""
    free = dict.fromkeys(offer.contact_cost, 0.0)
    of_bill = offer._replace(cost=0.0, gain=0.0, gift=0.0, contact_cost=free)
    shares, flats = (
        [money(one, bill, probability) for probability in (0.0, 1.0)]
        for one, bill in ((of_bill, 1.0), (offer, 0.0))
    )
    rest, end = (Linear(*ends) for ends in zip(shares, flats, strict=True))
    return Line(Linear(end.share - rest.share, end.flat - rest.flat), rest)

"""What an offer is expected to bring and to cost, as SQL.

Both are linear in the probability and in the bill. So four numbers say all of either, and they are
found by asking Python's own formulas at the ends.
"""

from collections.abc import Callable, Iterable
from math import gcd
from typing import NamedTuple

from churn_lib.customer.contact import Channel
from churn_lib.customer.model import ATTRIBUTES, SCHEMA
from churn_lib.errors import FieldFault, InputError
from churn_lib.offers.economics import PARTS, OfferConstants, appraise, kept, spent
from churn_lib.offers.terms import Terms
from churn_lib.scale.dialects import Dialect

EXACT = 2.0**53
"""Below this a binary number tells all whole ones apart."""

Money = Callable[[OfferConstants, float, float], float]
"""From an offer, a bill and a probability of leaving."""


class Linear(NamedTuple):
    """A share of the bill, and what does not follow it."""

    share: float
    flat: float

    def sql(self, bill: str, dialect: Dialect) -> str:
        parts = [f"{dialect.number(self.share)} * {bill}"] if self.share else []
        if self.flat or not self.share:
            parts.append(dialect.number(self.flat))
        return " + ".join(parts)


class Line(NamedTuple):
    """The probability times `slope`, and `rest`."""

    slope: Linear
    rest: Linear


def expected(offer: OfferConstants, channel: Channel, answers: bool) -> Line:
    """The expected value; answers: whether the offer answers a reason of the customer."""

    def value(one: OfferConstants, bill: float, probability: float) -> float:
        return appraise(one, bill, probability, channel, answers).expected_value

    return _line(value, offer)


def spending(offer: OfferConstants, channel: Channel, answers: bool) -> Line:
    """What one who is made the offer is expected to cost."""
    accepted = (offer.answering if answers else offer.other).mean

    def cost(one: OfferConstants, bill: float, probability: float) -> float:
        return spent(one, bill, probability, channel, accepted)

    return _line(cost, offer)


def price(terms: Terms, bill: str, cents: str, dialect: Dialect) -> str | None:
    """The price that the terms set, as `pricing` finds it; None where they set none.

    cents: the bill in whole ones. They are binary numbers that are whole up to the last division.
    """
    if terms.percent is not None:
        parts, half, whole = (dialect.number(float(one)) for one in _share(terms.percent))
        return f"FLOOR(({cents} * {parts} + {half}) / {whole}) / {dialect.number(100.0)}"
    if terms.price_after == "unchanged":
        return bill
    return None if terms.price_after is None else dialect.number(terms.price_after)


def check_cents(terms: Iterable[Terms]) -> None:
    """Raises InputError where a bill may be so high that its cents are not exact."""
    name = SCHEMA.bill
    ends = (ATTRIBUTES[name].low, ATTRIBUTES[name].high) if isinstance(name, str) else (name,)
    parts = [_share(one.percent)[0] for one in terms if one.percent is not None]
    if max(map(abs, ends)) * 100 * max([1, *parts]) >= EXACT:
        raise InputError([FieldFault(str(name), "may be too high for whole cents: lower its `to`")])


def _share(percent: float) -> tuple[int, int, int]:
    """What is kept of a bill, half a whole, and a whole, in the largest parts that divide them."""
    numbers = kept(percent), PARTS // 2, PARTS
    parts, half, whole = (one // gcd(*numbers) for one in numbers)
    return parts, half, whole


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

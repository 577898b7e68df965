"""What an offer is worth: expected value, its interval, the chance of a profit, and where it breaks
even.

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

import math
from typing import NamedTuple

from churn_lib.customer.contact import Channel
from churn_lib.offers.beta import Belief, belief
from churn_lib.offers.terms import (
    AddOn,
    Assumptions,
    Cost,
    Discount,
    Economy,
    Fixed,
    Gain,
    PriceLock,
    Terms,
)

SMALLEST_ACCEPTANCE = 1e-9
"""Where fewer than one in a billion have to accept, a number says no more than none."""


class Economics(NamedTuple):
    """The money of one offer to one customer, in the catalogue's currency.

    interval: the middle 90 % over the acceptance. break_even_probability: of leaving, where the
    expected value is 0; a retention offer pays above it, a value-added one below; None when there
    is none from 0 to 1. break_even_acceptance: None when the offer can't pay at all. one_in: the
    offer pays if at least 1 in so many accept; None where it can't pay or always does. value: V, or
    W of a value-added offer. cost: d. acceptance: the mean of g.
    """

    expected_value: float
    interval: tuple[float, float]
    probability_of_profit: float
    break_even_probability: float | None
    break_even_acceptance: float | None
    one_in: int | None
    value: float
    cost: float
    contact_cost: float
    acceptance: float


class Stake(NamedTuple):
    """What the expected value of one offer to one customer is made of: `slope * g - loss`, with g
    the acceptance.
    """

    slope: float
    loss: float
    acceptance: Belief
    turning: float | None
    value: float
    cost: float
    contact_cost: float

    @property
    def expected_value(self) -> float:
        return self.slope * self.acceptance.mean - self.loss

    def economics(self) -> Economics:
        """All figures; an offer that is out of the question does without."""
        slope, loss, acceptance, turning, value, cost, contact_cost = self
        low, high = slope * acceptance.low - loss, slope * acceptance.high - loss
        needed = loss / slope if 0 < slope >= loss else None
        return Economics(
            slope * acceptance.mean - loss,
            (low, high) if slope >= 0 else (high, low),
            0.0 if needed is None else acceptance.above(needed),
            turning if turning is not None and 0 <= turning <= 1 else None,
            needed,
            int(1 / needed) if needed is not None and needed > SMALLEST_ACCEPTANCE else None,
            value,
            cost,
            contact_cost,
            acceptance.mean,
        )


class Prospect(NamedTuple):
    """What of an offer's money does not depend on the customer, worked out once.

    value: V per unit of the monthly bill. cost_of_bill and cost: d is `cost_of_bill * bill + cost`.
    gain: W.
    """

    retention: bool
    value: float
    cost_of_bill: float
    cost: float
    gain: float
    deadweight: float
    sleeping_dogs: float
    contact_cost: dict[Channel, float]
    answering: Belief
    other: Belief


def annuity(months: int, hazard: float, rate: float) -> float:
    """What 1 a month is worth: the sum over t = 1..months of s(t)/(1+r)^t, s(t) = (1 - hazard)^t,
    in closed form.
    """
    growth = math.log1p(-hazard) - math.log1p(rate)
    return (
        float(months)
        if growth == 0
        else math.exp(growth) * math.expm1(months * growth) / math.expm1(growth)
    )


def prospect(terms: Terms, cost: Cost, own: Economy, assumptions: Assumptions) -> Prospect:
    """The constants of an offer; what it leaves open is taken from the assumptions."""
    hazard = (
        assumptions.hazard_after_save if own.hazard_after_save is None else own.hazard_after_save
    )
    months, rate = assumptions.horizon_months, assumptions.monthly_discount_rate
    of_bill, flat = _cost(cost, terms, hazard, rate)
    gain = (
        cost.monthly * annuity(months, hazard, rate) - cost.once if isinstance(cost, Gain) else 0.0
    )
    return Prospect(
        retention=not isinstance(cost, Gain),
        value=assumptions.gross_margin * annuity(months, hazard, rate),
        cost_of_bill=of_bill,
        cost=flat,
        gain=gain,
        deadweight=assumptions.deadweight if own.deadweight is None else own.deadweight,
        sleeping_dogs=assumptions.sleeping_dogs if own.sleeping_dogs is None else own.sleeping_dogs,
        contact_cost=assumptions.contact_cost,
        answering=belief(own.acceptance or assumptions.acceptance),
        other=belief(own.acceptance_otherwise or assumptions.acceptance_otherwise),
    )


def _cost(cost: Cost, terms: Terms, hazard: float, rate: float) -> tuple[float, float]:
    """Cost when used: per unit of the monthly bill, and in money. A discount is revenue lost at 100
    % margin.
    """
    months = terms.months or 0
    match cost:
        case Discount():
            return (terms.percent or 0.0) / 100 * annuity(months, hazard, rate), 0.0
        case PriceLock(expected_rise=rise, from_month=first):
            lasting = annuity(months, hazard, rate) - annuity(first - 1, hazard, rate)
            return rise / 100 * lasting, 0.0
        case AddOn(marginal_cost=marginal, lost_sales=share, list_price=price):
            return 0.0, (marginal + share * price) * annuity(months, hazard, rate)
        case Fixed(amount=amount):
            return 0.0, amount
        case Gain():
            return 0.0, 0.0


def appraise(
    offer: Prospect, bill: float, probability: float, channel: Channel, answers: bool
) -> Stake:
    """What is at stake with an offer for a customer with this monthly bill and probability of
    leaving.

    answers: whether the offer answers one of the customer's reasons, which decides between its two
    acceptances.
    """
    (
        retains,
        of_bill,
        cost_of_bill,
        flat,
        gain,
        deadweight,
        sleeping_dogs,
        contacts,
        answering,
        other,
    ) = offer
    acceptance = answering if answers else other
    value, contact = of_bill * bill, contacts[channel]
    if retains:
        cost = cost_of_bill * bill + flat
        return retention(probability, acceptance, value, cost, contact, deadweight, sleeping_dogs)
    return value_added(probability, acceptance, gain, contact, sleeping_dogs * value)


def retention(
    probability: float,
    acceptance: Belief,
    value: float,
    cost: float,
    contact_cost: float = 0.0,
    deadweight: float = 0.5,
    sleeping_dogs: float = 0.0,
) -> Stake:
    """The stake of an offer that gives something up to keep a likely leaver (the first formula of
    this module).
    """
    wasted = deadweight * cost + sleeping_dogs * value
    slope, loss = probability * (value - cost), contact_cost + (1 - probability) * wasted
    saved = acceptance.mean * (value - cost) + wasted
    turning = (contact_cost + wasted) / saved if saved > 0 else None
    return Stake(slope, loss, acceptance, turning, value, cost, contact_cost)


def value_added(
    probability: float,
    acceptance: Belief,
    gain: float,
    contact_cost: float = 0.0,
    disturbed: float = 0.0,
) -> Stake:
    """The stake of an offer whose worth is take-up times gain (the second formula); disturbed:
    sigma*V.
    """
    slope, loss = (1 - probability) * gain, contact_cost + (1 - probability) * disturbed
    kept = acceptance.mean * gain - disturbed
    turning = 1 - contact_cost / kept if kept > 0 else None
    return Stake(slope, loss, acceptance, turning, gain, 0.0, contact_cost)

"""What of an offer's money does not depend on the customer, worked out once."""

import math

from churn_lib.offers.economics import OfferConstants
from churn_lib.offers.generosity import accepted, beside_reference
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


def annuity(months: int, hazard: float, rate: float) -> float:
    """What 1 a month is worth: the sum of ((1 - hazard) / (1 + rate))^t over the months, closed."""
    growth = math.log1p(-hazard) - math.log1p(rate)
    return (
        float(months)
        if growth == 0
        else math.exp(growth) * math.expm1(months * growth) / math.expm1(growth)
    )


def offer_constants(
    terms: Terms, cost: Cost, own: Economy, assumptions: Assumptions
) -> OfferConstants:
    """The constants of an offer; what it leaves open is taken from the assumptions."""
    hazard = (
        assumptions.hazard_after_save if own.hazard_after_save is None else own.hazard_after_save
    )
    months, rate = assumptions.horizon_months, assumptions.monthly_discount_rate
    of_bill, flat = _cost(cost, terms, hazard, rate)
    beside, half = beside_reference(terms, cost, own.reference), assumptions.generosity_half
    gain = (
        cost.monthly * annuity(months, hazard, rate) - cost.once if isinstance(cost, Gain) else 0.0
    )
    return OfferConstants(
        retention=not isinstance(cost, Gain),
        value=assumptions.gross_margin * annuity(months, hazard, rate),
        cost_of_bill=of_bill,
        cost=flat,
        gain=gain,
        gift=cost.once if isinstance(cost, Gain) else 0.0,
        deadweight=assumptions.deadweight if own.deadweight is None else own.deadweight,
        sleeping_dogs=assumptions.sleeping_dogs if own.sleeping_dogs is None else own.sleeping_dogs,
        contact_cost=assumptions.contact_cost,
        answering=accepted(own.acceptance or assumptions.acceptance, beside, half),
        other=accepted(own.acceptance_otherwise or assumptions.acceptance_otherwise, beside, half),
    )


def _cost(cost: Cost, terms: Terms, hazard: float, rate: float) -> tuple[float, float]:
    """Cost when used: per unit of the bill, and in money.

    A discount is revenue lost at a margin of 100 %.
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

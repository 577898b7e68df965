"""Acceptance grows with what is given: how much an offer gives, and who accepts it then.

The acceptance of an offer (a Beta distribution) is stated for one generosity, its *reference*. With
r as what is given beside that, the mean g at r is

    g(r) = g * h(r)      h(r) = (1 + s) * r / (s + r)

so h(0) = 0, h(1) = 1, and h rises ever less towards 1 + s: half of that is reached at r = s. It is
the response curve of Little 1970, "Models and Managers: The Concept of a Decision Calculus",
*Management Science* 16(8), without its floor and with the exponent 1, which makes it concave. That
acceptance follows it, and s (`generosity_half`), are assumptions. Where g * (1 + s) is above 1, the
curve rises towards 1 instead: s is then (1 - g) / g.
"""

import math

from churn_lib.offers.beta import Beta, belief, moved
from churn_lib.offers.economics import Belief
from churn_lib.offers.terms import AddOn, Cost, Discount, Fixed, Gain, PriceLock, Reference, Terms


def accepted(beta: Beta, beside: float, half: float) -> Belief:
    """The acceptance where so much is given beside the reference; half: s of the curve."""
    if beside == 1:
        return belief(beta)
    return moved(beta, mean_at(beta.mean, beside, half), beside)


def mean_at(mean: float, beside: float, half: float) -> float:
    """The mean acceptance where so much is given beside the reference, at which it is `mean`."""
    steep = min(half, (1 - mean) / mean)
    return mean * (1 + steep) * beside / (steep + beside) if beside > 0 else 0.0


def beside_reference(terms: Terms, cost: Cost, reference: Reference | None) -> float:
    """What is given beside what the reference states; 1 where none is stated."""
    if reference is None:
        return 1.0
    given, stated = given_by(terms, cost), reference
    size = (stated.share or stated.amount or 1.0) * (stated.months or given.months or 1)
    ratio = (given.share or given.amount or 0.0) * (given.months or 1) / size
    return 1.0 if math.isclose(ratio, 1, rel_tol=1e-9) else ratio


def given_by(terms: Terms, cost: Cost) -> Reference:
    """What these terms give, in the form of a reference: what would be one that they meet."""
    months = terms.months
    match cost:
        case Discount():
            return Reference.model_construct(share=(terms.percent or 0.0) / 100, months=months)
        case PriceLock(expected_rise=rise, from_month=first):
            lasting = (months or first) - first + 1
            share = rise / 100 * lasting / (months or first)
            return Reference.model_construct(share=share, months=months)
        case AddOn(list_price=price):
            return Reference.model_construct(amount=price, months=months)
        case Fixed(amount=spent):
            told = spent if terms.amount is None else terms.amount
            return Reference.model_construct(amount=told)
        case Gain(once=once):
            return Reference.model_construct(amount=once)

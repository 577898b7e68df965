"""The shipped catalogue with other offers, and the customers at its bounds."""

from functools import cache

import numpy as np

from churn_lib.lint.grid import grid
from churn_lib.offers.catalogue import Catalogue, catalogue
from churn_lib.offers.offer import Offer
from churn_lib.offers.terms import Fixed
from churn_lib.scale.golden import Row
from tests.churn_lib.scale.contacts import contacted
from tests.customers import probes

SHIPPED = catalogue()
BY_ID = {offer.id: offer for offer in SHIPPED.offers}

SPENT = Fixed(model="fixed", amount=10.0)


def like(offer: str, **changes: object) -> Offer:
    """A shipped offer with these changes."""
    return BY_ID[offer].model_copy(update=changes)


def holding(*offers: Offer, **changes: object) -> Catalogue:
    """The shipped catalogue with these offers alone, and other assumptions."""
    assumed = SHIPPED.assumptions.model_copy(update=changes)
    return SHIPPED.model_copy(update={"offers": offers, "assumptions": assumed})


DISCOUNTS = holding(
    *(like(name, eligible=(), suitable=()) for name in ("annual-plan", "loyalty-discount")),
)
"""What sets prices in cents, for everybody."""

EQUAL = holding(*(like("paperless", id=name) for name in ("same-b", "same-c", "same-a")))
"""Offers of the same value, in no order."""


@cache
def golden() -> list[Row]:
    """More than ten thousand, with each level and a dense grid of numbers among them."""
    return contacted(probes(np.random.default_rng(3), 6000))


@cache
def corners() -> list[Row]:
    """Those at every bound of the shipped rules."""
    return contacted(grid(SHIPPED))

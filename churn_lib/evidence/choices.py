"""What another catalogue would do with the customers of an experiment, by their units."""

from collections.abc import Iterable, Mapping
from datetime import date

from churn_lib.customer.request import PredictRequest
from churn_lib.log import NONE
from churn_lib.offers.catalogue import Catalogue
from churn_lib.offers.decide import Decider
from churn_lib.offers.experiment import assigned, keys_of
from churn_lib.offers.terms import Experiment
from churn_lib.score.scorecard import Scorecard


def choices(
    other: Catalogue,
    trial: Experiment,
    secret: str,
    customers: Iterable[PredictRequest],
    card: Scorecard,
    today: date,
) -> Mapping[str, str]:
    """The id of an offer, or none, by unit; customers without a name are left out.

    secret: the key of the experiment, of which the units are made.
    """
    decider, keys, found = Decider(other), keys_of(secret), {}
    for customer in customers:
        if customer.customerID is None:
            continue
        score = card.score(customer)
        made = decider.decide(
            customer,
            probability=score.probability,
            reasons=card.reasons(customer, score),
            context=customer.context,
            today=today,
        ).chosen
        unit = assigned(trial, keys, customer.customerID).unit
        found[unit] = made.offer.id if made else NONE
    return found

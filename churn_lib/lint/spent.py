"""What the offers of a catalogue are expected to take of a base: contacts, and money."""

from churn_lib.offers.catalogue import Catalogue
from churn_lib.offers.constants import offer_constants
from churn_lib.offers.decide import Chosen
from churn_lib.offers.terms import Gain


def spent(chosen: Chosen, probability: float, accepted: float, deadweight: float) -> float:
    """Money for one contact and for what is given, on average over those who take it.

    accepted: the share of leavers, or of those who stay where the offer sells something.
    deadweight: of the loyal who take an offer they did not need.
    """
    money, cost = chosen.economics, chosen.offer.cost
    if isinstance(cost, Gain):
        return money.contact_cost + (1 - probability) * accepted * cost.once
    taken = probability * accepted + (1 - probability) * deadweight
    return money.contact_cost + taken * money.cost


class Spending:
    """The sums over all who get an offer of one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        assumed = catalogue.assumptions
        self._deadweight = {
            offer.id: offer_constants(offer.terms, offer.cost, offer.economy, assumed).deadweight
            for offer in catalogue.offers
        }
        self.contacts, self.cost = 0, 0.0

    def add(self, chosen: Chosen, probability: float) -> None:
        """Counts one customer, who leaves with this probability."""
        deadweight = self._deadweight[chosen.offer.id]
        self.contacts += 1
        self.cost += spent(chosen, probability, chosen.economics.acceptance, deadweight)

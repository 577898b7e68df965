"""What the offers of a catalogue are expected to take of a base: contacts, and money."""

from churn_lib.customer.contact import Channel
from churn_lib.offers.catalogue import Catalogue
from churn_lib.offers.constants import offer_constants
from churn_lib.offers.decide import Chosen
from churn_lib.offers.economics import spent


class Spending:
    """The sums over all who get an offer of one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        assumed = catalogue.assumptions
        self._constants = {
            offer.id: offer_constants(offer.terms, offer.cost, offer.economy, assumed)
            for offer in catalogue.offers
        }
        self.contacts, self.cost = 0, 0.0

    def add(self, chosen: Chosen, bill: float, probability: float, channel: Channel) -> None:
        """Counts one customer, who leaves with this probability."""
        constants, accepted = self._constants[chosen.offer.id], chosen.economics.acceptance
        self.contacts += 1
        self.cost += spent(constants, bill, probability, channel, accepted)

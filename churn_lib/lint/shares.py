"""How many customers get each offer of a catalogue, and which offers nobody can get."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from churn_lib.customer.contact import FACTS, TRUTHS, Context
from churn_lib.customer.model import Customer
from churn_lib.offers.catalogue import Catalogue
from churn_lib.offers.decide import Decider, decided
from churn_lib.offers.rules import Rule, low
from churn_lib.score.scorecard import Scorecard
from churn_lib.words.segments import segments


class Shares(NamedTuple):
    """customers: all that were asked about. offers: those who get each. dead: ids of offers that
    win for none of them, whatever is known of the contact.
    """

    customers: int
    offers: Mapping[str, int]
    dead: tuple[str, ...]


def shares(
    catalogue: Catalogue, card: Scorecard, customers: Iterable[Customer], today: date
) -> Shares:
    """Who would get what by e-mail today, where nothing is known of the contact."""
    asked, decider = list(customers), Decider(catalogue, segments)
    got = _chosen(decider, card, asked, Context(), today)
    lost = [offer.id for offer in catalogue.offers if not got[offer.id]]
    if lost:  # a rule may need a fact that a request brings
        known = _chosen(decider, card, asked, favourable(catalogue), today)
        lost = [name for name in lost if not known[name]]
    return Shares(len(asked), got, tuple(lost))


def favourable(catalogue: Catalogue) -> Context:
    """A contact of which all facts are known that rules require, as they require them."""
    rules = [*catalogue.contact]
    for offer in catalogue.offers:
        rules += offer.rules
    facts = {rule.field: _met(rule) for rule in rules if rule.required and rule.field in FACTS}
    return Context.model_validate(facts)


def _met(rule: Rule) -> object:
    """A value that meets a rule about a fact."""
    if rule.field in TRUTHS:
        return next(iter(rule.levels))
    bound = low(rule.at_least)
    return int(max(bound, 0.0))


def _chosen(
    decider: Decider, card: Scorecard, customers: Iterable[Customer], context: Context, today: date
) -> Counter[str]:
    got = Counter[str]()
    for customer in customers:
        chosen = decided(decider, customer, card, context, today).chosen
        if chosen is not None:
            got[chosen.offer.id] += 1
    return got

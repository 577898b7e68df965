"""In how many parts an offer is sent as a text message, to whoever's takes most."""

from datetime import date

from churn_lib.customer.contact import Context
from churn_lib.customer.model import NOTES, RANGES, SCHEMA, Customer, example
from churn_lib.offers.catalogue import Catalogue
from churn_lib.offers.offer import Offer
from churn_lib.words.sms import sms_segments
from churn_lib.words.template import Proposal, said, template

WIDEST_BILL = 999.99
"""Takes as many characters as any that occurs."""


def _longest() -> Customer:
    role = SCHEMA.bill
    if not isinstance(role, str) or role not in RANGES:
        return example()
    note = NOTES[role]
    bill = max(note.low, min(note.high, WIDEST_BILL))
    return example(**{role: int(bill) if note.whole else bill})


LONGEST = _longest()
"""A customer with the bill that takes most characters."""


def longest_sms(catalogue: Catalogue, offer: Offer, language: str) -> str:
    """The text message of an offer in a language, as long as it can become."""
    context = Context(channel="sms").model_copy(update={"language": language})
    days = (offer.valid_until, date(offer.valid_until.year, 9, 30))  # a month with a long name
    texts = [
        said(template(Proposal(offer, day, LONGEST, context, catalogue)), "sms") for day in days
    ]
    return max(texts, key=sms_segments)


def segments(catalogue: Catalogue, offer: Offer, language: str) -> int:
    """The parts of that message; it is written with Babel, and should be asked for once."""
    return sms_segments(longest_sms(catalogue, offer, language))

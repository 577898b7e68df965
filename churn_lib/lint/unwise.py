"""What may stay as it is in a catalogue, and is hardly what its owner wants."""

from collections.abc import Iterator, Mapping
from datetime import date

from churn_lib.customer.contact import Channel
from churn_lib.gemini.prompt import SLOTS
from churn_lib.lint.catalogue import overdue
from churn_lib.offers.catalogue import Catalogue
from churn_lib.offers.faults import Fault
from churn_lib.offers.offer import Offer
from churn_lib.words.listed import is_guarded
from churn_lib.words.template import line, needed

FORMS: Mapping[str, Channel] = {"message": "email", "short": "sms"}
"""The messages of an offer, each with a channel that it is for."""


def unwise(catalogue: Catalogue, today: date) -> Iterator[Fault]:
    """What to tell the owner of a catalogue without faults."""
    yield from overdue(catalogue, today)
    for language in catalogue.languages:
        if not is_guarded(language):
            message = "has no list of words to check texts of Gemini's with: it gets templates"
            yield Fault("", f"languages.{language}", message)
    used = {name for offer in catalogue.offers for name in offer.disclosures}
    for name in catalogue.disclosures.keys() - used:
        yield Fault("", f"disclosures.{name}", "is used by no offer")
    for offer in catalogue.offers:
        yield from _of_offer(offer, catalogue, today)


def unnamed_change(old: Catalogue, new: Catalogue) -> Iterator[Fault]:
    """That decisions of two catalogues would be stored under one version."""
    if old != new and old.version == new.version:
        yield Fault("", "version", f"is {new.version} as before, and the rest is not")


def _of_offer(offer: Offer, catalogue: Catalogue, today: date) -> Iterator[Fault]:
    if offer.valid_until < today:
        yield Fault(offer.id, "valid_until", f"ended on {offer.valid_until}: nobody gets it")
    contacts = catalogue.campaign.contacts
    if offer.cap is not None and contacts is not None and offer.cap > contacts:
        yield Fault(offer.id, "cap", f"is more than the {contacts} contacts of the campaign")
    yield from _bare(offer, catalogue)
    if "email" in offer.channels and not _names_sender(offer, catalogue, "email"):
        message = "name no sender, {brand}, in an e-mail, nor how to get no more of them"
        yield Fault(offer.id, "disclosures", message)


def _bare(offer: Offer, catalogue: Catalogue) -> Iterator[Fault]:
    """Messages that Gemini is not asked to write: their quantities do not say what they are."""
    for language in catalogue.languages:
        for field, channel in FORMS.items():
            slots = needed(offer, language, channel) if language in offer.texts else ()
            if bare := [f"{{{slot}}}" for slot in slots if slot not in SLOTS]:
                message = "is a template, for Gemini is handed no bare quantity: "
                yield Fault(offer.id, f"texts.{language}.{field}", message + ", ".join(bare))


def _names_sender(offer: Offer, catalogue: Catalogue, channel: Channel) -> bool:
    told = [catalogue.disclosures[name] for name in offer.disclosures]
    return all(
        any("{brand}" in line(one, channel, language) for one in told if channel in one.channels)
        for language in offer.texts
    )

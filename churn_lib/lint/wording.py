"""What is wrong with the words of a catalogue, beside slots: signs, numbers, lines that are
missing, lengths.

A number that is written into a text is backed by no term and stays when the terms change. The
guard's own rules find it; its other rules are for a model, and a person who writes a catalogue may
say more.
"""

import re
from collections.abc import Iterator
from typing import Final

from churn_lib.customer.contact import LANGUAGES, Context, Language
from churn_lib.customer.model import Customer
from churn_lib.gemini.prompt import OFFER_NAME
from churn_lib.lint.reach import Found
from churn_lib.offers.catalogue import Catalogue
from churn_lib.offers.economics import pricing
from churn_lib.offers.offer import SLOT, Offer
from churn_lib.words import characters
from churn_lib.words.lexicon import SLOT_MARK, broken_word_rule
from churn_lib.words.sms import MAX_SEGMENTS, sms_segments
from churn_lib.words.template import Proposal, line, template

PRICE: Final = "price"
"""The disclosure that tells of a price of one's own."""

NUMBERS: Final = frozenset({"number-word", "fraction", "percent", "currency", "discount-size"})
"""The guard's word rules about quantities."""

_SENTENCE_END: Final = re.compile(r"[.!?:;…]+")

LONGEST = Customer(
    gender="Female",
    SeniorCitizen=0,
    Partner="No",
    Dependents="No",
    tenure=24,
    PhoneService="Yes",
    MultipleLines="No",
    InternetService="DSL",
    OnlineSecurity="No",
    OnlineBackup="No",
    DeviceProtection="No",
    TechSupport="No",
    StreamingTV="No",
    StreamingMovies="No",
    Contract="Month-to-month",
    PaperlessBilling="No",
    PaymentMethod="Mailed check",
    MonthlyCharges=999.99,
)
"""A customer whose bill takes as many characters as any that occurs."""


def around(catalogue: Catalogue) -> Found:
    """Faults of what stands around every offer: greetings, closings and disclosures."""
    for language in LANGUAGES:
        for tone in ("friendly", "formal"):
            if tone not in catalogue.greetings.get(language, {}):
                yield ("greetings", language, tone), "is missing"
        if language not in catalogue.call_closings:
            yield ("call_closings", language), "is missing"
    for language, tones in catalogue.greetings.items():
        for tone, text in tones.items():
            for message in unbacked(text, language):
                yield ("greetings", language, tone), message
    for language, text in catalogue.call_closings.items():
        for message in unbacked(text, language):
            yield ("call_closings", language), message
    yield from _disclosed(catalogue)


def _disclosed(catalogue: Catalogue) -> Found:
    """A disclosure may hold what the law prescribes, numbers and addresses too, but nothing that is
    not seen.
    """
    for name, disclosure in catalogue.disclosures.items():
        for form, texts in (("texts", disclosure.texts), ("short", disclosure.short)):
            for language, text in texts.items():
                for message in _odd_signs(text, language):
                    yield ("disclosures", name, form, language), message


def of_offer(offer: Offer) -> Found:
    """Faults of an offer's own texts."""
    for language in LANGUAGES:
        if language not in offer.texts:
            yield ("texts", language), f"has no texts for {', '.join(offer.channels)}"
    for language, texts in offer.texts.items():
        for field, words in texts:
            for message in unbacked(words, language, priced=_is_priced(offer)):
                yield ("texts", language, field), message
        if not OFFER_NAME.fullmatch(texts.name):
            yield (
                ("texts", language, "name"),
                "must be 2 to 80 letters, spaces and ' & + , . / ( ) - for Gemini",
            )


def brought_along(offer: Offer, catalogue: Catalogue) -> Found:
    """Disclosures that an offer lacks: of its price in every channel, and of the sender in a text
    message.
    """
    told = [
        disclosure
        for name, disclosure in catalogue.disclosures.items()
        if name in offer.disclosures
    ]
    price = catalogue.disclosures.get(PRICE) if PRICE in offer.disclosures else None
    silent = [
        channel for channel in offer.channels if price is None or channel not in price.channels
    ]
    if _is_priced(offer) and silent:
        yield (
            ("disclosures",),
            f"must tell of a personal price with '{PRICE}', also by {', '.join(silent)}",
        )
    for language in offer.texts if "sms" in offer.channels else ():
        lines = [
            line(one, "sms", language)
            for one in told
            if "sms" in one.channels and language in one.texts
        ]
        if not any("{brand}" in spoken for spoken in lines):
            yield (
                ("disclosures",),
                f"must name the sender of a text message, {{brand}}, in '{language}'",
            )


def too_long(offer: Offer, catalogue: Catalogue) -> Found:
    """Text messages of more segments than allowed, with all that they bring along."""
    for language in offer.texts if "sms" in offer.channels else ():
        context = Context(channel="sms", language=language)
        proposal = Proposal(offer, offer.valid_until, LONGEST, context, catalogue)
        count = sms_segments(template(proposal).message)
        if count > MAX_SEGMENTS:
            yield (
                ("texts", language, "short"),
                f"takes {count} segments as an SMS, more than {MAX_SEGMENTS}",
            )


def _is_priced(offer: Offer) -> bool:
    return pricing(offer.terms) is not None


def unbacked(text: str, language: Language, *, priced: bool = False) -> Iterator[str]:
    """Why a text may not stand as it is. priced: whether terms stand behind words such as
    "cheaper".
    """
    yield from _odd_signs(text, language)
    bare = SLOT.sub(" ", text)
    if characters.has_link(bare):
        yield "has a link or an address"
    signs = (characters.has_digit, characters.has_percent_sign, characters.has_currency_sign)
    if any(sign(bare) for sign in signs) or characters.has_vulgar_fraction(bare):
        yield "has a number of its own; use a slot"
    elif rule := _number_in_words(text, language, priced=priced):
        yield f"has a number of its own in words (the guard calls it {rule}); use a slot"


def _odd_signs(text: str, language: Language) -> Iterator[str]:
    if characters.has_hidden_character(text, newline_allowed=True):
        yield "has a control or invisible character"
    if characters.has_markup(SLOT.sub(" ", text), language):
        yield "has markup, which would be shown as it stands"


def _number_in_words(text: str, language: Language, *, priced: bool) -> str | None:
    """The guard's rule about quantities that the text breaks. With a slot in a sentence it may
    compare: "cheaper".
    """
    marked = SLOT.sub(SLOT_MARK, text)
    if priced:
        marked = f"{_SENTENCE_END.sub(',', marked)}, {SLOT_MARK}"
    rule = broken_word_rule(marked, language)
    return rule if rule in NUMBERS else None

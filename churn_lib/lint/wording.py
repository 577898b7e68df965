"""What is wrong with the words of a catalogue: signs, numbers, missing lines, lengths.

A number that is written into a text is backed by no term, and stays when the terms change. The
guard's own rules find it; its other rules are for Gemini: who writes a catalogue may say more.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from churn_lib.customer.contact import Language
from churn_lib.errors import FieldFault
from churn_lib.gemini.sayable import LONGEST_NAME, unsayable
from churn_lib.offers.catalogue import Catalogue, frame
from churn_lib.offers.economics import pricing
from churn_lib.offers.offer import SLOT, Offer
from churn_lib.words import characters
from churn_lib.words.lexicon import refused_word
from churn_lib.words.listed import is_guarded
from churn_lib.words.segments import segments
from churn_lib.words.sms import MAX_SEGMENTS
from churn_lib.words.template import line

PRICE: Final = "price"
"""The disclosure that tells of a price of one's own."""

NUMBERS: Final = ("numbers",)
"""The families of the guard's words that are about quantities."""


def around(catalogue: Catalogue) -> Iterator[FieldFault]:
    """Faults of what stands around every offer: greetings, closings and disclosures."""
    for language in catalogue.languages:
        for tone in ("friendly", "formal"):
            if tone not in catalogue.greetings.get(language, {}):
                yield FieldFault(f"greetings.{language}.{tone}", "is missing")
        if language not in catalogue.call_closings:
            yield FieldFault(f"call_closings.{language}", "is missing")
    for part in frame(catalogue):
        # A disclosure may hold what the law prescribes, numbers and addresses too.
        is_law = part.field.startswith("disclosures.")
        for message in (_odd_signs if is_law else unbacked)(part.text, part.language):
            yield FieldFault(part.field, message)


def of_offer(offer: Offer, languages: Iterable[Language]) -> Iterator[FieldFault]:
    """Faults of an offer's own texts. languages: those that it must have texts in."""
    priced = pricing(offer.terms) is not None
    for language in languages:
        if language not in offer.texts:
            yield FieldFault(f"texts.{language}", f"has no texts for {', '.join(offer.channels)}")
    for language, texts in offer.texts.items():
        for field, text in texts.given():
            for message in unbacked(text, language, priced=priced):
                yield FieldFault(f"texts.{language}.{field}", message)
        if unsayable(texts.name, LONGEST_NAME):
            message = "must be 2 to 80 letters, spaces and ' & + , . / ( ) - for Gemini"
            yield FieldFault(f"texts.{language}.name", message)


def brought_along(offer: Offer, catalogue: Catalogue) -> Iterator[FieldFault]:
    """Disclosures that an offer lacks: of its price, and of the sender of a text message."""
    known = catalogue.disclosures
    told = [known[name] for name in offer.disclosures if name in known]
    by = known[PRICE].channels if PRICE in known and PRICE in offer.disclosures else ()
    silent = [channel for channel in offer.channels if channel not in by]
    if silent and pricing(offer.terms) is not None:
        message = f"must tell of a personal price with '{PRICE}', also by {', '.join(silent)}"
        yield FieldFault("disclosures", message)
    # A text message shows a number at most: who sent it must stand in the text.
    by_sms = [one for one in told if "sms" in one.channels]
    for language in _sms_languages(offer):
        lines = [line(one, "sms", language) for one in by_sms if language in one.texts]
        if not any("{brand}" in text for text in lines):
            message = f"must name the sender of a text message, {{brand}}, in '{language}'"
            yield FieldFault("disclosures", message)


def too_long(offer: Offer, catalogue: Catalogue) -> Iterator[FieldFault]:
    """Text messages of more segments than allowed, with all that they bring along."""
    for language in _sms_languages(offer):
        count = segments(catalogue, offer, language)
        if count > MAX_SEGMENTS:
            message = f"takes {count} segments as an SMS, more than {MAX_SEGMENTS}"
            yield FieldFault(f"texts.{language}.short", message)


def _sms_languages(offer: Offer) -> tuple[Language, ...]:
    return tuple(offer.texts) if "sms" in offer.channels else ()


def unbacked(text: str, language: Language, *, priced: bool = False) -> Iterator[str]:
    """Why a text may not stand as it is. priced: whether terms stand behind a word as "cheaper"."""
    yield from _odd_signs(text, language)
    bare = SLOT.sub(" ", text)
    if characters.has_link(bare):
        yield "has a link or an address"
    # One complaint about numbers is enough: words are looked at only when there are no signs.
    signs = (characters.has_digit, characters.has_percent_sign, characters.has_currency_sign)
    if any(sign(bare) for sign in signs) or characters.has_vulgar_fraction(bare):
        yield "has a number of its own; use a slot"
    elif word := _number_in_words(text, language, priced=priced):
        yield f"has a number of its own in words, '{word}'; use a slot"


def _odd_signs(text: str, language: Language) -> Iterator[str]:
    if characters.has_hidden_character(text, newline_allowed=True):
        yield "has a control or invisible character"
    if characters.has_markup(SLOT.sub(" ", text), language):
        yield "has markup, which would be shown as it stands"


def _number_in_words(text: str, language: Language, *, priced: bool) -> str | None:
    """What the text says of quantities in words."""
    if not is_guarded(language):
        return None
    found = refused_word(text, language, NUMBERS if priced else (*NUMBERS, "money"))
    return None if found is None else found.word

"""Which texts a catalogue needs: each offer in each channel, language and tone, and for each reason
that it answers.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise, product
from typing import get_args

from churn_lib.customer.contact import Tone
from churn_lib.customer.model import LEVELS, NOTES, Customer, Value, Values, phrase, value_of
from churn_lib.gemini.prompt import PHRASES
from churn_lib.offers.catalogue import Catalogue
from churn_lib.offers.checks import Test, met
from churn_lib.offers.offer import Offer
from churn_lib.offers.rules import OTHER, Condition, high, is_whole, low, span
from churn_lib.score.reasons import raising
from churn_lib.score.shape import Cause
from churn_lib.words.template import Proposal
from churn_lib.words.texts import Key

TONES: tuple[Tone, ...] = get_args(Tone)

NO_REASON = ""


def wanted(catalogue: Catalogue, today: date) -> Iterator[Key]:
    """The keys of all texts that may be needed from this day on."""
    for offer in catalogue.offers:
        if today <= offer.valid_until:
            spoken = [language for language in catalogue.languages if language in offer.texts]
            parts = product(offer.channels, spoken, TONES, reasons_of(offer))
            yield from (Key(offer.id, *part) for part in parts)


def key_of(proposal: Proposal, reasons: Sequence[Cause]) -> Key:
    """The key of the text for one customer."""
    context = proposal.context
    reason = answered(proposal.offer, reasons, proposal.customer)
    return Key(proposal.offer.id, context.channel, context.language, context.tone, reason)


def answered(offer: Offer, reasons: Sequence[Cause], customer: Customer) -> str:
    """The strongest of the customer's reasons that the offer answers, as a phrase; empty if none.

    Only reasons that raise the probability count, and phrases that may be told to Gemini.
    """
    values = customer.__dict__
    tests = _tests(offer.answers) if offer.answers else ()
    for name in raising(reasons):
        for field, fits, value_in in tests:
            if field == name and fits(value := value_in(values)):
                said = phrase(name, value)
                if said in PHRASES:
                    return said
    return NO_REASON


@lru_cache(maxsize=1024)
def _tests(
    conditions: tuple[Condition, ...],
) -> tuple[tuple[str, Test, Callable[[Values], Value]], ...]:
    """For each condition its field, whether a value meets it, and how a customer's is found."""
    return tuple((one.field, met(one), value_of(one.field)) for one in conditions)


def reasons_of(offer: Offer) -> tuple[str, ...]:
    """All phrases that `answered` can give for this offer."""
    found = [text for condition in offer.answers for text in _phrases(condition)]
    return tuple(dict.fromkeys([NO_REASON, *(text for text in found if text in PHRASES)]))


def _phrases(condition: Condition) -> Iterator[str]:
    note = NOTES[condition.field]
    if condition.field in LEVELS:
        for level in sorted(condition.levels, key=str):
            yield note.other if level == OTHER else phrase(condition.field, level)
        return
    smallest, largest = span(condition.field)
    lowest, highest = max(smallest, low(condition.at_least)), min(largest, high(condition.at_most))
    bounds = [-math.inf, *[float(bound) for bound in note.phrases][1:], math.inf]
    for (start, end), text in zip(pairwise(bounds), note.phrases.values(), strict=True):
        first = max(start, lowest)
        first = math.ceil(first) if is_whole(condition.field) and first > -math.inf else first
        if first < end and first <= highest:
            yield text

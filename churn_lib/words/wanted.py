"""Which texts a catalogue needs: each offer in each channel, language and tone, and for each reason
that it answers.
"""

import math
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise, product
from typing import get_args

from churn_lib.customer.contact import Tone
from churn_lib.customer.model import LEVELS, NOTES, Values, phrase
from churn_lib.gemini.prompt import PHRASES
from churn_lib.offers.catalogue import Catalogue
from churn_lib.offers.checks import met
from churn_lib.offers.offer import Offer
from churn_lib.offers.rules import OTHER, Condition, high, is_whole, low, span
from churn_lib.score.scorecard import Reason, raising
from churn_lib.words.template import Proposal
from churn_lib.words.texts import Key

TONES: tuple[Tone, ...] = get_args(Tone)

NO_REASON = ""


def wanted(catalogue: Catalogue, today: date) -> Iterator[Key]:
    """The keys of all texts that may be needed from this day on."""
    for offer in catalogue.offers:
        if today <= offer.valid_until:
            parts = product(offer.channels, offer.texts, TONES, reasons_of(offer))
            yield from (Key(offer.id, *part) for part in parts)


def key_of(proposal: Proposal, reasons: Sequence[Reason]) -> Key:
    """The key of the text for one customer."""
    context = proposal.context
    reason = answered(proposal.offer, reasons, proposal.customer.values())
    return Key(proposal.offer.id, context.channel, context.language, context.tone, reason)


def answered(offer: Offer, reasons: Sequence[Reason], values: Values) -> str:
    """The strongest of the customer's reasons that the offer answers, as a phrase; empty if none.

    Only reasons that raise the probability count, and phrases that may be told to Gemini.
    """
    for name in raising(reasons):
        for condition in offer.answers:
            if condition.field == name and met(condition)(values[name]):
                said = phrase(name, values[name])
                if said in PHRASES:
                    return said
    return NO_REASON


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

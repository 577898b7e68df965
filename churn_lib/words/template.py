"""Words: slots filled by code, and the template that is sent when no language model writes.

Every number that a customer reads comes from the offer's terms or the customer's own bill, in the
form of the customer's language. Babel holds those forms; it is imported by the first text that
needs it.
"""

import asyncio
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

from churn_lib.customer.contact import Channel, Context, Language
from churn_lib.customer.model import Customer
from churn_lib.errors import FallbackReason
from churn_lib.offers.catalogue import Catalogue
from churn_lib.offers.economics import pricing
from churn_lib.offers.offer import SLOT, Disclosure, Offer
from churn_lib.offers.phrases import PHRASES

SPACES = str.maketrans({"\u00a0": " ", "\u202f": " "})
"""Babel's no-break spaces would turn an SMS from GSM-7 to UCS-2."""

NO_LONG_UNITS = frozenset({"ko"})
"""Languages whose long form of units is the short one, which Babel does not look up by itself."""


class Text(NamedTuple):
    """What the customer reads, or what the agent says in a call."""

    headline: str
    message: str
    call_to_action: str


WrittenBy = Literal["approved", "gemini", "template"]
"""`approved`: a text that a person has approved."""


class Written(NamedTuple):
    """A filled text, who wrote it, and why it is a template although Gemini was wanted."""

    text: Text
    written_by: WrittenBy
    fallback_reason: FallbackReason | None


class Proposal(NamedTuple):
    """One offer to one customer in one contact: all that its words depend on.

    accept_until: the customer's own last day to accept.
    """

    offer: Offer
    accept_until: date
    customer: Customer
    context: Context
    catalogue: Catalogue


def terms(offer: Offer, customer: Customer) -> dict[str, float | int]:
    """The offer's numbers for this customer: percent, months, money in the catalogue's currency."""
    promised, bill = offer.terms, customer.bill
    price_of = pricing(promised)
    price = None if price_of is None else price_of(bill)
    known = {
        "percent": promised.percent,
        "months": promised.months,
        "amount": promised.amount,
        "price_after": price,
    }
    if promised.percent is not None and price is not None:
        known["saving"] = round(bill - price, 2)
    return {name: number for name, number in known.items() if number is not None}


class Quantities(dict[str, str]):
    """What the slots stand for, with units in the language's form: {"months": "12 months"}.

    Each is written when it is first asked for; KeyError for one that the offer has no term for.
    """

    def __init__(self, proposal: Proposal) -> None:
        offer, customer = proposal.offer, proposal.customer
        self._numbers = {**terms(offer, customer), "price_now": customer.bill}
        self._until = proposal.accept_until
        self._language = proposal.context.language
        self._currency = proposal.catalogue.currency

    def __missing__(self, name: str) -> str:
        number = self._numbers.get(name)
        if number is not None:
            written = _quantity(name, number, self._language, self._currency)
        elif name == "valid_until":
            written = _day(self._until, self._language)
        else:
            written = fill(PHRASES[self._language][name], self)
        self[name] = written
        return written


def needed(offer: Offer, language: Language, channel: Channel) -> tuple[str, ...]:
    """The slots of the template's message in this form: any other text must use them too."""
    texts = offer.texts[language]
    return tuple(dict.fromkeys(_pieces(texts.short if channel == "sms" else texts.message)[1::2]))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with each `{name}` replaced. Raises KeyError for a slot without a value."""
    pieces = [*_pieces(text)]
    pieces[1::2] = [values[name] for name in pieces[1::2]]
    return "".join(pieces)


@lru_cache(maxsize=8192)
def _pieces(text: str) -> tuple[str, ...]:
    """The text cut at its slots: words at the even places, the slots' names at the odd ones."""
    return tuple(SLOT.split(text))


def line(disclosure: Disclosure, channel: Channel, language: Language) -> str:
    """What is said in this channel; an SMS takes the short form where there is one."""
    long = disclosure.texts[language]
    return disclosure.short.get(language, long) if channel == "sms" else long


def disclosures(proposal: Proposal) -> str:
    """The lines that must follow any message about this offer, whoever wrote it; may be empty."""
    channel, language = proposal.context.channel, proposal.context.language
    known = proposal.catalogue.disclosures
    told = [known[name] for name in proposal.offer.disclosures if channel in known[name].channels]
    spoken = " ".join([line(disclosure, channel, language) for disclosure in told])
    day = _day(proposal.accept_until, language)
    return fill(spoken, {"valid_until": day, "brand": proposal.catalogue.brand})


def template(proposal: Proposal) -> Text:
    """The catalogue's own words for this offer, filled.

    The short message of an SMS, and of the brief tone in writing, says itself what to do; a call
    ends with a question.
    """
    catalogue, context = proposal.catalogue, proposal.context
    channel, language, tone = context.channel, context.language, context.tone
    texts = proposal.offer.texts[language]
    short = channel == "sms" or (tone == "brief" and channel != "call")
    action = "" if short else texts.call_to_action
    if channel == "call":
        action = catalogue.call_closings.get(language, action)
    greeting = "" if short else catalogue.greetings.get(language, {}).get(tone, "")
    values = Quantities(proposal)
    message = fill(texts.short if short else texts.message, values)
    parts = [part for part in (greeting, message, disclosures(proposal)) if part]
    return Text(fill(texts.headline, values), " ".join(parts), fill(action, values))


def sent(text: Text, channel: Channel) -> Text:
    """The parts that reach the customer; an SMS is the message alone, which says all by itself."""
    return Text("", text.message, "") if channel == "sms" else text


def said(text: Text, channel: Channel) -> str:
    """All that the customer reads or hears, as one text."""
    return "\n\n".join(part for part in sent(text, channel) if part)


async def load_forms(language: Language) -> None:
    """Has Babel read its files for a language, in a thread: it takes a tenth of a second."""
    if language not in _ready:
        await asyncio.to_thread(_load, language)
        _ready.add(language)


_ready: set[Language] = set()


def _load(language: Language) -> None:
    for name in ("percent", "months", "amount"):
        _quantity(name, 1, language, "USD")
    _day(date.min, language)


@lru_cache(maxsize=8192)
def _quantity(name: str, number: float, language: Language, currency: str) -> str:
    from babel.numbers import format_currency, format_percent
    from babel.units import format_unit

    if name == "percent":
        written = format_percent(number / 100, locale=language, decimal_quantization=False)
    elif name == "months":
        length: Literal["short", "long"] = "short" if language in NO_LONG_UNITS else "long"
        written = format_unit(int(number), "duration-month", length=length, locale=language)
    else:
        written = format_currency(number, currency, locale=language)
    return written.translate(SPACES)


@lru_cache(maxsize=512)
def _day(day: date, language: Language) -> str:
    from babel.dates import format_date

    return format_date(day, format="long", locale=language).translate(SPACES)

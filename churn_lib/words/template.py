"""Words: slots filled by code, and the template that is sent when no language model writes.

Every number that a customer reads comes from the offer's terms or the customer's own bill, in the
form of the customer's language. Babel holds those forms; it is imported by the first text that
needs it.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

from churn_lib.customer.contact import Channel, Context, Language, Tone
from churn_lib.customer.model import Customer
from churn_lib.errors import FallbackReason
from churn_lib.offers.catalogue import Catalogue
from churn_lib.offers.economics import pricing
from churn_lib.offers.offer import SLOT, Disclosure, Offer, Texts
from churn_lib.words.sms import is_gsm_7

SPACES = str.maketrans({"\u00a0": " ", "\u202f": " "})
"""Babel's no-break spaces would turn an SMS from GSM-7 to UCS-2."""

MONTH = "duration-month"
"""What Babel calls it, and writes where a language has no long form: the short one is both."""


OF_BILL = frozenset({"price_now", "price_after", "saving"})
"""Slots that are worked out of the bill."""


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
        self._language, self._channel = proposal.context.language, proposal.context.channel
        self._currency = proposal.catalogue.currency
        self._phrases = proposal.catalogue.phrases_in(self._language)

    def __missing__(self, name: str) -> str:
        number = self._numbers.get(name)
        if number is not None:
            written = _quantity(name, number, self._language, self._currency)
        elif name == "valid_until":
            written = _day(self._until, self._language, self._channel)
        else:
            written = fill(self._phrases[name], self)
        self[name] = written
        return written


def needed(offer: Offer, language: Language, channel: Channel) -> tuple[str, ...]:
    """The slots of the template's message in this form: any other text must use them too."""
    texts = offer.texts[language]
    return tuple(dict.fromkeys(_pieces(texts.short if channel == "sms" else texts.message)[1::2]))


def follows_bill(slots: Iterable[str], phrases: Mapping[str, str]) -> bool:
    """Whether one of these slots holds a sum of the customer's own. phrases: of the language."""
    return any(
        slot in OF_BILL or follows_bill(_pieces(phrases.get(slot, ""))[1::2], phrases)
        for slot in slots
    )


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
    day = _day(proposal.accept_until, language, channel)
    return fill(spoken, {"valid_until": day, "brand": proposal.catalogue.brand})


def template(proposal: Proposal) -> Text:
    """The catalogue's own words for this offer, filled.

    A text message says itself what to do; a call begins without a headline, which is for reading,
    and ends with a question.
    """
    catalogue, context = proposal.catalogue, proposal.context
    channel, language = context.channel, context.language
    texts = proposal.offer.texts[language]
    action, headline = texts.call_to_action, texts.headline
    if channel == "sms":
        action = ""
    elif channel == "call":
        action, headline = catalogue.call_closings.get(language, action), ""
    values = Quantities(proposal)
    parts = [*_message(texts, catalogue.greetings.get(language, {}), context)]
    message = fill(" ".join(parts), values)
    told = " ".join(part for part in (message, disclosures(proposal)) if part)
    return Text(fill(headline, values), told, fill(action, values))


def _message(texts: Texts, greetings: Mapping[Tone, str], context: Context) -> Iterator[str]:
    """What is said before the lines that must follow."""
    tone = context.tone
    if context.channel == "sms":
        yield texts.short
        if texts.reply:
            yield texts.reply
    elif tone == "brief" and context.channel != "call":
        yield texts.short
    else:
        if tone in greetings:
            yield greetings[tone]
        yield texts.formal if tone == "formal" and texts.formal else texts.message


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
    _day(date.min, language, "email")


@lru_cache(maxsize=8192)
def _quantity(name: str, number: float, language: Language, currency: str) -> str:
    from babel.numbers import format_currency, format_percent
    from babel.units import format_unit

    if name == "percent":
        written = format_percent(number / 100, locale=language, decimal_quantization=False)
    elif name == "months":
        written = format_unit(int(number), MONTH, length="long", locale=language)
        if MONTH in written:
            written = format_unit(int(number), MONTH, length="short", locale=language)
    else:
        written = format_currency(number, currency, locale=language)
    return written.translate(SPACES)


@lru_cache(maxsize=1024)
def _day(day: date, language: Language, channel: Channel) -> str:
    """In a text message as short as is clear, and in the alphabet that takes least room."""
    from babel.dates import format_date

    if channel != "sms":
        return format_date(day, format="long", locale=language).translate(SPACES)
    short = [format_date(day, form, language).translate(SPACES) for form in ("medium", "short")]
    return next(filter(is_gsm_7, short), short[-1])

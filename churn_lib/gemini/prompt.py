"""What Gemini is asked, made from closed sets only, and the draft that it answers with.

A prompt holds the offer's name and the names of its slots from the catalogue, the reasons as the
schema's own phrases, and the names of a language, a channel and a tone. It never holds a number, a
name, an identifier or free text of a customer.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from churn_lib.customer.contact import Channel, Language, Tone
from churn_lib.customer.languages import is_language, language_name
from churn_lib.customer.model import FEATURES, NOTES, SCHEMA, phrase
from churn_lib.errors import WriterError
from churn_lib.gemini.sayable import LONGEST_NAME, unsayable
from churn_lib.offers.phrases import form, phrase_faults

FORMS: Mapping[Channel, str] = {
    "email": "e-mail; a subject line, a short paragraph, and what to do next",
    "sms": (
        "text message; the message alone is sent, at most two short "
        "sentences that also say what to do"
    ),
    "call": "telephone; what an agent says aloud, in short spoken sentences",
    "chat": "chat; a few short sentences",
}
VOICES: Mapping[Tone, str] = {
    "friendly": "friendly and warm",
    "formal": "formal and polite",
    "brief": "matter-of-fact, in as few words as possible",
}
SLOTS: Mapping[str, str] = {
    "price_change": "the price of a month with the offer, and today's",
    "monthly_price": "the price of a month with the offer",
    "discount": "the discount on each bill",
    "credit": "what the offer gives once",
    "usual_price": "what the added service costs without the offer",
    "monthly_fee": "what the added service costs",
    "months": "how long the offer lasts",
    "valid_until": "the last day to accept",
}
"""The slots that Gemini may be handed, and what each stands for. A bare quantity such as {amount}
is none of them: a model could call the new price the old one, and no list of words would see it.
"""


def _phrases(name: str) -> Iterator[str]:
    """All that a reason may say of an attribute."""
    note = NOTES[name]
    yield from note.phrases.values()
    if note.other:
        yield note.other
    if note.unknown or note.made:
        yield phrase(name, None)


PHRASES: frozenset[str] = frozenset(
    text for name in FEATURES for text in _phrases(name) if not unsayable(text)
)
"""Everything that may be said of a customer."""

BUSINESS = "company" if unsayable(SCHEMA.business, LONGEST_NAME) else SCHEMA.business
WHO = f"{'an' if BUSINESS[0] in 'aeiouAEIOU' else 'a'} {BUSINESS}"
"""Who speaks."""

SYSTEM = (
    f"You write what {WHO} says to one of its customers to make an offer. "
    """\
A program checks your text and throws it away when it breaks one of these rules:

- Write in the language that is asked for, and in no other.
- A slot such as {months} stands for a whole quantity together with its unit and the words that \
are shown for it; a program fills it in. Use every slot that is listed, exactly as it is listed, \
in the message, and only for what it stands for. Use no other slot. Put no currency sign, percent \
sign or unit beside it.
- Write no digit, no number word, no fraction, no amount, no percentage, no date and no duration \
of your own.
- Promise nothing but the offer. Do not say that anything is free, half, double, guaranteed, \
unlimited, for ever, waived or refunded.
- Do not say or hint that the customer may leave, that they were rated, how much they are worth, \
or what is known about them. What is known only helps you to choose what to stress.
- No names of people, no links, no addresses, no telephone numbers, no markup, no emoji.

Address the customer directly. Be honest and plain. Answer with one JSON object."""
)


class Brief(NamedTuple):
    """All that a text depends on.

    slots: names without braces, each to be used. reasons: phrases of the schema, which follow "This
    customer ...". phrases: what slots and their words read, where the catalogue has words of its
    own in this language.
    """

    offer_name: str
    slots: tuple[str, ...]
    reasons: tuple[str, ...]
    channel: Channel
    tone: Tone
    language: Language
    phrases: tuple[tuple[str, str], ...] = ()


def _text(longest: int) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=longest)


class Draft(BaseModel):
    """A text with unfilled slots. Lengths are in characters."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", hide_input_in_errors=True)

    headline: Annotated[str, _text(150)] = Field(
        description="A short heading or subject, or how to begin."
    )
    message: Annotated[str, _text(2000)] = Field(description="The offer itself, with every slot.")
    call_to_action: Annotated[str, _text(200)] = Field(
        description="What the customer should do to take the offer."
    )


DRAFT_SCHEMA: Mapping[str, object] = {
    "type": "object",
    "properties": {
        name: {"type": "string", "description": field.description}
        for name, field in Draft.model_fields.items()
    },
    "required": list(Draft.model_fields),
    "additionalProperties": False,
}
"""The draft as a JSON schema.

Gemini documents no bounds on lengths, so `Draft` alone checks those.
"""

_COMPLAINT = re.compile(r"[a-z]+(-[a-z]+)*(: (\{\w+\}|[^\W\d_]| ){1,60})?")
"""The name of a rule, and of one about words the word that broke it: only letters and slots."""


def prompt(brief: Brief, complaint: str | None = None) -> str:
    """The user's part of the prompt; `complaint` is the rule that the last draft broke, and its
    word after a colon.


    Raises WriterError `bad_request` when a part is not from its closed set.
    """
    _check(brief, complaint)
    slots = [described(slot, brief.language, brief.phrases) for slot in brief.slots]
    lines = [
        f"Language: {language_name(brief.language)}",
        f"Channel: {FORMS[brief.channel]}",
        f"Tone: {VOICES[brief.tone]}",
        f"Offer: {brief.offer_name}",
        f"Slots: {', '.join(slots) or 'none'}",
        f"Known of the customer: {'; '.join(brief.reasons) or 'nothing'}",
    ]
    if complaint:
        lines.append(_asked_again(complaint))
    return "\n".join(lines)


def _asked_again(complaint: str) -> str:
    rule, _, word = complaint.partition(": ")
    without = f' without "{word}" or anything like it' if word else ""
    return (
        f'Your last text was thrown away because of the rule "{rule}". Write a better one{without}.'
    )


def described(name: str, language: Language, phrases: tuple[tuple[str, str], ...] = ()) -> str:
    """A slot, what it stands for and, where it brings words along, how it will read.

    Raises WriterError `bad_request` for one that Gemini may not be handed.
    """
    if name not in SLOTS:
        raise _unfit("slots")
    reads = form(name, language, dict(phrases))
    return f"{{{name}}} ({SLOTS[name]}{f', reads: {reads}' if reads else ''})"


def _check(brief: Brief, complaint: str | None) -> None:
    """The last gate before text leaves this system; a catalogue or a caller may be wrong."""
    known = {
        "language": is_language(brief.language),
        "channel": brief.channel in FORMS,
        "tone": brief.tone in VOICES,
        "offer_name": not unsayable(brief.offer_name, LONGEST_NAME),
        "slots": SLOTS.keys() >= set(brief.slots),
        "phrases": not [*phrase_faults(dict(brief.phrases), "")],
        "reasons": PHRASES.issuperset(brief.reasons),
        "complaint": complaint is None or _COMPLAINT.fullmatch(complaint),
    }
    unknown = [field for field, fits in known.items() if not fits]
    if unknown:
        raise _unfit(", ".join(unknown))


def _unfit(parts: str) -> WriterError:
    return WriterError("bad_request", f"the brief's {parts} may not be put into a prompt")

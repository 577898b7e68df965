"""The words of an offer: Gemini's when they pass the guard, else the catalogue's template, labelled
with the reason.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from math import inf
from typing import Literal, NamedTuple, Protocol

from churn_lib.customer.contact import Context, Language
from churn_lib.customer.model import Customer, phrase
from churn_lib.errors import FallbackReason, WriterError
from churn_lib.gemini.key import gemini_key
from churn_lib.gemini.prompt import Brief, Draft
from churn_lib.gemini.writer import GeminiWriter
from churn_lib.offers.catalogue import Catalogue, Offer
from churn_lib.score.scorecard import Reason
from churn_lib.settings import Settings, settings
from churn_lib.words import guard
from churn_lib.words import template as write
from churn_lib.words.template import Text

log = logging.getLogger(__name__)

MOST_REASONS = 3


class Words(NamedTuple):
    """A text with its slots filled, who wrote it, and why it is a template although Gemini was
    wanted.
    """

    text: Text
    written_by: Literal["gemini", "template"]
    fallback_reason: FallbackReason | None


class Writer(Protocol):
    """Whoever writes drafts; `GeminiWriter` says what its methods do."""

    async def write(
        self, brief: Brief, *, deadline: float, complaint: str | None = None
    ) -> Draft: ...

    def forget(self, brief: Brief, complaint: str | None = None) -> None: ...

    async def aclose(self) -> None: ...


class Composer:
    """Writes offers with one writer and one guard. Made once a process."""

    def __init__(self, settings: Settings, writer: Writer) -> None:
        self._seconds = settings.gemini_deadline
        self._writer = writer

    async def compose(
        self,
        offer: Offer,
        customer: Customer,
        context: Context,
        catalogue: Catalogue,
        reasons: Sequence[Reason],
        *,
        seconds: float = inf,
    ) -> Words:
        """The offer in words, within `seconds` and the deadline of the settings.

        Never fails: the template is always there.
        """
        wanted = brief(offer, customer, context, reasons)

        def usable(draft: Draft) -> Text | str:
            """The draft filled in, or the rule that it breaks."""
            rule = broken_rule(draft, wanted)
            if rule is not None:
                return rule
            text = _filled(draft, offer, customer, context, catalogue)
            return guard.check_length(write.said(text, context.channel), context.channel) or text

        try:
            return Words(
                await self._written(wanted, usable, min(seconds, self._seconds)), "gemini", None
            )
        except WriterError as error:
            reason = error.reason
        except Exception as error:
            # Whatever else fails in a client or its surroundings must not cost the customer the
            # answer.
            log.error("Gemini wrote no text: unexpected %s", type(error).__name__)
            reason = "unavailable"
        return Words(write.template(offer, customer, context, catalogue), "template", reason)

    async def aclose(self) -> None:
        """Closes the connections of the running event loop."""
        await self._writer.aclose()

    async def _written(
        self, wanted: Brief, usable: Callable[[Draft], Text | str], seconds: float
    ) -> Text:
        """A text that breaks no rule; a draft that does is sent back once with the rule. Raises
        WriterError.
        """
        end = asyncio.get_running_loop().time() + seconds
        complaint = None
        for _ in range(2):
            left = end - asyncio.get_running_loop().time()
            found = usable(await self._writer.write(wanted, deadline=left, complaint=complaint))
            if isinstance(found, Text):
                return found
            self._writer.forget(wanted, complaint)
            complaint = found
        log.warning("the guard refused a written text twice: %s", complaint)
        raise WriterError("guard", complaint or "")


def brief(offer: Offer, customer: Customer, context: Context, reasons: Sequence[Reason]) -> Brief:
    """What Gemini gets to know: names from the catalogue and phrases from the schema, no number of
    the customer.
    """
    values = customer.__dict__
    raising = [
        name for reason in reasons if reason.effect > 0 for name in reason.feature.split(" and ")
    ]
    return Brief(
        offer_name=offer.texts[context.language].name,
        slots=write.needed(offer, context.language, context.channel),
        reasons=tuple(dict.fromkeys(phrase(name, values[name]) for name in raising))[:MOST_REASONS],
        channel=context.channel,
        tone=context.tone,
        language=context.language,
    )


@lru_cache(maxsize=4096)
def broken_rule(draft: Draft, wanted: Brief) -> str | None:
    """The first rule that a draft breaks, or None. An SMS is also checked as it is sent: the
    message alone.
    """
    parts = (draft.headline, draft.message, draft.call_to_action)
    if any(part.count(f"{{{slot}}}") > 1 for part in parts for slot in wanted.slots):
        return "slot-repeated"
    if any(f"{{{slot}}}" not in draft.message for slot in wanted.slots):
        return "slot-missing"  # a headline alone is easily overlooked, and is not sent in an SMS
    whole = "\n".join(parts)
    if wanted.channel != "sms":
        return guard.check(
            whole, language=wanted.language, channel=wanted.channel, slots=wanted.slots
        )
    return guard.check(
        draft.message, language=wanted.language, channel="sms", slots=wanted.slots
    ) or guard.check(whole, language=wanted.language, channel="chat", slots=wanted.slots)


def _filled(
    draft: Draft, offer: Offer, customer: Customer, context: Context, catalogue: Catalogue
) -> Text:
    """The draft with its quantities and the lines that must follow."""
    values = write.Slots(offer, customer, context.language, catalogue.currency)
    headline, message, action = (
        write.fill(part, values) for part in (draft.headline, draft.message, draft.call_to_action)
    )
    return Text(
        headline, f"{message} {write.disclosures(offer, context, catalogue)}".strip(), action
    )


_ready: set[Language] = set()


async def prepare(language: Language) -> None:
    """Loads what a language needs, Babel's forms and the guard's words, in a thread: it takes a
    tenth of a second.
    """
    if language not in _ready:
        await asyncio.to_thread(_load, language)
        _ready.add(language)


def _load(language: Language) -> None:
    write.load(language)
    guard.load(language)


@cache
def shared() -> Composer:
    """The one composer of this process. Raises SettingsError."""
    known = settings()
    return Composer(known, GeminiWriter(known, gemini_key(known)))

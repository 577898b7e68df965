"""The words of an offer: Gemini's when they pass the guard, else the catalogue's template."""

import asyncio
import logging
from collections.abc import Sequence
from functools import cache, lru_cache
from math import inf
from typing import Protocol

from churn_lib.customer.contact import Language
from churn_lib.customer.model import phrase
from churn_lib.errors import SettingsError, WriterError
from churn_lib.gemini.key import gemini_key
from churn_lib.gemini.prompt import PHRASES, Brief, Draft
from churn_lib.gemini.writer import GeminiWriter
from churn_lib.score.reasons import Cause, raising
from churn_lib.settings import GeminiSettings, settings
from churn_lib.words import guard
from churn_lib.words.listed import is_guarded
from churn_lib.words.template import (
    Proposal,
    Quantities,
    Text,
    Written,
    disclosures,
    fill,
    load_forms,
    needed,
    said,
    template,
)

logger = logging.getLogger(__name__)

MOST_REASONS = 3


class Writer(Protocol):
    """Whoever writes drafts; `GeminiWriter` says what its methods do."""

    async def write(
        self, brief: Brief, *, deadline: float, complaint: str | None = None
    ) -> Draft: ...

    def forget(self, brief: Brief, complaint: str | None = None) -> None: ...

    async def aclose(self) -> None: ...


class Misconfigured:
    """Stands in for Gemini where its settings are wrong."""

    async def write(self, *_: object, **__: object) -> Draft:
        raise WriterError("misconfigured")

    def forget(self, *_: object, **__: object) -> None:
        """There is nothing to forget."""

    async def aclose(self) -> None:
        """There is nothing open."""


class Composer:
    """Writes offers with one writer and one guard. Made once a process."""

    def __init__(self, settings: GeminiSettings, writer: Writer) -> None:
        self._seconds = settings.gemini_deadline
        self._writer = writer

    async def compose(
        self, proposal: Proposal, reasons: Sequence[Cause], *, seconds: float = inf
    ) -> Written:
        """The proposal in words, within `seconds` and the deadline of the settings.

        Never fails: the template is always there.
        """
        language = proposal.context.language
        if not is_guarded(language):  # `churn offers lint` says so
            await load_forms(language)
            return Written(template(proposal), "template", "guard")
        await _prepare(language)
        try:
            text = await self._written(proposal, reasons, min(seconds, self._seconds))
            return Written(text, "gemini", None)
        except WriterError as error:
            reason = error.reason
            if reason == "guard":
                logger.warning("no text passed the guard, asked for twice: %s", error.detail)
        except Exception as error:
            # Whatever else fails in a client or around it must not cost the customer the answer.
            logger.error("Gemini wrote no text: unexpected %s", type(error).__name__)
            reason = "unavailable"
        return Written(template(proposal), "template", reason)

    async def aclose(self) -> None:
        """Closes the connections of the running event loop."""
        await self._writer.aclose()

    async def _written(self, proposal: Proposal, reasons: Sequence[Cause], seconds: float) -> Text:
        """A text that breaks no rule; one that does is sent back once, with the rule.

        Raises WriterError.
        """
        wanted, clock = brief(proposal, reasons), asyncio.get_running_loop().time
        end = clock() + seconds
        try:
            return await self._tried(proposal, wanted, seconds)
        except WriterError as error:
            if error.complaint is None:
                raise
            complaint = error.complaint
        return await self._tried(proposal, wanted, end - clock(), complaint)

    async def _tried(
        self, proposal: Proposal, wanted: Brief, seconds: float, complaint: str | None = None
    ) -> Text:
        """One text, with what must follow it. Raises WriterError, also when it breaks a rule."""
        draft = await self._writer.write(wanted, deadline=seconds, complaint=complaint)
        broken = broken_rule(draft, wanted)
        if broken is None:
            text = _filled(draft, proposal)
            broken = guard.check_length(said(text, wanted.channel), wanted.channel)
            if broken is None:
                return text
        self._writer.forget(wanted, complaint)
        raise WriterError("guard", broken, complaint=broken)


def brief(proposal: Proposal, reasons: Sequence[Cause]) -> Brief:
    """What Gemini gets to know: names and phrases of ours, no number of the customer."""
    offer, context = proposal.offer, proposal.context
    values = proposal.customer.values()
    known = [phrase(name, values[name]) for name in raising(reasons) if name in values]
    phrases = dict.fromkeys(text for text in known if text in PHRASES)
    return Brief(
        offer_name=offer.texts[context.language].name,
        slots=needed(offer, context.language, context.channel),
        reasons=tuple(phrases)[:MOST_REASONS],
        channel=context.channel,
        tone=context.tone,
        language=context.language,
        phrases=tuple(proposal.catalogue.phrases.get(context.language, {}).items()),
    )


@lru_cache(maxsize=4096)
def broken_rule(draft: Draft, wanted: Brief) -> str | None:
    """The first rule that a draft breaks, or None."""
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


def _filled(draft: Draft, proposal: Proposal) -> Text:
    """The draft with its quantities and the lines that must follow."""
    values = Quantities(proposal)
    message = f"{fill(draft.message, values)} {disclosures(proposal)}".strip()
    return Text(fill(draft.headline, values), message, fill(draft.call_to_action, values))


async def _prepare(language: Language) -> None:
    """Loads the guard's words of a language, and Babel's forms, without blocking."""
    await load_forms(language)
    if language not in _ready:
        await asyncio.to_thread(guard.warm_up, language)
        _ready.add(language)


_ready: set[Language] = set()


@cache
def composer() -> Composer:
    """The one composer of this process."""
    try:
        known = settings().gemini
    except SettingsError:  # the log says which one
        return Composer(GeminiSettings(), Misconfigured())
    return Composer(known, GeminiWriter(known, gemini_key(known)))

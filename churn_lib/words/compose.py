"""The words of an offer: approved ones, else Gemini's that pass the guard, else the template."""

import asyncio
import logging
from collections.abc import Sequence
from functools import cache, lru_cache
from math import inf
from typing import Protocol

from churn_lib import log
from churn_lib.customer.contact import Language
from churn_lib.errors import SettingsError, WriterError
from churn_lib.gemini.prompt import Brief, Draft
from churn_lib.gemini.writer import GeminiWriter
from churn_lib.score.shape import Cause
from churn_lib.secrets.key import gemini_key
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
from churn_lib.words.texts import Key, Shelf, shelf
from churn_lib.words.wanted import key_of

logger = logging.getLogger(__name__)

MOST_MISSED = 20_000
"""Missing texts that are remembered, so that each is logged once."""


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

    def __init__(
        self, settings: GeminiSettings, writer: Writer, texts: Shelf | None = None
    ) -> None:
        self._seconds = settings.gemini_deadline
        self._approved_only = settings.gemini_texts == "approved"
        self._writer = writer
        self._shelf = texts or shelf()
        self._missed = set[Key]()

    async def compose(
        self, proposal: Proposal, reasons: Sequence[Cause], *, seconds: float | None = inf
    ) -> Written:
        """The proposal in words, within `seconds` and the deadline of the settings.

        seconds: None asks Gemini for nothing. Never fails: the template is always there.
        """
        await load_forms(proposal.context.language)
        key = key_of(proposal, reasons)
        text = await self._approved(key, proposal)
        if text is not None:
            return Written(text, "approved", None)
        if self._approved_only or seconds is None:
            return Written(template(proposal), "template", None)
        return await self._by_gemini(proposal, key, min(seconds, self._seconds))

    async def _approved(self, key: Key, proposal: Proposal) -> Text | None:
        """The approved text with this key, filled; what is missing is logged once if it matters."""
        bank = self._shelf.bank
        if bank is None:
            bank = await asyncio.to_thread(self._shelf.refresh)
        draft, channel = bank.approved(key, proposal.offer), key.channel
        text = filled(draft, proposal) if draft else None
        if text is not None and guard.check_length(said(text, channel), channel) is None:
            return text
        if self._approved_only and key not in self._missed and len(self._missed) < MOST_MISSED:
            self._missed.add(key)
            log.missing_text(key._asdict())
        return None

    async def _by_gemini(self, proposal: Proposal, key: Key, seconds: float) -> Written:
        language = proposal.context.language
        if not is_guarded(language):  # `churn offers lint` says so
            return Written(template(proposal), "template", "guard")
        await _prepare(language)
        try:
            draft = await self.draft(proposal, brief(proposal, key), seconds)
            return Written(filled(draft, proposal), "gemini", None)
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

    async def draft(self, proposal: Proposal, wanted: Brief, seconds: float) -> Draft:
        """A text that breaks no rule; one that does is sent back once, with the rule and its
        word.

        Raises WriterError.
        """
        clock = asyncio.get_running_loop().time
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
    ) -> Draft:
        """One text. Raises WriterError, also when it breaks a rule."""
        draft = await self._writer.write(wanted, deadline=seconds, complaint=complaint)
        broken = refusal(draft, wanted, proposal)
        if broken is None:
            return draft
        self._writer.forget(wanted, complaint)
        raise WriterError("guard", broken, complaint=broken)


def brief(proposal: Proposal, key: Key) -> Brief:
    """What Gemini gets to know: names and a phrase of ours, no number of the customer."""
    offer, context = proposal.offer, proposal.context
    return Brief(
        offer_name=offer.texts[context.language].name,
        slots=needed(offer, context.language, context.channel),
        reasons=(key.reason,) if key.reason else (),
        channel=context.channel,
        tone=context.tone,
        language=context.language,
        phrases=tuple(proposal.catalogue.phrases.get(context.language, {}).items()),
    )


def refusal(draft: Draft, wanted: Brief, proposal: Proposal) -> str | None:
    """The first rule that a draft breaks, as it is or once it is filled, or None."""
    broken = broken_rule(draft, wanted)
    if broken is None:
        text = filled(draft, proposal)
        broken = guard.check_length(said(text, wanted.channel), wanted.channel)
    return broken


@lru_cache(maxsize=4096)
def broken_rule(draft: Draft, wanted: Brief) -> str | None:
    """The first rule that a draft breaks, with the word that breaks it, or None."""
    parts = (draft.headline, draft.message, draft.call_to_action)
    if any(part.count(f"{{{slot}}}") > 1 for part in parts for slot in wanted.slots):
        return "slot-repeated"
    if any(f"{{{slot}}}" not in draft.message for slot in wanted.slots):
        return "slot-missing"  # a headline alone is easily overlooked, and is not sent in an SMS
    whole = "\n".join(parts)
    language, slots, channel = wanted.language, wanted.slots, wanted.channel
    if channel == "sms":
        broken = guard.check(draft.message, language=language, channel="sms", slots=slots)
        broken = broken or guard.check(whole, language=language, channel="chat", slots=slots)
    else:
        broken = guard.check(whole, language=language, channel=channel, slots=slots)
    return None if broken is None else str(broken)


def filled(draft: Draft, proposal: Proposal) -> Text:
    """The draft with its quantities and the lines that must follow."""
    values = Quantities(proposal)
    message = f"{fill(draft.message, values)} {disclosures(proposal)}".strip()
    return Text(fill(draft.headline, values), message, fill(draft.call_to_action, values))


async def _prepare(language: Language) -> None:
    """Loads the guard's words of a language without blocking."""
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

"""Has Gemini write the texts that are missing: each is guarded, judged, and saved at once."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import date
from math import inf
from pathlib import Path
from typing import NamedTuple, TypeVar

from churn_lib.customer.contact import Context
from churn_lib.customer.model import Customer
from churn_lib.errors import FallbackReason, WriterError
from churn_lib.gemini import prompt
from churn_lib.gemini.bounds import Budget
from churn_lib.gemini.judge import Facts
from churn_lib.gemini.prompt import Draft
from churn_lib.gemini.writer import GeminiWriter
from churn_lib.offers.decide import Decider
from churn_lib.secrets.key import gemini_key
from churn_lib.settings import GeminiSettings
from churn_lib.words.compose import Composer, brief
from churn_lib.words.template import Proposal, line, load_forms, needed
from churn_lib.words.texts import Bank, Key, Stored, append, digest, offer_digest

Result = TypeVar("Result")
Call = Callable[[], Awaitable[Result]]

AT_ONCE = 4
"""Texts that are written at the same time."""

LATER: frozenset[FallbackReason] = frozenset({"rate_limited", "breaker_open"})
"""Reasons that end by themselves."""

PAUSE = 5.0
MOST_PAUSES = 12
"""Seconds of waiting for such a reason to end, where Gemini says nothing else; and how often."""

LOST: frozenset[FallbackReason] = frozenset(
    {"no_key", "misconfigured", "secret_unavailable", "refused_key", "budget", "shutdown"}
)
"""Reasons that no other text escapes."""

MOST_FAILURES = 8
"""Texts that fail one after the other before the rest is left alone."""


class Desk:
    """Where example texts come from: the catalogue, an example customer and a day."""

    def __init__(self, decider: Decider, customer: Customer, today: date) -> None:
        self._decider, self._customer, self.today = decider, customer, today
        self.catalogue = decider.catalogue
        self.offers = {offer.id: offer for offer in self.catalogue.offers}

    def proposal(self, key: Key) -> Proposal:
        """The offer of this key to the example customer."""
        offer = self.offers[key.offer]
        context = Context(channel=key.channel, language=key.language, tone=key.tone)
        until = self._decider.accept_until(offer, self.today)
        return Proposal(offer, until, self._customer, context, self.catalogue)

    def facts(self, key: Key) -> Facts:
        """All that is true of the offer, in its owner's words: nothing else may be said of it."""
        offer, known = self.offers[key.offer], self.catalogue.disclosures
        texts = offer.texts[key.language]
        told = [known[name] for name in offer.disclosures if key.channel in known[name].channels]
        return Facts(
            offer_name=texts.name,
            sentences=(
                texts.headline,
                texts.message,
                texts.short,
                texts.call_to_action,
                *(line(disclosure, key.channel, key.language) for disclosure in told),
            ),
            slots=needed(offer, key.language, key.channel),
            channel=key.channel,
            language=key.language,
            phrases=tuple(self.catalogue.phrases.get(key.language, {}).items()),
        )

    def stored(self, key: Key, text: Draft, claims: tuple[str, ...] | None, model: str) -> Stored:
        """The text with what it was made from and when."""
        asked = prompt.SYSTEM, prompt.prompt(brief(self.proposal(key), key))
        return Stored(
            **key._asdict(),
            text=text,
            claims=claims,
            offer_digest=offer_digest(self.offers[key.offer], key.language, key.channel),
            prompt_digest=digest(*asked),
            model=model,
            day=self.today,
        )


def missing(keys: Iterable[Key], bank: Bank, desk: Desk) -> Iterator[Key]:
    """The keys without a text that can be approved: never written, rejected, stale or unjudged."""
    for key in keys:
        found = bank.current(key, desk.offers[key.offer])
        if found is None or found.status == "rejected" or is_unjudged(found):
            yield key


def is_unjudged(text: Stored) -> bool:
    """Whether the second call never came, and nobody has looked at the text since."""
    return text.status == "written" and text.claims is None and not text.edited


class Done(NamedTuple):
    """What became of one text. failed: why there is none."""

    key: Key
    text: Stored | None = None
    failed: WriterError | None = None


Tell = Callable[[Done], None]


class Author:
    """Writes texts into one file, a few at once.

    calls: the most that are made, repairs and retries included.
    """

    def __init__(self, desk: Desk, known: GeminiSettings, calls: int, path: Path) -> None:
        self._desk, self._path, self._model = desk, path, known.gemini_model
        self._seconds = known.gemini_deadline
        unending = Budget(calls, lambda: 0.0)  # time does not give calls back here
        self._writer = GeminiWriter(
            known.model_copy(update={"text_cache_size": 0}), gemini_key(known), budget=unending
        )
        self._composer = Composer(known, self._writer)
        self._failures = 0
        self.stopped: WriterError | None = None

    async def write(self, keys: Iterable[Key], bank: Bank, tell: Tell) -> None:
        """Writes the texts with these keys; tells of each when it is saved, or can't be written.

        `stopped` says why the rest was left, if it was.
        """
        waiting = iter(keys)
        try:
            await asyncio.gather(*(self._work(waiting, bank, tell) for _ in range(AT_ONCE)))
        finally:
            await self._composer.aclose()

    async def _work(self, waiting: Iterator[Key], bank: Bank, tell: Tell) -> None:
        for key in waiting:
            done = await self._done(key, bank)
            self._judge_failure(done.failed)
            if done.text is not None:
                append(self._path, done.text)
            tell(done)
            if self.stopped is not None:
                return

    def _judge_failure(self, error: WriterError | None) -> None:
        self._failures = 0 if error is None else self._failures + 1
        if error is not None and (error.reason in LOST or self._failures >= MOST_FAILURES):
            self.stopped = self.stopped or error

    async def _done(self, key: Key, bank: Bank) -> Done:
        """The text, judged; without a judgement it is kept, to be judged the next time."""
        try:
            draft = await self._patiently(lambda: self._draft(key, bank))
        except WriterError as error:
            return Done(key, failed=error)
        claims, failed = None, None
        try:
            claims = await self._patiently(lambda: self._claims(key, draft))
        except WriterError as error:
            failed = error
        return Done(key, self._desk.stored(key, draft, claims, self._model), failed)

    async def _draft(self, key: Key, bank: Bank) -> Draft:
        known = bank.current(key, self._desk.offers[key.offer])
        if known is not None and is_unjudged(known):
            return known.text
        await load_forms(key.language)
        proposal = self._desk.proposal(key)
        return await self._composer.draft(proposal, brief(proposal, key), self._seconds)

    async def _claims(self, key: Key, draft: Draft) -> tuple[str, ...]:
        found = await self._writer.judge(self._desk.facts(key), draft, deadline=inf)
        return found.claims

    async def _patiently(self, call: Call[Result]) -> Result:
        """What the call gives, once Gemini takes calls again. Raises WriterError."""
        for _ in range(MOST_PAUSES):
            try:
                return await call()
            except WriterError as error:
                if error.reason not in LATER:
                    raise
                pause = PAUSE if error.retry_after is None else error.retry_after
            await asyncio.sleep(pause)
        return await call()

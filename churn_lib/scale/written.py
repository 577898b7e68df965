"""The words of each offer: an approved text of the bank, else the catalogue's template."""

import asyncio
from collections import Counter
from collections.abc import Collection
from pathlib import Path

from pydantic_core import to_json

from churn_lib.customer.request import PredictRequest
from churn_lib.log import NONE
from churn_lib.offers.catalogue import Catalogue
from churn_lib.offers.decide import Decider
from churn_lib.scale.reference import Answer
from churn_lib.scale.request import Request
from churn_lib.score.scorecard import Scorecard
from churn_lib.settings import GeminiSettings
from churn_lib.words.compose import Composer, Misconfigured
from churn_lib.words.template import Proposal
from churn_lib.words.texts import Key, Shelf
from churn_lib.words.wanted import key_of

WORDS = ("headline", "message", "call_to_action", "written_by")
"""The columns, after all others."""

ENDING = ".missing.ndjson"
"""Of the file that lists what is missing."""


class Words:
    """Writes without Gemini, and counts the rows for which there is no approved text."""

    def __init__(
        self,
        card: Scorecard,
        catalogue: Catalogue,
        request: Request,
        texts: Shelf | None = None,
    ) -> None:
        self._card, self._catalogue, self._day = card, catalogue, request.day
        self._offers = {offer.id: offer for offer in catalogue.offers}
        self._until = Decider(catalogue).accept_until
        self._composer = Composer(GeminiSettings(), Misconfigured(), texts)
        self._runner = asyncio.Runner()
        self.missing = Counter[Key]()

    def of(self, read: PredictRequest, offer: object) -> Answer:
        """The words of this offer for a customer; nothing without an offer."""
        if offer is None:
            return dict.fromkeys(WORDS)
        made = self._offers[str(offer)]
        until = self._until(made, self._day)
        proposal = Proposal(made, until, read, read.context, self._catalogue)
        reasons = self._card.reasons(read, self._card.score(read))
        written = self._runner.run(self._composer.compose(proposal, reasons, seconds=None))
        if written.written_by == "template":
            self.missing[key_of(proposal, reasons)] += 1
        return dict(zip(WORDS, (*written.text, written.written_by), strict=True))

    def close(self) -> None:
        self._runner.close()


def list_missing(keys: Collection[Key], path: Path) -> None:
    """Lists them as a log of the function does, for `churn texts write --from-log`; no file where
    there are none.
    """
    if not keys:
        path.unlink()
        return
    with path.open("wb") as file:
        for key in keys:
            named = {name: text or NONE for name, text in key._asdict().items()}
            file.write(to_json({"event": "missing_text", **named}) + b"\n")

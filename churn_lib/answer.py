"""The whole answer for one customer: the score first, the offer second, never silent."""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from math import inf
from time import perf_counter
from typing import Literal

from churn_lib.customer.request import PredictRequest
from churn_lib.errors import SettingsError
from churn_lib.score import scorecard
from churn_lib.score.risk import risk
from churn_lib.settings import settings

OfferMode = Literal["none", "template", "gemini"]


NO_OFFER: Mapping[str, object] = {
    "id": None,
    "why": "No offer was asked for.",
    "eligible": (),
    "trace": [],
}


async def answer(
    request: PredictRequest,
    mode: OfferMode | None = None,
    *,
    explain: bool = False,
    seconds: float = inf,
) -> dict[str, object]:
    """The answer of `POST /predict`, ready for JSON.

    mode: whether an offer is wanted and who writes its text; left out, Gemini when it is
    configured, else templates. explain: whether the offer shows what became of every other offer.
    seconds: how long Gemini may take at most; GEMINI_DEADLINE holds too. Raises ArtifactError and
    SettingsError.
    """
    started = perf_counter()
    card = scorecard.shared()
    score = card.score(request)
    reasons = card.reasons(request, score)
    said, offer, versions = "", NO_OFFER, {"model_version": card.version}
    if mode != "none":
        from churn_lib.propose import propose

        offer, said, versions["catalogue_version"] = await propose(
            request,
            request.context,
            probability=score.probability,
            reasons=reasons,
            today=datetime.now(UTC).date(),
            gemini=mode != "template",
            explain=explain,
            seconds=seconds,
        )
    return {
        **({} if request.customerID is None else {"customerID": request.customerID}),
        "churn_probability": score.probability,
        "risk": risk(score.probability, settings()),
        "reasons": [reason._asdict() for reason in reasons],
        "marketing_offer": said,
        "offer": offer,
        "metadata": {
            "decision_id": os.urandom(16).hex(),
            **versions,
            "arm": "policy",
            "latency_ms": round((perf_counter() - started) * 1000, 3),
        },
    }


async def close() -> None:
    """Closes the running event loop's connections to Gemini; for the end of a process or of its
    loop.
    """
    if "churn_lib.words.compose" in sys.modules:
        from churn_lib.words.compose import shared

        with suppress(SettingsError):  # then there was nothing to open
            await shared().aclose()

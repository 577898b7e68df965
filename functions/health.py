"""`GET /health`: can customers be scored, and by which model.

`GET /ready`: may this instance get requests.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from churn_lib.errors import ArtifactError, NotReadyError, SecretError, SettingsError
from churn_lib.score.scorecard import scorecard
from churn_lib.settings import (
    ExperimentSettings,
    GeminiSettings,
    LogSettings,
    OfferSettings,
    ScoreSettings,
    TraceSettings,
    settings,
)
from functions.server.drain import drain
from functions.server.reply import json_reply

if TYPE_CHECKING:
    from churn_lib.secrets.key import Sources


async def health(_request: Request, _body: bytes) -> Response:
    """`healthy` and the model's version; 503 when nobody can be scored."""
    _check(scorecard, _bounds)
    version, now = scorecard().version, datetime.now(UTC)
    # `timestamp` is for clients of the first version, `time` for everybody else.
    return json_reply(
        {
            "status": "healthy",
            "model_version": version,
            "timestamp": now.timestamp(),
            "time": now.isoformat(),
        }
    )


async def ready(_request: Request, _body: bytes) -> Response:
    """`ready` with the versions of model and catalogue, loaded by then.

    503 when nobody can be scored or no decision be logged, and with `draining` once the instance is
    being stopped. What costs less is named under `wrong`.
    """
    if drain.begun:
        return json_reply({"status": "draining"}, 503)
    return json_reply(await asyncio.to_thread(_state))


def _state() -> dict[str, object]:
    from churn_lib.offers.catalogue import OFFERS, catalogue, in_force

    _check(scorecard, _bounds, _log)
    found: dict[str, object] = {"status": "ready", "model_version": scorecard().version}
    groups = (GeminiSettings, ExperimentSettings, TraceSettings)
    wrong = [fault.field for group in groups for fault in settings().faults[group]]
    wrong += _keys()
    with suppress(ArtifactError):
        found["catalogue_version"] = catalogue().version
        is_right = not settings().faults[ExperimentSettings]
        if catalogue().experiment and is_right and not settings().experiment.is_set:
            wrong.append("EXPERIMENT_KEY")
    if misplaced := settings().faults[OfferSettings]:
        wrong += [fault.field for fault in misplaced]
    elif in_force().fault:  # none, or the one before stays in force
        wrong.append(OFFERS)
    return {**found, "wrong": wrong} if wrong else found


def _keys() -> Iterator[str]:
    """The settings that can give no key."""
    from churn_lib.secrets.key import experiment_sources, gemini_sources

    known = settings()
    if not known.faults[GeminiSettings] and not known.gemini.gemini_vertex_project:
        yield from _without_key(gemini_sources(known.gemini))
    if not known.faults[ExperimentSettings]:
        yield from _without_key(experiment_sources(known.experiment))


def _without_key(kept: "Sources") -> Iterator[str]:
    try:
        kept.check()
    except SecretError:
        yield kept.setting


def _check(*needed: Callable[[], object]) -> None:
    """Raises NotReadyError, which names all that is wrong with what is needed."""
    found = dict[str, None]()
    for load in needed:
        try:
            load()
        except (ArtifactError, SettingsError) as error:
            found[str(error)] = None  # each once: .env concerns them all
    if found:
        raise NotReadyError("; ".join(found))


def _bounds() -> ScoreSettings:
    return settings().score


def _log() -> LogSettings:
    return settings().log

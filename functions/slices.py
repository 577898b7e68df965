"""Many rows in one request: answered in order, a slice at a time, so that others get their turn."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import lru_cache
from itertools import islice
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar

from starlette.requests import Request

from churn_lib import log
from churn_lib.answer import Answered, read_for_decisions
from churn_lib.customer.json_text import json_in_steps
from churn_lib.customer.request import PredictRequest
from churn_lib.errors import ArtifactError, SecretError
from churn_lib.score.scorecard import risk, scorecard
from churn_lib.settings import settings

if TYPE_CHECKING:
    from churn_lib.shape import Answer

MOST_ROWS = 5000
"""Customers of one request."""

SLICE_SECONDS = 0.004
"""How long rows are scored before others get their turn: some 100 rows, fewer where faulty."""

WRITTEN_AT_ONCE = 8
"""Rows written at the same time: half of Gemini's slots, so that no batch takes them all."""

Asked = TypeVar("Asked")
Row = TypeVar("Row")


@asynccontextmanager
async def turn() -> AsyncIterator[None]:
    """Of the event loop, for what takes long: however many requests want one, everybody else waits
    for one of them at most.
    """
    async with _lock(asyncio.get_running_loop()):
        try:
            yield
        finally:  # with the lock still held: else the next one would run in the same turn
            await asyncio.sleep(0)


@lru_cache(maxsize=1)
def _lock(_loop: asyncio.AbstractEventLoop) -> asyncio.Lock:
    return asyncio.Lock()


async def json_parts(
    body: bytes, apart: Callable[[object], Sequence[object]]
) -> tuple[object, list[bytes]]:
    """As `json_in_steps`, with a turn for everybody else between two steps.

    Other batches wait for all of them: what is parsed takes many times the room of the body.
    """
    steps = json_in_steps(body, apart)
    async with turn():
        while True:
            try:
                next(steps)
            except StopIteration as end:
                parsed, written = end.value
                return parsed, written
            await asyncio.sleep(0)


async def in_slices(
    rows: Iterable[Asked], answered: Callable[[Asked], Awaitable[Row]]
) -> AsyncIterator[list[Row]]:
    """The answers to all rows in order, in lists. None waits for anybody but the first time."""
    waiting, ended = iter(rows), False
    while not ended:
        async with turn():
            done, due = list[Row](), perf_counter() + SLICE_SECONDS
            for row in waiting:
                done.append(await answered(row))
                if perf_counter() >= due:
                    break
            else:
                ended = True
        yield done


async def written_in_slices(
    rows: Iterable[Asked], answered: Callable[[Asked], Awaitable[Row]]
) -> AsyncIterator[list[Row]]:
    """As `in_slices`, for answers that wait for somebody else; a few of them wait together."""

    async def in_turn(row: Asked) -> Row:
        async with turn():
            pass
        return await answered(row)

    waiting = iter(rows)
    while some := list(islice(waiting, WRITTEN_AT_ONCE)):
        yield await asyncio.gather(*map(in_turn, some))


async def load(offers: bool) -> None:
    """Loads what rows need, before an answer begins. offers: whether they get any.

    Raises ArtifactError and SettingsError where nobody can be scored.
    """
    scorecard()
    risk(0, settings().score)
    if offers:
        from churn_lib.words.compose import composer

        composer()
        with suppress(ArtifactError, SecretError):  # each row is told
            await read_for_decisions()


def logged(
    request: Request, customer: PredictRequest, found: Answered, take: log.Sink = log.add
) -> "Answer":
    """The answer, once it stands in the decision log: each row of an offer is a decision.

    take: where its line goes instead.
    """
    log.decision(
        route=request.scope["path"],
        answer=found.answer,
        evidence=found.evidence,
        customer=customer,
        context=customer.context,
        trace=log.trace_fields(request.headers),
        take=take,
    )
    return found.answer

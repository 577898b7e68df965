"""`POST /bigquery`: a remote function of BigQuery, called as `churn.score(TO_JSON(t))`.

The protocol: https://cloud.google.com/bigquery/docs/remote-functions. BigQuery repeats a batch that
was answered with 408, 429, 500, 503 or 504, so one that will never be accepted is answered with
400, and a row that can't be scored with its faults in its place.
"""

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from pydantic_core import from_json, to_json
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from churn_lib import log
from churn_lib.answer import Answered, answered
from churn_lib.customer.json_text import check_size, read_json
from churn_lib.customer.reading import identified, read_columns
from churn_lib.customer.request import PredictRequest
from churn_lib.errors import (
    BodyError,
    ChurnError,
    FieldFault,
    InputError,
    SettingsError,
    SizeError,
    WriterError,
)
from churn_lib.score.rows import score_row
from churn_lib.settings import settings
from functions.predict import parameters
from functions.server.limits import hold, remaining
from functions.server.reply import json_reply, refusal
from functions.slices import MOST_ROWS, in_slices, json_parts, load, logged, turn, written_in_slices

if TYPE_CHECKING:
    from churn_lib.gemini.bounds import Budget

Mode = Literal["score", "offer"]
Reply = Mapping[str, object]

HEADERS = {"Cache-Control": "no-store"}
REPLIES_AT_ONCE = 100

LARGEST_TEXT = 1024 * 1024
"""Bytes of a row that is given as the text of its JSON, which is read in one turn."""


class Batch(NamedTuple):
    """What is asked for, and each call, as JSON: an array of one argument.

    As bytes until their turn comes, for what is parsed takes many times the room.
    """

    mode: Mode
    calls: list[bytes]


async def bigquery(request: Request, body: bytes) -> Response:
    """One reply for each call: the score, or all of `/predict` where the context says offer."""
    parameters(request)
    asked = await _read(body)
    await load(asked.mode != "score")
    decided = list[bytes]()
    slices = (
        in_slices(asked.calls, _score)
        if asked.mode == "score"
        else _offers(asked.calls, request, decided.append)
    )
    rendered, lines, size = list[bytes](), list[bytes](), 0
    async for replies in slices:
        some = [to_json(reply, inf_nan_mode="null") for reply in replies]
        rendered += some
        lines.append(b"".join(decided))
        decided.clear()
        size += sum(map(len, some)) + len(lines[-1])
        hold(request, size)
    parts = _in_parts(rendered, lines)
    return StreamingResponse(parts, headers=HEADERS, media_type="application/json")


async def _in_parts(replies: list[bytes], lines: list[bytes]) -> AsyncIterator[bytes]:
    """All replies, a few at a time: the next ones wait until the client has taken those before.

    lines: of the decision log, for each slice. They are written first, and no sooner: BigQuery
    repeats a batch that is cut off at its deadline, which is over here.
    """
    for some in filter(None, lines):
        async with turn():
            log.add(some)
    yield b'{"replies":['
    for start in range(0, len(replies), REPLIES_AT_ONCE):
        some = b",".join(replies[start : start + REPLIES_AT_ONCE])
        yield some if start == 0 else b"," + some
    yield b"]}\n"


def refused(error: ChurnError) -> Response:
    """The error in the words of the protocol."""
    status = 400 if isinstance(error, InputError) else error.status
    message = str(error) if isinstance(error, InputError) else error.title
    if isinstance(error, BodyError):
        message = f"{error.title}: {error}"
    if isinstance(error, SizeError):
        message = f"{message}; lower max_batching_rows or select fewer columns"
    return refusal(error, json_reply({"errorMessage": message}, status))


async def _read(body: bytes) -> Batch:
    """Raises InputError."""
    envelope, (_around, *calls) = await json_parts(body, _apart)
    return Batch(_asked(envelope), calls)


def _apart(envelope: object) -> Sequence[object]:
    """What stands around the calls, and each call; in one part what will be refused."""
    calls = envelope.get("calls") if isinstance(envelope, dict) else None
    if not isinstance(envelope, dict) or not isinstance(calls, list) or len(calls) > MOST_ROWS:
        return [envelope]
    return [{**envelope, "calls": []}, *calls]


def _asked(envelope: object) -> Mode:
    if not isinstance(envelope, dict) or not isinstance(envelope.get("calls"), list):
        raise _refusal("calls", "must be an array")
    calls = envelope["calls"]
    if len(calls) > MOST_ROWS:
        raise _refusal(
            "calls", f"must be at most {MOST_ROWS}: set max_batching_rows of the function"
        )
    if not all(isinstance(call, list) and len(call) == 1 for call in calls):
        raise _refusal("calls", "each must have one argument: TO_JSON of the customer's row")
    return _mode(envelope.get("userDefinedContext"))


def _mode(context: object) -> Mode:
    if context in (None, {}, {"mode": "score"}):
        return "score"
    if context == {"mode": "offer"}:
        return "offer"
    raise _refusal("userDefinedContext", "must be mode = score or mode = offer")


def _refusal(field: str, message: str) -> InputError:
    return InputError([FieldFault(field, message)])


async def _score(call: bytes) -> Reply:
    row: object = None
    try:
        row = _row(call)
        return score_row(read_columns(PredictRequest, row))
    except InputError as error:
        return _rejected(error, row)


def _rejected(error: InputError, row: object) -> Reply:
    """row: as far as it was read, for the customer's name."""
    return {**identified(row), "errors": [fault._asdict() for fault in error.faults]}


def _row(call: bytes) -> object:
    """The argument of a call: JSON, or the text of it. Raises InputError."""
    (row,) = from_json(call, cache_strings="none")  # as for the whole body
    if not isinstance(row, str):
        return row
    text = row.encode()
    check_size(text, LARGEST_TEXT)
    return read_json(text)


def _offers(calls: list[bytes], request: Request, take: log.Sink) -> AsyncIterator[list[Reply]]:
    """take: for the lines of the decision log."""

    async def offered(call: bytes) -> Reply:
        row: object = None
        try:
            row = _row(call)
            customer = read_columns(PredictRequest, row)
        except InputError as error:
            return _rejected(error, row)
        return logged(request, customer, await _offer(customer, request), take)

    return written_in_slices(calls, offered)


async def _offer(customer: PredictRequest, request: Request) -> Answered:
    """Gemini is asked only where there is an offer without approved words, and calls are left."""
    from churn_lib.offers.shape import is_made

    planned = await answered(customer, "gemini", seconds=None)
    offer = planned.answer["offer"]
    if not is_made(offer) or offer["written_by"] == "approved":
        return planned
    try:
        known = settings().gemini
        if known.gemini_texts == "approved" or not known.bigquery_gemini_calls_per_minute:
            return planned
        _budget().spend()
    except SettingsError:
        offer["fallback_reason"] = "misconfigured"
        return planned
    except WriterError as error:
        offer["fallback_reason"] = error.reason
        return planned
    return await answered(customer, "gemini", seconds=remaining(request))


@cache
def _budget() -> "Budget":
    from churn_lib.gemini.bounds import Budget

    return Budget(settings().gemini.bigquery_gemini_calls_per_minute, time.monotonic)

"""`POST /bigquery`: a remote function of BigQuery, called with one JSON argument:
`churn.score(TO_JSON(t))`.

The protocol: https://cloud.google.com/bigquery/docs/remote-functions. BigQuery repeats a batch that
was answered with 408, 429, 500, 503 or 504, so one that will never be accepted is answered with
400, and a row that can't be scored with its faults in its place.
"""

import time
from collections.abc import AsyncIterator, Callable, Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from pydantic_core import from_json
from starlette.requests import Request
from starlette.responses import Response

from churn_lib.answer import Answer, answer, is_made
from churn_lib.customer.model import LEVELS, RANGES
from churn_lib.customer.request import PredictRequest
from churn_lib.errors import FieldFault, InputError, WriterError
from churn_lib.score import rows as bulk
from churn_lib.settings import settings
from functions.server.limits import remaining
from functions.server.reply import json_reply
from functions.slices import (
    MOST_ROWS,
    in_slices,
    labelled,
    load,
    logged,
    written_in_slices,
)

if TYPE_CHECKING:
    from churn_lib.gemini.bounds import Budget

Mode = Literal["score", "offer"]
Reply = Mapping[str, object]

KNOWN = frozenset(PredictRequest.model_fields)
NUMBERS = (
    *RANGES,
    *(name for name, levels in LEVELS.items() if all(isinstance(level, int) for level in levels)),
)
NAMES = {spelled: name for name in KNOWN for spelled in (name, name.casefold())}
LONGEST_NUMBER = 40
"""Characters of a number that came as text; none that is in a range needs more."""


class Batch(NamedTuple):
    """What is asked for, and the argument of each call."""

    mode: Mode
    arguments: list[object]


async def bigquery(request: Request, body: bytes) -> Response:
    """One reply for each call, in order: the score, or all of `/predict` where the user-defined
    context says offer.
    """
    try:
        asked = _batch(body)
    except InputError as error:
        return json_reply({"errorMessage": str(error)}, 400)
    load("none" if asked.mode == "score" else "template")
    slices = (
        in_slices(asked.arguments, _scorer())
        if asked.mode == "score"
        else _offers(asked.arguments, request)
    )
    return json_reply({"replies": [reply async for replies in slices for reply in replies]})


def _batch(body: bytes) -> Batch:
    envelope = bulk.read(body)
    calls = envelope.get("calls") if isinstance(envelope, dict) else None
    if not isinstance(envelope, dict) or not isinstance(calls, list):
        raise InputError([FieldFault("calls", "must be an array")])
    if len(calls) > MOST_ROWS:
        raise InputError(
            [
                FieldFault(
                    "calls", f"must be at most {MOST_ROWS}: set max_batching_rows of the function"
                )
            ]
        )
    if not all(isinstance(call, list) and len(call) == 1 for call in calls):
        raise InputError(
            [FieldFault("calls", "each must have one argument: TO_JSON of the customer's row")]
        )
    context = envelope.get("userDefinedContext")
    context = {} if context is None else context
    objects = [envelope, context, *(argument for (argument,) in calls)]
    keys = sum([len(found) for found in objects if isinstance(found, dict)])
    job = (
        ""
        if b"\\u" in body
        else "".join(text for text in envelope.values() if isinstance(text, str))
    )
    bulk.refuse_repeats(body, keys, colons=job.count(":"))
    return Batch(_mode(context), [argument for (argument,) in calls])


def _mode(context: object) -> Mode:
    if context == {} or context == {"mode": "score"}:
        return "score"
    if context == {"mode": "offer"}:
        return "offer"
    raise InputError([FieldFault("userDefinedContext", "must be mode = score or mode = offer")])


def _scorer() -> Callable[[object], Reply]:
    scorer = bulk.shared()
    quick = scorer.quick

    def score(argument: object) -> Reply:
        try:
            return quick(argument) or scorer.answer(_row(argument))
        except InputError as error:
            return _rejected(error)

    return score


def _rejected(error: InputError) -> Reply:
    return {"errors": [fault._asdict() for fault in error.faults]}


def _row(argument: object) -> object:
    """The customer in a call: its attributes by their names, and numbers as numbers. Raises
    MalformedError.
    """
    row = bulk.read_row(argument.encode()) if isinstance(argument, str) else argument
    if not isinstance(row, dict):
        return row
    row = _named(row)
    if type(row.get("customerID")) is int:
        row["customerID"] = str(row["customerID"])
    if not isinstance(
        row.get("context"), dict
    ):  # a column of the table that has nothing to do with ours
        row.pop("context", None)
    numbers = {name: _number(text) for name in NUMBERS if type(text := row.get(name)) is str}
    return {**row, **numbers} if numbers else row


def _named(row: dict[str, object]) -> dict[str, object]:
    """The columns that are attributes, in any case as everywhere in BigQuery, and hold
    something.
    """
    return {
        name: value
        for column, name in _attributes(tuple(row))
        if (value := row[column]) is not None
    }


@lru_cache(maxsize=1)
def _attributes(columns: tuple[str, ...]) -> list[tuple[str, str]]:
    """The columns that are attributes, each with the attribute's name; kept, for all rows of a
    table have the same.
    """
    return [
        (column, name)
        for column in columns
        if (name := NAMES.get(column) or NAMES.get(column.casefold()))
    ]


def _number(text: str) -> object:
    """The number in a text, for INT64 and NUMERIC come as texts where a double would lose
    digits.
    """
    try:
        number = from_json(text) if len(text) <= LONGEST_NUMBER else text
    except ValueError:
        return text
    return number if isinstance(number, int | float) else text


async def _offers(arguments: list[object], request: Request) -> AsyncIterator[list[Reply]]:
    async def answered(argument: object) -> Reply:
        try:
            customer = bulk.checked(_row(argument))
        except InputError as error:
            return _rejected(error)
        return logged(request, customer, await _offer(customer, request))

    async for replies in written_in_slices(arguments, answered):
        yield replies


async def _offer(customer: PredictRequest, request: Request) -> Answer:
    """Gemini is asked only where there is an offer to write and this route has calls left."""
    planned = await answer(customer, "template")
    if not settings().bigquery_gemini_calls_per_minute or not is_made(planned["offer"]):
        return planned
    try:
        _budget().spend()
    except WriterError as error:
        return labelled(planned, error.reason)
    return await answer(customer, "gemini", seconds=remaining(request))


@cache
def _budget() -> "Budget":
    from churn_lib.gemini.bounds import Budget

    return Budget(settings().bigquery_gemini_calls_per_minute, time.monotonic)

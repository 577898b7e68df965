"""`POST /predict/batch`: many customers in, a line of NDJSON for each in order, and a last line."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Mapping
from itertools import islice, starmap
from typing import NamedTuple, get_args

from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from churn_lib.answer import OfferMode, answer
from churn_lib.customer.reading import check_size, read_json, read_row
from churn_lib.customer.request import PredictRequest
from churn_lib.errors import FieldFault, InputError
from churn_lib.score.rows import score_row
from functions.predict import choice
from functions.server.limits import media_type, remaining
from functions.slices import MOST_ROWS, in_slices, load, logged, turn, written_in_slices

NDJSON = "application/x-ndjson"

LINE = re.compile(rb"\s*+([^\n]+)")
"""A line with what is blank before it, other lines as well."""

Line = Mapping[str, object]
"""What is answered for one customer."""


class Item(NamedTuple):
    """One customer of the body, read when its turn comes: until then bytes take the least room."""

    number: int
    content: bytes

    def customer(self) -> PredictRequest:
        """Raises InputError."""
        check_size(self.content)
        return read_row(read_json(self.content))

    def rejected(self, error: InputError) -> Line:
        faults = [fault._asdict() for fault in error.faults]
        return {"row": self.number, "status": error.status, "errors": faults}


async def batch(request: Request, body: bytes) -> Response:
    """Scores the customers of a JSON array or of NDJSON, whichever the media type says.

    `?offer=template|gemini` answers each with all keys of `/predict`, `?reasons=true` adds reasons
    to the score.
    """
    mode: OfferMode = choice(request, "offer", get_args(OfferMode)) or "none"
    explained = choice(request, "reasons", ("true", "false")) == "true"
    async with turn():
        contents = _lines(body) if media_type(request) == NDJSON else await _array(body)
    items = starmap(Item, enumerate(contents, start=1))
    load(mode)
    slices = _scored(items, explained) if mode == "none" else _offered(items, mode, request)
    return StreamingResponse(
        _stream(slices), headers={"Cache-Control": "no-store"}, media_type=NDJSON
    )


def _check_count(count: int) -> None:
    if count > MOST_ROWS:
        raise InputError([FieldFault("(body)", f"must hold at most {MOST_ROWS} rows")])


def _lines(body: bytes) -> list[bytes]:
    lines = [found[1] for found in islice(LINE.finditer(body.strip()), MOST_ROWS + 1)]
    _check_count(len(lines))
    return lines


async def _array(body: bytes) -> list[bytes]:
    items = _items(read_json(body))
    await asyncio.sleep(0)
    return [to_json(item) for item in items]


def _items(items: object) -> list[object]:
    if not isinstance(items, list):
        raise InputError(
            [FieldFault("(body)", f"must be a JSON array, or lines of JSON sent as {NDJSON}")]
        )
    _check_count(len(items))
    return items


def _scored(items: Iterable[Item], explained: bool) -> AsyncIterator[list[Line]]:
    def answered(item: Item) -> Line:
        try:
            return score_row(item.customer(), explained=explained)
        except InputError as error:
            return item.rejected(error)

    return in_slices(items, answered)


def _offered(items: Iterable[Item], mode: OfferMode, request: Request) -> AsyncIterator[list[Line]]:
    """What Gemini has not written within the time of the request is a template."""

    async def answered(item: Item) -> Line:
        try:
            customer = item.customer()
        except InputError as error:
            return item.rejected(error)
        return logged(request, customer, await answer(customer, mode, seconds=remaining(request)))

    return written_in_slices(items, answered)


async def _stream(slices: AsyncIterator[list[Line]]) -> AsyncIterator[bytes]:
    rows = rejected = 0
    async for answers in slices:
        rows += len(answers)
        rejected += sum("status" in answer for answer in answers)
        yield b"".join([to_json(answer, inf_nan_mode="null") + b"\n" for answer in answers])
    yield to_json({"done": True, "rows": rows, "rejected": rejected}) + b"\n"

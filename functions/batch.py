"""`POST /predict/batch`: many customers in, a line of NDJSON for each in order, and a last line."""

import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Literal, NamedTuple, get_args

from starlette.requests import Request
from starlette.responses import Response

from churn_lib.answer import OfferMode, answered, decided_row
from churn_lib.customer.json_text import check_size, read_json
from churn_lib.customer.reading import identified, read_row
from churn_lib.errors import FieldFault, InputError
from churn_lib.score.rows import score_row
from functions.predict import choice, parameters
from functions.server.limits import media_type, remaining
from functions.server.reply import NDJSON, json_line, lines_reply
from functions.slices import (
    MOST_ROWS,
    in_slices,
    json_parts,
    load,
    logged,
    turn,
    written_in_slices,
)

BatchMode = Literal["none", "decide", "template", "gemini"]

LINE = re.compile(rb"\s*+([^\n]+)")
"""A line with what is blank before it, other lines as well."""

Line = Mapping[str, object]
"""What is answered for one customer."""


class Item(NamedTuple):
    """One customer of the body, read when its turn comes: until then bytes take the least room.

    number: among the customers. line: in the body; 0 in an array.
    """

    number: int
    content: bytes
    line: int = 0

    def rejected(self, error: InputError) -> Line:
        place = {"row": self.number, **({"line": self.line} if self.line else {})}
        faults = [fault._asdict() for fault in error.faults]
        return {**place, **self._named(), "status": error.status, "errors": faults}

    def _named(self) -> Mapping[str, str]:
        """What the row calls the customer, as far as it can be read."""
        try:
            check_size(self.content)
            return identified(read_json(self.content))
        except InputError:
            return {}


async def batch(request: Request, body: bytes) -> Response:
    """Scores the customers of a JSON array or of NDJSON, whichever the media type says.

    `?offer=template|gemini` answers each with all keys of `/predict`; `?offer=decide` adds which
    offer and its money to the score, and decides on nothing for the log; `?reasons=true` adds
    reasons to the score.
    """
    given = parameters(request, "offer", "reasons")
    mode: BatchMode = choice(given, "offer", get_args(BatchMode)) or "none"
    explained = choice(given, "reasons", ("true", "false")) == "true"
    items = await (_lines(body) if media_type(request) == NDJSON else _array(body))
    await load(mode != "none")
    if mode == "none":
        slices = _scored(items, explained)
    elif mode == "decide":
        slices = _decided(items, explained)
    else:
        slices = _offered(items, mode, request)
    return lines_reply(_stream(slices))


def _check_count(count: int) -> None:
    if count > MOST_ROWS:
        raise InputError([FieldFault("(body)", f"must hold at most {MOST_ROWS} rows")])


async def _lines(body: bytes) -> Iterator[Item]:
    """Found one by one: all of many bodies at once keep the garbage collector busy too long."""
    async with turn():
        text = body.rstrip()
        _check_count(sum(1 for _ in islice(LINE.finditer(text), MOST_ROWS + 1)))
        return _numbered(text)


def _numbered(text: bytes) -> Iterator[Item]:
    line, read = 1, 0
    for number, found in enumerate(LINE.finditer(text), 1):
        begins = found.start(1)
        line += text.count(b"\n", read, begins)
        read = begins
        yield Item(number, found[1], line)


async def _array(body: bytes) -> Iterator[Item]:
    rows, contents = await json_parts(body, _apart)
    if not isinstance(rows, list):
        raise InputError(
            [FieldFault("(body)", f"must be a JSON array, or lines of JSON sent as {NDJSON}")]
        )
    _check_count(len(rows))
    return (Item(number, content) for number, content in enumerate(contents, 1))


def _apart(rows: object) -> Sequence[object]:
    """The rows; in one part what will be refused."""
    return rows if isinstance(rows, list) and len(rows) <= MOST_ROWS else [rows]


def _scored(items: Iterable[Item], explained: bool) -> AsyncIterator[list[Line]]:
    async def answered(item: Item) -> Line:
        try:
            return score_row(read_row(item.content), explained=explained)
        except InputError as error:
            return item.rejected(error)

    return in_slices(items, answered)


def _decided(items: Iterable[Item], explained: bool) -> AsyncIterator[list[Line]]:
    async def answered(item: Item) -> Line:
        try:
            return await decided_row(read_row(item.content), explained=explained)
        except InputError as error:
            return item.rejected(error)

    return in_slices(items, answered)


def _offered(items: Iterable[Item], mode: OfferMode, request: Request) -> AsyncIterator[list[Line]]:
    """What Gemini has not written within the time of the request is a template."""

    async def offered(item: Item) -> Line:
        try:
            customer = read_row(item.content)
        except InputError as error:
            return item.rejected(error)
        found = await answered(customer, mode, seconds=remaining(request))
        return logged(request, customer, found)

    return written_in_slices(items, offered)


async def _stream(slices: AsyncIterator[list[Line]]) -> AsyncIterator[bytes]:
    rows = rejected = 0
    async for answers in slices:
        rows += len(answers)
        rejected += sum("status" in answer for answer in answers)
        yield b"".join(map(json_line, answers))
    yield json_line({"done": True, "rows": rows, "rejected": rejected})

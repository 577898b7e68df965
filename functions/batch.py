"""`POST /predict/batch`: many customers in, one line of NDJSON for each in the same order, and a
last line.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from typing import NamedTuple, get_args

from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from churn_lib.answer import OfferMode, answer
from churn_lib.errors import FieldFault, InputError
from churn_lib.score import rows as bulk
from churn_lib.score import scorecard
from functions.predict import choice
from functions.server.limits import media_type, remaining
from functions.slices import MOST_ROWS, in_slices, load, logged, written_in_slices

NDJSON = "application/x-ndjson"

Row = Mapping[str, object]


class Line(NamedTuple):
    """One customer of the body: parsed out of an array, or a line that is parsed when its turn
    comes.
    """

    number: int
    content: object

    def row(self) -> object:
        """The parsed row. Raises InputError."""
        return bulk.read_row(self.content) if isinstance(self.content, bytes) else self.content


async def batch(request: Request, body: bytes) -> Response:
    """Scores the customers of a JSON array or of NDJSON, whichever the media type says.

    `?offer=template|gemini` answers each with all keys of `/predict`, `?reasons=true` adds reasons
    to the score.
    """
    mode: OfferMode = choice(request, "offer", get_args(OfferMode)) or "none"
    explained = choice(request, "reasons", ("true", "false")) == "true"
    is_ndjson = media_type(request) == NDJSON
    contents = _lines(body) if is_ndjson else _items(body)
    _check_count(len(contents))
    lines = [Line(number, content) for number, content in enumerate(contents, start=1)]
    load(mode)
    slices = (
        _scored(lines, _explained if explained else _score)
        if mode == "none"
        else _offered(lines, mode, request)
    )
    return StreamingResponse(
        _stream(slices), headers={"Cache-Control": "no-store"}, media_type=NDJSON
    )


def _check_count(count: int) -> None:
    if count > MOST_ROWS:
        raise InputError([FieldFault("(body)", f"must hold at most {MOST_ROWS} rows")])


def _lines(body: bytes) -> list[object]:
    _check_count(body.count(b"\n"))
    return [line for line in body.split(b"\n") if line.strip()]


def _items(body: bytes) -> list[object]:
    items = bulk.read(body)
    if not isinstance(items, list):
        raise InputError(
            [FieldFault("(body)", f"must be a JSON array, or lines of JSON sent as {NDJSON}")]
        )
    bulk.refuse_repeats(body, sum(len(item) for item in items if isinstance(item, dict)))
    return items


def _scored(lines: list[Line], score: Callable[[object], Row]) -> AsyncIterator[list[Row]]:
    def answered(line: Line) -> Row:
        try:
            return score(line.row())
        except InputError as error:
            return _rejected(line, error)

    return in_slices(lines, answered)


def _score(row: object) -> Row:
    return bulk.shared().answer(row)


def _explained(row: object) -> Row:
    customer, card = bulk.checked(row), scorecard.shared()
    reasons = card.reasons(customer, card.score(customer))
    return {**bulk.shared().full(customer), "reasons": reasons}


def _offered(lines: list[Line], mode: OfferMode, request: Request) -> AsyncIterator[list[Row]]:
    """What Gemini has not written within the time of the request is a template."""

    async def answered(line: Line) -> Row:
        try:
            customer = bulk.checked(line.row())
        except InputError as error:
            return _rejected(line, error)
        return logged(request, customer, await answer(customer, mode, seconds=remaining(request)))

    return written_in_slices(lines, answered)


def _rejected(line: Line, error: InputError) -> Row:
    return {
        "row": line.number,
        "status": error.status,
        "errors": [fault._asdict() for fault in error.faults],
    }


async def _stream(slices: AsyncIterator[list[Row]]) -> AsyncIterator[bytes]:
    rows = rejected = 0
    async for answers in slices:
        rows += len(answers)
        rejected += sum("status" in answer for answer in answers)
        yield b"".join([to_json(answer, inf_nan_mode="null") + b"\n" for answer in answers])
    yield to_json({"done": True, "rows": rows, "rejected": rejected}) + b"\n"

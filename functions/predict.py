"""`POST /predict` and `POST /`: one customer in, probability, reasons and offer out."""

from collections.abc import AsyncIterator, Mapping, Sequence
from difflib import get_close_matches
from typing import TypeVar, get_args
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from churn_lib import log
from churn_lib.answer import Answered, OfferMode, answered, in_two
from churn_lib.customer.reading import parse_json
from churn_lib.customer.request import PredictRequest
from churn_lib.errors import FieldFault, InputError, QueryError
from functions.server.limits import header, remaining
from functions.server.reply import NDJSON, json_line, json_reply, lines_reply

MOST_PARAMETERS = 20
LONGEST_NAME = 40
"""Characters of an unknown parameter's name that are told: enough to find it."""

Option = TypeVar("Option", bound=str)


async def predict(request: Request, body: bytes) -> Response:
    """Scores the customer in the body.

    `?offer=none|template|gemini` says whether and by whom an offer is written, `?explain=true`
    shows why this one, `?runner_up=true` adds the next one that pays. Who accepts NDJSON gets the
    answer in words that are there already, and in a second line the words that are last.
    """
    given = parameters(request, "offer", "explain", "runner_up")
    mode = choice(given, "offer", get_args(OfferMode))
    explain, second = [
        choice(given, name, ("true", "false")) == "true" for name in ("explain", "runner_up")
    ]
    customer = parse_json(PredictRequest, body)
    if NDJSON in header(request, b"accept").lower():
        answers = in_two(
            customer, mode, explain=explain, runner_up=second, seconds=remaining(request)
        )
        first = await anext(answers)  # what is wrong with the score has its own status
        return lines_reply(_in_lines(request, customer, first, answers))
    found = await answered(
        customer, mode, explain=explain, runner_up=second, seconds=remaining(request)
    )
    _log(request, customer, found)
    return json_reply(found.answer)


async def _in_lines(
    request: Request, customer: PredictRequest, first: Answered, answers: AsyncIterator[Answered]
) -> AsyncIterator[bytes]:
    """The whole answer, then its words that are last; the log names those, whoever reads them."""
    last = first
    try:
        yield json_line(first.answer)
        async for last in answers:
            said = {name: last.answer[name] for name in ("offer", "marketing_offer", "metadata")}
            yield json_line(said)
    finally:
        _log(request, customer, last)


def _log(request: Request, customer: PredictRequest, found: Answered) -> None:
    log.decision(
        route="/predict",
        answer=found.answer,
        evidence=found.evidence,
        customer=customer,
        context=customer.context,
        trace=log.trace_fields(request.headers),
    )


def parameters(request: Request, *known: str) -> Mapping[str, str]:
    """The query of a request. Raises QueryError, which names what is unknown or given twice.

    What does not count must not pass in silence: `?ofer=none` would pay for Gemini's words. Where a
    GET is answered nothing can be chosen, so there a query changes nothing and is not looked at:
    health checks, caches and links that people share add their own.
    """
    pairs = _pairs(request.scope["query_string"].decode("latin-1"))
    given, names = dict(pairs), [name for name, _ in pairs]
    faults = [_unknown(name, known) for name in given if name not in known]
    twice = [name for name in known if names.count(name) > 1]
    faults += [FieldFault(name, "must be given once") for name in twice]
    if faults:
        raise QueryError(faults)
    return given


def _pairs(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_PARAMETERS)
    except ValueError:
        fault = FieldFault("(query)", f"must hold at most {MOST_PARAMETERS} parameters")
        raise QueryError([fault]) from None


def _unknown(name: str, known: Sequence[str]) -> FieldFault:
    shown = name[:LONGEST_NAME]
    close = get_close_matches(shown.casefold(), known, n=1)
    hint = f"did you mean {close[0]}?" if close else f"there is {' and '.join(known) or 'none'}"
    return FieldFault(shown or "(query)", f"is no parameter here: {hint}")


def choice(given: Mapping[str, str], name: str, allowed: Sequence[Option]) -> Option | None:
    """The value of a query parameter, None when it is left out. Raises InputError."""
    if name not in given:
        return None
    for option in allowed:
        if option == given[name]:
            return option
    raise InputError([FieldFault(name, f"must be one of {', '.join(allowed)}")])

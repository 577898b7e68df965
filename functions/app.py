"""The one table of routes, and the edge where every error becomes `application/problem+json` (RFC 9457)."""

import logging
import traceback
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from churn_lib.errors import ChurnError, InputError, MethodError, RouteError
from functions.batch import NDJSON, batch
from functions.bigquery import bigquery
from functions.health import health
from functions.index import index
from functions.predict import predict
from functions.reply import json_reply

Endpoint = Callable[[Request, bytes], Awaitable[Response]]
"""Answers a request whose body was read; empty where the route takes none."""

JSON = frozenset({"application/json"})
ONE_CUSTOMER = 64 * 1024
MANY_CUSTOMERS = 4 * 1024 * 1024


class Route(NamedTuple):
    """What answers one method of one path: the media types and the most bytes of a body that it takes."""

    endpoint: Endpoint
    media: frozenset[str] = frozenset()
    largest: int = 0


PREDICT = Route(predict, JSON, ONE_CUSTOMER)

ROUTES: Mapping[str, Mapping[str, Route]] = {
    "/": {"GET": Route(index), "POST": PREDICT},
    "/predict": {"POST": PREDICT},
    "/predict/batch": {"POST": Route(batch, JSON | {NDJSON}, MANY_CUSTOMERS)},
    "/bigquery": {"POST": Route(bigquery, JSON, MANY_CUSTOMERS)},
    "/health": {"GET": Route(health)},
}

logger = logging.getLogger(__name__)


async def respond(request: Request) -> Response:
    """The answer to any request; an error of ours becomes its status, any other one is logged and becomes 500."""
    try:
        route = _route(request)
        body = await request.body() if route.largest else b""
        return await route.endpoint(request, body)
    except ChurnError as error:
        if error.status >= 500:
            logger.error("%s: %s", type(error).__name__, error)
        return problem(error)
    except ClientDisconnect:
        return Response(status_code=400)  # nobody reads it
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        logger.error("%s in %s, %s:%s", type(error).__name__, place.name, place.filename, place.lineno)
        return problem(ChurnError())


def _route(request: Request) -> Route:
    methods = ROUTES.get(request.scope["path"])
    if methods is None:
        raise RouteError("see GET / for what there is")
    method = "GET" if request.method == "HEAD" else request.method
    if method not in methods:
        raise MethodError([*methods, *(["HEAD"] if "GET" in methods else [])])
    return methods[method]


def problem(error: ChurnError) -> Response:
    """The error as its status and a JSON body that names fields and what is allowed, and repeats no input."""
    content: dict[str, object] = {"type": "about:blank", "title": error.title, "status": error.status}
    if error.status < 500:
        content["detail"] = str(error)
    if isinstance(error, InputError):
        content["errors"] = [fault._asdict() for fault in error.faults]
    reply = json_reply(content, error.status, "application/problem+json")
    if isinstance(error, MethodError):
        reply.headers["Allow"] = ", ".join(error.allowed)
    return reply

"""The one table of routes, and the edge where every error becomes a problem (RFC 9457)."""

import asyncio
import logging
import traceback
from collections.abc import Callable, Mapping
from typing import NamedTuple

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from churn_lib.errors import (
    BusyError,
    ChurnError,
    DeadlineError,
    MethodError,
    RouteError,
)
from functions.batch import batch
from functions.bigquery import bigquery, refused
from functions.console import files as console
from functions.health import health, ready
from functions.index import index
from functions.interface import page as docs
from functions.interface.openapi import openapi
from functions.outcomes import outcomes
from functions.predict import predict
from functions.server.hosts import check_host
from functions.server.limits import (
    BODY_SECONDS,
    IN_FLIGHT,
    ONE_CUSTOMER,
    REQUEST_SECONDS,
    Admission,
    Endpoint,
    check_kind,
    in_time,
)
from functions.server.reply import NDJSON, POLICY, problem

JSON = frozenset({"application/json"})
MANY_CUSTOMERS = 4 * 1024 * 1024
LARGEST_OF_BIGQUERY = 10 * 1024 * 1024


class Route(NamedTuple):
    """What answers one method of one path.

    media, largest: the media types and the most bytes of a body. body_seconds: in which it must
    arrive. seconds: of the whole request. refuse: the answer to an error.
    """

    endpoint: Endpoint
    media: frozenset[str] = frozenset()
    largest: int = 0
    body_seconds: float = BODY_SECONDS
    seconds: float = REQUEST_SECONDS
    refuse: Callable[[ChurnError], Response] = problem


PREDICT = Route(predict, JSON, ONE_CUSTOMER)

Routes = Mapping[str, Mapping[str, Route]]
"""What there is at each path, by method; `*` is all that is below a path."""

ROUTES: Routes = {
    "/": {"GET": Route(index), "POST": PREDICT},
    "/predict": {"POST": PREDICT},
    "/predict/batch": {"POST": Route(batch, JSON | {NDJSON}, MANY_CUSTOMERS)},
    "/bigquery": {"POST": Route(bigquery, JSON, LARGEST_OF_BIGQUERY, refuse=refused)},
    "/outcomes": {"POST": Route(outcomes, JSON, ONE_CUSTOMER)},
    "/health": {"GET": Route(health)},
    "/ready": {"GET": Route(ready)},
    "/openapi.json": {"GET": Route(openapi)},
    "/docs": {"GET": Route(docs.docs)},
    "/docs/init.js": {"GET": Route(docs.init)},
    "/docs/swagger-ui-bundle.js": {"GET": Route(docs.script)},
    "/docs/swagger-ui.css": {"GET": Route(docs.style)},
    "/console/*": {"GET": Route(console.file)},
}

logger = logging.getLogger(__name__)


class Function(Response):
    """The whole function: an ASGI application, and a response because the framework wants one.

    begin: called with the first request, for that is the first call in the server's own process.
    """

    def __init__(
        self,
        routes: Routes = ROUTES,
        *,
        begin: Callable[[Receive], None] | None = None,
    ) -> None:
        super().__init__()
        self._routes = routes
        self._admission = Admission(IN_FLIGHT)
        self._begin = begin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers any request. No exception leaves it, and none of their texts is logged."""
        if self._begin is not None:
            begin, self._begin = self._begin, None
            begin(receive)
        request = Request(scope, receive, send)
        try:
            reply = await self._reply(request)
            if b"content-security-policy" not in dict(reply.raw_headers):
                reply.raw_headers.append((b"content-security-policy", POLICY))
            await reply(scope, receive, send)
        except (Exception, asyncio.CancelledError) as error:
            _log(error)
        finally:
            self._admission.leave(request)

    async def _reply(self, request: Request) -> Response:
        """The answer; an error of ours becomes its status, any other one is logged and a 500."""
        refuse: Callable[[ChurnError], Response] = problem
        try:
            route = self._route(request)
            refuse = route.refuse
            if route.largest:
                check_kind(request, route.media)
                self._admission.enter(request)
            return await in_time(
                request,
                route.endpoint,
                largest=route.largest,
                body_seconds=route.body_seconds,
                seconds=route.seconds,
            )
        except ChurnError as error:
            # Of BusyError there can be thousands.
            if error.status >= 500 and not isinstance(error, BusyError):
                logger.error("%s: %s", type(error).__name__, error)
            return refuse(error)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        except asyncio.CancelledError as error:  # by the server, when it must end
            _log(error)
            return refuse(DeadlineError())
        except Exception as error:
            _log(error)
            return refuse(ChurnError())

    def _route(self, request: Request) -> Route:
        check_host(request)
        path: str = request.scope["path"]
        methods = self._routes.get(path) or self._routes.get(f"/{path.split('/')[1]}/*")
        if methods is None:
            raise RouteError("see GET / for what there is")
        method = "GET" if request.method == "HEAD" else request.method
        if method not in methods:
            raise MethodError([*methods, *(["HEAD"] if "GET" in methods else [])])
        return methods[method]


def _log(error: BaseException) -> None:
    """Kind and place, never the text, which may quote a customer."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    logger.error("%s in %s, %s:%s", type(error).__name__, place.name, place.filename, place.lineno)

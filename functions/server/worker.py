"""How the framework's server is set up; the framework itself has no options for it."""

import asyncio
import logging

from gunicorn.arbiter import Arbiter
from starlette.types import Receive
from uvicorn_worker import UvicornWorker

from functions.server.drain import drain
from functions.server.watch import watch

HEADERS = [("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer")]
"""On every answer, the parser's own refusals included."""

GRACEFUL_SECONDS = 7
"""After SIGTERM, for clients who send no body or do not take their answers."""

SETTINGS = {
    # The strict parser and the fast loop, or none at all.
    "http": "functions.server.protocol:Protocol",
    "loop": "uvloop",
    "ws": "none",  # WebSockets would only cost memory and start-up
    "lifespan": "off",
    "server_header": False,
    "headers": HEADERS,
    # Seconds; a front end that uses idle connections again must not find them closed.
    "timeout_keep_alive": 75,
    "timeout_graceful_shutdown": GRACEFUL_SECONDS,
}

logger = logging.getLogger(__name__)


def set_up() -> None:
    """Takes effect when it is called before the worker starts, as the import of `main.py` is."""
    UvicornWorker.CONFIG_KWARGS = {**UvicornWorker.CONFIG_KWARGS, **SETTINGS}
    # A worker of uvicorn ignores what the master makes of these, and would be killed after 30 s.
    for name in ("handle_int", "handle_quit"):
        setattr(Arbiter, name, Arbiter.handle_term)


def begin(receive: Receive) -> None:
    """Makes SIGTERM drain this process, has it look for new offers, and logs when its server is not
    the one set up here.

    To be called with the first request.
    """
    drain.arm()
    watch.begin()
    for found in unexpected(receive):
        logger.error(
            "the server was not set up as functions/server/worker.py says: it runs on %s", found
        )


def unexpected(receive: Receive) -> list[str]:
    """The modules of the event loop and of the HTTP parser that are not the ones in SETTINGS."""
    loop, parser = type(asyncio.get_running_loop()), type(getattr(receive, "__self__", None))
    wanted = {loop.__module__: "uvloop", parser.__module__: "httptools"}
    return [module for module, name in wanted.items() if name not in module]

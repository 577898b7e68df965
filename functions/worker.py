"""How the server that functions-framework starts is set up; the framework itself has no options for it."""

from uvicorn_worker import UvicornWorker

SETTINGS = {"http": "httptools", "loop": "uvloop", "ws": "none", "lifespan": "off", "server_header": False}
"""The strict parser and the fast loop or none at all; no WebSockets, which would only cost memory and start-up."""


def set_up() -> None:
    """Takes effect when it is called before the worker starts, as the import of `main.py` is."""
    UvicornWorker.CONFIG_KWARGS = {**UvicornWorker.CONFIG_KWARGS, **SETTINGS}

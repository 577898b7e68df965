"""The cloud function `predict`. As a program it serves locally, or scores with `--cli`."""

import gc
import os
import sys

# Else Pydantic reads the metadata of every installed package.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

# Before the server is imported, since that needs more than Windows has.
if __name__ == "__main__" and "--cli" in sys.argv[1:]:
    from churn_lib.cli import legacy

    legacy.run(sys.argv[1:])

# Modules that are imported make no garbage, and the collector would walk them again and again.
gc.disable()

from functions_framework import aio
from starlette.requests import Request
from starlette.responses import Response

from functions.app import Function
from functions.server import logs, worker

function = Function(begin=worker.begin)
worker.set_up()
logs.set_up()
gc.freeze()
# A batch makes thousands of objects, and next to no garbage in cycles.
gc.set_threshold(20_000, 20, 20)
gc.enable()


@aio.http
async def predict(_request: Request) -> Response:
    """Answers every path and method; the framework hands all of them to this one function."""
    return function


def run(arguments: list[str]) -> None:
    """`python main.py` serves, as in the original."""
    from functions_framework._cli import _cli

    os.environ.setdefault("HOST", "127.0.0.1")
    _cli(["--target", "predict", *arguments])


if __name__ == "__main__":
    run(sys.argv[1:])

"""Under which names the function is asked."""

import os
import re
from functools import lru_cache
from ipaddress import ip_address

from starlette.requests import Request

from churn_lib.errors import HostError

LOCALHOST = "localhost"
PORT = re.compile(r":\d*$")


def check_host(request: Request) -> None:
    """Raises HostError where the function listens to this machine alone and is asked by the name of
    another one: a stranger's page can have its own name lead to this machine (DNS rebinding).
    """
    asked = PORT.sub("", request.headers.get("host", "")).strip("[]")
    if asked and _is_local(os.environ.get("HOST", "")) and not _is_local(asked):
        raise HostError("the function listens to this machine alone: ask localhost or 127.0.0.1")


@lru_cache(maxsize=64)
def _is_local(name: str) -> bool:
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name.lower() == LOCALHOST

"""The function as a user starts it: a real `functions-framework` process on a free port of
loopback.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import NamedTuple

import httpx2

from tests.canaries import seen

ROOT = Path(__file__).parents[1]
COMMAND = (sys.executable, "-m", "functions_framework", "--target", "predict")
SECONDS_TO_START = 60.0
FOREIGN = (
    "CHURN_",
    "GEMINI",
    "GOOGLE",
    "RISK",
    "FUNCTION",
    "AWS_",
    "SECRET_",
    "DECISION_",
    "K_",
    "OFFERS",
    "STORAGE_",
    "LOG_",
    "PYTHONDONTWRITEBYTECODE",
)
"""Variables that would set up the project, or have Python compile it anew at every start."""

PORTS = range(20_000, 32_000)
"""Below those that the system gives to connections, one of which could take the port of a server
that is just being started.
"""

PARSERS: Mapping[str, Mapping[str, str]] = {
    "httptools": {},
    "h11": {"FUNCTION_SOURCE": "tests/functions/on_h11.py"},
}
"""What starts the function on each of uvicorn's HTTP parsers: the one that is used, and the other
one.
"""


OFTEN = {"FUNCTION_SOURCE": "tests/functions/watching.py"}
"""What starts the function so that it looks for offers and texts far more often than once a minute.
"""


class Served(NamedTuple):
    """A running server: its address, its process, and the file with all that it printed."""

    url: str
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def printed(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def complaints(self) -> list[str]:
        """What it printed, without the structured lines that are no warnings."""
        return [
            line
            for line in self.printed().splitlines()
            if not line.startswith('{"severity":"INFO"')
        ]

    def workers(self) -> list[int]:
        """The processes that answer."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        assert until(lambda: children.read_text() != "")
        return [int(pid) for pid in children.read_text().split()]


@contextmanager
def serve(
    variables: Mapping[str, str] | None = None,
    folder: Path = ROOT,
    command: Sequence[str | Path] = COMMAND,
    port: int = 0,
) -> Iterator[Served]:
    """Serves `main.py` of a folder until the block ends; the process is ended by its own id.

    port: 0 finds a free one.

    Raises AssertionError when the server printed what nobody may see.
    """
    port = port or free_port()
    with tempfile.TemporaryDirectory() as home:
        log = Path(home) / "log"
        environment = {
            **clean_environment(),
            "HOME": home,
            "HOST": "127.0.0.1",
            "PORT": str(port),
            **(variables or {}),
        }
        with log.open("wb") as sink:
            process = subprocess.Popen(
                command, cwd=folder, env=environment, stdout=sink, stderr=subprocess.STDOUT
            )
        server = Served(f"http://127.0.0.1:{port}", port, process, log)
        try:
            wait_for(port, process)
            yield server
        finally:
            process.terminate()
            process.wait(30)
        assert seen(server.printed()) == []


def clean_environment() -> dict[str, str]:
    """This environment without the variables that would make a difference."""
    return {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}


def peak_memory(process: int) -> int:
    """The most bytes that a process ever held in memory."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


_taken = count(os.getpid() * 101)  # so that tests in several processes begin at several places


def free_port() -> int:
    """A port of loopback where nothing listens; another one each time."""
    while True:
        port = PORTS[next(_taken) % len(PORTS)]
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def until(happens: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Whether it happens within some seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if happens():
            return True
        time.sleep(0.005)
    return False


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Returns when something listens there. Raises AssertionError when the process ends before, or
    never listens.
    """

    def listens() -> bool:
        assert process.poll() is None, f"the server ended with {process.returncode}"
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        return False

    assert until(listens, SECONDS_TO_START), "nothing listened in time"


def wait_for_gemini(url: str, customer: object) -> None:
    """Returns when Gemini writes: on a busy machine the first texts may come too late, because its
    client is being imported.
    """

    def writes() -> bool:
        answer = httpx2.post(f"{url}/predict", json=customer, trust_env=False, timeout=30)
        return bool(answer.json()["offer"]["written_by"] == "gemini")

    assert until(writes, SECONDS_TO_START), "Gemini wrote nothing in time"

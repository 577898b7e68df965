"""The function as a user starts it: a real `functions-framework` process on a free port of loopback."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
COMMAND = (sys.executable, "-m", "functions_framework", "--target", "predict")
SECONDS_TO_START = 60.0
FOREIGN = ("GEMINI", "GOOGLE", "RISK", "FUNCTION", "AWS_", "SECRET_", "PYTHONDONTWRITEBYTECODE")
"""Variables that would set up the project, or have Python compile it anew at every start."""


class Served(NamedTuple):
    """A running server: its address, its process, and the file with all that it printed."""

    url: str
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def printed(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")


@contextmanager
def serve(
    variables: Mapping[str, str] | None = None, folder: Path = ROOT, command: Sequence[str | Path] = COMMAND
) -> Iterator[Served]:
    """Serves `main.py` of a folder until the block ends; the process is ended by its own id."""
    port = free_port()
    with tempfile.TemporaryDirectory() as home:
        log = Path(home) / "log"
        environment = {**clean_environment(), "HOME": home, "HOST": "127.0.0.1", "PORT": str(port), **(variables or {})}
        with log.open("wb") as sink:
            process = subprocess.Popen(command, cwd=folder, env=environment, stdout=sink, stderr=subprocess.STDOUT)
        try:
            wait_for(port, process)
            yield Served(f"http://127.0.0.1:{port}", port, process, log)
        finally:
            process.terminate()
            process.wait(30)


def clean_environment() -> dict[str, str]:
    """This environment without the variables that would make a difference."""
    return {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Returns when something listens there. Raises AssertionError when the process ends before, or never listens."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the server ended with {process.returncode}"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.005)
        else:
            return
    raise AssertionError("nothing listened in time")

"""How much there is to read, and through how many rooms a request goes.

`python -m tests.bench.bench_house FOLDER` measures another checkout with the same rules.
"""

import ast
import asyncio
import importlib
import json
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from starlette.types import ASGIApp, Message

from tests.bench.figures import Goal, at_most
from tests.serving import ROOT

EXAMPLE = ROOT / "tests/data/customer.json"


class Size(NamedTuple):
    """What a reader meets: lines of files, lines that hold code, and names at the top level of
    modules.
    """

    files: int
    lines: int
    code: int
    statements: int
    names: int


class Walk(NamedTuple):
    """What one request passes: rooms are files of ours, a move is a call that lands in another file
    than the last.
    """

    rooms: int
    moves: int
    functions: int
    calls: int


def figures() -> Iterator[Goal]:
    """Prints the sizes; the goals are for the way of a request."""
    print(size(ROOT))
    for offer in ("none", "template"):
        print(f"?offer={offer}: {walk(offer)}")
    found = walk("template")
    yield at_most("rooms that a request with ?offer=template passes", found.rooms, 14)
    yield at_most("moves between them", found.moves, 40)


def sources(folder: Path) -> list[Path]:
    """The Python files of the product, without tests and infrastructure."""
    return [
        folder / "main.py",
        *(path for part in ("functions", "churn_lib") for path in (folder / part).rglob("*.py")),
    ]


def size(folder: Path) -> Size:
    """The size of all that is imported or run; docstrings, comments and blank lines are no code."""
    paths = sources(folder)
    texts = [path.read_text("utf-8") for path in paths]
    trees = [ast.parse(text) for text in texts]
    lines = sum(len(text.splitlines()) for text in texts)
    code = sum(map(_code, texts, trees))
    statements = sum(isinstance(node, ast.stmt) for tree in trees for node in ast.walk(tree))
    return Size(len(paths), lines, code, statements, sum(map(_names, trees)))


def _code(text: str, tree: ast.Module) -> int:
    silent = {
        number
        for number, line in enumerate(text.splitlines(), 1)
        if not line.strip() or line.strip()[0] == "#"
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            silent |= set(range(node.lineno, (node.end_lineno or 0) + 1))
    return len(text.splitlines()) - len(silent)


def _names(tree: ast.Module) -> int:
    """Functions, classes and values that a module defines."""
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {
                name.id
                for target in targets
                for name in ast.walk(target)
                if isinstance(name, ast.Name)
            }
    return len(found)


def walk(offer: str) -> Walk:
    """What the second request of a process passes: by then everything is imported and loaded."""
    function = importlib.import_module("main").function
    body = EXAMPLE.read_bytes()
    asyncio.run(_ask(function, offer, body))
    own = {str(path) for path in sources(Path(sys.modules["main"].__file__ or "").parent)}
    steps: list[tuple[str, str]] = []

    def hook(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code.co_filename in own:
            steps.append((frame.f_code.co_filename, frame.f_code.co_qualname))

    sys.setprofile(hook)
    try:
        asyncio.run(_ask(function, offer, body))
    finally:
        sys.setprofile(None)
    moves = sum(before[0] != after[0] for before, after in pairwise(steps))
    return Walk(len({place for place, _ in steps}), moves, len(set(steps)), len(steps))


async def _ask(function: ASGIApp, offer: str, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    scope: dict[str, object] = {
        "type": "http",
        "method": "POST",
        "scheme": "http",
        "server": ("localhost", 80),
        "path": "/predict",
        "query_string": f"offer={offer}".encode(),
        "headers": headers,
    }
    sent: list[Message] = []
    unread = [body]

    async def receive() -> Message:
        if not unread:
            await asyncio.Event().wait()  # the client stays
        return {"type": "http.request", "body": unread.pop(), "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await function(scope, receive, send)
    assert sent[0]["status"] == 200, sent


if __name__ == "__main__":
    elsewhere = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT).resolve()
    sys.path.insert(0, str(elsewhere))
    print(json.dumps(size(elsewhere)._asdict()))
    for mode in ("none", "template"):
        print(mode, json.dumps(walk(mode)._asdict()))

"""A fake Gemini: a real HTTP server on loopback that counts its calls and answers as a scenario
says.

In a test: `async with FakeGemini("503") as gemini:`. As a process: `python -m tests.fakes.gemini
--port 9000 --delay 1.0 --scenario ok`, then `POST /_control` with `{"scenario": "503", "delay": 0,
"script": ["500", "ok"]}`; `GET /_control` tells the number of calls.
"""

import argparse
import asyncio
import json
import socket
from collections import deque
from collections.abc import Collection, Iterable
from typing import Any, Self

from tests.fakes.scenarios import SCENARIOS, TOO_SHORT, Exchange, fault, key_fault


class FakeGemini:
    """calls: every request for a text, in order. script: scenarios of the next calls; after them
    `scenario` holds.

    keys: those that are accepted; None accepts all but an empty one. delay: seconds before each
    answer. elsewhere: where the scenario `redirect` leads. refusal: what a wrong key gets. port: 0
    finds a free one.
    """

    def __init__(
        self,
        scenario: str = "ok",
        *,
        delay: float = 0.0,
        script: Iterable[str] = (),
        keys: Collection[str] | None = None,
        elsewhere: str = "",
        refusal: str = "400_key",
        port: int = 0,
    ) -> None:
        self.scenario = scenario
        self.delay = delay
        self.script = deque(script)
        self.keys = keys
        self.elsewhere = elsewhere
        self.refusal = refusal
        self.port = port
        self.calls: list[Exchange] = []
        self.tokens = 0
        self.called = asyncio.Event()
        self.gone = asyncio.Event()
        self._busy: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._busy:
            task.cancel()
        await asyncio.gather(*self._busy, return_exceptions=True)

    async def start(self) -> None:
        """Listens on its port of loopback; 0 finds a free one."""
        self._server = await asyncio.start_server(
            self._connected, "127.0.0.1", self.port, backlog=2048
        )
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._busy.add(task)
        try:
            while not writer.is_closing():
                await self._exchange(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            self.gone.set()
        finally:
            self._busy.discard(task)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.split("\r\n")
        headers = {
            name.lower(): value
            for name, _, value in (line.partition(": ") for line in lines if line)
        }
        content = await reader.readexactly(int(headers.get("content-length", 0)))
        path = first.split(" ")[1]
        is_json = content.startswith(b"{")
        exchange = Exchange(
            path, headers, json.loads(content) if is_json else {}, reader, writer, self.elsewhere
        )
        if path == "/_control":
            await self._control(exchange)
        elif path == "/token":
            self.tokens += 1
            await exchange.answer(
                200, {"access_token": "fake-token", "expires_in": 3600, "token_type": "Bearer"}
            )
        else:
            await self._generate(exchange)

    async def _generate(self, exchange: Exchange) -> None:
        self.calls.append(exchange)
        self.called.set()
        if self.delay:
            await asyncio.sleep(self.delay)
        if await self._refused(exchange):
            return
        name = self.script.popleft() if self.script else self.scenario
        await SCENARIOS[name](exchange)

    async def _refused(self, exchange: Exchange) -> bool:
        """What the real one refuses whatever the scenario."""
        headers, body, path = exchange.headers, exchange.body, exchange.path
        key = headers.get("x-goog-api-key", headers.get("authorization", ""))
        level = body.get("generationConfig", {}).get("thinkingConfig", {}).get("thinkingLevel", "")
        if not path.endswith(":generateContent") or not body.get("contents"):
            await SCENARIOS["404"](exchange)
        elif float(headers.get("x-server-timeout", "600")) < 10:
            await exchange.answer(400, fault(400, "INVALID_ARGUMENT", TOO_SHORT))
        elif not key or (self.keys is not None and key not in self.keys):
            await (
                SCENARIOS[self.refusal](exchange)
                if key
                else exchange.answer(403, key_fault("CREDENTIALS_MISSING"))
            )
        elif level == "MINIMAL" and "-flash-lite" not in path:
            await exchange.answer(
                400, fault(400, "INVALID_ARGUMENT", "Thinking level is not supported.")
            )
        else:
            return False
        return True

    async def _control(self, exchange: Exchange) -> None:
        told: dict[str, Any] = exchange.raw
        self.scenario = told.get("scenario", self.scenario)
        self.delay = told.get("delay", self.delay)
        self.script.extend(told.get("script", ()))
        await exchange.answer(
            200, {"scenario": self.scenario, "delay": self.delay, "calls": len(self.calls)}
        )


def unused_port() -> int:
    """A port of loopback where nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _serve(port: int, scenario: str, delay: float) -> None:
    gemini = FakeGemini(scenario, delay=delay, port=port)
    await gemini.start()
    print(gemini.url, flush=True)
    await asyncio.Event().wait()


def main() -> None:
    """Serves until the process is ended; prints its address when it listens."""
    parser = argparse.ArgumentParser(description="A fake Gemini on loopback.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--scenario", choices=sorted(SCENARIOS), default="ok")
    chosen = parser.parse_args()
    import uvloop

    uvloop.run(_serve(chosen.port, chosen.scenario, chosen.delay))


if __name__ == "__main__":
    main()

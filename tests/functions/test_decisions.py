"""The decision log of `/bigquery`: each decision that is answered, once, and no other."""

import asyncio
import json

import httpx2

from functions.app import JSON, LARGEST_OF_BIGQUERY, Function, Route
from functions.bigquery import bigquery, refused
from functions.server.limits import REQUEST_SECONDS
from functions.slices import WRITTEN_AT_ONCE

MANY, SHORT = 2000, 0.2


def ask(rows: list[object], seconds: float = REQUEST_SECONDS) -> httpx2.Response:
    """The answer of a function in this process that has so many seconds for a batch with offers."""
    route = Route(bigquery, JSON, LARGEST_OF_BIGQUERY, seconds=seconds, refuse=refused)
    content = {"calls": [[row] for row in rows], "userDefinedContext": {"mode": "offer"}}

    async def answer() -> httpx2.Response:
        transport = httpx2.ASGITransport(app=Function({"/bigquery": {"POST": route}}))
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.post("/bigquery", json=content)

    return asyncio.run(answer())


def identifiers(lines: list[bytes]) -> list[str]:
    written = map(json.loads, b"".join(lines).splitlines())
    return [line["decision_id"] for line in written if line["event"] == "decision"]


def test_a_batch_that_is_cut_off_has_logged_no_decision(
    lines: list[bytes], example: dict[str, object]
) -> None:
    assert ask([example]).status_code == 200  # loads what offers need
    lines.clear()
    assert ask([example] * MANY, SHORT).status_code == 503
    assert identifiers(lines) == []


def test_a_whole_batch_logs_each_decision_once_and_a_few_in_a_turn(
    lines: list[bytes], example: dict[str, object]
) -> None:
    response = ask([example, {}] * 50)
    made = [reply["metadata"] for reply in response.json()["replies"] if "metadata" in reply]
    assert len(made) == 50
    assert identifiers(lines) == [metadata["decision_id"] for metadata in made]
    assert max(map(len, map(bytes.splitlines, lines))) <= WRITTEN_AT_ONCE

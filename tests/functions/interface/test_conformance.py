"""What the conformance suite of the Functions Framework asks of any HTTP function, asked of this
one as it is served.

Source: github.com/GoogleCloudPlatform/functions-framework-conformance, the cases `http` and
`concurrency`; the cases of events and of typed functions are about other kinds of functions.
"""

import asyncio
import json

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.churn_lib.gemini.writing import variables
from tests.fakes.gemini import FakeGemini
from tests.fakes.scenarios import Exchange
from tests.functions.server.test_load import BRIEFS, OFFER
from tests.functions.test_hostile import GOOD
from tests.load import call, session
from tests.serving import serve, wait_for_gemini

PARALLEL = 10
CONTROLS = "".join(map(chr, [*range(32), *range(127, 160), 0x2028, 0x2029]))
IDENTIFIERS = st.text(st.characters(codec="utf-8", exclude_characters=CONTROLS), max_size=100)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(identifier=IDENTIFIERS, escaped=st.booleans())
def test_what_is_sent_arrives_as_it_was_sent(
    client: httpx2.Client, identifier: str, escaped: bool
) -> None:
    body = json.dumps({**json.loads(GOOD), "customerID": identifier}, ensure_ascii=escaped).encode()
    response = client.post(
        "/predict?offer=none", content=body, headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 200
    assert response.json()["customerID"] == identifier


class Together(FakeGemini):
    """Answers no call before as many are there as must be there at once."""

    together = asyncio.Barrier(1)

    async def _generate(self, exchange: Exchange) -> None:
        await self.together.wait()
        await super()._generate(exchange)


@pytest.mark.anyio
async def test_ten_slow_requests_are_answered_at_once_and_not_after_each_other() -> None:
    async with Together() as gemini:
        with serve(variables(gemini.url, text_cache_size=0)) as server:
            await asyncio.to_thread(wait_for_gemini, server.url, json.loads(GOOD))
            gemini.together = asyncio.Barrier(PARALLEL)
            async with session() as client:
                briefs = BRIEFS[:PARALLEL]
                calls = [call(client, server.url, OFFER, brief) for brief in briefs]
                outcomes = await asyncio.gather(*calls)
    assert [outcome.written_by for outcome in outcomes] == ["gemini"] * PARALLEL

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
from tests.functions.server.test_load import BRIEFS, OFFER
from tests.functions.test_hostile import GOOD
from tests.load import Outcome, call, session
from tests.serving import serve

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


@pytest.mark.anyio
async def test_ten_slow_requests_at_once_take_less_than_two_after_each_other() -> None:
    async with FakeGemini(delay=1.0) as gemini:
        with serve(variables(gemini.url, text_cache_size=0)) as server:
            async with session() as client:

                async def asked(brief: bytes) -> Outcome:
                    return await call(client, server.url, OFFER, brief)

                await asked(BRIEFS[-1])
                alone = await asked(BRIEFS[-1])
                together = await asyncio.gather(*map(asked, BRIEFS[:PARALLEL]))
    assert {outcome.written_by for outcome in (alone, *together)} == {"gemini"}
    assert max(outcome.seconds for outcome in together) <= 2 * alone.seconds

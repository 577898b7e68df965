"""How the writer gets access: keys that change while it runs, and the service's own account at
Vertex AI.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from churn_lib.errors import WriterError
from churn_lib.gemini.writer import GeminiWriter
from churn_lib.secrets.key import gemini_key
from churn_lib.settings import read_settings
from tests.churn_lib.gemini.writing import BRIEF, KEY, OTHERS
from tests.fakes.gemini import FakeGemini
from tests.fakes.secret_manager import NAME, FakeSecretManager

pytestmark = pytest.mark.anyio

NEWER = "AIza-another-key-never-to-be-seen"


@asynccontextmanager
async def kept(gemini: FakeGemini, manager: FakeSecretManager) -> AsyncIterator[GeminiWriter]:
    """A writer whose key is kept by this Secret Manager."""
    given = {
        "GEMINI_BASE_URL": gemini.url,
        "GEMINI_API_KEY_SECRET": NAME,
        "SECRET_MANAGER_ENDPOINT": manager.endpoint,
        "GEMINI_SLOTS": "100",
        "GEMINI_CALLS_PER_MINUTE": "1000",
    }
    settings = read_settings(given)
    writer = GeminiWriter(settings, gemini_key(settings))
    try:
        yield writer
    finally:
        await writer.aclose()


async def test_the_key_of_secret_manager_is_the_one_that_is_sent() -> None:
    async with (
        FakeGemini() as gemini,
        FakeSecretManager(KEY) as manager,
        kept(gemini, manager) as writer,
    ):
        await writer.write(BRIEF, deadline=7)
    assert gemini.calls[0].headers["x-goog-api-key"] == KEY


@pytest.mark.parametrize("refusal", ["400_key", "400_expired", "401", "403"])
async def test_a_new_key_is_fetched_once_under_fifty_calls(
    refusal: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with (
        FakeGemini(keys={KEY}) as gemini,
        FakeSecretManager(KEY) as manager,
        kept(gemini, manager) as writer,
    ):
        await writer.write(BRIEF, deadline=7)
        gemini.keys, gemini.refusal = {NEWER}, refusal
        manager.versions[NAME] = NEWER.encode()
        drafts = await asyncio.gather(*[writer.write(brief, deadline=7) for brief in OTHERS[1:51]])
    assert (len(drafts), len(manager.calls), len(gemini.calls)) == (50, 2, 101)
    assert KEY not in caplog.text
    assert NEWER not in caplog.text


async def test_a_revoked_key_without_a_newer_is_refused() -> None:
    async with (
        FakeGemini(keys=set()) as gemini,
        FakeSecretManager(KEY) as manager,
        kept(gemini, manager) as writer,
    ):
        with pytest.raises(WriterError) as caught:
            await writer.write(BRIEF, deadline=7)
    assert str(caught.value) == "refused_key: status 400"
    assert (len(gemini.calls), len(manager.calls)) == (1, 2)


async def test_a_secret_that_may_not_be_read_is_said_and_gemini_is_not_called() -> None:
    async with (
        FakeGemini() as gemini,
        FakeSecretManager(KEY) as manager,
        kept(gemini, manager) as writer,
    ):
        manager.fault = grpc.StatusCode.PERMISSION_DENIED
        with pytest.raises(WriterError) as caught:
            await writer.write(BRIEF, deadline=7)
    assert caught.value.reason == "secret_unavailable"
    assert caught.value.detail == f"{NAME}: no permission; grant roles/secretmanager.secretAccessor"
    assert gemini.calls == []


async def test_a_key_that_is_not_read_in_time_is_no_fault_of_gemini() -> None:
    async with (
        FakeGemini() as gemini,
        FakeSecretManager(KEY) as manager,
        kept(gemini, manager) as writer,
    ):
        await writer.client()
        manager.gate.clear()
        calls = [writer.write(brief, deadline=0.3) for brief in OTHERS[:20]]
        found = await asyncio.gather(*calls, return_exceptions=True)
        manager.gate.set()
        assert (await writer.write(BRIEF, deadline=7)).headline == "An offer for you"
    late = "secret_unavailable: the key could not be read within the deadline"
    assert {str(fault) for fault in found} == {late}
    assert (len(gemini.calls), writer.breaker.state) == (1, "closed")


async def test_a_newer_key_that_is_not_read_in_time_is_no_fault_of_gemini() -> None:
    async with (
        FakeGemini() as gemini,
        FakeSecretManager(KEY) as manager,
        kept(gemini, manager) as writer,
    ):
        await writer.write(BRIEF, deadline=7)
        gemini.keys = {NEWER}
        manager.gate.clear()
        calls = [writer.write(brief, deadline=0.5) for brief in OTHERS[1:21]]
        found = await asyncio.gather(*calls, return_exceptions=True)
        manager.gate.set()
    assert {fault.reason for fault in found if isinstance(fault, WriterError)} == {
        "secret_unavailable"
    }
    assert (len(gemini.calls), writer.breaker.state) == (21, "closed")


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a service account, where Google's libraries look for it."""
    path = tmp_path / "account.json"
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    monkeypatch.setenv("GOOGLE_API_KEY", "a-key-that-vertex-ai-must-not-get")
    return path


def write_account(path: Path, gemini: FakeGemini) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    content = {
        "type": "service_account",
        "client_email": "writer@fake.iam",
        "project_id": "fake-project",
    }
    path.write_text(json.dumps({**content, "private_key": pem, "token_uri": f"{gemini.url}/token"}))


@asynccontextmanager
async def at_vertex(gemini: FakeGemini) -> AsyncIterator[GeminiWriter]:
    given = {"GEMINI_VERTEX_PROJECT": "fake-project", "GEMINI_BASE_URL": gemini.url}
    writer = GeminiWriter(read_settings({**given, "GEMINI_VERTEX_LOCATION": "europe-west1"}), None)
    try:
        yield writer
    finally:
        await writer.aclose()


async def test_vertex_ai_writes_with_the_services_own_account_and_no_key(account: Path) -> None:
    async with FakeGemini() as gemini, at_vertex(gemini) as writer:
        write_account(account, gemini)
        await asyncio.gather(*[writer.write(brief, deadline=7) for brief in OTHERS[:3]])
    place = "/v1beta1/projects/fake-project/locations/europe-west1/publishers/google/models"
    assert {call.path for call in gemini.calls} == {
        f"{place}/gemini-3.5-flash-lite:generateContent"
    }
    assert {call.headers["authorization"] for call in gemini.calls} == {"Bearer fake-token"}
    assert gemini.tokens == 1
    assert not any("x-goog-api-key" in call.headers for call in gemini.calls)


@pytest.mark.usefixtures("account")
async def test_vertex_ai_without_an_account_is_refused() -> None:
    async with FakeGemini() as gemini, at_vertex(gemini) as writer:
        with pytest.raises(WriterError) as caught:
            await writer.write(BRIEF, deadline=7)
    assert (
        str(caught.value)
        == "refused_key: the service account gets no token: DefaultCredentialsError"
    )

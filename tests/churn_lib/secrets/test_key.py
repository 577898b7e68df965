"""The key from every place it may be kept: a real gRPC server, a real AWS server, a file, the
environment.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

import grpc
import pytest

from churn_lib.errors import SecretError
from churn_lib.secrets.key import PAUSE, REFUSED_PAUSE, Secret, gemini_key
from churn_lib.settings import Settings, read_settings
from tests.churn_lib.gemini.writing import Clock
from tests.fakes.gemini import unused_port
from tests.fakes.secret_manager import NAME, PROJECT, FakeSecretManager

pytestmark = pytest.mark.anyio

KEY = "AIza-a-key-that-must-never-be-seen"
NEWER = "AIza-another-key-never-to-be-seen"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def kept(manager: FakeSecretManager, clock: Clock | None = None, name: str = NAME) -> Secret:
    """The key that this Secret Manager keeps."""
    given = {"GEMINI_API_KEY_SECRET": name, "SECRET_MANAGER_ENDPOINT": manager.endpoint}
    return present(read_settings(given), clock)


def present(settings: Settings, clock: Clock | None = None) -> Secret:
    secret = gemini_key(settings, clock or Clock())
    assert secret is not None
    return secret


async def fault(get: Callable[[], Awaitable[str]]) -> str:
    with pytest.raises(SecretError) as caught:
        await get()
    return str(caught.value)


def test_nothing_configured_is_no_key() -> None:
    assert gemini_key(read_settings({})) is None


async def test_a_key_in_the_environment_wins_over_the_others(tmp_path: Path) -> None:
    given = {
        "GEMINI_API_KEY": f" {KEY}\n",
        "GEMINI_API_KEY_FILE": str(tmp_path),
        "GEMINI_API_KEY_SECRET": NAME,
    }
    assert await present(read_settings(given)).get() == KEY


async def test_a_mounted_file_is_read_again_when_it_expires(tmp_path: Path) -> None:
    clock, path = Clock(), tmp_path / "key"
    path.write_text(f"{KEY}\n")
    secret = present(
        read_settings({"GEMINI_API_KEY_FILE": str(path), "SECRET_SECONDS": "60"}), clock
    )
    assert await secret.get() == KEY
    path.write_text(NEWER)
    clock.now += 61
    assert await secret.get() == KEY
    assert await secret.refresh(rejected=KEY) == NEWER


async def test_a_mounted_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(KEY, "utf-8-sig")
    assert await present(read_settings({"GEMINI_API_KEY_FILE": str(path)})).get() == KEY


async def test_a_file_that_is_not_there_is_named_by_its_setting(tmp_path: Path) -> None:
    secret = present(read_settings({"GEMINI_API_KEY_FILE": str(tmp_path / "key")}))
    assert await fault(secret.get) == "GEMINI_API_KEY_FILE can't be read: No such file or directory"


async def test_the_key_comes_from_secret_manager_and_is_kept() -> None:
    async with FakeSecretManager(f"{KEY}\n") as manager:
        secret = kept(manager)
        assert [await secret.get(), await secret.get()] == [KEY, KEY]
    assert manager.calls == [NAME]


async def test_fifty_callers_are_one_read() -> None:
    async with FakeSecretManager(KEY) as manager:
        secret = kept(manager)
        assert await asyncio.gather(*[secret.get() for _ in range(50)]) == [KEY] * 50
    assert len(manager.calls) == 1


async def test_a_caller_who_leaves_does_not_cancel_the_read() -> None:
    async with FakeSecretManager(KEY) as manager:
        secret = kept(manager)
        manager.gate.clear()
        leaving, staying = (asyncio.create_task(secret.get()) for _ in range(2))
        await asyncio.sleep(0.05)
        leaving.cancel()
        manager.gate.set()
        assert await staying == KEY
    assert len(manager.calls) == 1


REFUSALS = [
    (
        grpc.StatusCode.PERMISSION_DENIED,
        f"{NAME}: no permission; grant roles/secretmanager.secretAccessor",
    ),
    (
        grpc.StatusCode.UNAUTHENTICATED,
        f"{NAME}: no permission; grant roles/secretmanager.secretAccessor",
    ),
    (grpc.StatusCode.NOT_FOUND, f"{NAME} does not exist"),
    (grpc.StatusCode.FAILED_PRECONDITION, f"{NAME} is disabled or destroyed"),
    (grpc.StatusCode.INTERNAL, f"{NAME}: Secret Manager does not answer: InternalServerError"),
    (grpc.StatusCode.UNAVAILABLE, f"{NAME}: Secret Manager does not answer: RetryError"),
]


@pytest.mark.parametrize(
    ("status", "expected"), REFUSALS, ids=lambda value: getattr(value, "name", "")
)
async def test_each_refusal_has_its_own_words(status: grpc.StatusCode, expected: str) -> None:
    async with FakeSecretManager(KEY) as manager:
        manager.fault = status
        assert await fault(kept(manager).get) == expected


async def test_a_disabled_or_missing_version_is_named() -> None:
    missing = f"{PROJECT}/secrets/gemini-key/versions/7"
    async with FakeSecretManager(KEY) as manager:
        manager.disabled.add(NAME)
        assert await fault(kept(manager).get) == f"{NAME} is disabled or destroyed"
        assert await fault(kept(manager, name=missing).get) == f"{missing} does not exist"


async def test_a_server_that_is_away_is_given_up_in_time() -> None:
    manager = FakeSecretManager()
    manager.endpoint = f"127.0.0.1:{unused_port()}"
    async with asyncio.timeout(6):
        assert "Secret Manager does not answer" in await fault(kept(manager).get)


async def test_a_wrong_checksum_is_refused_and_an_absent_one_is_not() -> None:
    async with FakeSecretManager(KEY) as manager:
        manager.checksum = "wrong"
        assert (
            await fault(kept(manager).get) == f"{NAME} arrived damaged: its checksum is another one"
        )
        manager.checksum = "absent"
        assert await kept(manager).get() == KEY


@pytest.mark.parametrize(
    "content", ["", "short", "two words of text", '"AIza-quoted"\n\n"', "schlüssel-schlüssel"]
)
async def test_what_is_no_key_is_refused_without_repeating_it(content: str) -> None:
    async with FakeSecretManager() as manager:
        manager.versions[NAME] = content.encode()
        said = await fault(kept(manager).get)
    assert said == "what is kept there is no key of 8 to 512 visible ASCII characters"


@pytest.mark.parametrize(
    "name", ["gemini-key", "projects/p/secrets/s", "arn:aws:s3:::bucket", "https://evil.example"]
)
async def test_a_name_of_no_known_form_says_what_the_forms_are(name: str) -> None:
    said = await fault(present(read_settings({"GEMINI_API_KEY_SECRET": name})).get)
    assert said.startswith(
        "GEMINI_API_KEY_SECRET must be "
        "projects/<project>/secrets/<name>/versions/<version>, or arn:"
    )


async def test_a_failed_read_is_one_log_line_and_is_not_repeated_at_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = Clock()
    async with FakeSecretManager() as manager:
        secret = kept(manager, clock)
        for wait in (0, 0, PAUSE, PAUSE):
            clock.now += wait
            await fault(secret.get)
    assert len(manager.calls) == 3
    messages = [
        record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING
    ]
    assert messages == [f"The Gemini key can't be read: {NAME} does not exist"]


async def test_an_expired_key_is_served_while_one_read_runs_in_the_background() -> None:
    clock = Clock()
    async with FakeSecretManager(KEY) as manager:
        secret = kept(manager, clock)
        await secret.get()
        manager.versions[NAME] = NEWER.encode()
        manager.gate.clear()
        clock.now += 301
        assert [await secret.get() for _ in range(3)] == [KEY] * 3
        manager.gate.set()
        assert await secret.refresh(rejected=KEY) == NEWER
        assert await secret.get() == NEWER
    assert len(manager.calls) == 2


async def test_the_old_key_is_served_while_secret_manager_is_away() -> None:
    clock = Clock()
    async with FakeSecretManager(KEY) as manager:
        secret = kept(manager, clock)
        await secret.get()
        manager.fault = grpc.StatusCode.PERMISSION_DENIED
        clock.now += 301
        assert await secret.get() == KEY
        assert await secret.refresh(rejected=KEY) == KEY
        assert await secret.get() == KEY


async def test_a_refused_key_without_a_newer_is_read_again_after_a_minute() -> None:
    clock = Clock()
    async with FakeSecretManager(KEY) as manager:
        secret = kept(manager, clock)
        await secret.get()
        for wait in (0, PAUSE, REFUSED_PAUSE - PAUSE - 1):
            clock.now += wait
            assert await secret.refresh(rejected=KEY) == KEY
        assert len(manager.calls) == 2
        manager.versions[NAME] = NEWER.encode()
        clock.now += 1
        assert [await secret.refresh(rejected=KEY) for _ in range(3)] == [NEWER] * 3
    assert len(manager.calls) == 3


async def test_a_key_that_is_refused_soon_after_it_came_is_read_again_after_five_seconds() -> None:
    clock = Clock()
    async with FakeSecretManager(KEY) as manager:
        secret = kept(manager, clock)
        await secret.get()
        manager.versions[NAME] = NEWER.encode()
        assert await secret.refresh(rejected=KEY) == NEWER
        manager.versions[NAME] = KEY.encode()
        assert await secret.refresh(rejected=NEWER) == NEWER
        clock.now += PAUSE
        assert await secret.refresh(rejected=NEWER) == KEY


@pytest.mark.parametrize("content", [None, "[]", "{", "5"])
async def test_whatever_a_client_trips_over_is_a_key_that_can_not_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    account = tmp_path / "account.json"
    if content is None:
        account.mkdir()
    else:
        account.write_text(content)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(account))
    said = await fault(present(read_settings({"GEMINI_API_KEY_SECRET": NAME})).get)
    assert "GOOGLE_APPLICATION_CREDENTIALS" in said or said.endswith(
        "no Google account to read it with: DefaultCredentialsError"
    )


async def test_the_key_is_in_no_repr_and_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with FakeSecretManager(KEY) as manager:
        secret = kept(manager)
        await secret.get()
    settings = read_settings({"GEMINI_API_KEY": KEY})
    assert KEY not in f"{secret!r} {secret} {settings!r} {settings} {present(settings)!r}"
    assert KEY not in caplog.text

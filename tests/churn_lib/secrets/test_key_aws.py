"""The key from AWS Secrets Manager: a real server on loopback."""

import json
from collections.abc import Callable, Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer

from churn_lib.secrets.key import Secret
from churn_lib.settings import read_settings
from tests.churn_lib.secrets.test_key import KEY, fault, present

pytestmark = pytest.mark.anyio

ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:gemini-key"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    """The address of a server that speaks AWS Secrets Manager."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def at_aws(aws: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Secret]:
    """Keeps a text at AWS, and gives the secret that reads it."""
    for name, value in {
        "ENDPOINT_URL": aws,
        "ACCESS_KEY_ID": "fake",
        "SECRET_ACCESS_KEY": "fake",
    }.items():
        monkeypatch.setenv(f"AWS_{name}", value)

    def keep(text: str) -> Secret:
        client = boto3.client("secretsmanager", region_name="eu-west-1")
        name = f"gemini-{len(client.list_secrets()['SecretList'])}"
        arn = client.create_secret(Name=name, SecretString=text)["ARN"]
        return present(read_settings({"GEMINI_API_KEY_SECRET": arn}))

    return keep


@pytest.mark.parametrize("text", [f"{KEY}\n", json.dumps({"GEMINI_API_KEY": KEY, "other": "x"})])
async def test_the_key_comes_from_aws_as_text_or_as_json(
    at_aws: Callable[[str], Secret], text: str
) -> None:
    assert await at_aws(text).get() == KEY


async def test_json_without_the_key_is_refused(at_aws: Callable[[str], Secret]) -> None:
    assert (
        await fault(at_aws('{"password": "x"}').get)
        == "the secret is JSON without a GEMINI_API_KEY"
    )


@pytest.mark.usefixtures("at_aws")
async def test_a_secret_that_aws_does_not_have_is_named() -> None:
    secret = present(read_settings({"GEMINI_API_KEY_SECRET": ARN}))
    assert await fault(secret.get) == f"{ARN}: AWS answers ResourceNotFoundException"


async def test_an_address_of_aws_that_is_none_says_which_variables_to_check(
    at_aws: Callable[[str], Secret], monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = at_aws(KEY)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "foo")
    said = await fault(secret.get)
    assert said.startswith("its client fails with ValueError; check ")
    assert "AWS_" in said


async def test_aws_without_an_account_says_so(
    at_aws: Callable[[str], Secret], monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = at_aws(KEY)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    assert (await fault(secret.get)).endswith("AWS can't be asked: NoCredentialsError")

"""Secrets as Google's Secret Manager and AWS Secrets Manager keep them.

For a thread: importing a cloud's client takes a second, and its answer another.
"""

import json
import re

from churn_lib.errors import SecretError

TIMEOUT = 2.0
"""Seconds that one read may take."""

GOOGLE_NAME = re.compile(
    r"projects/[a-z0-9:.-]+/secrets/[\w-]{1,255}/versions/(latest|[\w-]{1,63})"
)
AWS_NAME = re.compile(r"arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):\d{12}:secret:[\w/+=.@-]+")
NO_NAME = (
    "_SECRET must be projects/<project>/secrets/<name>/versions/<version>, or "
    "arn:aws:secretsmanager:<region>:<account>:secret:<name>"
)

NO_PERMISSION = ": no permission; grant roles/secretmanager.secretAccessor"
GOOGLE_FAULTS = {
    "PermissionDenied": NO_PERMISSION,
    "Unauthenticated": NO_PERMISSION,
    "NotFound": " does not exist",
    "FailedPrecondition": " is disabled or destroyed",
}

CLIENT_ERRORS = (
    ArithmeticError,
    AttributeError,
    ImportError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What the clients raise, beside errors of their own, over odd variables and files."""

CHECK_ENVIRONMENT = "check GOOGLE_APPLICATION_CREDENTIALS and the variables that begin with AWS_"


def check_name(name: str, variable: str) -> None:
    """Raises SecretError for what is no name of a secret, and may be the key itself."""
    if not (GOOGLE_NAME.fullmatch(name) or AWS_NAME.fullmatch(name)):
        raise SecretError(variable + NO_NAME)


def read_secret(name: str, variable: str, google_endpoint: str | None) -> str:
    """The text of a secret. Raises SecretError with what to do.

    variable: what the key is called in the environment, and where a store keeps JSON.
    """
    try:
        if GOOGLE_NAME.fullmatch(name):
            return _from_google(name, google_endpoint)
        return _from_aws(name, variable)
    except CLIENT_ERRORS as error:
        kind = type(error).__name__
        raise SecretError(f"its client fails with {kind}; {CHECK_ENVIRONMENT}") from error


def _from_google(name: str, endpoint: str | None) -> str:
    import google_crc32c
    import grpc
    from google.api_core.exceptions import GoogleAPIError, ResourceExhausted, ServiceUnavailable
    from google.api_core.retry import Retry, if_exception_type
    from google.auth.exceptions import GoogleAuthError
    from google.cloud.secretmanager_v1 import SecretManagerServiceClient
    from google.cloud.secretmanager_v1.services.secret_manager_service import transports

    on_loopback = transports.SecretManagerServiceGrpcTransport
    transport = on_loopback(channel=grpc.insecure_channel(endpoint)) if endpoint else None
    busy = if_exception_type(ServiceUnavailable, ResourceExhausted)
    retry = Retry(predicate=busy, initial=0.05, maximum=0.5, timeout=TIMEOUT)
    try:
        with SecretManagerServiceClient(transport=transport) as client:
            payload = client.access_secret_version(name=name, timeout=TIMEOUT, retry=retry).payload
    except GoogleAPIError as error:
        kind = type(error).__name__
        fault = GOOGLE_FAULTS.get(kind, f": Secret Manager does not answer: {kind}")
        raise SecretError(name + fault) from error
    except GoogleAuthError as error:
        kind = type(error).__name__
        raise SecretError(f"{name}: no Google account to read it with: {kind}") from error
    if "data_crc32c" in payload and google_crc32c.value(payload.data) != payload.data_crc32c:
        raise SecretError(f"{name} arrived damaged: its checksum is another one")
    return payload.data.decode("ascii", errors="replace")


def _from_aws(arn: str, variable: str) -> str:
    found = AWS_NAME.fullmatch(arn)
    if found is None:
        raise SecretError(variable + NO_NAME)
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError as error:
        raise SecretError("an ARN needs the extra `aws`: pip install -e '.[aws]'") from error
    limits = Config(
        connect_timeout=TIMEOUT, read_timeout=TIMEOUT, retries={"total_max_attempts": 2}
    )
    try:
        client = boto3.session.Session().client("secretsmanager", found[1], config=limits)
        text = client.get_secret_value(SecretId=arn).get("SecretString", "")
    except ClientError as error:
        raise SecretError(f"{arn}: AWS answers {error.response['Error']['Code']}") from error
    except BotoCoreError as error:
        raise SecretError(f"{arn}: AWS can't be asked: {type(error).__name__}") from error
    return _field(text, variable)


def _field(text: str, variable: str) -> str:
    """The console of AWS keeps secrets as JSON of names and values."""
    if not text.lstrip().startswith("{"):
        return text
    try:
        return str(json.loads(text)[variable])
    except (ValueError, KeyError):
        raise SecretError(f"the secret is JSON without a {variable}") from None

"""One answer to an example customer, made here or by a running function, and what it shows."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from logging.handlers import BufferingHandler
from time import perf_counter
from typing import TYPE_CHECKING, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict

from churn_lib.answer import OfferMode, answer, close
from churn_lib.cli.findings import Finding, State
from churn_lib.customer.request import PredictRequest
from churn_lib.customer.shown import shown_customer
from churn_lib.errors import ChurnError, FieldFault, InputError
from churn_lib.offers.shape import is_made
from churn_lib.settings import LOOPBACK
from churn_lib.shape import Answer, Version

if TYPE_CHECKING:
    import aiohttp

SECONDS = 60.0
"""How long a function may take that has first to be started."""

EXAMPLE = PredictRequest.model_validate(shown_customer())
"""The customer of the documents."""

ADVICE: Mapping[str, str] = {
    "no_key": (
        "Set GEMINI_API_KEY, GEMINI_API_KEY_FILE, GEMINI_API_KEY_SECRET or GEMINI_VERTEX_PROJECT."
    ),
    "misconfigured": "A setting of Gemini is wrong: the log and churn doctor name it.",
    "secret_unavailable": (
        "The key can't be read: does the secret exist, and may this account read it?"
    ),
    "busy": "All slots are taken: try again later, or raise GEMINI_SLOTS.",
    "breaker_open": (
        "Too many calls failed lately: the log says why. Try again when that is mended."
    ),
    "budget": (
        "The calls of this minute are used up: wait for the next, or raise GEMINI_CALLS_PER_MINUTE."
    ),
    "timeout": (
        "Too slow: raise GEMINI_DEADLINE, lower GEMINI_THINKING, or take a faster GEMINI_MODEL."
    ),
    "unavailable": (
        "Gemini was not reached, or failed: check the way out of this network, or try again later."
    ),
    "rate_limited": "The quota of the key's project is used up: wait, or have it raised by Google.",
    "refused_key": (
        "Gemini refuses the key or the account: make a new key, or grant roles/aiplatform.user."
    ),
    "bad_request": (
        "Gemini refuses the call: check GEMINI_MODEL, GEMINI_THINKING, GEMINI_BASE_URL "
        "and, with Vertex AI, GEMINI_VERTEX_PROJECT and GEMINI_VERTEX_LOCATION."
    ),
    "blocked": (
        "A safety filter of Gemini stopped it: try again, then look at the names of the offers."
    ),
    "truncated": "The text was cut: raise GEMINI_MAX_OUTPUT_TOKENS or lower GEMINI_THINKING.",
    "bad_answer": (
        "The answer was not in the agreed form: try again, then try the default GEMINI_MODEL."
    ),
    "shutdown": "The instance was being stopped: try again.",
    "guard": (
        "The guard refused two texts: try again, or take a better "
        "GEMINI_MODEL, such as gemini-3.8-flash."
    ),
}
"""What to do about a template in the place of Gemini's text, by its FallbackReason."""

Shape = TypeVar("Shape")

NOT_LET_IN = (
    'Set CHURN_TOKEN="$(gcloud auth print-identity-token)", '
    "of an account that may invoke the function."
)
ELSEWHERE = "Is this the address of the function, and of this version?"

BY_STATUS: Mapping[int, str] = {
    401: NOT_LET_IN,
    403: NOT_LET_IN,
    404: ELSEWHERE,
    503: (
        "The model can't be loaded there, or too much is asked of it: see the log of the function."
    ),
}
"""What to do about a status."""

WRITERS = {
    "approved": "approved by a person before, so that Gemini was not asked",
    "gemini": "written by Gemini, passed by the guard",
}


class Health(TypedDict):
    """What `GET /health` must hold."""

    status: Literal["healthy"]
    model_version: Version


async def here() -> list[Finding]:
    """Findings about an answer made in this process, with Gemini asked for the words."""
    started = perf_counter()
    with logged() as lines:
        try:
            found = await answer(EXAMPLE, "gemini")
        except ChurnError as error:
            return [Finding("wrong", "Answer", f"{error.title}: {error}")]
        finally:
            await close()
    return list(judged(found, perf_counter() - started, live=True, log=lines()))


async def there(url: str, token: str | None, *, live: bool) -> list[Finding]:
    """Findings about the function at a URL. live: whether Gemini must be the one who writes.

    token: sent as a bearer. Raises InputError when the URL or the token can't be used.
    """
    from churn_lib.gemini import transport

    address, headers = _address(url, token), {"Authorization": f"Bearer {token}"} if token else {}
    mode: OfferMode = "gemini" if live else "template"
    async with transport.session() as session:
        ask = Caller(session, address, headers)
        health = await ask("GET", "/health", TypeAdapter(Health))
        started = perf_counter()
        found = await ask("POST", f"/predict?offer={mode}", TypeAdapter(Answer), EXAMPLE.values())
        seconds = perf_counter() - started
    return [
        health
        if isinstance(health, Finding)
        else Finding("ok", "Health", f"healthy, model {health['model_version']}"),
        *([found] if isinstance(found, Finding) else judged(found, seconds, live=live)),
    ]


def judged(
    found: Answer, seconds: float, *, live: bool, log: Sequence[str] = ()
) -> Iterator[Finding]:
    """What an answer shows. live: whether a template is wrong. log: lines that explain one."""
    probability, version = found["churn_probability"], found["metadata"]["model_version"]
    told = f"{probability:.0%} likely to leave, {found['risk']} risk, model {version}"
    yield Finding("ok", "Answer", told)
    offer = found["offer"]
    state: State = "wrong" if live else "ok"
    if not is_made(offer):
        hint = "So nobody has to write. See: churn predict --explain." if live else ""
        yield Finding(state, "Words", "the example customer gets no offer", hint)
    elif offer["written_by"] != "template":
        yield Finding("ok", "Words", f"{WRITERS[offer['written_by']]}, in {seconds:.2f} s in all")
    else:
        reason = offer["fallback_reason"]
        label = f", labelled {reason}" if reason else ""
        said = ". ".join(["", *dict.fromkeys(log)])
        hint = ADVICE.get(reason or "", "See the log of the function.") if live else ""
        yield Finding(state, "Words", f"from a template{label}, in {seconds:.2f} s{said}", hint)


@contextmanager
def logged() -> Iterator[Callable[[], list[str]]]:
    """Keeps our warnings from standard error while it lasts; gives a function that returns them."""
    logger, handler = logging.getLogger("churn_lib"), BufferingHandler(capacity=100)
    logger.addHandler(handler)
    try:
        yield lambda: [record.getMessage() for record in handler.buffer]
    finally:
        logger.removeHandler(handler)


class Caller:
    """Asks the function at one address. Follows no redirect, which would take the token along."""

    def __init__(
        self, session: "aiohttp.ClientSession", address: str, headers: Mapping[str, str]
    ) -> None:
        self._session = session
        self._address = address
        self._headers = {"Accept-Encoding": "identity", **headers}

    async def __call__(
        self, method: str, path: str, shape: TypeAdapter[Shape], body: object = None
    ) -> Shape | Finding:
        """The answer in its shape, or what is wrong with it."""
        import aiohttp

        subject, limit = path.split("?")[0], aiohttp.ClientTimeout(total=SECONDS)
        try:
            async with self._session.request(
                method,
                self._address + path,
                json=body,
                headers=self._headers,
                timeout=limit,
                allow_redirects=False,
            ) as response:
                status, content = response.status, await response.read()
        except (aiohttp.ClientError, OSError) as error:
            text = f"{self._address} gives no answer: {type(error).__name__}"
            return Finding("wrong", subject, text, "Is it running, and is the address right?")
        if status != 200:
            return Finding(
                "wrong", subject, f"answers with status {status}", BY_STATUS.get(status, "")
            )
        try:
            return shape.validate_json(content, strict=True)
        except ValidationError as error:
            # The first part of a place is a name of ours; what stands further in may be theirs.
            places = [str(detail["loc"][0]) for detail in error.errors() if detail["loc"]]
            text = ", ".join(dict.fromkeys(places)) or "it is not the JSON that was asked for"
            return Finding("wrong", subject, f"another answer than agreed: {text}", ELSEWHERE)


def _address(url: str, token: str | None) -> str:
    """The URL without its last slash. Raises InputError, also where others could read the token."""
    try:
        parts = urlsplit(url)
        fits = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
        (parts.hostname or "").encode("idna")  # as a look-up does, which would fail later
    except ValueError:
        fits = False
    if not fits or parts.username or parts.query or parts.fragment:
        raise _refused("--url", "must be the function's address, such as https://host/function")
    if token and not (token.isascii() and token.isprintable()):
        raise _refused("--token", "must be visible ASCII characters on one line")
    if token and parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise _refused("--url", "must begin with https:// when a token is sent")
    return url.rstrip("/")


def _refused(option: str, message: str) -> InputError:
    return InputError([FieldFault(option, message)])

"""What is configured here, what is missing and what follows from it, in plain words and without any
key.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from difflib import get_close_matches
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from churn_lib.errors import ArtifactError, SecretError, SettingsError
from churn_lib.gemini.key import gemini_key
from churn_lib.gemini.secret_stores import AWS_NAME, GOOGLE_NAME
from churn_lib.lint.catalogue import lint
from churn_lib.offers import catalogue as catalogues
from churn_lib.score import scorecard
from churn_lib.score.scorecard import ARTIFACTS, MANIFEST, SCORECARD
from churn_lib.settings import DOTENV, THINKING, Settings, read_settings, variables

State = Literal["ok", "missing", "wrong"]

SETTINGS = "Settings"
KEY = "Gemini key"
ENV_FILE = ".env"
NOBODY = "until then no customer is answered."
ACCESS = ("GEMINI_VERTEX_PROJECT", "GEMINI_API_KEY", "GEMINI_API_KEY_FILE", "GEMINI_API_KEY_SECRET")
"""What gives access to Gemini, the first that is set before the others."""

PYTHONS = ((3, 11), (3, 12), (3, 13))
"""The versions that the tests run on."""

SERVER = ("functions-framework", "httptools", "uvloop")
GEMINI = ("google-genai", "aiohttp")
SECRET_MANAGER = ("google-cloud-secret-manager", "google-crc32c")
AWS = ("boto3",)
INSTALL = "pip install --no-deps --require-hashes -r requirements.txt"


class Finding(NamedTuple):
    """`missing` is what may be missing, `wrong` what may not. hint: what to do, where there is
    something to do.
    """

    state: State
    subject: str
    text: str
    hint: str = ""


NO_KEY = Finding(
    "missing",
    KEY,
    "none: offers are written from templates, labelled no_key",
    "That is enough to work. For Gemini's words set GEMINI_API_KEY in .env.",
)


async def examine(
    python: tuple[int, int], *, live: bool, folder: Path = ARTIFACTS
) -> list[Finding]:
    """All findings about this machine and this folder. live: whether to fetch the key from where it
    is kept.
    """
    found = [
        about_python(python),
        about_score(folder),
        *about_catalogue(folder, datetime.now(UTC).date()),
    ]
    found.append(about_packages("Server", SERVER, "the function can't be served"))
    given: Mapping[str, str | None] = os.environ
    try:
        given = variables()
        found.append(about_dotenv(DOTENV))
    except SettingsError as error:
        found.append(Finding("wrong", ENV_FILE, str(error), f"Correct or remove it: {NOBODY}"))
    found += misspelled(given)
    try:
        known = read_settings(given)
    except SettingsError as error:
        return [*found, *about_wrong_settings(error, given)]
    return [
        *found,
        about_settings(known.model_fields_set),
        *await about_gemini(known, os.environ, live=live),
    ]


def about_python(python: tuple[int, int]) -> Finding:
    """Whether this version of Python is one that is tested."""
    text = f"{python[0]}.{python[1]}"
    if python in PYTHONS:
        return Finding("ok", "Python", text)
    tested = ", ".join(f"{major}.{minor}" for major, minor in PYTHONS)
    return Finding(
        "wrong", "Python", f"{text} is not tested with this project", f"Use one of {tested}."
    )


def about_score(folder: Path) -> Finding:
    """Whether the scorecard loads and is the one of its manifest."""
    try:
        card = scorecard.load(folder)
    except ArtifactError as error:
        hint = (
            f"Without it nobody is scored. Restore {SCORECARD} and "
            f"{MANIFEST}, or train: churn train FILE."
        )
        return Finding("wrong", "Score", str(error), hint)
    text = f"{SCORECARD}, version {card.version}, is the file that {MANIFEST} describes"
    return Finding("ok", "Score", text)


def about_catalogue(folder: Path, today: date) -> Iterator[Finding]:
    """Whether the catalogue loads, is faultless, and holds offers that may be made today."""
    path = folder / catalogues.OFFERS
    try:
        known = catalogues.load(path)
    except ArtifactError as error:
        hint = "Without it customers can only be scored, with offer=none. See: churn offers lint."
        yield Finding("wrong", "Offers", str(error), hint)
        return
    valid = sum(offer.valid_from <= today <= offer.valid_until for offer in known.offers)
    text = (
        f"{path.name}, version {known.version}: {len(known.offers)} "
        f"offers, {valid} of them valid today"
    )
    if valid:
        yield Finding("ok", "Offers", text)
    else:
        yield Finding(
            "wrong", "Offers", text, "Nobody gets an offer. Put later dates into valid_until."
        )
    faults = lint(path.read_text("utf-8"), path.name)
    if faults:
        yield Finding(
            "wrong",
            "Offers",
            f"{len(faults)} faults, the first: {faults[0]}",
            "See: churn offers lint.",
        )


def about_dotenv(path: Path) -> Finding:
    """Whether a `.env` file adds to the environment."""
    if path.is_file():
        return Finding("ok", ENV_FILE, "is read from this folder; the environment wins over it")
    return Finding("missing", ENV_FILE, "no such file in this folder: only the environment is read")


def about_settings(names: Iterable[str]) -> Finding:
    """The names of what is set, never a value."""
    listed = ", ".join(sorted(name.upper() for name in names))
    return Finding(
        "ok", SETTINGS, f"valid; set here: {listed}" if listed else "valid; all have their defaults"
    )


def about_wrong_settings(
    error: SettingsError, given: Mapping[str, str | None]
) -> Iterator[Finding]:
    """Which settings are wrong, and what they leave of the access to Gemini; told by their names
    alone.
    """
    hint = f"Correct it in the environment or in .env; see .env.example. {NOBODY.capitalize()}"
    yield Finding("wrong", SETTINGS, str(error), hint)
    access = next((name for name in ACCESS if given.get(name)), None)
    yield (
        Finding("ok", KEY, f"{access} is set, and is tried when the settings are right")
        if access
        else NO_KEY
    )


def misspelled(names: Iterable[str]) -> Iterator[Finding]:
    """Variables that look like ours and are read by nobody."""
    ours = [name.upper() for name in Settings.model_fields]
    for name in dict.fromkeys(names):
        if (name.startswith("GEMINI_") and name not in ours) or name == "GOOGLE_API_KEY":
            close = get_close_matches(name.replace("GOOGLE_", "GEMINI_"), ours, n=1)
            hint = f"Did you mean {close[0]}?" if close else "See .env.example for what there is."
            yield Finding(
                "missing", SETTINGS, f"{name} is set, and not a setting of this project", hint
            )


async def about_gemini(
    known: Settings, environment: Mapping[str, str], *, live: bool
) -> list[Finding]:
    """Where the key comes from and who writes; with neither key nor project, the templates do."""
    access = await about_access(known, environment, live=live)
    if access.state == "missing":
        return [access]
    host = urlsplit(known.gemini_url).netloc
    untested = "" if known.gemini_model in THINKING else f"Documented are {', '.join(THINKING)}."
    model = Finding(
        "ok",
        "Gemini",
        f"{known.gemini_model}, thinking {known.gemini_thinking}, at {host}",
        untested,
    )
    return [
        access,
        model,
        about_packages("Client", _clients(known), "offers are written from templates"),
    ]


async def about_access(known: Settings, environment: Mapping[str, str], *, live: bool) -> Finding:
    """Where the key comes from; whether it can be read, when that needs no network or `live` allows
    it.
    """
    key = gemini_key(known)
    if known.gemini_vertex_project:
        unused = ", and the one that is set is not used" if key else ""
        text = (
            f"not needed{unused}: Vertex AI in project {known.gemini_vertex_project}, "
            f"{known.gemini_vertex_location}"
        )
        return Finding(
            "ok",
            KEY,
            text,
            "The Google account that the function runs as must be allowed to use it.",
        )
    if key is None:
        return NO_KEY
    source, is_remote = _source(known, environment)
    if is_remote and not live:
        return Finding(
            "ok",
            KEY,
            f"from {source}",
            "It is read when the first offer is written; --live tries it now.",
        )
    try:
        await key.get()
    except SecretError as error:
        return Finding(
            "wrong", KEY, str(error), "Until it can be read, offers are written from templates."
        )
    return Finding("ok", KEY, f"from {source}")


def _source(known: Settings, environment: Mapping[str, str]) -> tuple[str, bool]:
    """Where the key is kept, in words, and whether it takes a network to read it there.

    A name of neither form is not repeated: it may be the key itself, in the wrong place.
    """
    if known.gemini_api_key is not None:
        return "GEMINI_API_KEY in " + (
            "the environment" if "GEMINI_API_KEY" in environment else ".env"
        ), False
    if known.gemini_api_key_file is not None:
        return "the file that GEMINI_API_KEY_FILE names", False
    name = known.gemini_api_key_secret or ""
    if GOOGLE_NAME.fullmatch(name):
        return f"Secret Manager: {name}", True
    return f"AWS Secrets Manager: {name}", AWS_NAME.fullmatch(name) is not None


def _clients(known: Settings) -> tuple[str, ...]:
    """The packages that reach Gemini and, where it has to be fetched, its key."""
    name = known.gemini_api_key_secret or ""
    if known.gemini_vertex_project or known.gemini_api_key or known.gemini_api_key_file:
        return GEMINI
    if GOOGLE_NAME.fullmatch(name):
        return GEMINI + SECRET_MANAGER
    return GEMINI + AWS if AWS_NAME.fullmatch(name) else GEMINI


def about_packages(subject: str, names: tuple[str, ...], consequence: str) -> Finding:
    """The installed versions of what is needed, or what follows from a missing one."""
    found = {name: _installed(name) for name in names}
    missing = ", ".join(name for name, installed in found.items() if installed is None)
    if missing:
        hint = "pip install -e '.[aws]'" if missing in AWS else INSTALL
        return Finding(
            "wrong", subject, f"{missing} is not installed: {consequence}", f"Type: {hint}"
        )
    return Finding(
        "ok", subject, ", ".join(f"{name} {installed}" for name, installed in found.items())
    )


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None

"""What is configured here, what is missing and what follows from it, without a word of any key."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from difflib import get_close_matches
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from pydantic import BaseModel

from churn_lib.customer.schema import ARTIFACTS
from churn_lib.errors import ArtifactError, SecretError, SettingsError
from churn_lib.lint.catalogue import lint
from churn_lib.offers import catalogue as catalogues
from churn_lib.offers.catalogue import InForce
from churn_lib.offers.source import source
from churn_lib.score import scorecard
from churn_lib.score.scorecard import MANIFEST, SCORECARD
from churn_lib.secrets.key import experiment_sources, gemini_key
from churn_lib.secrets.stores import AWS_NAME, GOOGLE_NAME
from churn_lib.settings import (
    DOTENV,
    THINKING,
    ExperimentSettings,
    GeminiSettings,
    Groups,
    LogSettings,
    OfferSettings,
    ScoreSettings,
    Settings,
    TraceSettings,
    read_settings,
    told,
    variables,
)
from churn_lib.words import texts
from churn_lib.words.listed import is_guarded

State = Literal["ok", "missing", "wrong"]

SETTINGS = "Settings"
KEY = "Gemini key"
ENV_FILE = ".env"
NOBODY = "until then nobody is scored."
CONSEQUENCES: Mapping[type[BaseModel], str] = {
    ScoreSettings: NOBODY,
    GeminiSettings: "until then offers are written from templates, labelled misconfigured.",
    LogSettings: "until then no decision is logged, and /ready answers 503.",
    TraceSettings: "until then lines of the log name no trace.",
    OfferSettings: "until then customers are scored and get no offer.",
    ExperimentSettings: "until then everybody gets the best offer, and nothing can be shown.",
}
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
    """`missing` is what may be missing, `wrong` what may not. hint: what can be done about it."""

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
    """All findings about this machine and folder. live: whether to fetch the key where it is."""
    found = [about_python(python), about_score(folder)]
    found += about_catalogue(folder, datetime.now(UTC).date())
    found.append(about_packages("Server", SERVER, "the function can't be served"))
    given: Mapping[str, str | None] = os.environ
    try:
        given = variables()
        found.append(about_dotenv(DOTENV))
    except SettingsError as error:
        # The environment alone is looked at then, so that one fault hides no other.
        found.append(Finding("wrong", ENV_FILE, str(error), f"Correct or remove it: {NOBODY}"))
    found += misspelled(given)
    try:
        known = read_settings(given)
    except SettingsError:
        return [*found, *about_wrong_settings(given)]
    found.append(about_settings(known.model_fields_set))
    found += about_experiment(known, folder)
    found += about_experiment_key(known)
    found += about_texts(known, folder)
    if known.offers:
        found.append(about_elsewhere(InForce(source(catalogues.OFFERS))))
    return found + await about_gemini(known, os.environ, live=live)


def about_python(python: tuple[int, int]) -> Finding:
    """Whether this version of Python is one that is tested."""
    text = f"{python[0]}.{python[1]}"
    if python in PYTHONS:
        return Finding("ok", "Python", text)
    tested = ", ".join(f"{major}.{minor}" for major, minor in PYTHONS)
    untested = f"{text} is not tested with this project"
    return Finding("wrong", "Python", untested, f"Use one of {tested}.")


def about_score(folder: Path) -> Finding:
    """Whether the scorecard loads and is the one of its manifest."""
    try:
        card = scorecard.load(folder)
    except ArtifactError as error:
        restore = f"Restore {SCORECARD} and {MANIFEST}, or train: churn train FILE."
        return Finding("wrong", "Score", str(error), f"Without it nobody is scored. {restore}")
    text = f"{SCORECARD}, version {card.version}, is the file that {MANIFEST} describes"
    return Finding("ok", "Score", text)


def about_catalogue(folder: Path, today: date) -> Iterator[Finding]:
    """Whether the catalogue loads, is faultless, and holds offers that may be made today."""
    path = folder / catalogues.OFFERS
    try:
        known = catalogues.load(path)
    except ArtifactError as error:
        hint = "Until then customers are scored and get no offer. See: churn offers lint."
        yield Finding("wrong", "Offers", str(error), hint)
        return
    valid = sum(offer.valid_from <= today <= offer.valid_until for offer in known.offers)
    counts = f"{len(known.offers)} offers, {valid} of them valid today"
    text = f"{path.name}, version {known.version}: {counts}"
    if valid:
        yield Finding("ok", "Offers", text)
    else:
        hint = "Nobody gets an offer. Put later dates into valid_until."
        yield Finding("wrong", "Offers", text, hint)
    unchecked = [code for code in known.languages if not is_guarded(code)]
    if unchecked:
        text = f"{', '.join(unchecked)}: no list of words to check texts of Gemini's with"
        yield Finding("missing", "Offers", text, "Offers in it are written from templates.")
    if faults := lint(path.read_text("utf-8-sig")):
        text = f"{len(faults)} faults, the first: {path.name}: {faults[0]}"
        yield Finding("wrong", "Offers", text, "See: churn offers lint.")


def about_experiment(known: ExperimentSettings, folder: Path) -> Iterator[Finding]:
    """Whether the experiment of the catalogue, where it has one, can draw customers."""
    with suppress(ArtifactError):  # what is wrong with the catalogue is said there
        if trial := catalogues.load(folder / catalogues.OFFERS).experiment:
            shares = f"{trial.holdout:.0%} get no offer, {trial.explore:.0%} one by chance"
            text = f"{trial.name}: {shares}"
            if known.is_set:
                yield Finding("ok", "Experiment", text)
            else:
                hint = "Set EXPERIMENT_KEY: until then everybody gets the best offer."
                yield Finding("wrong", "Experiment", f"{text}, but there is no key", hint)


def about_experiment_key(known: ExperimentSettings) -> Iterator[Finding]:
    """Whether a key of experiments is set that can be none."""
    try:
        experiment_sources(known).check()
    except SecretError as error:
        hint = f"Correct it: {CONSEQUENCES[ExperimentSettings]}"
        yield Finding("wrong", "Experiment", f"EXPERIMENT_KEY: {error}", hint)


def about_texts(known: GeminiSettings, folder: Path) -> Iterator[Finding]:
    """How many texts a person has approved, where there are any or no others may be sent."""
    try:
        bank = texts.read(folder / texts.TEXTS)
    except ArtifactError as error:
        yield Finding("wrong", "Texts", str(error), "Until then none is approved.")
        return
    if bank.damaged:
        text = f"{texts.TEXTS}, line {min(bank.damaged)} can't be read"
        yield Finding("wrong", "Texts", text, "That text is not sent. See: churn texts lint.")
    only = known.gemini_texts == "approved"
    if only or bank.texts:
        approved = sum(text.status == "approved" for text in bank.texts.values())
        otherwise = "the catalogue's" if only else "Gemini's, guarded, or the catalogue's"
        text = f"{approved} of {len(bank.texts)} are approved and sent first, else {otherwise}"
        yield Finding("ok" if approved else "missing", "Texts", text, "See: churn texts lint.")


def about_elsewhere(in_force: InForce) -> Finding:
    """Whether the catalogue that OFFERS names can be read and is without faults."""
    try:
        return Finding("ok", "OFFERS", f"offers are made by version {in_force.get().version}")
    except ArtifactError as error:
        hint = "Until then customers are scored and get no offer."
        return Finding("wrong", "OFFERS", str(error), hint)


def about_dotenv(path: Path) -> Finding:
    """Whether a `.env` file adds to the environment."""
    if path.is_file():
        return Finding("ok", ENV_FILE, "is read from this folder; the environment wins over it")
    return Finding("missing", ENV_FILE, "no such file in this folder: only the environment is read")


def about_settings(names: Iterable[str]) -> Finding:
    """The names of what is set, never a value."""
    listed = ", ".join(sorted(name.upper() for name in names))
    text = f"set here: {listed}" if listed else "all have their defaults"
    return Finding("ok", SETTINGS, f"valid; {text}")


def about_wrong_settings(given: Mapping[str, str | None]) -> Iterator[Finding]:
    """Which settings are wrong, and which way to Gemini is set nevertheless; by name alone."""
    for group, faults in Groups(given).faults.items():
        if faults:
            hint = f"Correct it in the environment or in .env: {CONSEQUENCES[group]}"
            yield Finding("wrong", SETTINGS, told(faults), hint)
    access = next((name for name in ACCESS if given.get(name)), None)
    if access:
        yield Finding("ok", KEY, f"{access} is set, and is tried when the settings are right")
    else:
        yield NO_KEY


def misspelled(names: Iterable[str]) -> Iterator[Finding]:
    """Variables that look like ours and are read by nobody."""
    ours = [name.upper() for name in Settings.model_fields]
    for name in dict.fromkeys(names):
        if (name.startswith("GEMINI_") and name not in ours) or name == "GOOGLE_API_KEY":
            close = get_close_matches(name.replace("GOOGLE_", "GEMINI_"), ours, n=1)
            hint = f"Did you mean {close[0]}?" if close else "See .env.example for what there is."
            text = f"{name} is set, and not a setting of this project"
            yield Finding("missing", SETTINGS, text, hint)


async def about_gemini(
    known: GeminiSettings, environment: Mapping[str, str], *, live: bool
) -> list[Finding]:
    """Where the key comes from and who writes; with neither key nor project, the templates do."""
    access = await about_access(known, environment, live=live)
    if access.state == "missing":
        return [access]
    host = urlsplit(known.gemini_url).netloc
    text = f"{known.gemini_model}, thinking {known.thinking}, at {host}"
    untested = "" if known.gemini_model in THINKING else f"Documented are {', '.join(THINKING)}."
    packages = about_packages("Client", _clients(known), "offers are written from templates")
    return [access, Finding("ok", "Gemini", text, untested), packages]


async def about_access(
    known: GeminiSettings, environment: Mapping[str, str], *, live: bool
) -> Finding:
    """Where the key comes from; whether it can be read, where `live` or no network is needed."""
    key = gemini_key(known)
    if known.gemini_vertex_project:
        unused = ", and the one that is set is not used" if key else ""
        project = f"project {known.gemini_vertex_project}, {known.gemini_vertex_location}"
        hint = "The Google account that the function runs as must be allowed to use it."
        return Finding("ok", KEY, f"not needed{unused}: Vertex AI in {project}", hint)
    if key is None:
        return NO_KEY
    source, is_remote = _source(known, environment), _clients(known) != GEMINI
    if is_remote and not live:
        hint = "It is read when the first offer is written; --live tries it now."
        return Finding("ok", KEY, f"from {source}", hint)
    try:
        await key.get()
    except SecretError as error:
        hint = "Until it can be read, offers are written from templates."
        return Finding("wrong", KEY, str(error), hint)
    return Finding("ok", KEY, f"from {source}")


def _source(known: GeminiSettings, environment: Mapping[str, str]) -> str:
    """Where the key is kept. A name that may be the key itself has failed to be read before."""
    if known.gemini_api_key is not None:
        place = "the environment" if "GEMINI_API_KEY" in environment else ".env"
        return f"GEMINI_API_KEY in {place}"
    if known.gemini_api_key_file is not None:
        return "the file that GEMINI_API_KEY_FILE names"
    name = known.gemini_api_key_secret or ""
    cloud = "Secret Manager" if GOOGLE_NAME.fullmatch(name) else "AWS Secrets Manager"
    return f"{cloud}: {name}"


def _clients(known: GeminiSettings) -> tuple[str, ...]:
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
        command = "pip install -e '.[aws]'" if missing in AWS else INSTALL
        text = f"{missing} is not installed: {consequence}"
        return Finding("wrong", subject, text, f"Type: {command}")
    listed = [f"{name} {installed}" for name, installed in found.items()]
    return Finding("ok", subject, ", ".join(listed))


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None

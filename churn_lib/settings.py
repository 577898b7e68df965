"""All settings on one screen: environment over `.env` over the default here.

They stand in groups, so that a wrong one costs no more than what its group concerns. Read by
Pydantic itself: the package pydantic-settings would add a tenth to the start of every new process.
"""

import logging
import os
import re
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Literal, TypeVar, cast, get_args
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from churn_lib.customer.faults import field_faults
from churn_lib.customer.model import ATTRIBUTES
from churn_lib.customer.reading import number
from churn_lib.errors import FieldFault, SettingsError

logger = logging.getLogger(__name__)


def _plain(value: object) -> object:
    """Only plain digits: Pydantic takes 1_0 for 10."""
    found = number(value) if isinstance(value, str) else value
    if isinstance(found, str):
        raise ValueError
    return found


Whole = Annotated[int, BeforeValidator(_plain)]
Number = Annotated[float, BeforeValidator(_plain)]
Probability = Annotated[Number, Field(ge=0, le=1)]
Thinking = Literal["minimal", "low", "medium", "high"]
Texts = Literal["live", "approved"]

DOTENV = Path(".env")
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
GOOGLE_HOST = r"generativelanguage\.googleapis\.com|([a-z0-9-]+-)?aiplatform\.googleapis\.com"
IN_A_BUCKET = r"gs://([a-z0-9][a-z0-9._-]{1,220}[a-z0-9])/([^\x00-\x1f\x7f?#]{1,1000})"

THINKING: dict[str, frozenset[Thinking]] = {
    "gemini-3.8-flash": frozenset({"low", "medium", "high"}),
    "gemini-3.7-flash": frozenset({"low", "medium", "high"}),
    "gemini-3.6-flash": frozenset({"low", "medium", "high"}),
    "gemini-3.5-flash-lite": frozenset({"minimal", "low", "medium", "high"}),
    "gemini-3.1-flash-lite": frozenset({"minimal", "low", "medium", "high"}),
}
"""Thinking levels by model, as documented in November 2026; Gemini answers 400 to any other."""

LEVELS: tuple[Thinking, ...] = get_args(Thinking)
"""The lowest first."""


def _contradiction(field: str, message: str) -> PydanticCustomError:
    return PydanticCustomError(
        "contradiction", "settings contradict each other", {"faults": [FieldFault(field, message)]}
    )


def _served(model: str) -> str:
    if model.startswith("gemini-2."):
        raise _contradiction("gemini_model", "names a model that was shut down in October 2026")
    return model


def _gemini_url(url: str) -> str:
    """Only Google's hosts get the key, and only they may answer; a fake must be on this machine."""
    parts = urlsplit(url)
    port = parts.port  # raises ValueError when it is none
    encrypted = (
        parts.scheme == "https" and port is None and re.fullmatch(GOOGLE_HOST, parts.hostname or "")
    )
    local = parts.scheme == "http" and parts.hostname in LOOPBACK
    if (
        not (encrypted or local)
        or parts.username
        or parts.query
        or parts.fragment
        or parts.path.strip("/")
    ):
        raise ValueError
    return url.rstrip("/")


def _loopback(target: str) -> str:
    parts = urlsplit(f"//{target}")
    if parts.hostname not in LOOPBACK or parts.port is None:
        raise ValueError
    return target


Project = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9-]{4,28}[a-z0-9]$",
        description="the identifier of a Google Cloud project",
    ),
]
Location = Annotated[
    str,
    Field(
        pattern=r"^[a-z]{1,20}(-[a-z]{1,20}\d{1,2})?$",
        description="a region such as europe-west1, or us, eu, global",
    ),
]
GeminiModel = Annotated[
    str,
    Field(
        pattern=r"^gemini-[a-z0-9.-]{1,60}$",
        description="the name of a model, such as gemini-3.5-flash-lite",
    ),
    AfterValidator(_served),
]
GeminiUrl = Annotated[
    str,
    AfterValidator(_gemini_url),
    Field(
        description="https:// and a Gemini or Vertex AI host of Google, or http:// and this machine"
    ),
]
Endpoint = Annotated[
    str,
    AfterValidator(_loopback),
    Field(description="a port of this machine, such as 127.0.0.1:8085"),
]


def _can_be_written(path: Path) -> Path:
    try:
        place = path if path.exists() else path.parent
        fits = path.parent.is_dir() and not path.is_dir() and os.access(place, os.W_OK)
    except OSError:  # such as a name that is too long
        fits = False
    if not fits:
        raise ValueError
    return path


def _can_be_looked_at(place: str) -> str:
    is_path = "://" not in place and place.isprintable()
    if not (is_path or re.fullmatch(IN_A_BUCKET, place)):
        raise ValueError
    return place


def _names(text: object) -> object:
    return (
        tuple(name for part in text.split(",") if (name := part.strip()))
        if isinstance(text, str)
        else text
    )


def _attributes(names: tuple[str, ...]) -> tuple[str, ...]:
    if not {"customerID", *ATTRIBUTES}.issuperset(names):
        raise ValueError
    return names


AnyProject = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9][a-z0-9.:-]{0,99}$",
        description="the identifier of a Google Cloud project",
    ),
]
LogFile = Annotated[
    Path,
    AfterValidator(_can_be_written),
    Field(description="a file in a folder that exists, which may be written"),
]
Logged = Annotated[
    tuple[str, ...],
    BeforeValidator(_names),
    AfterValidator(_attributes),
    Field(description="attributes of a customer, or customerID, separated by commas"),
]


Place = Annotated[
    str,
    AfterValidator(_can_be_looked_at),
    Field(description="gs://bucket/offers.toml, or the path of a file"),
]


class _Group(BaseModel):
    """Each field is the environment variable of its name in capitals; an empty one is not set."""

    model_config = ConfigDict(
        frozen=True, allow_inf_nan=False, hide_input_in_errors=True, defer_build=True
    )


class ScoreSettings(_Group):
    """What every answer needs."""

    risk_medium_from: Probability = 0.4
    """Probability from which a customer is called a medium risk."""
    risk_high_from: Annotated[Probability, Field(validate_default=True)] = 0.7
    """Probability from which a customer is called a high risk."""

    # Validators of fields, not of the model: those would be silent where another field is wrong.
    @field_validator("risk_high_from")
    @classmethod
    def _not_below_medium(cls, high: float, info: ValidationInfo) -> float:
        if info.data.get("risk_medium_from", high) > high:
            raise _contradiction("risk_medium_from", "must not be above RISK_HIGH_FROM")
        return high


class GeminiSettings(_Group):
    """What only Gemini's words need: without them there are templates."""

    gemini_api_key: SecretStr | None = None
    """Key of the Gemini API, for local use."""
    gemini_api_key_file: Path | None = None
    """A mounted file that holds the key; read again when it expires."""
    gemini_api_key_secret: str | None = None
    """Where the key is kept: a version in Secret Manager, or an ARN of AWS (extra `aws`)."""
    secret_seconds: Annotated[Number, Field(ge=1, le=86_400)] = 300
    """How long a key that was read is taken as current."""
    secret_manager_endpoint: Endpoint | None = None
    """A fake Secret Manager on this machine, as host:port, for tests."""

    gemini_vertex_project: Project | None = None
    """Project whose Vertex AI writes, with the service's own account and no key."""
    gemini_vertex_location: Location = "global"
    """Region of Vertex AI, `us`, `eu` or `global`."""
    gemini_base_url: GeminiUrl | None = None
    """Another address of Gemini; only Google's own hosts and this machine are allowed."""
    gemini_model: GeminiModel = "gemini-3.5-flash-lite"
    """The model; `gemini-3.8-flash` writes better and slower."""
    gemini_thinking: Thinking | None = None
    """How long the model thinks before it writes; left out, the lowest level that it allows."""
    gemini_max_output_tokens: Annotated[Whole, Field(ge=1024, le=8192)] = 2048
    """Bound of thoughts and text together; a text takes about 200."""
    gemini_texts: Texts = "live"
    """Whose words are sent: `approved` never sends one that no person has approved."""
    gemini_deadline: Annotated[Number, Field(ge=0.1, le=8.5)] = 7.0
    """Seconds that a text may take, retry included."""
    gemini_slots: Annotated[Whole, Field(ge=1, le=1000)] = 16
    """Calls in flight; one more gets the template at once."""
    gemini_calls_per_minute: Annotated[Whole, Field(ge=1, le=100_000)] = 60
    """Calls in any 60 seconds, retries included: the bound of what one instance can cost."""
    bigquery_gemini_calls_per_minute: Annotated[Whole, Field(ge=0, le=100_000)] = 0
    """Of those, for rows of BigQuery, in any 60 seconds; 0 writes their offers from templates."""
    text_cache_size: Annotated[Whole, Field(ge=0, le=100_000)] = 2000
    """Written texts kept in memory; 0 keeps none."""
    text_cache_seconds: Annotated[Number, Field(ge=1, le=604_800)] = 86_400
    """How long a written text is used again."""

    @field_validator("gemini_thinking")
    @classmethod
    def _known_to_the_model(cls, level: Thinking | None, info: ValidationInfo) -> Thinking | None:
        levels = THINKING.get(info.data.get("gemini_model", ""))
        if level and levels and level not in levels:
            allowed = ", ".join(sorted(levels))
            raise _contradiction(
                "gemini_thinking", f"must be one of {allowed} for this GEMINI_MODEL"
            )
        return level

    @property
    def thinking(self) -> Thinking:
        """The level to ask for. Of a model that is not documented, one that all others allow."""
        if self.gemini_thinking:
            return self.gemini_thinking
        levels = THINKING.get(self.gemini_model, frozenset.intersection(*THINKING.values()))
        return min(levels, key=LEVELS.index)

    @property
    def gemini_url(self) -> str:
        """Where Gemini is called: said to its client, which else would ask the environment."""
        location = self.gemini_vertex_location
        if self.gemini_base_url:
            return self.gemini_base_url
        if not self.gemini_vertex_project:
            return "https://generativelanguage.googleapis.com"
        if location == "global":
            return "https://aiplatform.googleapis.com"
        if location in {"us", "eu"}:
            return f"https://aiplatform.{location}.rep.googleapis.com"
        return f"https://{location}-aiplatform.googleapis.com"


class LogSettings(_Group):
    """What the decision log needs."""

    decision_log: LogFile | None = None
    """File that decisions, outcomes and calls to Gemini go to; left out, standard output."""
    decision_log_attributes: Logged = ()
    """Attributes of the customer that a decision's line may hold; none is the safe choice."""


class TraceSettings(_Group):
    """What whoever follows a request through the logs needs."""

    google_cloud_project: AnyProject | None = None
    """Project that the traces of requests belong to; without it, lines name no trace."""


class OfferSettings(_Group):
    """Where the offers are, which are else those in the folder of the artifacts."""

    offers: Place | None = None
    """A catalogue elsewhere, looked at every minute: gs://bucket/offers.toml, or a path."""
    storage_endpoint: Endpoint | None = None
    """A fake Cloud Storage on this machine, as host:port, for tests."""

    @property
    def bucket(self) -> tuple[str, str] | None:
        """Bucket and object, where the offers are in one."""
        found = re.fullmatch(IN_A_BUCKET, self.offers or "")
        return (found[1], found[2]) if found else None


class ExperimentSettings(_Group):
    """What an experiment of the catalogue needs: without a key everybody gets the best offer."""

    experiment_key: SecretStr | None = None
    """Key by which customers are drawn into the arms of an experiment, for local use."""
    experiment_key_file: Path | None = None
    """A mounted file that holds it."""
    experiment_key_secret: str | None = None
    """Where it is kept: a version in Secret Manager, or an ARN of AWS (extra `aws`)."""

    @property
    def is_set(self) -> bool:
        """Whether there is a key."""
        return any((self.experiment_key, self.experiment_key_file, self.experiment_key_secret))


class Settings(
    ScoreSettings, GeminiSettings, LogSettings, TraceSettings, OfferSettings, ExperimentSettings
):
    """All of them, for whoever needs all of them right."""


Group = TypeVar("Group", bound=_Group)
GROUPS = (
    ScoreSettings,
    GeminiSettings,
    LogSettings,
    TraceSettings,
    OfferSettings,
    ExperimentSettings,
)


class Groups:
    """The settings by what they concern. A group with a wrong one raises SettingsError.

    faults: what is wrong in each group, by the names of the variables; never a value.
    """

    def __init__(self, variables: Mapping[str, str | None]) -> None:
        self._variables = variables
        self.faults: Mapping[type[_Group], list[FieldFault]] = {
            group: _faults(group, variables) for group in GROUPS
        }

    @cached_property
    def score(self) -> ScoreSettings:
        return self._right(ScoreSettings)

    @cached_property
    def gemini(self) -> GeminiSettings:
        return self._right(GeminiSettings)

    @cached_property
    def log(self) -> LogSettings:
        return self._right(LogSettings)

    @cached_property
    def trace(self) -> TraceSettings:
        return self._right(TraceSettings)

    @cached_property
    def offers(self) -> OfferSettings:
        return self._right(OfferSettings)

    @cached_property
    def experiment(self) -> ExperimentSettings:
        return self._right(ExperimentSettings)

    def _right(self, group: type[Group]) -> Group:
        if found := self.faults[group]:
            raise SettingsError(told(found))
        given = _given(group, self._variables)
        return group.model_validate(given) if given else cast("Group", group.model_construct())


@cache
def settings() -> Groups:
    """The settings of this process, read on first use; what is wrong with them is logged then.

    Raises SettingsError when `.env` can't be read.
    """
    found = Groups(variables())
    if wrong := [fault for faults in found.faults.values() for fault in faults]:
        logger.error("settings are wrong: %s", told(wrong))
    return found


def variables() -> Mapping[str, str | None]:
    """The environment over `.env`. Raises SettingsError when that is there and can't be read."""
    return {**_dotenv(DOTENV), **os.environ}


def read_settings(variables: Mapping[str, str | None]) -> Settings:
    """All settings that these variables make. Raises SettingsError, which names every wrong one."""
    if found := _faults(Settings, variables):
        raise SettingsError(told(found))
    return Settings.model_validate(_given(Settings, variables))


def told(faults: Iterable[FieldFault]) -> str:
    """What is wrong, in one line."""
    return "; ".join(f"{fault.field} {fault.message}" for fault in faults)


def _faults(group: type[_Group], variables: Mapping[str, str | None]) -> list[FieldFault]:
    given = _given(group, variables)
    if not given:  # then all are the defaults, which are right
        return []
    try:
        group.model_validate(given)
    except ValidationError as error:
        return [fault._replace(field=fault.field.upper()) for fault in field_faults(error, group)]
    return []


def _given(group: type[_Group], variables: Mapping[str, str | None]) -> dict[str, str]:
    found = {name: variables.get(name.upper()) for name in group.model_fields}
    return {name: value for name, value in found.items() if value}


def _dotenv(path: Path) -> Mapping[str, str | None]:
    if not path.is_file():
        return {}
    from dotenv import dotenv_values

    try:
        return dotenv_values(path)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f".env can't be read: {type(error).__name__}") from None

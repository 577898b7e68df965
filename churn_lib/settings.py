"""All settings on one screen: environment over `.env` over the default here.

Read by Pydantic itself: the package pydantic-settings would add a tenth to the start of every new process.
"""

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from churn_lib.errors import SettingsError

Probability = Annotated[float, Field(ge=0, le=1)]


class Settings(BaseModel):
    """Each field is the environment variable of the same name in capitals; an empty one counts as not set."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False, hide_input_in_errors=True)

    risk_medium_from: Probability = 0.4
    """Probability from which a customer is called a medium risk."""
    risk_high_from: Probability = 0.7
    """Probability from which a customer is called a high risk."""
    gemini_api_key: SecretStr | None = None
    """Key of the Gemini API, for local use."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.risk_medium_from > self.risk_high_from:
            raise ValueError("RISK_MEDIUM_FROM must not be above RISK_HIGH_FROM")
        return self


@cache
def settings() -> Settings:
    """The settings of this process, read on first use. Raises SettingsError."""
    return read_settings({**_dotenv(Path(".env")), **os.environ})


def read_settings(variables: Mapping[str, str | None]) -> Settings:
    """The settings that these variables make. Raises SettingsError, which names no value."""
    given = {name: variables.get(name.upper()) for name in Settings.model_fields}
    try:
        return Settings.model_validate({name: value for name, value in given.items() if value})
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False, include_context=False)
        words = [f"{'.'.join(map(str, fault['loc'])).upper()}: {fault['msg']}" for fault in faults]
        raise SettingsError("; ".join(word.removeprefix(": ") for word in words)) from None


def _dotenv(path: Path) -> Mapping[str, str | None]:
    if not path.is_file():
        return {}
    from dotenv import dotenv_values

    return dotenv_values(path)

"""`report.toml`: what is known of one company's data, and what a report is to try on it."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from churn_lib.errors import ArtifactError
from churn_lib.toml import as_json, tables_of

REPORT = "report.toml"


class Expected(BaseModel):
    """highest_auc: more than an honest model can reach here. features: columns that somebody would
    work out of the attributes, as expressions of SQL.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    highest_auc: float | None = Field(None, gt=0.5, le=1)
    features: Mapping[str, str] = {}


NOTHING = Expected()


class Made(NamedTuple):
    """A column that was worked out, and the attributes that it is made of."""

    name: str
    expression: str
    of: tuple[str, ...]
    values: pl.Series


def load(folder: Path) -> Expected:
    """What the file says; nothing where there is none. Raises ArtifactError when it is faulty."""
    try:
        text = (folder / REPORT).read_text("utf-8")
    except FileNotFoundError:
        return NOTHING
    except (OSError, UnicodeDecodeError) as error:
        raise ArtifactError(f"{REPORT} can't be read") from error
    try:
        return Expected.model_validate_json(as_json(tables_of(text)))
    except ValidationError as error:
        place = ".".join(map(str, error.errors(include_input=False)[0]["loc"]))
        raise ArtifactError(f"{REPORT}: {place} is no field that may stand here so") from None
    except (tomllib.TOMLDecodeError, ValueError) as error:
        raise ArtifactError(f"{REPORT} is not valid TOML: {error}") from None


def made_of(expected: Expected, frame: pl.DataFrame) -> list[Made]:
    """The columns that the expressions make of the customers. Raises ArtifactError."""
    return [_made(name, text, frame) for name, text in expected.features.items()]


def _made(name: str, text: str, frame: pl.DataFrame) -> Made:
    try:
        expression = pl.sql_expr(text)
        values = frame.select(expression.cast(pl.Float64).alias(name)).to_series()
    except pl.exceptions.PolarsError as error:
        problem = str(error).partition("\n")[0]
        raise ArtifactError(f"{REPORT}: features.{name}: {problem}") from None
    names = dict.fromkeys(expression.meta.root_names())
    return Made(name, text, (*names,), values)

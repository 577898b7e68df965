"""The content of `artifacts/scorecard.json`: terms that are plain numbers."""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Annotated, Literal, Self

from annotated_types import Interval, Len
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from churn_lib.customer.model import FEATURES, LEVELS, RANGES
from churn_lib.errors import ArtifactError

Values = Mapping[str, str | float]
Effect = Callable[[Values], float]


def _numeric(feature: str) -> str:
    if feature not in RANGES:
        raise _other_schema(feature, "must be a numeric attribute")
    return feature


def _categorical(feature: str) -> str:
    if feature not in LEVELS or feature not in FEATURES:
        raise _other_schema(feature, "must be a categorical attribute that is not protected")
    return feature


def _increasing(knots: tuple[float, ...]) -> tuple[float, ...]:
    if any(left >= right for left, right in pairwise(knots)):
        raise _fault("must increase")
    return knots


def _fault(words: str) -> PydanticCustomError:
    return PydanticCustomError("scorecard", words)


def _other_schema(feature: str, words: str) -> PydanticCustomError:
    """The file is not damaged: it was trained when an attribute was not what it is here."""
    return PydanticCustomError("other_schema", words, {"feature": feature[:40]})


LogOdds = Annotated[float, Interval(ge=-30, le=30)]
Numeric = Annotated[str, AfterValidator(_numeric)]
Categorical = Annotated[str, AfterValidator(_categorical)]
Knots = Annotated[tuple[float, ...], Len(2, 200), AfterValidator(_increasing)]
"""In the attribute's unit."""


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)


class Levels(_Part):
    """One number per level of a categorical attribute, in log-odds."""

    kind: Literal["levels"] = "levels"
    feature: Categorical
    points: dict[str, LogOdds]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        levels = [str(level) for level in LEVELS[self.feature]]
        if set(self.points) != set(levels):
            words = f"points must hold {', '.join(levels)} and nothing else"
            raise _other_schema(self.feature, words)
        return self

    @property
    def features(self) -> tuple[str, ...]:
        return (self.feature,)

    def effect(self) -> Effect:
        feature, points = self.feature, self.points
        return lambda values: points[str(values[feature])]


class Curve(_Part):
    """Straight lines between `knots` with `values` in log-odds; flat outside."""

    kind: Literal["curve"] = "curve"
    feature: Numeric
    knots: Knots
    values: tuple[LogOdds, ...]

    @model_validator(mode="after")
    def _even(self) -> Self:
        if len(self.values) != len(self.knots):
            raise _fault("values must be as many as knots")
        return self

    @property
    def features(self) -> tuple[str, ...]:
        return (self.feature,)

    def effect(self) -> Effect:
        feature, knots, heights = self.feature, self.knots, self.values

        def interpolate(values: Values) -> float:
            piece, along = _locate(knots, float(values[feature]))
            return heights[piece] + along * (heights[piece + 1] - heights[piece])

        return interpolate


class Pair(_Part):
    """A table over two numbers: `values[i][j]` in log-odds at `knots[0][i]`, `knots[1][j]`."""

    kind: Literal["pair"] = "pair"
    features: tuple[Numeric, Numeric]
    knots: tuple[Knots, Knots]
    values: tuple[tuple[LogOdds, ...], ...]

    @model_validator(mode="after")
    def _even(self) -> Self:
        rows, columns = self.knots
        if self.features[0] == self.features[1]:
            raise _fault("features must be two")
        if [len(line) for line in self.values] != [len(columns)] * len(rows):
            raise _fault("values must be a line for each first knot, a number for each second one")
        return self

    def effect(self) -> Effect:
        (first, second), (rows, columns), table = self.features, self.knots, self.values

        def interpolate(values: Values) -> float:
            row, down = _locate(rows, float(values[first]))
            column, right = _locate(columns, float(values[second]))
            (a, b), (c, d) = (line[column : column + 2] for line in table[row : row + 2])
            return (1 - down) * (a + right * (b - a)) + down * (c + right * (d - c))

        return interpolate


def _locate(knots: tuple[float, ...], x: float) -> tuple[int, float]:
    """The piece that x lies in, and how far along it from 0 to 1."""
    if x <= knots[0]:
        return 0, 0.0
    if x >= knots[-1]:
        return len(knots) - 2, 1.0
    index = bisect_right(knots, x) - 1
    return index, (x - knots[index]) / (knots[index + 1] - knots[index])


Term = Annotated[Levels | Curve | Pair, Field(discriminator="kind")]


class Card(_Part):
    """An intercept and terms, in log-odds; as JSON it is the file."""

    schema_version: Literal[1] = 1
    intercept: LogOdds
    terms: Annotated[tuple[Term, ...], Len(1, 30)]

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        if len({term.features for term in self.terms}) < len(self.terms):
            raise _fault("two terms have the same attributes")
        return self


def read_card(content: bytes) -> Card:
    """The card in a file's bytes. Raises ArtifactError, which says where they break the schema."""
    try:
        return Card.model_validate_json(content)
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, fault["loc"])) or "the file"
        problem = "scorecard.json is damaged"
        advice = ""
        if fault["type"] == "other_schema":
            problem = "scorecard.json was trained for other attributes"
            name = repr(fault["ctx"]["feature"])
            advice = f"; {name} is unknown or another one here, so train anew: churn train FILE"
        raise ArtifactError(f"{problem}: {place}: {fault['msg']}{advice}") from None

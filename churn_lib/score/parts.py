"""What the terms of a scorecard are made of, and what is refused of it."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Annotated, cast

from annotated_types import Interval, Len
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from churn_lib.customer.model import (
    FEATURES,
    LEVELS,
    MOST_NAMED,
    NOTES,
    NUMBERS,
    Values,
    may_lack,
)

Known = Mapping[str, str | float]
Effect = Callable[[Values], float]
"""From a customer's values, with all that is worked out, to log-odds."""

MOST_EDGES = 1000

OTHER_SCHEMA = "other_schema"


def fault(words: str) -> PydanticCustomError:
    return PydanticCustomError("scorecard", words)


def other_schema(feature: str, words: str) -> PydanticCustomError:
    """The file is not damaged: it was trained when an attribute was not what it is here."""
    return PydanticCustomError(OTHER_SCHEMA, words, {"feature": feature[:40]})


def check_levels(feature: str, given: Sequence[str], what: str) -> None:
    """Raises unless exactly the levels of this attribute are given, each once."""
    levels = [str(level) for level in LEVELS[feature]]
    if sorted(given) != sorted(levels):
        more = len(levels) - MOST_NAMED
        listed = ", ".join(levels[:MOST_NAMED]) + (f", {more} more" if more > 0 else "")
        raise other_schema(feature, f"{what} must hold {listed} and nothing else")


def is_numeric(feature: str, info: ValidationInfo) -> bool:
    """Whether it is a number of the schema, or a ratio of this card: see `Card.made`."""
    made = info.context
    is_made = isinstance(made, set) and feature in made
    return is_made or (feature in NUMBERS and feature in FEATURES)


def _numeric(feature: str, info: ValidationInfo) -> str:
    if not is_numeric(feature, info):
        raise other_schema(feature, "must be a numeric attribute that is not protected")
    return feature


def _categorical(feature: str) -> str:
    if feature not in LEVELS or feature not in FEATURES:
        raise other_schema(feature, "must be a categorical attribute that is not protected")
    return feature


def _any_feature(feature: str, info: ValidationInfo) -> str:
    if feature not in FEATURES and not is_numeric(feature, info):
        raise other_schema(feature, "must be an attribute that is not protected")
    return feature


def _increasing(places: tuple[float, ...]) -> tuple[float, ...]:
    if any(left >= right for left, right in pairwise(places)):
        raise fault("must increase")
    return places


def is_none(value: object) -> bool:
    return value is None


LogOdds = Annotated[float, Interval(ge=-30, le=30)]
MaybeLogOdds = Annotated[LogOdds | None, Field(exclude_if=is_none)]
Numeric = Annotated[str, AfterValidator(_numeric)]
Categorical = Annotated[str, AfterValidator(_categorical)]
Feature = Annotated[str, AfterValidator(_any_feature)]
Knots = Annotated[tuple[float, ...], Len(2, 200), AfterValidator(_increasing)]
"""In the attribute's unit."""
Edges = Annotated[tuple[float, ...], Len(0, MOST_EDGES), AfterValidator(_increasing)]
"""In the attribute's unit: bin k lies above edge k - 1, up to edge k and with it."""


class Part(BaseModel):
    model_config = ConfigDict(
        strict=True, frozen=True, extra="forbid", allow_inf_nan=False, serialize_by_alias=True
    )


def where_known(
    effect: Callable[[Known], float], features: Sequence[str], unknown: float | None = None
) -> Effect:
    """The effect of one or two attributes, and another one, else 0, where one is not known.

    Where they always are, it is the same function, and costs no more.
    """
    known = cast("Effect", effect)
    if unknown is None and not any(name not in NOTES or may_lack(name) for name in features):
        return known
    otherwise, first, last = unknown or 0.0, features[0], features[-1]
    return lambda values: (
        otherwise if values[first] is None or values[last] is None else known(values)
    )

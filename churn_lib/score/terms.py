"""The content of `artifacts/scorecard.json`: terms that are plain numbers."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from operator import not_
from typing import Annotated, Literal, Self

from annotated_types import Len
from pydantic import AfterValidator, Field, ValidationError, model_validator

from churn_lib.customer.model import NOTES
from churn_lib.errors import ArtifactError
from churn_lib.score.parts import (
    OTHER_SCHEMA,
    Categorical,
    Edges,
    Effect,
    Knots,
    Known,
    LogOdds,
    MaybeLogOdds,
    Numeric,
    Part,
    check_levels,
    fault,
    where_known,
)
from churn_lib.score.ratios import Ratios
from churn_lib.score.tables import Table

MOST_BYTES = 150 * 1024
MOST_TERMS = 1000


class Levels(Part):
    """One number per level of a categorical attribute, in log-odds.

    other: for a level that is not listed. unknown: for one that is not known.
    """

    kind: Literal["levels"] = "levels"
    feature: Categorical
    points: dict[str, LogOdds]
    other: MaybeLogOdds = None
    unknown: MaybeLogOdds = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        check_levels(self.feature, [*self.points], "points")
        return self

    @property
    def features(self) -> tuple[str, ...]:
        return (self.feature,)

    def effect(self) -> Effect:
        feature, points, other = self.feature, self.points, self.other or 0.0

        def listed(values: Known) -> float:
            return points[str(values[feature])]

        def any_level(values: Known) -> float:
            return points.get(str(values[feature]), other)

        has_others = self.other is not None or bool(NOTES[feature].other)
        return where_known(any_level if has_others else listed, self.features, self.unknown)


class Curve(Part):
    """Straight lines between `knots` with `values` in log-odds; flat outside.

    unknown: for a number that is not known.
    """

    kind: Literal["curve"] = "curve"
    feature: Numeric
    knots: Knots
    values: tuple[LogOdds, ...]
    unknown: MaybeLogOdds = None

    @model_validator(mode="after")
    def _even(self) -> Self:
        if len(self.values) != len(self.knots):
            raise fault("values must be as many as knots")
        return self

    @property
    def features(self) -> tuple[str, ...]:
        return (self.feature,)

    def effect(self) -> Effect:
        feature, knots, heights = self.feature, self.knots, self.values
        rises = [right - left for left, right in pairwise(heights)]
        # One piece more at each end, which is flat.
        starts, widths = (knots[0], *knots), (1.0, *_differences(knots), 1.0)
        bases, rises = (heights[0], *heights[:-1], heights[-2] + rises[-1]), [0.0, *rises, 0.0]

        def interpolate(values: Known) -> float:
            x = float(values[feature])
            piece = bisect_right(knots, x)
            return bases[piece] + (x - starts[piece]) / widths[piece] * rises[piece]

        return where_known(interpolate, self.features, self.unknown)


class Steps(Part):
    """A number in log-odds for each bin of another one.

    unknown: for a number that is not known.
    """

    kind: Literal["steps"] = "steps"
    feature: Numeric
    edges: Edges
    values: tuple[LogOdds, ...]
    unknown: MaybeLogOdds = None

    @model_validator(mode="after")
    def _even(self) -> Self:
        if len(self.values) != len(self.edges) + 1:
            raise fault("values must be one more than edges")
        return self

    @property
    def features(self) -> tuple[str, ...]:
        return (self.feature,)

    def effect(self) -> Effect:
        feature, edges, heights = self.feature, self.edges, self.values

        def step(values: Known) -> float:
            return heights[bisect_left(edges, float(values[feature]))]

        return where_known(step, self.features, self.unknown)


class Pair(Part):
    """A table over two numbers: `values[i][j]` in log-odds at `knots[0][i]`, `knots[1][j]`."""

    kind: Literal["pair"] = "pair"
    features: tuple[Numeric, Numeric]
    knots: tuple[Knots, Knots]
    values: tuple[tuple[LogOdds, ...], ...]

    @model_validator(mode="after")
    def _even(self) -> Self:
        rows, columns = self.knots
        if self.features[0] == self.features[1]:
            raise fault("features must be two")
        if [len(line) for line in self.values] != [len(columns)] * len(rows):
            raise fault("values must be a line for each first knot, a number for each second one")
        return self

    def effect(self) -> Effect:
        (first, second), (rows, columns), table = self.features, self.knots, self.values

        def interpolate(values: Known) -> float:
            row, down = _locate(rows, float(values[first]))
            column, right = _locate(columns, float(values[second]))
            (a, b), (c, d) = (line[column : column + 2] for line in table[row : row + 2])
            return (1 - down) * (a + right * (b - a)) + down * (c + right * (d - c))

        return where_known(interpolate, self.features)


def _differences(numbers: Sequence[float]) -> list[float]:
    return [right - left for left, right in pairwise(numbers)]


def _locate(knots: tuple[float, ...], x: float) -> tuple[int, float]:
    """The piece that x lies in, and how far along it from 0 to 1."""
    if x <= knots[0]:
        return 0, 0.0
    if x >= knots[-1]:
        return len(knots) - 2, 1.0
    index = bisect_right(knots, x) - 1
    return index, (x - knots[index]) / (knots[index + 1] - knots[index])


def _ordered(ends: tuple[float, float]) -> tuple[float, float]:
    if ends[0] > ends[1]:
        raise fault("must be the lowest and the highest")
    return ends


Term = Annotated[Levels | Curve | Steps | Pair | Table, Field(discriminator="kind")]
Ends = Annotated[tuple[float, float], AfterValidator(_ordered)]


class Card(Part):
    """An intercept and terms, in log-odds; as JSON it is the file.

    made: ratios that terms may be about as they may be about attributes. trained: the lowest and
    the highest of the numbers that the score was trained on.
    """

    schema_version: Literal[1] = 1
    intercept: LogOdds
    made: Ratios = Field(default_factory=dict, exclude_if=not_)
    trained: dict[Numeric, Ends] = Field(default_factory=dict, exclude_if=not_)
    terms: Annotated[tuple[Term, ...], Len(1, MOST_TERMS)]

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        if len({frozenset(term.features) for term in self.terms}) < len(self.terms):
            raise fault("two terms have the same attributes")
        return self


def read_card(content: bytes) -> Card:
    """The card in a file's bytes. Raises ArtifactError, which says where they break the schema."""
    if len(content) > MOST_BYTES:
        raise ArtifactError(f"scorecard.json is damaged: it has more than {MOST_BYTES:,} bytes")
    try:
        return _validated(content)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, found["loc"])) or "the file"
        problem = "scorecard.json is damaged"
        advice = ""
        if found["type"] == OTHER_SCHEMA:
            problem = "scorecard.json was trained for other attributes"
            name = repr(found["ctx"]["feature"])
            advice = f"; {name} is unknown or another one here, so train anew: churn train FILE"
        raise ArtifactError(f"{problem}: {place}: {found['msg']}{advice}") from None


def misfit(content: bytes) -> str | None:
    """The first attribute that does not fit the schema in force, where a card's terms show one."""
    try:
        _validated(content)
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)
        named = (fault["ctx"]["feature"] for fault in faults if fault["type"] == OTHER_SCHEMA)
        return next(named, None)
    return None


def _validated(content: bytes) -> Card:
    return Card.model_validate_json(content, context=set[str]())

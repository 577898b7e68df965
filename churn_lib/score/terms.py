"""The content of `artifacts/scorecard.json`: terms that are plain numbers, checked one by one.

Checked by hand: the models that would do it with Pydantic add a twentieth to the start of every new
process.
"""

import json
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from churn_lib.customer.model import FEATURES, LEVELS, RANGES
from churn_lib.errors import ArtifactError

SCHEMA_VERSION = 1
LARGEST_LOG_ODDS = 30.0
MOST_TERMS = 30
MOST_KNOTS = 200

Values = Mapping[str, str | float]
Effect = Callable[[Values], float]
Row = tuple[float, ...]


class Levels(NamedTuple):
    """One number per level of a categorical attribute, in log-odds."""

    feature: str
    points: Mapping[str, float]
    kind: Literal["levels"] = "levels"

    @property
    def features(self) -> tuple[str, ...]:
        return (self.feature,)

    def effect(self) -> Effect:
        feature, points = self.feature, self.points
        return lambda values: points[str(values[feature])]


class Curve(NamedTuple):
    """Straight lines between `knots` (in the attribute's unit) with `values` in log-odds."""

    feature: str
    knots: Row
    values: Row
    kind: Literal["curve"] = "curve"

    @property
    def features(self) -> tuple[str, ...]:
        return (self.feature,)

    def effect(self) -> Effect:
        feature, knots, heights = self.feature, self.knots, self.values
        widths = [right - left for left, right in pairwise(knots)]
        rises = [after - before for before, after in pairwise(heights)]
        first, last, ends_at = knots[0], knots[-1], heights[-2] + rises[-1]

        def interpolate(values: Values) -> float:
            x = float(values[feature])
            if x <= first:
                return heights[0]
            if x >= last:
                return ends_at
            index = bisect_right(knots, x) - 1
            return heights[index] + (x - knots[index]) / widths[index] * rises[index]

        return interpolate


class Pair(NamedTuple):
    """A table over two numeric attributes: `values[i][j]` in log-odds at `knots[0][i]`,
    `knots[1][j]`.
    """

    features: tuple[str, str]
    knots: tuple[Row, Row]
    values: tuple[Row, ...]
    kind: Literal["pair"] = "pair"

    def effect(self) -> Effect:
        (first, second), (rows, columns), table = self.features, self.knots, self.values

        def interpolate(values: Values) -> float:
            row, down = _locate(rows, float(values[first]))
            column, right = _locate(columns, float(values[second]))
            (a, b), (c, d) = (line[column : column + 2] for line in table[row : row + 2])
            return (1 - down) * (a + right * (b - a)) + down * (c + right * (d - c))

        return interpolate


Term = Levels | Curve | Pair


class Card(NamedTuple):
    """An intercept and terms, in log-odds."""

    intercept: float
    terms: tuple[Term, ...]

    def as_dict(self) -> dict[str, object]:
        """What the file holds; `read_card` makes the same card of its JSON."""
        terms = [{"kind": term.kind, **term._asdict()} for term in self.terms]
        return {"schema_version": SCHEMA_VERSION, "intercept": self.intercept, "terms": terms}


def read_card(content: bytes) -> Card:
    """The card in the bytes of a file. Raises ArtifactError, which says where they break the
    schema.
    """
    try:
        raw = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ArtifactError("scorecard.json is damaged: it is not valid JSON") from error
    fields = _fields(raw, {"schema_version", "intercept", "terms"}, "the file")
    if fields["schema_version"] is True or fields["schema_version"] != SCHEMA_VERSION:
        raise _damaged("schema_version", f"must be {SCHEMA_VERSION}")
    terms = _items(fields["terms"], "terms", 1, MOST_TERMS)
    card = Card(
        _log_odds(fields["intercept"], "intercept"),
        tuple(_term(t, f"terms.{i}") for i, t in enumerate(terms)),
    )
    if len({term.features for term in card.terms}) != len(card.terms):
        raise _damaged("terms", "two have the same attributes")
    return card


def _term(raw: object, place: str) -> Term:
    kind = raw.get("kind") if isinstance(raw, dict) else None
    if kind == "levels":
        return _levels(_fields(raw, {"kind", "feature", "points"}, place), place)
    if kind == "curve":
        return _curve(_fields(raw, {"kind", "feature", "knots", "values"}, place), place)
    if kind == "pair":
        return _pair(_fields(raw, {"kind", "features", "knots", "values"}, place), place)
    raise _damaged(f"{place}.kind", "must be levels, curve or pair")


def _levels(fields: Mapping[str, object], place: str) -> Levels:
    feature = str(fields["feature"])
    levels = {str(level) for level in LEVELS.get(feature, ())}
    if not levels or feature not in FEATURES:
        raise _damaged(f"{place}.feature", "must be a categorical attribute that is not protected")
    points = _fields(fields["points"], levels, f"{place}.points")
    return Levels(
        feature, {level: _log_odds(value, f"{place}.points") for level, value in points.items()}
    )


def _curve(fields: Mapping[str, object], place: str) -> Curve:
    knots = _axis(fields["feature"], fields["knots"], place)
    return Curve(
        str(fields["feature"]), knots, _row(fields["values"], f"{place}.values", len(knots))
    )


def _pair(fields: Mapping[str, object], place: str) -> Pair:
    first, second = _items(fields["features"], f"{place}.features", 2, 2)
    down, right = _items(fields["knots"], f"{place}.knots", 2, 2)
    rows, columns = _axis(first, down, place), _axis(second, right, place)
    if first == second:
        raise _damaged(f"{place}.features", "must be two")
    lines = _items(fields["values"], f"{place}.values", len(rows), len(rows))
    table = tuple(_row(line, f"{place}.values.{i}", len(columns)) for i, line in enumerate(lines))
    return Pair((str(first), str(second)), (rows, columns), table)


def _axis(feature: object, raw: object, place: str) -> Row:
    if not isinstance(feature, str) or feature not in RANGES:
        raise _damaged(f"{place}.feature", "must be a numeric attribute")
    knots = tuple(
        _finite(knot, f"{place}.knots") for knot in _items(raw, f"{place}.knots", 2, MOST_KNOTS)
    )
    if any(left >= right for left, right in pairwise(knots)):
        raise _damaged(f"{place}.knots", "must increase")
    return knots


def _row(raw: object, place: str, length: int) -> Row:
    return tuple(_log_odds(value, place) for value in _items(raw, place, length, length))


def _fields(raw: object, names: set[str], place: str) -> Mapping[str, object]:
    if not isinstance(raw, dict) or set(raw) != names:
        raise _damaged(place, f"must hold {', '.join(sorted(names))} and nothing else")
    return raw


def _items(raw: object, place: str, least: int, most: int) -> Sequence[object]:
    if not isinstance(raw, list) or not least <= len(raw) <= most:
        raise _damaged(
            place, f"must be a list of {least}" + (f" to {most}" if most > least else "")
        )
    return raw


def _log_odds(raw: object, place: str) -> float:
    value = _finite(raw, place)
    if abs(value) > LARGEST_LOG_ODDS:
        raise _damaged(
            place, f"must lie between -{LARGEST_LOG_ODDS:.0f} and {LARGEST_LOG_ODDS:.0f}"
        )
    return value


def _finite(raw: object, place: str) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not abs(raw) < 1e300:
        raise _damaged(place, "must be a finite number")
    return float(raw)


def _damaged(place: str, words: str) -> ArtifactError:
    return ArtifactError(f"scorecard.json is damaged: {place} {words}")


def _locate(knots: Row, x: float) -> tuple[int, float]:
    """The piece that x lies in, and how far along it from 0 to 1; flat outside the knots."""
    if x <= knots[0]:
        return 0, 0.0
    if x >= knots[-1]:
        return len(knots) - 2, 1.0
    index = bisect_right(knots, x) - 1
    return index, (x - knots[index]) / (knots[index + 1] - knots[index])

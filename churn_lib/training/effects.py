"""Terms of one attribute while they are turned into a scorecard: what each value adds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, NotRequired, Self

import numpy as np
import polars as pl
from pydantic import TypeAdapter
from typing_extensions import TypedDict

from churn_lib.customer.model import LEVELS, NOTES, may_lack
from churn_lib.training.learner import Floats

DECIMALS = 12
"""Numbers are rounded so: 1e-11 in a logit at most, and the file is the same on any processor."""

PLACES = {"curve": "knots", "steps": "edges"}


class _Part(TypedDict):
    """A term of one attribute as `scorecard.json` holds it."""

    kind: Literal["levels", "curve", "steps"]
    feature: str
    points: NotRequired[dict[str, float]]
    knots: NotRequired[list[float]]
    edges: NotRequired[list[float]]
    values: NotRequired[list[float]]
    other: NotRequired[float | None]
    unknown: NotRequired[float | None]


_PARTS = TypeAdapter(_Part)


@dataclass(frozen=True, slots=True)
class Single:
    """A term of one attribute. places: the knots of a curve, or the edges of steps.

    other, unknown: the effect of a level that is not listed, and of a value that is not known.
    """

    kind: Literal["levels", "curve", "steps"]
    feature: str
    values: Floats
    levels: tuple[str, ...] = ()
    places: tuple[float, ...] = ()
    other: float | None = None
    unknown: float | None = None

    def effects(self, column: pl.Series) -> Floats:
        """What the term adds for each value; nothing where it says nothing of one."""
        unknown = self.unknown or 0.0
        if self.kind == "levels":
            points: dict[str | None, float] = {None: unknown}
            points |= zip(self.levels, self.values.tolist(), strict=True)
            other = self.other or 0.0
            return np.array([points.get(level, other) for level in column])
        numbers = column.fill_null(np.nan).to_numpy()
        if self.kind == "curve":
            found = np.interp(numbers, self.places, self.values)
        else:
            found = self.values[np.searchsorted(self.places, numbers, side="left")]
        return np.where(np.isnan(numbers), unknown, found)

    def complete(self) -> Self:
        """The same, with a number for each value that the attribute may ever have."""
        is_made = self.feature not in NOTES
        lacks = is_made or may_lack(self.feature)
        differs = not is_made and bool(NOTES[self.feature].other)
        return replace(
            self,
            unknown=(self.unknown or 0.0) if lacks else None,
            other=(self.other or 0.0) if differs else None,
        )

    def plus(self, more: "Single") -> Self:
        """The sum of two terms of steps, or of levels."""
        places = tuple(sorted({*self.places, *more.places}))
        # One value of each bin: its upper edge, and what lies above all.
        bins = pl.Series(self.levels) if self.levels else pl.Series([*places, np.inf])
        return replace(
            self,
            places=places,
            values=self.effects(bins) + more.effects(bins),
            other=_added(self.other, more.other),
            unknown=_added(self.unknown, more.unknown),
        )

    def shifted(self, by: float) -> Self:
        return replace(
            self,
            values=self.values + by,
            other=None if self.other is None else self.other + by,
            unknown=None if self.unknown is None else self.unknown + by,
        )

    def card(self) -> dict[str, object]:
        """The term as `scorecard.json` holds it."""
        values = [rounded(value) for value in self.values.tolist()]
        term: dict[str, object] = {"kind": self.kind, "feature": self.feature}
        if self.kind == "levels":
            term["points"] = dict(zip(self.levels, values, strict=True))
        else:
            term |= {PLACES[self.kind]: [*self.places], "values": values}
        rest = {"other": rounded(self.other or 0.0), "unknown": rounded(self.unknown or 0.0)}
        # Where a term has nothing for a value, the effect is 0.
        return term | {name: value for name, value in rest.items() if value}


def single(term: Mapping[str, object]) -> Single:
    """A term of one attribute, from what a learner or a scorecard tells of it."""
    found = _PARTS.validate_python(term)
    if found["kind"] == "levels":
        points = found["points"]
        told = Single("levels", found["feature"], np.array([*points.values()]), (*points,))
    else:
        places = found["knots"] if found["kind"] == "curve" else found["edges"]
        told = Single(found["kind"], found["feature"], np.array(found["values"]), (), (*places,))
    return replace(told, other=found.get("other"), unknown=found.get("unknown"))


def nothing(feature: str) -> Single:
    """A term of levels that adds nothing."""
    levels = tuple(map(str, LEVELS[feature]))
    return Single("levels", feature, np.zeros(len(levels)), levels)


def _added(one: float | None, other: float | None) -> float | None:
    return None if one is None and other is None else (one or 0.0) + (other or 0.0)


def rounded(value: float) -> float:
    return round(value, DECIMALS) + 0.0  # adding zero turns a negative zero into zero

"""Curves and levels as the columns of a table.

A curve is a sum of ramps, one between each two neighbouring knots: 0 below the first of the two, 1
above the second. So the weight of a ramp is a rise of the curve. Levels are plain columns of 0 and
1.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import polars as pl

from churn_lib.customer.model import LEVELS, NOTES
from churn_lib.training.learner import Floats
from churn_lib.training.ridge import Singles, Weights

FREQUENT = 0.03
"""Beside a value that a larger share of customers has stand two more knots, so that the curve may
jump there.
"""

SIGNS = {"rises": 1, "falls": -1, None: 0}


class Block(Protocol):
    """The columns of one attribute; NaN where it is not known and has no column for that."""

    @property
    def feature(self) -> str: ...

    def columns(self, values: pl.Series) -> Floats: ...

    def signs(self) -> list[int]: ...

    def term(self, means: Floats, weights: Floats) -> dict[str, object]: ...


@dataclass(frozen=True, slots=True)
class LevelColumns:
    """One column per level, one for all others together, one for what is not known."""

    feature: str
    levels: tuple[str, ...]
    other: bool
    unknown: bool

    def columns(self, values: pl.Series) -> Floats:
        found = [(values == level).fill_null(value=False).to_numpy() for level in self.levels]
        known, unlisted = values.is_not_null().to_numpy(), ~np.any(found, axis=0)
        if self.other:
            found.append(known & unlisted)
        if self.unknown:
            found.append(~known)
        columns = np.stack(found, axis=1).astype(np.float64)
        columns[~columns.any(axis=1)] = np.nan
        return columns

    def signs(self) -> list[int]:
        return [0] * (len(self.levels) + self.other + self.unknown)

    def term(self, means: Floats, weights: Floats) -> dict[str, object]:
        effects = (weights - means @ weights).tolist()
        points = dict(zip(self.levels, effects, strict=False))
        term = {"kind": "levels", "feature": self.feature, "points": points}
        if self.other:
            term["other"] = effects[len(self.levels)]
        return term | ({"unknown": effects[-1]} if self.unknown else {})


@dataclass(frozen=True, slots=True)
class Ramps:
    """One column between each two neighbouring knots, and one for what is not known."""

    feature: str
    knots: tuple[float, ...]
    sign: int
    unknown: bool

    def columns(self, values: pl.Series) -> Floats:
        number = values.to_numpy()[:, np.newaxis]
        knots = np.array(self.knots)
        columns = np.clip((number - knots[:-1]) / np.diff(knots), 0, 1)
        return np.hstack([columns, np.isnan(number)]) if self.unknown else columns

    def signs(self) -> list[int]:
        return [self.sign] * (len(self.knots) - 1) + [0] * self.unknown

    def term(self, means: Floats, weights: Floats) -> dict[str, object]:
        rises = weights[: len(self.knots) - 1]
        values = (np.append(0, np.cumsum(rises)) - means @ weights).tolist()
        term = {"kind": "curve", "feature": self.feature, "knots": [*self.knots], "values": values}
        # Its ramps count as average ones there.
        return term | ({"unknown": float(weights[-1] * (1 - means[-1]))} if self.unknown else {})


@dataclass(frozen=True, slots=True)
class Design:
    """The columns of all attributes, and the mean of each where it is known."""

    blocks: tuple[Block, ...]
    means: tuple[Floats, ...]

    @property
    def signs(self) -> list[int]:
        return [sign for block in self.blocks for sign in block.signs()]

    def columns(self, frame: pl.DataFrame) -> Singles:
        """All columns side by side, centred."""
        columns = np.empty((len(frame), len(self.signs)), dtype=np.float32)
        end = 0
        for part in self._parts(frame):
            begin, end = end, end + part.shape[1]
            columns[:, begin:end] = part
        return columns

    def log_odds(self, frame: pl.DataFrame, weights: Weights) -> Floats:
        odds = np.full(len(frame), weights.intercept)
        for part, slopes in zip(self._parts(frame), self.split(weights), strict=True):
            odds += part @ slopes
        return odds

    def split(self, weights: Weights) -> list[Floats]:
        """The weights of each block."""
        ends = np.cumsum([len(means) for means in self.means])
        return np.split(weights.slopes, ends[:-1])

    def _parts(self, frame: pl.DataFrame) -> Iterator[Floats]:
        for block, means in zip(self.blocks, self.means, strict=True):
            columns = block.columns(frame[block.feature])
            columns -= means
            columns[np.isnan(columns)] = 0  # what is not known is average
            yield columns


def design_of(frame: pl.DataFrame, count: int) -> Design:
    """The columns of each attribute; this frame, the training part, places the knots."""
    blocks = blocks_of(frame, count)
    columns = (block.columns(frame[block.feature]) for block in blocks)
    return Design(blocks, tuple(map(_means, columns)))


def blocks_of(frame: pl.DataFrame, count: int) -> tuple[Block, ...]:
    return tuple(_block(column, count) for column in frame)


def _means(columns: Floats) -> Floats:
    known = len(columns) - np.isnan(columns).sum(axis=0)
    means: Floats = np.nansum(columns, axis=0) / np.maximum(known, 1)
    return means


def _block(column: pl.Series, count: int) -> Block:
    name, unknown = column.name, bool(column.null_count())
    if column.dtype == pl.String:
        levels = tuple(str(level) for level in LEVELS.get(name, ()))
        other = name in NOTES and bool(NOTES[name].other) and bool((~column.is_in(levels)).any())
        return LevelColumns(name, levels, other, unknown)
    trend = NOTES[name].trend if name in NOTES else None
    return Ramps(name, knots(column.drop_nulls().to_numpy(), count), SIGNS[trend], unknown)


def knots(numbers: Floats, count: int) -> tuple[float, ...]:
    """Increasing knots, at least two: all values where there are few, else quantiles, and both
    neighbours of each value that many customers have.
    """
    values, shares = np.unique(numbers, return_counts=True)
    if len(values) > count:
        often = np.flatnonzero(shares > FREQUENT * len(numbers))
        beside = np.unique(np.clip([often - 1, often, often + 1], 0, len(values) - 1))
        quantiles = np.quantile(numbers, np.linspace(0, 1, count))
        values = np.unique(np.concatenate([quantiles, values[beside]]))
    # A ramp divides by the distance of its knots: below the smallest normal number, by nothing.
    apart = values[np.diff(values, prepend=-np.inf) > np.finfo(float).tiny]
    found = tuple(apart[np.isfinite(apart)].tolist()) or (0.0,)
    # Where all customers have one value, a curve still needs two knots: it is flat there.
    return found if len(found) > 1 else (found[0], found[0] + 1)

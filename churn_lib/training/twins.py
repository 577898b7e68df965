"""Whether rows of a table are the same customers twice.

Near twins are rows that are equal in four columns of five. Closeness alone is no sign, for many
customers of a real table are alike: they are one customer if their labels agree far more often than
by chance.
"""

import math
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

NEAR = 0.8
"""The share of columns in which near twins are equal."""

SAMPLED = 2000
MOST_PAIRS = 20_000_000
"""So many pairs of rows are looked at before it is decided whether there are twins."""

RARER = 8
"""Twins disagree so many times less often than by chance."""

FEWEST = 10
"""So many of the near twins must disagree by chance, else it says nothing that hardly any do."""

BLOCK = 256
"""Rows that are compared with all others at a time."""

Rows = NDArray[np.int64]
Codes = NDArray[np.uint16] | NDArray[np.uint32]
Counts = NDArray[np.uint16]


class Likeness(NamedTuple):
    """How like others the rows are that were looked at.

    near: the share of them with a near twin, the first with its own in `pair`. agreement: how often
    such two have the same label; chance: how often the commonest label occurs.
    """

    near: float
    agreement: float
    chance: float
    are_twins: bool
    pair: tuple[int, int] | None


def likeness(codes: Codes, left: NDArray[np.int64], pairs: int = MOST_PAIRS) -> Likeness:
    """How like their nearest other row some rows are.

    codes: a row for each column. pairs: how many pairs of rows are compared at most.
    """
    count = codes.shape[1]
    rows = np.random.default_rng(0).permutation(count)[: min(SAMPLED, pairs // count + 1)]
    nearest, equal = _nearest(codes, rows)
    near = equal >= fewest_equal(len(codes))
    share, found = float(left.mean()), int(near.sum())
    chance = max(share, 1 - share)
    agreement = float((left[nearest] == left[rows])[near].mean()) if found else 0.0
    are_twins = found * (1 - chance) >= FEWEST and (1 - agreement) * RARER <= 1 - chance
    pair = next(zip(rows[near].tolist(), nearest[near].tolist(), strict=True), None)
    return Likeness(found / len(rows), agreement, chance, are_twins, pair)


def codes_of(frame: pl.DataFrame) -> Codes:
    """Each column as numbers that are equal where its values are."""
    columns = [column.rank("dense").fill_null(0).to_numpy() for column in frame]
    most = max(int(column.max(initial=0)) for column in columns)
    codes = np.stack(columns)
    return codes.astype(np.uint16) if most < 2**16 else codes.astype(np.uint32)


def fewest_equal(columns: int) -> int:
    """In how many of so many columns near twins are equal, at the least."""
    return math.ceil(NEAR * columns)


def equal_columns(codes: Codes, rows: Rows) -> Counts:
    """In how many columns each of these rows is equal to each row."""
    shape = (len(rows), codes.shape[1])
    found, same = np.zeros(shape, dtype=np.uint16), np.empty(shape, dtype=np.bool_)
    for column in codes:
        np.equal(column[rows, np.newaxis], column, out=same)
        found += same.view(np.uint8)
    return found


def _nearest(codes: Codes, rows: Rows) -> tuple[Rows, Counts]:
    """The other row that is most like each of these, and in how many columns it is equal."""
    nearest = np.empty(len(rows), dtype=np.int64)
    most = np.empty(len(rows), dtype=np.uint16)
    for start in range(0, len(rows), BLOCK):
        block = rows[start : start + BLOCK]
        equal = equal_columns(codes, block)
        equal[np.arange(len(block)), block] = 0
        nearest[start : start + BLOCK] = equal.argmax(axis=1)
        most[start : start + BLOCK] = equal.max(axis=1)
    return nearest, most

"""Columns that say what another one says."""

from collections.abc import Iterator, Sequence
from itertools import combinations, product

import numpy as np

from churn_lib.propose.column import MOST_LEVELS, Column, Floats
from churn_lib.propose.names import MONEY, spoken

ALIKE = 0.9999
"""A correlation above which two numbers are one."""

FEWEST = 20
"""So many rows must not have the commonest value, else columns agree by chance."""

FEWEST_PARTS = 3
LOOKED_AT = 1000
"""Rows on which nearly all pairs are found to differ."""


def copies(columns: Sequence[Column]) -> dict[str, str]:
    """The headings of columns that say again what one before them says, and how."""
    found: dict[str, str] = {}
    for first, second in (*_one_to_one(columns), *_in_step(columns)):
        if first.heading not in found:
            found.setdefault(second.heading, f"says the same as {first.heading}")
    numbers = [one for one in columns if one.numbers is not None and one.heading not in found]
    texts = [one for one in columns if one.numbers is None and one.heading not in found]
    for column, number in product(texts, numbers):
        if column.heading not in found and _in_words(column, number):
            found[column.heading] = f"says in words what {number.heading} says"
    return found


def _one_to_one(columns: Sequence[Column]) -> Iterator[tuple[Column, Column]]:
    """Pairs of columns each of whose values goes with one of the other's."""
    alike: dict[tuple[int, ...], list[Column]] = {}
    for column in columns:
        if 2 <= column.distinct <= MOST_LEVELS and column.filled - column.counts.max() >= FEWEST:
            alike.setdefault((column.blanks, *column.counts.tolist()), []).append(column)
    for group in alike.values():
        for first, second in combinations(group, 2):
            pairs = first.codes.astype(np.int64) * MOST_LEVELS * 2 + second.codes
            if len(np.unique(pairs)) == first.distinct + bool(first.blanks):
                yield first, second


def _in_step(columns: Sequence[Column]) -> Iterator[tuple[Column, Column]]:
    """Pairs of numbers that rise together, in a straight line. Of minutes and their price, the
    price comes first: it is a part of the bill.
    """
    numbers = [one for one in columns if one.numbers is not None and one.distinct > 2]
    if len(numbers) < 2:
        return
    few = np.stack([_standard(one.x[:LOOKED_AT]) for one in numbers])
    likely = np.abs(np.triu(few @ few.T, 1)) > ALIKE * min(len(numbers[0].codes), LOOKED_AT)
    for first, second in np.argwhere(likely):
        pair = numbers[first], numbers[second]
        x, y = (_standard(one.x) for one in pair)
        if abs(x @ y) > ALIKE * len(x):
            is_price = [bool(MONEY.search(spoken(one.heading))) for one in pair]
            yield pair if is_price != [False, True] else pair[::-1]


def _standard(x: Floats) -> Floats:
    """Numbers with mean 0 and variance 1; what is missing is the mean."""
    known = ~np.isnan(x)
    mean = x[known].mean() if known.any() else 0.0
    centred = np.where(known, x - mean, 0.0)
    spread = np.sqrt(np.mean(centred**2))
    return centred / spread if spread else centred


def _in_words(column: Column, number: Column) -> bool:
    """Whether texts stand for parts of a number that do not overlap, as 1-Year does for months."""
    if column.blanks or number.blanks:
        return False
    if not FEWEST_PARTS <= column.distinct <= min(MOST_LEVELS, number.distinct - 1):
        return False
    return all(_in_order(column, number, rows) for rows in (LOOKED_AT, len(column.codes)))


def _in_order(column: Column, number: Column, rows: int) -> bool:
    low, high = np.full(column.distinct, np.inf), np.full(column.distinct, -np.inf)
    np.minimum.at(low, column.codes[:rows], number.x[:rows])
    np.maximum.at(high, column.codes[:rows], number.x[:rows])
    present = np.isfinite(low)
    order = np.argsort(low[present])
    return bool(np.all(high[present][order][:-1] < low[present][order][1:]))

"""Numbers that are worked out of others."""

from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np

from churn_lib.propose.column import Column, Floats
from churn_lib.propose.names import MONEY, spoken

ALIKE = 0.999
"""The correlation of a total with its product: some months had another price."""

SCALE = 0.01
LOOKED_AT = 500
MOST = 60
"""Numbers among whose pairs products are looked for; of more, the first."""


def products(numbers: Sequence[Column]) -> dict[str, tuple[Column, Column]]:
    """The two numbers whose product each total is, by its heading.

    A part is no total itself.
    """
    looked_at = [one for one in numbers if one.distinct > 2][:MOST]
    found: dict[str, tuple[Column, Column]] = {}
    if len(looked_at) < 3:
        return found
    few = np.stack([np.nan_to_num(one.x[:LOOKED_AT]) for one in looked_at])
    totals = few - few.mean(axis=1, keepdims=True)
    spread = np.sqrt((totals**2).sum(axis=1)) + 1e-300
    for first, second in combinations(range(len(looked_at)), 2):
        product = few[first] * few[second]
        product = product - product.mean()
        size = np.sqrt((product**2).sum())
        likely = totals @ product > 0.99 * spread * size if size else np.zeros(0, dtype=bool)
        for place in np.flatnonzero(likely):
            total, parts = looked_at[place], (looked_at[first], looked_at[second])
            is_part = any(total in others for others in found.values()) or total in parts
            if not is_part and not any(part.heading in found for part in parts) and _is(total, parts):
                found.setdefault(total.heading, parts)
    return found


def _is(total: Column, parts: Iterable[Column]) -> bool:
    product: Floats = np.prod([part.x for part in parts], axis=0)
    known = ~np.isnan(product) & ~np.isnan(total.x)
    x, y = product[known], total.x[known]
    if len(x) < 20 or not (x.std() and y.std() and y.sum()):
        return False
    return bool(np.corrcoef(x, y)[0, 1] > ALIKE and abs(x.sum() / y.sum() - 1) < SCALE)


def charges(numbers: Iterable[Column]) -> list[Column]:
    """Amounts that may add up to a bill: columns that are called alike, and always filled."""
    found = [
        one
        for one in numbers
        if MONEY.search(spoken(one.heading)) and not one.blanks and float(one.x.min()) >= 0
    ]
    stem = {one.heading: MONEY.findall(spoken(one.heading))[-1].strip() for one in found}
    groups: dict[str, list[Column]] = {}
    for one in found:
        groups.setdefault(stem[one.heading], []).append(one)
    most = max(groups.values(), key=len, default=[])
    parts = [one for one in most if one.distinct > 12]
    return parts if len(parts) > 1 and not any(_is_total(one, parts) for one in parts) else []


def _is_total(column: Column, parts: Iterable[Column]) -> bool:
    """Whether a column holds the others already."""
    others = sum((part.x for part in parts if part is not column), np.zeros(len(column.codes)))
    return bool(np.all(others <= column.x + 1e-9))

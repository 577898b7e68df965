"""Numbers that are worked out of others."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, compress

import numpy as np

from churn_lib.propose.column import Column, Floats
from churn_lib.propose.names import MONEY, spoken

ALIKE = 0.999
"""The correlation of a total with its product: some months had another price."""

SCALE = 0.01
NEARLY = 0.99
LOOKED_AT = 500
MOST = 60
"""Numbers among whose pairs products are looked for; of more, the first."""


def products(numbers: Sequence[Column]) -> dict[str, tuple[Column, Column]]:
    """The two numbers whose product each total is, by its heading. A part is no total itself."""
    found: dict[str, tuple[Column, Column]] = {}
    for total, parts in _likely([one for one in numbers if one.distinct > 2][:MOST]):
        taken = {part for pair in found.values() for part in pair}
        made = [part for part in parts if part.heading in found]
        if not made and total not in taken and total.heading not in found and _is(total, parts):
            found[total.heading] = parts
    return found


def _likely(numbers: Sequence[Column]) -> Iterator[tuple[Column, tuple[Column, Column]]]:
    """Numbers, and two others whose product rises with them in the first rows."""
    few = {one: _centred(np.nan_to_num(one.x[:LOOKED_AT])) for one in numbers}
    totals = np.stack([*few.values()]) if few else np.empty((0, 0))
    for parts in combinations(numbers, 2):
        first, second = (np.nan_to_num(part.x[:LOOKED_AT]) for part in parts)
        alike = totals @ _centred(first * second) > NEARLY
        for total in compress(numbers, alike):
            if total not in parts:
                yield total, parts


def _centred(x: Floats) -> Floats:
    """The numbers without their mean, of length 1; all 0 where they are all alike."""
    centred: Floats = x - x.mean()
    length = float(np.sqrt((centred**2).sum()))
    return centred / length if length else centred


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
    stem = {
        one.heading: [*MONEY.finditer(spoken(one.heading))][-1].group().strip() for one in found
    }
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

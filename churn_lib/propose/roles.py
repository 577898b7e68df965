"""Which columns are the bill, the tenure and the identifier, and which are protected."""

from collections.abc import Iterable, Sequence

import numpy as np

from churn_lib.propose.column import Column
from churn_lib.propose.names import (
    AGE,
    BILL,
    BUSINESSES,
    CUSTOMER,
    IDENTIFIER,
    NO_BILL,
    PROTECTED,
    TENURE,
    spoken,
)

FEWEST_AMOUNTS = 12
"""Of whole numbers no more are classes of amounts."""

MOST_BLANK = 0.05

LONGEST_TENURE = 40_000
"""Days of a century: what is larger is something else, whatever it is called."""

YOUNGEST, OLDEST = 16, 120
"""Years: half of a company's customers are older than the one, and nearly none than the other."""

FEWEST_SIGNS = 2


def bill(numbers: Iterable[Column]) -> Column | None:
    """The monthly bill, which must nearly always be known: a blank one is taken for the middle."""
    found = [
        one
        for one in numbers
        if BILL.search(spoken(one.heading))
        and not NO_BILL.search(spoken(one.heading))
        and (one.distinct > FEWEST_AMOUNTS or not one.whole)
        and not is_protected(one)
        and one.blanks <= MOST_BLANK * len(one.codes)
    ]
    return min(
        found, key=lambda one: (one.blanks > 0, "month" not in spoken(one.heading)), default=None
    )


def tenure(numbers: Iterable[Column]) -> Column | None:
    """How long somebody has been a customer."""
    return next(
        (
            one
            for one in numbers
            if TENURE.search(spoken(one.heading))
            and not is_protected(one)
            and one.numbers is not None
            and 0 <= one.numbers.min() <= one.numbers.max() <= LONGEST_TENURE
        ),
        None,
    )


def identifier(candidates: Sequence[Column]) -> Column | None:
    """The column that says which customer it is, of those that differ in every row."""
    return min(
        candidates,
        key=lambda one: (
            bool(one.blanks),
            not CUSTOMER.search(spoken(one.heading)),
            not IDENTIFIER.search(spoken(one.heading)),
        ),
        default=None,
    )


def is_protected(column: Column) -> bool:
    heading = spoken(column.heading)
    return bool(PROTECTED.search(heading) or (AGE.search(heading) and _may_be_ages(column)))


def _may_be_ages(column: Column) -> bool:
    """Whether these may be ages of people, or groups of them; and not those of cars, in days."""
    if column.numbers is None or column.distinct <= FEWEST_AMOUNTS:
        return True
    known = column.x[column.x > 0]  # 0 often says that nobody knows
    middle, high = np.quantile(known, (0.5, 0.99)) if len(known) else (0, 0)
    return bool(middle >= YOUNGEST and high <= OLDEST)


def business(headings: Iterable[str]) -> str:
    """Who may keep such columns."""
    text = " ".join(map(spoken, headings))
    signs = {name: sum(sign in text for sign in found) for name, found in BUSINESSES.items()}
    best = max(signs, key=signs.__getitem__)
    return best if signs[best] >= FEWEST_SIGNS else "company"

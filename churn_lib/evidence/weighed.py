"""Customers weighed by how likely what was done with them was: what other ways to choose read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from churn_lib.evidence import queries as q

Floats = NDArray[np.float64]

SUMS = ("n", "p", "w", "ww", "wm", "wwm", "wwmm")
"""Of the mature customers whose outcome is known: how many, the probability of leaving, the weight
w = 1 / propensity, its square, and with the margin m: w m, w^2 m, w^2 m^2.
"""
_TERMS = ("p", "w", "w * w", "w * m", "w * w * m", "w * w * m * m")
_EXACT = ", ".join(f"sum(({term})::DECIMAL(38, 6))::DOUBLE" for term in _TERMS)
"""In whole millionths, so that the order of the lines changes nothing."""

UNSEEN = "unseen"
"""What no arm ever does with such a customer, so that the log says nothing of it."""

Choices = Path | Mapping[str, str]
"""What another way to choose does with each customer: a table with `unit` or `decision_id`, and
`offer`, or offers by unit; the offer is `none` where it makes none.
"""


@dataclass(frozen=True)
class Weighed:
    """One row for each offer that the policy would make, that was made, and that another way would
    make ("" where it says nothing), and for each bin of the probability; arrays of one length.
    """

    would_offer: NDArray[np.str_]
    offer: NDArray[np.str_]
    other: NDArray[np.str_]
    sums: Mapping[str, Floats]

    def where(self, chosen: NDArray[np.bool_]) -> "Weighed":
        """The rows that are chosen."""
        sums = {name: column[chosen] for name, column in self.sums.items()}
        return Weighed(self.would_offer[chosen], self.offer[chosen], self.other[chosen], sums)


def nothing() -> Weighed:
    """Of nobody."""
    nobody = np.array([], dtype=str)
    return Weighed(nobody, nobody, nobody, {name: np.zeros(0) for name in SUMS})


def take(base: duckdb.DuckDBPyConnection, choices: Choices) -> None:
    """Keeps the choices, by unit or as the view of a table, for the decisions to be joined with."""
    if not isinstance(choices, Path):
        base.execute(q.GIVEN, {"units": [*choices], "offers": [*choices.values()]})
    base.execute(q.CHOSEN)


def choose(
    base: duckdb.DuckDBPyConnection, experiment: str, sold: Sequence[str] | None, *, any_other: bool
) -> None:
    """Has each customer know what the other way would do, if it is one that the log can show."""
    if any_other:
        base.execute(q.OTHERS, {"experiment": experiment, "sold": sold})
    else:
        base.execute(q.NO_OTHERS)


def weighed(base: duckdb.DuckDBPyConnection) -> Weighed:
    """The sums over the mature customers."""
    rows = base.execute(q.WEIGHED.format(sums=_EXACT)).fetchnumpy()
    would, offer, other, _, *sums = [np.asarray(column) for column in rows.values()]
    found = {name: column.astype(float) for name, column in zip(SUMS, sums, strict=True)}
    return Weighed(would.astype(str), offer.astype(str), other.astype(str), found)

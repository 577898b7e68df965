"""The columns of a table, sorted by what can be done with them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from churn_lib.customer.schema import MOST_ATTRIBUTES
from churn_lib.propose.auc import alone
from churn_lib.propose.column import Column, Labels
from churn_lib.propose.copies import copies
from churn_lib.propose.kinds import Use, kind_of
from churn_lib.propose.leaks import compared, suspicion


class Sorted(NamedTuple):
    """levels, numbers: what the score may use. suspects: what may give the answer away. ignored:
    the headings of all that is not used, suspects too, and why. aucs: of each column by itself.
    """

    levels: Sequence[Column]
    numbers: Sequence[Column]
    identifiers: Sequence[Column]
    suspects: Sequence[Column]
    ignored: Mapping[str, str]
    aucs: Mapping[str, float]


def sort(columns: Sequence[Column], left: Labels) -> Sorted:
    """Sorts the columns of customers of whom it is known whether they left."""
    kinds = {one.heading: kind_of(one) for one in columns}
    aucs = {one.heading: alone(one, left) for one in columns}
    reasons = {one.heading: suspicion(one, left, aucs[one.heading]) for one in columns}
    suspected = {heading: why for heading, why in reasons.items() if why}
    ignored = {heading: why for heading, (use, why) in kinds.items() if use == "ignored"}
    ignored |= suspected

    def kept(*uses: Use) -> list[Column]:
        left_over = (one for one in columns if one.heading not in ignored)
        return [one for one in left_over if kinds[one.heading].use in uses]

    ignored |= copies(kept("levels", "number"))
    ignored |= _too_many(kept("levels", "number"), aucs)
    suspects = [one for one in columns if one.heading in suspected]
    suspects.sort(key=lambda one: -aucs[one.heading])
    for heading, score in compared(suspects, kept("levels", "number"), left).items():
        ignored[heading] += f" {score}"
    in_order = {one.heading: ignored[one.heading] for one in columns if one.heading in ignored}
    return Sorted(kept("levels"), kept("number"), kept("identifier"), suspects, in_order, aucs)


def _too_many(columns: Sequence[Column], aucs: Mapping[str, float]) -> dict[str, str]:
    """Those that say least by themselves, of more than a schema may hold."""
    best = sorted(columns, key=lambda one: -aucs[one.heading])
    why = f"one of more than {MOST_ATTRIBUTES} columns, and says less by itself than those"
    return {one.heading: why for one in best[MOST_ATTRIBUTES - 1 :]}

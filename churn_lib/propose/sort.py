"""The columns of a table, sorted by what can be done with them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from churn_lib.customer.schema import MOST_ATTRIBUTES
from churn_lib.propose.auc import alone
from churn_lib.propose.column import Column, Labels
from churn_lib.propose.copies import copies
from churn_lib.propose.kinds import kind_of
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
    ignored = {
        heading: reasons[heading] or kind.why
        for heading, kind in kinds.items()
        if reasons[heading] or kind.use == "ignored"
    }
    used = [
        one
        for one in columns
        if one.heading not in ignored and kinds[one.heading].use != "identifier"
    ]
    ignored |= copies(used)
    used = [one for one in used if one.heading not in ignored]
    ignored |= _too_many(used, aucs)
    used = [one for one in used if one.heading not in ignored]
    suspects = sorted(
        (one for one in columns if reasons[one.heading]), key=lambda one: -aucs[one.heading]
    )
    for heading, score in compared(suspects, used, left).items():
        ignored[heading] = f"{ignored[heading]} {score}"
    return Sorted(
        [one for one in used if kinds[one.heading].use == "levels"],
        [one for one in used if kinds[one.heading].use == "number"],
        [
            one
            for one in columns
            if kinds[one.heading].use == "identifier" and one.heading not in ignored
        ],
        suspects,
        {one.heading: ignored[one.heading] for one in columns if one.heading in ignored},
        aucs,
    )


def _too_many(columns: Sequence[Column], aucs: Mapping[str, float]) -> dict[str, str]:
    """Those that say least by themselves, of more than a schema may hold."""
    best = sorted(columns, key=lambda one: -aucs[one.heading])
    why = f"one of more than {MOST_ATTRIBUTES} columns, and says less by itself than those"
    return {one.heading: why for one in best[MOST_ATTRIBUTES - 1 :]}

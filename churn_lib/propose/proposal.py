"""All that is proposed for a table, and all that is doubtful in it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import polars as pl

from churn_lib.customer.spelling import plain
from churn_lib.errors import DataError
from churn_lib.propose import roles
from churn_lib.propose.answer import Answer, answer
from churn_lib.propose.column import Column, Floats, columns_of
from churn_lib.propose.doubts import (
    BILL,
    FILE,
    TENURE,
    Doubt,
    Weight,
    of_answer,
    of_columns,
    of_protected,
    of_twins,
)
from churn_lib.propose.names import name_of
from churn_lib.propose.services import NONE, Absence, absences
from churn_lib.propose.sort import Sorted, sort
from churn_lib.propose.totals import charges, products
from churn_lib.tables.table import Table

SUM = "sum_of_charges"
UNIQUE = "different in every row"
AVERAGE_BILL = 50.0
"""An amount to begin with, where no column says what customers pay."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Use:
    """A column that becomes an attribute. product: the names of what it is worked out of."""

    column: Column
    name: str
    is_number: bool
    protected: bool
    absence: Absence | None = None
    product: tuple[str, ...] = ()

    @property
    def may_be_unknown(self) -> bool:
        """Whether words are needed for customers of whom it is not known."""
        explained = self.absence is not None and self.absence.blank
        return bool(self.column.blanks) and not (explained or self.product or self.protected)


class Charges(NamedTuple):
    """Amounts that add up to a bill which no column holds: their names, and the sum of each row."""

    name: str
    parts: Sequence[str]
    sums: Floats


class Parts(NamedTuple):
    """Which column plays which part. identifier: its heading. bill: the name of an attribute, or
    everybody's average. tenure: the name of an attribute.
    """

    identifier: str | None
    bill: str | float
    charges: Charges | None
    tenure: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """What a schema may say. columns: all but the answer. ignored: headings, and why. doubts: the
    worst first.
    """

    answer: Answer
    columns: Sequence[Column]
    business: str
    uses: Sequence[Use]
    ignored: Mapping[str, str]
    parts: Parts
    doubts: Sequence[Doubt]

    def about(self, subject: str) -> list[str]:
        """What is doubtful in a column or a field of the schema."""
        return [doubt.text for doubt in self.doubts if doubt.subject == subject]


def propose(
    table: Table,
    target: str,
    left: str | None,
    name: str,
    named: Mapping[str, str] = MappingProxyType({}),
) -> Proposal:
    """What a schema for this table may say.

    left: the value of those who left, where it is known. name: of the file. named: attributes that
    are there already, by their headings as `plain` has them. Raises DataError where nothing can be
    proposed.
    """
    found = answer(table, target, left, name)
    columns = columns_of(table.frame.drop(found.column).filter(pl.Series(found.known)))
    kinds = sort(columns, found.left)
    names = _names(kinds, columns, [*table.frame.columns, *table.left_out], named)
    uses = _uses(kinds, names, found)
    _check(uses, found, name)
    headings = [*table.frame.columns, *table.left_out, *(use.name for use in uses)]
    parts = _parts(kinds, uses, headings)
    rest = [one.heading for one in kinds.identifiers if one.heading != parts.identifier]
    doubts = [
        *(Doubt(Weight.FILE, FILE, note) for note in table.notes),
        *of_answer(found),
        *of_twins([use.column for use in uses], found),
        *of_columns(kinds),
        *_of_parts(parts, uses),
        *(Doubt(Weight.LEFT_OUT, heading, f"left out: {UNIQUE}") for heading in rest),
        of_protected([use.column.heading for use in uses if use.protected]),
    ]
    return Proposal(
        answer=found,
        columns=columns,
        business=roles.business(table.frame.columns),
        uses=uses,
        ignored={**kinds.ignored, **dict.fromkeys(rest, UNIQUE)},
        parts=parts,
        doubts=sorted(doubts, key=lambda doubt: doubt.weight),
    )


def _check(uses: Sequence[Use], found: Answer, name: str) -> None:
    if all(use.protected for use in uses):
        problem = f"has no column beside {found.column} to tell from"
        reasons = "all are identifiers, constants, texts, places, protected or give it away"
        raise DataError(f"{name} {problem}: {reasons}")


def _parts(columns: Sorted, uses: Sequence[Use], headings: Iterable[str]) -> Parts:
    numbers = {use.column: use.name for use in uses if use.is_number and not use.protected}
    given = [use.column for use in uses if use.column in numbers and not use.product]
    identifier, bill = roles.identifier(columns.identifiers), roles.bill(given)
    tenure = roles.tenure(numbers)
    added = [] if bill else charges(given)
    found = Charges(
        name_of(SUM, 0, map(plain, headings)),
        [numbers[one] for one in added],
        np.sum([one.x for one in added], axis=0),
    )
    average = round(float(found.sums.mean()), 2) if added else AVERAGE_BILL
    return Parts(
        identifier=identifier.heading if identifier else None,
        bill=numbers[bill] if bill else average,
        charges=found if added else None,
        tenure=numbers[tenure] if tenure else None,
    )


def _of_parts(parts: Parts, uses: Sequence[Use]) -> Iterator[Doubt]:
    if parts.charges:
        headings = {use.name: use.column.heading for use in uses}
        sums = ", ".join(headings[name] for name in parts.charges.parts)
        text = f"no column holds the monthly bill: the average of the sum of {sums}"
        yield Doubt(Weight.ROLE, BILL, text)
    elif not isinstance(parts.bill, str):
        text = "no column holds the monthly bill: an assumption, the same for everybody"
        yield Doubt(Weight.ROLE, BILL, text)
    if parts.tenure is None:
        text = "no column says how long they have been customers"
        yield Doubt(Weight.ROLE, TENURE, text)


def _uses(columns: Sorted, names: Mapping[str, str], who: Answer) -> list[Use]:
    """The attributes. names: by heading, in the order of the columns."""
    stayed = who.here if len(who.here) == 1 else []  # as the file says no, in its language
    found = absences(columns.levels, columns.numbers, NONE.union(map(str.casefold, stayed)))
    made = products([one for one in columns.numbers if not roles.is_protected(one)])
    used = {one.heading: one for one in (*columns.levels, *columns.numbers)}
    numbers = {one.heading for one in columns.numbers}
    return [
        Use(
            column=used[heading],
            name=name,
            is_number=heading in numbers,
            protected=roles.is_protected(used[heading]),
            absence=found.get(heading),
            product=tuple(names[part.heading] for part in made.get(heading, ())),
        )
        for heading, name in names.items()
    ]


def _names(
    columns: Sorted, order: Iterable[Column], headings: Iterable[str], named: Mapping[str, str]
) -> dict[str, str]:
    """A name for each column that is used. headings: all of the file, which no name may be like."""
    used = {*columns.levels, *columns.numbers}
    taken = {plain(text) for text in (*headings, *named, *named.values())}
    names: dict[str, str] = {}
    for place, heading in enumerate((one.heading for one in order if one in used), start=1):
        others = taken - {plain(heading)}
        names[heading] = named.get(plain(heading) or heading) or name_of(heading, place, others)
        taken.add(plain(names[heading]))
    return names

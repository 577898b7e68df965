"""All that is proposed for a table, and all that is doubtful in it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from churn_lib.customer.spelling import plain
from churn_lib.errors import DataError
from churn_lib.propose import roles
from churn_lib.propose.answer import Answer, answer
from churn_lib.propose.column import Column, column_of
from churn_lib.propose.doubts import Doubt, Weight, of_leaks
from churn_lib.propose.names import name_of
from churn_lib.propose.services import Absence, absences
from churn_lib.propose.sort import Sorted, sort
from churn_lib.propose.totals import charges, products
from churn_lib.tables.table import Table


SUM = "sum_of_charges"
"""The name of a bill that no column holds."""


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """What a schema may say. ignored: headings, and why. identifier: a heading. bill, tenure: names
    of attributes. charges: the names of what the bill is the sum of, where no column holds it.
    doubts: the worst first.
    """

    answer: Answer
    business: str
    uses: Sequence[Use]
    ignored: Mapping[str, str]
    identifier: str | None
    bill: str | None
    charges: Sequence[str]
    tenure: str | None
    doubts: Sequence[Doubt]

    def about(self, subject: str) -> list[str]:
        """What is doubtful in a column or a field of the schema."""
        return [doubt.text for doubt in self.doubts if doubt.subject == subject]


def propose(table: Table, target: str, left: str | None, name: str) -> Proposal:
    """What a schema for this table may say. left: the value of those who left, where it is known.

    name: of the file. Raises DataError where nothing can be proposed.
    """
    found = answer(table, target, left, name)
    others = [cells for cells in table.frame if cells.name != found.column]
    columns = sort([column_of(cells).kept(found.known) for cells in others], found.left)
    uses = _uses(columns, [*table.frame.columns, *table.left_out], [cells.name for cells in others])
    if all(use.protected for use in uses):
        reasons = "all are identifiers, constants, texts, protected or give the answer away"
        raise DataError(f"{name} has no column beside {found.column} to tell from: {reasons}")
    numbers = [use.column for use in uses if use.is_number and not use.protected]
    names = {use.column.heading: use.name for use in uses}
    identifier, bill = roles.identifier(columns.identifiers), roles.bill(numbers)
    tenure = roles.tenure(numbers)
    rest = {one.heading: "different in every row" for one in columns.identifiers if one is not identifier}
    return Proposal(
        answer=found,
        business=roles.business(table.frame.columns),
        uses=uses,
        ignored={**columns.ignored, **rest},
        identifier=identifier.heading if identifier else None,
        bill=names[bill.heading] if bill else None,
        charges=() if bill else [names[one.heading] for one in charges(numbers)],
        tenure=names[tenure.heading] if tenure else None,
        doubts=sorted(of_leaks(columns, found.left)),
    )


def _uses(columns: Sorted, headings: Collection[str], order: Sequence[str]) -> list[Use]:
    """The attributes in the order of their columns. headings: all of the file."""
    names = _names(columns, headings, order)
    found = absences(columns.levels, columns.numbers)
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


def _names(columns: Sorted, headings: Collection[str], order: Sequence[str]) -> dict[str, str]:
    used = {one.heading for one in (*columns.levels, *columns.numbers)}
    taken = {plain(heading) for heading in headings}
    names: dict[str, str] = {}
    for place, heading in enumerate(order, start=1):
        if heading in used:
            names[heading] = name_of(heading, place, taken - {plain(heading)})
            taken.add(plain(names[heading]))
    return names

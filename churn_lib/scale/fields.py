"""Which column of a file is which field of a customer."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from churn_lib.customer.contact import FACTS
from churn_lib.customer.faults import shown
from churn_lib.customer.model import ATTRIBUTES
from churn_lib.customer.reading import MOST_COLUMNS, fields_meant
from churn_lib.customer.spelling import plain
from churn_lib.errors import DataError

IDENTIFIER = "customerID"
FIELDS: tuple[str, ...] = (*ATTRIBUTES, IDENTIFIER, *FACTS)
"""What a column may be: an attribute, the identifier, or a fact of the contact."""


def takes_any_text(field: str) -> bool:
    """Whether it is an attribute whose levels are not all listed."""
    return field in ATTRIBUTES and bool(ATTRIBUTES[field].other)


def places(names: Sequence[str], given: Mapping[str, str], file: str) -> dict[str, int]:
    """The place of each field among the headings.

    given: the heading of a field, where the user has said it. file: its name, for errors. Raises
    DataError where there are too many columns, where two mean one field, and where one is missing
    that every customer must have.
    """
    if len(names) > MOST_COLUMNS:
        raise DataError(f"{file} has more than {MOST_COLUMNS:,} columns")
    told = {field: _place(names, heading, file) for field, heading in named(given).items()}
    meant: dict[str, list[int]] = {}
    for place, field in enumerate(fields_meant(names, FIELDS)):
        if field in FIELDS and field not in told and place not in told.values():
            meant.setdefault(field, []).append(place)
    for field, candidates in meant.items():
        if len(candidates) > 1:
            both = " and ".join(shown(names[place]) for place in candidates[:2])
            advice = f"say which one with --map {field}=COLUMN, or take one away"
            raise DataError(f"{file}: the columns {both} both mean {field}; {advice}")
    found = told | {field: candidates[0] for field, candidates in meant.items()}
    if missing := list(_missing(found)):
        advice = f"--map {missing[0]}=COLUMN names the one that holds it"
        raise DataError(f"{file} has no column for {', '.join(missing)}; {advice}")
    return found


def named(given: Mapping[str, str]) -> dict[str, str]:
    """What the user has said, under our own names of the fields. Raises DataError for another."""
    meant = fields_meant(given, FIELDS)
    for name, field in zip(given, meant, strict=True):
        if field not in FIELDS:
            raise DataError(f"--map {shown(name)}=...: is none of {', '.join(FIELDS)}")
    return dict(zip(meant, given.values(), strict=True))


def likely(given: Mapping[str, str]) -> set[str]:
    """Headings that may be there, as `plain` has them."""
    columns = (note.column for note in ATTRIBUTES.values())
    return {plain(name) for name in (*FIELDS, *columns, *given.values())}


def _place(names: Sequence[str], heading: str, file: str) -> int:
    folded = [name.strip() for name in names]
    if heading.strip() not in folded:
        raise DataError(f"{file} has no column {shown(heading)}, which --map names")
    return folded.index(heading.strip())


def _missing(known: Iterable[str]) -> Iterator[str]:
    here = set(known)
    return (name for name, note in ATTRIBUTES.items() if note.required and name not in here)

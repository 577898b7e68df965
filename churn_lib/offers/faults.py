"""What is wrong in a catalogue and where, in the words of its file and of who edits it."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

Place = tuple[str | int, ...]

DATE = "must be a date, such as 2027-12-31"
PLAIN: Mapping[str, str] = {
    "missing": "is missing",
    "extra_forbidden": "is no field of the catalogue",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a number",
    "bool_type": "must be true or false",
    "string_type": "must be text in quotes",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must not be empty",
    "tuple_type": "must be a list in [ ]",
    "named_tuple_type": "must be two whole numbers, such as [6, 14]",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "date_type": DATE,
    "date_parsing": DATE,
    "date_from_datetime_parsing": DATE,
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than": "must be less than {lt:g}",
    "less_than_equal": "must be at most {le:g}",
    "union_tag_not_found": "must name its {discriminator}",
    "union_tag_invalid": "must have as its {discriminator} one of {expected_tags}",
}
"""Pydantic's messages speak of types; these are by type of error."""

FORMS: Mapping[str | int, str] = {
    "currency": "must be three capital letters, such as EUR",
    "brand": "must be 1 to 30 characters on one line, without braces",
}
NAME = "must be 2 to 40 small letters, digits and hyphens, a letter first"
"""What a text must look like, by field; all others are names."""

MODELS = frozenset({"discount", "price_lock", "fixed", "add_on", "gain"})
TRIED = frozenset({"[key]", "constrained-float", "literal['unchanged']"})


class Fault(NamedTuple):
    """What is wrong in a catalogue, and where. offer: its id; empty for what is of no offer."""

    offer: str
    field: str
    message: str

    def __str__(self) -> str:
        offer = f"offer {self.offer}: " if self.offer else ""
        return f"{offer}{self.field}: {self.message}"


def form_faults(error: ValidationError, tables: Mapping[str, object]) -> Iterator[Fault]:
    """What Pydantic found in these tables: what is missing, unknown, or of another form."""
    for detail in error.errors(include_input=False, include_url=False):
        place = _in_file(detail["loc"])
        if len(place) > 1 and place[0] == "offers":
            offer, place, whole = name_of(tables["offers"], int(place[1])), place[2:], "(offer)"
        else:
            offer, whole = "", "(file)"
        yield Fault(offer, ".".join(map(str, place)) or whole, _plain(detail))


def name_of(offers: object, index: int) -> str:
    """The id of an offer, or its number in the file when even the id can't be read."""
    table = offers[index] if isinstance(offers, list) else None
    known = table.get("id") if isinstance(table, dict) else None
    return str(known or f"number {index + 1}")


def _in_file(place: Place) -> Place:
    """The place without what Pydantic adds: "[key]", a cost's model, the form it tried."""
    return tuple(
        part
        for before, part in pairwise(("", *place))
        if part not in TRIED and not (before == "cost" and part in MODELS)
    )


def _plain(detail: ErrorDetails) -> str:
    kind, allowed = detail["type"], detail.get("ctx", {})
    if kind in PLAIN:
        return PLAIN[kind].format(**allowed)
    if kind == "string_pattern_mismatch":
        return FORMS.get(detail["loc"][-1], NAME)
    return detail["msg"].removeprefix("Value error, ").replace("Input should be", "must be")

"""What is wrong in a catalogue and where, in the words of its file and of the person who edits
it.
"""

from collections.abc import Iterator, Mapping
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
    """What is wrong in a catalogue, and where; `offer` is empty for what belongs to no offer."""

    file: str
    offer: str
    field: str
    message: str

    def __str__(self) -> str:
        return (
            f"{self.file}: {f'offer {self.offer}: ' if self.offer else ''}{self.field}: "
            f"{self.message}"
        )


def faults(error: ValidationError, tables: Mapping[str, object], file: str) -> Iterator[Fault]:
    """The faults of a validation, each with the id of the offer that it belongs to."""
    for detail in error.errors(include_input=False, include_url=False):
        for place, message in _messages(detail):
            yield locate(place, message, tables, file)


def locate(place: Place, message: str, tables: Mapping[str, object], file: str) -> Fault:
    """A fault at this place, in the words of the file: the offer's id rather than its place."""
    offers = tables.get("offers")
    if len(place) > 1 and place[0] == "offers" and isinstance(offers, list):
        index = int(place[1])
        table = offers[index] if index < len(offers) else {}
        known = table.get("id") if isinstance(table, dict) else None
        return Fault(
            file,
            str(known or f"number {index + 1}"),
            ".".join(map(str, place[2:])) or "(offer)",
            message,
        )
    return Fault(file, "", ".".join(map(str, place)) or "(file)", message)


def in_file(place: Place) -> Place:
    """The place without what a validation adds: that a key is meant, the model of a cost, which
    form was tried.
    """
    parts = zip(("", *place), place, strict=False)
    return tuple(
        part
        for before, part in parts
        if part not in TRIED and not (before == "cost" and part in MODELS)
    )


def _messages(detail: ErrorDetails) -> Iterator[tuple[Place, str]]:
    if detail["type"] == "contradiction":
        for field, message in detail["ctx"]["faults"]:
            yield (*detail["loc"], *field.split(".")), message
    else:
        yield in_file(detail["loc"]), _plain(detail)


def _plain(detail: ErrorDetails) -> str:
    kind, allowed = detail["type"], detail.get("ctx", {})
    if kind in PLAIN:
        return PLAIN[kind].format(**allowed)
    if kind == "string_pattern_mismatch":
        return FORMS.get(detail["loc"][-1], NAME)
    return detail["msg"].removeprefix("Value error, ").replace("Input should be", "must be")

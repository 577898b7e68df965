"""Texts that are as published, read in a tenth of the time that all spellings take.

What is spelled otherwise becomes a value that is not allowed, so that the service reads the row.
"""

from collections.abc import Iterable, Mapping, Sequence

from churn_lib.customer.contact import TRUTHS
from churn_lib.customer.model import LEVELS
from churn_lib.customer.spelling import SPELLED
from churn_lib.scale.fields import IDENTIFIER, takes_any_text

OTHERWISE = 0.1
"""Of the first rows, so many may be spelled otherwise: each takes the service ten times as long."""


def are_plain(rows: Iterable[Sequence[str]], places: Mapping[str, int]) -> bool:
    """Whether most rows are as published, and nothing is among them that only SQL of all rules can
    read.
    """
    if any(field in TRUTHS or takes_any_text(field) for field in places):
        return False
    fields = [(field, place) for field, place in places.items() if field != IDENTIFIER]
    plain = [
        all(_is_plain(field, row[place]) for field, place in fields)
        for row in rows
        if len(row) > max(places.values())
    ]
    return plain.count(False) <= OTHERWISE * len(plain)


def _is_plain(field: str, text: str) -> bool:
    if not text:
        return True
    if field in LEVELS:
        return text in map(str, LEVELS[field])
    return bool(SPELLED.fullmatch(text))


def quick(fields: Mapping[str, str]) -> dict[str, str]:
    """SQL of the value of each field that is no text, out of these texts."""
    levels = {field: text for field, text in fields.items() if field in LEVELS}
    numbers = fields.keys() - levels - {IDENTIFIER}
    whole = {field: text for field, text in levels.items() if isinstance(LEVELS[field][0], int)}
    return {field: _number(fields[field]) for field in numbers} | {
        field: _level(field, text) for field, text in whole.items()
    }


def _number(text: str) -> str:
    """Of what DuckDB takes for numbers beside those of ours, blanks around them are the same.

    What is none, and NaN, which is above all numbers, becomes infinite.
    """
    wrong = "CAST('inf' AS DOUBLE)"
    number = f"LEAST(TRY_CAST({text} AS DOUBLE), {wrong})"
    return f"CASE WHEN contains({text}, '_') THEN {wrong} WHEN {text} IS NOT NULL THEN {number} END"


def _level(field: str, text: str) -> str:
    known = [int(level) for level in LEVELS[field]]
    cases = "".join(f" WHEN '{level}' THEN {level}" for level in known)
    return f"CASE WHEN {text} IS NOT NULL THEN CASE {text}{cases} ELSE {min(known) - 1} END END"

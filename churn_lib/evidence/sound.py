"""Lines that no log of the function holds: they are refused, and never guessed at.

A number says what is wrong with a line, one bit for each fault, so that all lines are looked at
while they are counted.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import get_args

import duckdb

from churn_lib.errors import DataError
from churn_lib.log import Arm, OutcomeName

MOST = 1e12
"""Of an amount of money."""

ARMS, OUTCOMES = get_args(Arm), get_args(OutcomeName)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


DECISION: Mapping[str, str] = {
    "time must be a point in time": "time IS NOT NULL",
    f"arm must be one of {', '.join(ARMS)}": f"arm IN ({_listed(ARMS)})",
    "offer and would_offer must be ids of offers, or none": "(offer || would_offer) IS NOT NULL",
    "answers must be true or false": "answers IS NOT NULL",
    "probability must be from 0 to 1": "probability BETWEEN 0 AND 1",
    f"value, cost, contact_cost and expected_value must be amounts below {MOST:g}": (
        f"abs(value) + abs(cost) + abs(contact_cost) + abs(expected_value) < {MOST:.0f}"
    ),
    "propensity must be above 0, and 1 at most": (
        "propensity IS NULL OR propensity > 0 AND propensity <= 1"  # a table may lack it
    ),
    "decision_id must be 32 hexadecimal digits": "try_cast(decision_id AS UUID) IS NOT NULL",
    "unit must be 32 hexadecimal digits, or none": (
        "unit = 'none' OR try_cast(unit AS UUID) IS NOT NULL"
    ),
}
"""What must be true of a decision of an experiment, by the words for where it is not."""
OUTCOME: Mapping[str, str] = {
    f"outcome must be one of {', '.join(OUTCOMES)}": f"outcome IN ({_listed(OUTCOMES)})",
    "occurred_at must be a point in time": "occurred_at IS NOT NULL",
}


def wrong(rules: Mapping[str, str]) -> str:
    """SQL of the number that says which rules a line breaks."""
    bits = (
        f"CASE WHEN coalesce({right}, FALSE) THEN 0 ELSE {1 << place} END"
        for place, right in enumerate(rules.values())
    )
    return " + ".join(bits)


def check(what: str, rules: Mapping[str, str], found: int | None) -> None:
    """Raises DataError where a number says that lines break rules."""
    told = [words for place, words in enumerate(rules) if (found or 0) >> place & 1]
    if told:
        raise DataError(f"{what}: {'; '.join(told)}")


def told(error: duckdb.Error) -> str:
    """Where a file can't be read, without a word of what stands there."""
    text = str(error).splitlines()[0]
    file, line = re.search(r'file "([^"]+)"', text), re.search(r"[Ll]ine:? (\d+)", text)
    place = [Path(file[1]).name] if file else []
    place += [f"near line {line[1]}"] if line else []
    if isinstance(error, duckdb.ConversionException) or not place:
        column = re.search(r"column (\w+)", text)
        place += [f"column {column[1]}"] if column else []
    return ", ".join(place) or "damaged, or of another form"

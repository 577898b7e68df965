"""Rows that no table should have, of whatever schema is in force."""

from math import inf, nan
from random import Random

from churn_lib.customer.contact import TRUTHS
from churn_lib.customer.model import ABSENT, ATTRIBUTES, LEVELS, NO, Value
from churn_lib.scale.golden import Row, customers
from churn_lib.scale.request import ARGUMENTS
from churn_lib.score.terms import Card

NUMBERS = (None, nan, inf, -inf, -0.0, 5e-324, -5e-324, 1e-300, 1e308, -1e308, 0.5, -1.0, 1e16)
TEXTS = (
    "",
    " ",
    "null",
    "NaN",
    "-",
    "surely not",
    "1",
    "0",
    "true",
    "2.0",
    "it's \\ \" `",
    "\n",
    "é",
)


def rows(card: Card, facts: tuple[str, ...], count: int, seed: int = 1) -> list[Row]:
    """Customers with up to three values that are wrong or odd, and with contradictions."""
    random = Random(seed)
    found = list(customers(card, facts, count, seed))[-count:]
    for row in found:
        for name in ABSENT.keys() & row.keys():
            if random.random() < 0.05:
                row[name] = random.choice(LEVELS[name])
        for name in random.choices([*ARGUMENTS, *facts], k=random.choice((0, 1, 1, 2, 3))):
            row[name] = _odd(name, random)
    return found


def _odd(name: str, random: Random) -> Value:
    if name in TRUTHS:
        return random.choice((None, True, False))
    if name not in LEVELS:
        return random.choice((*NUMBERS, *_beside_ends(name)))
    if isinstance(LEVELS[name][0], int):
        return random.choice((None, -1, 0, 1, 2, 3, 2**53))
    level = str(random.choice(LEVELS[name]))
    spelled = (level.upper(), f"{level}\u00a0", f" {level}", level.replace(" ", "  "), f"_{level}-")
    return random.choice((None, level, NO, *spelled, *TEXTS))


def _beside_ends(name: str) -> tuple[float, ...]:
    ends = (ATTRIBUTES[name].low, ATTRIBUTES[name].high) if name in ATTRIBUTES else (0, 1_000_000)
    return tuple(float(end + step) for end in ends for step in (-1, -0.01, 0, 0.5, 1))

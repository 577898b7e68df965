"""What is said of a ratio that training has made: by thirds, for nobody has given it words."""

import polars as pl

from churn_lib.customer.model import NOTES
from churn_lib.training.ratios import Ratio

DIGITS = 3
"""Significant digits of a bound."""

LONGEST = 75
"""Characters of a label, beside which a reason has others."""


def words(ratio: Ratio, column: pl.Series) -> dict[str, object]:
    """How `scorecard.json` describes it."""
    above, below = (_label(part) for part in ratio.parts)
    label = f"{above} per {below[:1].lower()}{below[1:]}"
    label = label if len(label) <= LONGEST else "Ratio"
    return {"ratio": [*ratio.parts], "label": label, "from": bands(label, column.drop_nulls())}


def bands(label: str, numbers: pl.Series) -> list[list[float | str]]:
    """From each bound on, what follows "This customer ..."; a third that is empty is not named."""
    thing = f"has {label[:1].lower()}{label[1:]} in the"
    low, first, second = (_bound(numbers, share) for share in (0, 1 / 3, 2 / 3))
    if low < first < second:
        thirds = {low: "bottom third", first: "middle third", second: "top third"}
    elif low < second:
        thirds = {low: "lower part", second: "upper part"}
    else:
        thirds = {low: "usual range"}
    return [[bound, f"{thing} {third}"] for bound, third in thirds.items()]


def _bound(numbers: pl.Series, share: float) -> float:
    found = numbers.quantile(share, "nearest")
    return float(f"{found if found is not None else 0.0:.{DIGITS}g}")


def _label(name: str) -> str:
    """Its words without digits, which no reason may hold, and without the one that joins two."""
    label = NOTES[name].label if name in NOTES else name
    letters = "".join(letter for letter in label if not letter.isnumeric())
    return " ".join(letters.replace(" and ", " plus ").split())

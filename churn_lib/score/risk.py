"""The band that people call a probability by."""

from typing import Literal

from churn_lib.settings import Settings

Risk = Literal["low", "medium", "high"]


def risk(probability: float, bounds: Settings) -> Risk:
    """The band of a probability of leaving (0 to 1)."""
    if probability >= bounds.risk_high_from:
        return "high"
    return "medium" if probability >= bounds.risk_medium_from else "low"

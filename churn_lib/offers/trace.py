"""What is told of a decision: the checks of each offer, its money, and why it won or lost.

These are parts of the answer, in its own names. The module imports nothing heavy, so that an answer
without an offer can name its own shape without loading what makes offers.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["retention", "value_added"]
Layer = Literal["eligible", "suitable", "contact"]
Result = Literal["pass", "veto", "not_checked"]
Outcome = Literal["chosen", "outbid", "below_floor", "vetoed"]


@dataclass(frozen=True)
class Check:
    """What became of one rule; `text` names the field and never the customer's value."""

    layer: Layer
    field: str
    result: Result
    text: str


@dataclass
class Economics:
    """The money of one offer to one customer, in the catalogue's currency.

    interval: the middle 90 % over the acceptance. break_even_probability: of leaving, where the
    expected value is 0; a retention offer pays above it, a value-added one below; None when there
    is none from 0 to 1. break_even_acceptance: None when the offer can't pay at all. one_in: the
    offer pays if at least 1 in so many accept; None where it can't pay or always does.
    value: V, or W of a value-added offer. cost: d. acceptance: the mean of g.
    """

    expected_value: float
    interval: tuple[float, float]
    probability_of_profit: float
    break_even_probability: float | None
    break_even_acceptance: float | None
    one_in: int | None
    value: float
    cost: float
    contact_cost: float
    acceptance: float


@dataclass
class Candidate:
    """One offer in the trace: every rule, the money, and why it won or lost."""

    offer: str
    name: str
    kind: Kind
    checks: tuple[Check, ...]
    economics: Economics
    answers: bool
    outcome: Outcome
    why: str

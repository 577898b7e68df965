"""What is told of a decision: the checks of each offer, its money, and why it won or lost.

These are parts of the answer, in its own names. The module imports nothing heavy, so that the shape
of an answer can be told without loading what makes offers.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from churn_lib.customer.model import NOTES, phrase
from churn_lib.customer.shown import shown_level, shown_number, shown_value

RULE = f"{NOTES[shown_level()].label} is {shown_value()}"
SAID = phrase(shown_level(), shown_value())
TENURE = NOTES[shown_number()].label

Kind = Annotated[
    Literal["retention", "value_added"],
    Field(
        description="`retention` keeps a likely leaver, `value_added` sells to the others",
        examples=["retention"],
    ),
]
Layer = Literal["eligible", "suitable", "contact"]
Result = Literal["pass", "veto", "not_checked", "not_needed"]
Outcome = Literal["chosen", "outbid", "below_floor", "left_to_chance", "vetoed"]


@dataclass(frozen=True)
class Check:
    """What became of one rule; `text` names the field and never the customer's value."""

    layer: Annotated[
        Layer,
        Field(
            description="who may have the offer, whom it suits, or whether to contact at all",
            examples=["eligible"],
        ),
    ]
    field: Annotated[
        str, Field(description="the attribute or fact looked at", examples=[shown_level()])
    ]
    result: Annotated[
        Result,
        Field(
            description="`not_checked`: the fact is not known; `not_needed`: the rule is about "
            "calls of ours, and the customer called",
            examples=["pass"],
        ),
    ]
    text: Annotated[str, Field(description="the rule in words", examples=[RULE])]


@dataclass
class Economics:
    """The money of one offer to one customer, in the catalogue's currency."""

    expected_value: Annotated[
        float,
        Field(description="what the offer brings if acceptance is as assumed", examples=[28.76]),
    ]
    interval: Annotated[
        tuple[float, float],
        Field(
            description="the middle 90 % of what it may bring, over the acceptance",
            examples=[[-5.8, 95.4]],
        ),
    ]
    probability_of_profit: Annotated[
        float, Field(description="that it brings more than it costs, from 0 to 1", examples=[0.93])
    ]
    break_even_probability: Annotated[
        float | None,
        Field(
            description="of leaving, where the expected value is 0: a retention offer pays above "
            "it, a value-added one below; null when there is none from 0 to 1",
            examples=[0.27],
        ),
    ]
    break_even_acceptance: Annotated[
        float | None,
        Field(
            description="share of customers who must accept for it to pay; null when it can't",
            examples=[0.12],
        ),
    ]
    one_in: Annotated[
        int | None,
        Field(
            description="it pays if at least 1 in so many accept; null when it can't or always "
            "does",
            examples=[8],
        ),
    ]
    value: Annotated[
        float,
        Field(
            description="V: what a leaver who stays is worth; of a value-added offer W, what it "
            "brings when taken",
            examples=[460.03],
        ),
    ]
    cost: Annotated[
        float, Field(description="d: cost of the offer when it is used", examples=[92.01])
    ]
    contact_cost: Annotated[float, Field(description="f: cost of the contact", examples=[0.1])]
    acceptance: Annotated[
        float, Field(description="g: the mean share assumed to accept", examples=[0.35])
    ]
    generosity: Annotated[
        float,
        Field(
            description="what the offer gives beside its reference, for which the catalogue states "
            "the acceptance: 1 is as stated, and with less fewer accept",
            examples=[1.0],
        ),
    ] = 1.0


class Open(TypedDict):
    """A fact that a rule asks for and that is not known."""

    field: Annotated[
        str,
        Field(description="of `context`, or an attribute", examples=["open_complaint"]),
    ]
    question: Annotated[
        str,
        Field(description="what to ask", examples=["Does the customer have an open complaint?"]),
    ]


class Ranked(TypedDict):
    """An offer that no rule vetoes, in its place among the others."""

    id: Annotated[str, Field(description="as in the catalogue", examples=["annual-plan"])]
    kind: Kind
    expected_value: Annotated[
        float,
        Field(description="what it brings if acceptance is as assumed", examples=[67.49]),
    ]
    one_in: Annotated[
        int | None,
        Field(
            description="it pays if at least 1 in so many accept; null when it can't or always "
            "does",
            examples=[14],
        ),
    ]
    why: Annotated[
        str,
        Field(
            description="the reason to leave that it answers, and whether it pays",
            examples=[f"answers: {SAID}"],
        ),
    ]


@dataclass
class Candidate:
    """One offer in the trace: every rule, the money, and why it won or lost."""

    offer: Annotated[str, Field(description="its id", examples=["annual-plan"])]
    name: Annotated[str, Field(description="in the customer's language", examples=["Annual plan"])]
    kind: Kind
    checks: Annotated[tuple[Check, ...], Field(description="its rules, and those of every offer")]
    economics: Annotated[Economics, Field(description="what it is worth")]
    answers: Annotated[
        bool,
        Field(
            description="whether it answers a reason why the customer may leave", examples=[True]
        ),
    ]
    outcome: Annotated[
        Outcome,
        Field(
            description="`outbid`: another is worth more; `below_floor`: not worth its trouble; "
            "`left_to_chance`: an experiment decides; `vetoed`: a rule forbids it",
            examples=["chosen"],
        ),
    ]
    why: Annotated[
        str,
        Field(
            description="why it won or lost",
            examples=[f"Not allowed: {TENURE} must be at least 12."],
        ),
    ]

"""The answer of `churn_lib.answer` as the command line reads it: the same keys, with types."""

from pydantic import BaseModel


class Reason(BaseModel):
    """One effect in log-odds; `text` follows "This customer ..."."""

    effect: float
    text: str


class Economics(BaseModel):
    """Money in the catalogue's currency; probabilities and shares from 0 to 1.

    value: V, or W of a value-added offer. cost: d. contact_cost: f. acceptance: the mean of g.
    """

    expected_value: float
    interval: tuple[float, float]
    probability_of_profit: float
    value: float
    cost: float
    contact_cost: float
    acceptance: float
    break_even_acceptance: float | None = None
    one_in: int | None = None


class Check(BaseModel, frozen=True):
    """One rule of an offer; `result` is pass, veto or not_checked."""

    layer: str
    field: str
    result: str
    text: str


class Candidate(BaseModel):
    """One offer of the catalogue in the trace; `offer` is its id."""

    offer: str
    name: str
    kind: str
    checks: list[Check]
    economics: Economics
    answers: bool
    outcome: str
    why: str


class Offer(BaseModel):
    """What is offered and in which words; without an `id` nothing is, and `why` says the reason."""

    id: str | None
    why: str = ""
    name: str = ""
    kind: str = ""
    terms: dict[str, str | float | None] = {}
    headline: str = ""
    message: str = ""
    accept_until: str = ""
    call_to_action: str = ""
    currency: str = ""
    economics: Economics | None = None
    written_by: str | None = None
    fallback_reason: str | None = None
    trace: list[Candidate] = []


class Metadata(BaseModel):
    """Where the answer comes from."""

    decision_id: str
    model_version: str
    catalogue_version: str | None = None


class Answer(BaseModel):
    """One customer's answer."""

    customerID: str | None = None
    churn_probability: float
    risk: str
    reasons: list[Reason]
    offer: Offer
    metadata: Metadata

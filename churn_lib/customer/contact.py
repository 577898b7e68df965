"""What is known about the contact: how to speak, and facts that decide whether to speak at all."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, get_args

from annotated_types import Interval
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.config import JsonDict

from churn_lib.customer.languages import LANGUAGES as LANGUAGES
from churn_lib.customer.languages import Language as Language
from churn_lib.customer.languages import allowed, spoken

Channel = Literal["email", "sms", "call", "chat"]
Tone = Literal["friendly", "formal", "brief"]
Direction = Literal["outbound", "inbound"]

CHANNELS: tuple[Channel, ...] = get_args(Channel)


def integral(value: object) -> object:
    """JSON has one kind of number, so 12.0 is the integer 12; but `true` is not the integer 1."""
    if isinstance(value, bool):
        raise ValueError("a truth value is no number")
    return int(value) if isinstance(value, float) and value.is_integer() else value


MOST_EXCLUDED = 50
ID = r"^[a-z][a-z0-9-]{1,39}$"


def listed(value: object) -> object:
    """A list of ids, also as a command line or a table has it: as text, with commas between.

    Raises ValueError, once for all that is wrong in it.
    """
    if isinstance(value, str):
        value = value.replace(",", " ").split()
    if not isinstance(value, list | tuple) or len(value) > MOST_EXCLUDED:
        raise ValueError("no list of ids")
    if not all(isinstance(one, str) and re.match(ID, one) for one in value):
        raise ValueError("not all are ids")
    return tuple(value)


OfferId = Annotated[str, Field(pattern=ID)]
Excluded = Annotated[
    tuple[OfferId, ...],
    BeforeValidator(listed),
    Field(
        max_length=MOST_EXCLUDED,
        description=f"ids of offers that are not to be made again, {MOST_EXCLUDED} at most",
    ),
]
COUNT_ENDS = (0, 100_000)
MONEY_ENDS = (0, 1_000_000)
Count = Annotated[int, Interval(ge=COUNT_ENDS[0], le=COUNT_ENDS[1]), BeforeValidator(integral)]
Money = Annotated[float, Interval(ge=MONEY_ENDS[0], le=MONEY_ENDS[1])]


def _listed(schema: JsonDict) -> None:
    schema.update(enum=[*spoken.languages], default=spoken.first)


Asked = Annotated[str, BeforeValidator(allowed), Field(json_schema_extra=_listed)]
"""A language, and in the document those that may be asked for."""


class Context(BaseModel):
    """Channel, language and tone of the contact, and facts about the customer that may be left out.

    A fact that is `None` is not known: a rule about it is then not checked, which is never a pass.
    direction: who called; where the customer did, rules about our own calls do not hold. exclude:
    offers that the customer declined in this talk.
    """

    model_config = ConfigDict(
        strict=True, frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True
    )

    channel: Channel = "email"
    language: Asked = Field(default_factory=lambda: spoken.first)
    tone: Tone = "friendly"
    direction: Direction = "outbound"
    exclude: Excluded = ()
    consent: bool | None = Field(None, title="Consent to offers")
    port_out_pending: bool | None = Field(None, title="Request to move the number away")
    switch_notice_received: bool | None = Field(
        None, title="Notice of a switch to another provider"
    )
    open_complaint: bool | None = Field(None, title="Open complaint")
    payment_overdue: bool | None = Field(None, title="Overdue payment")
    fibre_available: bool | None = Field(None, title="Fibre at the address")
    days_since_last_contact: Count | None = Field(None, title="Days since the last contact")
    days_since_last_offer_declined: Count | None = Field(
        None, title="Days since an offer was declined"
    )
    months_left_on_contract: Count | None = Field(None, title="Months left on the contract")
    best_tariff: Money | None = Field(
        None, title="Monthly price of the best tariff that the customer was told"
    )


FACTS: Mapping[str, str] = {
    name: info.title for name, info in Context.model_fields.items() if info.title is not None
}
"""The facts that a rule may ask for, with their labels."""

QUESTIONS: Mapping[str, str] = {
    "consent": "Does the customer agree to be told of offers?",
    "port_out_pending": "Has the customer asked to take the number to another provider?",
    "switch_notice_received": "Has another provider sent notice that the customer switches?",
    "open_complaint": "Does the customer have an open complaint?",
    "payment_overdue": "Is a payment of the customer overdue?",
    "fibre_available": "Is fibre available at the customer's address?",
    "days_since_last_contact": "How many days ago was the customer last contacted?",
    "days_since_last_offer_declined": "How many days ago did the customer last decline an offer?",
    "months_left_on_contract": "For how many more months is the customer bound by a contract?",
    "best_tariff": "What does the best tariff cost a month that the customer was told of?",
}
"""What to ask where a fact is not known, in the order of the facts."""

TRUTHS: frozenset[str] = frozenset(
    n for n in FACTS if Context.model_fields[n].annotation == bool | None
)
"""Those of them that are yes or no; the others are numbers."""

COUNTS: frozenset[str] = frozenset(
    n for n in FACTS if Context.model_fields[n].annotation == Count | None
)
"""Those of the numbers that are whole; the others are money."""

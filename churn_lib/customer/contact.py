"""What is known about the contact: how to speak, and facts that decide whether to speak at all."""

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

CHANNELS: tuple[Channel, ...] = get_args(Channel)


def integral(value: object) -> object:
    """JSON has one kind of number, so 12.0 is the integer 12; but `true` is not the integer 1."""
    if isinstance(value, bool):
        raise ValueError("a truth value is no number")
    return int(value) if isinstance(value, float) and value.is_integer() else value


Count = Annotated[int, Interval(ge=0, le=100_000), BeforeValidator(integral)]
Money = Annotated[float, Interval(ge=0, le=1_000_000)]


def _listed(schema: JsonDict) -> None:
    schema.update(enum=[*spoken.languages], default=spoken.first)


Asked = Annotated[str, BeforeValidator(allowed), Field(json_schema_extra=_listed)]
"""A language, and in the document those that may be asked for."""


class Context(BaseModel):
    """Channel, language and tone of the contact, and facts about the customer that may be left out.

    A fact that is `None` is not known: a rule about it is then not checked, which is never a pass.
    """

    model_config = ConfigDict(
        strict=True, frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True
    )

    channel: Channel = "email"
    language: Asked = Field(default_factory=lambda: spoken.first)
    tone: Tone = "friendly"
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

TRUTHS: frozenset[str] = frozenset(
    n for n in FACTS if Context.model_fields[n].annotation == bool | None
)
"""Those of them that are yes or no; the others are numbers."""

COUNTS: frozenset[str] = frozenset(
    n for n in FACTS if Context.model_fields[n].annotation == Count | None
)
"""Those of the numbers that are whole; the others are money."""

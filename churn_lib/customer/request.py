"""What a caller sends: a customer's attributes, an identifier, and what is known of the contact."""

from functools import lru_cache
from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from churn_lib.customer.contact import Context
from churn_lib.customer.languages import spoken
from churn_lib.customer.model import Customer

CustomerName = Annotated[
    str,
    Field(
        max_length=100,
        pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$",
        description="text of at most 100 characters, without control characters",
    ),
]


def _left_out(schema: JsonDict) -> None:
    schema["default"] = Context().model_dump()


@lru_cache(maxsize=1)
def _unsaid(_language: str) -> Context:
    """One for all who say nothing of the contact: to make it takes half as long as all the rest."""
    return Context()


class PredictRequest(Customer):
    """The original's flat object and, optionally, the caller's identifier and the contact."""

    model_config = ConfigDict(defer_build=False)

    customerID: CustomerName | None = None
    context: Context = Field(
        default_factory=lambda: _unsaid(spoken.first), json_schema_extra=_left_out
    )

"""What a caller sends: a customer's attributes, an identifier, and what is known of the contact."""

from typing import Annotated

from pydantic import Field

from churn_lib.customer.contact import Context
from churn_lib.customer.model import Customer

CustomerName = Annotated[
    str,
    Field(
        max_length=100,
        pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$",
        description="text of at most 100 characters, without control characters",
    ),
]


class PredictRequest(Customer):
    """The original's flat object and, optionally, the caller's identifier and the contact."""

    customerID: CustomerName | None = None
    context: Context = Context()

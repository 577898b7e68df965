"""Rows that SQL leaves to the service, which reads them by its own rules."""

from churn_lib.customer.contact import Context
from churn_lib.customer.reading import read_columns
from churn_lib.customer.request import PredictRequest
from churn_lib.errors import InputError
from churn_lib.scale.order import Order
from churn_lib.scale.reference import Answer, Reference
from churn_lib.scale.source import Source
from churn_lib.scale.written import Words


class Again:
    """What the service answers.

    order: says the contact of those rows that do not. words: for offers in words.
    """

    def __init__(self, reference: Reference, order: Order, words: Words | None) -> None:
        self._reference, self._words = reference, words
        asked = order.request
        self._contact = {
            "channel": asked.channel,
            "language": asked.language,
            "tone": order.tone,
        }

    def answer(self, source: Source, raw: object) -> Answer | tuple[object, InputError]:
        """The answer for a row; the row and what is wrong with it, where it is refused."""
        row: object = None
        try:
            row = source.row(raw)
            read = read_columns(PredictRequest, row)
        except InputError as error:
            return row, error
        read = self._in_contact(read)
        answer = self._reference.told(read)
        return answer if self._words is None else answer | self._words.of(read, answer["offer"])

    def _in_contact(self, read: PredictRequest) -> PredictRequest:
        own = read.context.model_dump(exclude_unset=True)
        context = Context.model_validate({**self._contact, **own})
        return read.model_copy(update={"context": context})

"""Rows that SQL leaves to the service, which reads them by its own rules."""

from churn_lib.customer.contact import Context
from churn_lib.customer.reading import read_columns
from churn_lib.customer.request import PredictRequest
from churn_lib.errors import InputError
from churn_lib.scale.reference import Answer, Reference
from churn_lib.scale.request import Request
from churn_lib.scale.source import Source


class Again:
    """What the service answers. request: says the channel and the language of those that do not."""

    def __init__(self, reference: Reference, request: Request) -> None:
        self._reference = reference
        self._contact = {"channel": request.channel, "language": request.language}

    def answer(self, source: Source, raw: object) -> Answer | tuple[object, InputError]:
        """The answer for a row; the row and what is wrong with it, where it is refused."""
        row: object = None
        try:
            row = source.row(raw)
            read = read_columns(PredictRequest, row)
        except InputError as error:
            return row, error
        return self._reference.told(self._in_contact(read))

    def _in_contact(self, read: PredictRequest) -> PredictRequest:
        own = read.context.model_dump(exclude_unset=True)
        context = Context.model_validate({**self._contact, **own})
        return read.model_copy(update={"context": context})

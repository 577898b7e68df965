"""What stands for all in documents and messages, chosen from the schema in force."""

from pydantic import ValidationError

from churn_lib.customer.model import (
    ABSENT,
    ATTRIBUTES,
    FEATURES,
    LEVELS,
    NOTES,
    RANGES,
    SCHEMA,
    WITHOUT,
    Customer,
    example,
)
from churn_lib.customer.schema import CUSTOMER, Level
from churn_lib.errors import ArtifactError

MOST_OF_A_SERVICE = 2
"""A service has two levels; a choice has more."""


def shown_level() -> str:
    """The attribute that stands for all in documents: a choice that no other service decides."""
    services = ABSENT.keys() | WITHOUT.keys()
    plain = [name for name in FEATURES if name in LEVELS and name not in services]
    rich = [name for name in plain if len(LEVELS[name]) > MOST_OF_A_SERVICE]
    return [*rich, *plain, *ATTRIBUTES][0]


def shown_number() -> str:
    """The number that stands for all in documents: how long somebody has been a customer."""
    return SCHEMA.tenure or [*RANGES, *ATTRIBUTES][0]


def shown_customer() -> dict[str, object]:
    """The customer of the documents: the example of the schema, or a plain one."""
    if SCHEMA.example:
        known = {name: value for name, value in SCHEMA.example.items() if name in ATTRIBUTES}
        try:
            Customer.model_validate(known)
        except ValidationError:
            problem = "example: its values contradict each other, or are not allowed"
            raise ArtifactError(f"{CUSTOMER}: {problem}") from None
        return known
    found, given = example().__dict__, [name for name in ATTRIBUTES if NOTES[name].made is None]
    return {name: found[name] for name in given if found[name] is not None}


def shown_value() -> Level | float:
    """The value of that attribute in documents."""
    name = shown_level()
    return LEVELS[name][0] if name in LEVELS else NOTES[name].low

"""Ratios of two numbers that a scorecard works out for itself, beside the schema's attributes."""

from collections.abc import Callable, Mapping
from functools import cached_property
from itertools import pairwise
from typing import Annotated, cast

from annotated_types import Len
from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo

from churn_lib.customer.model import NOTES, Bands, Value, Values, in_band, not_known
from churn_lib.customer.schema import NAME, quotient
from churn_lib.score.parts import Numeric, Part, fault, other_schema

Numbers = Mapping[str, float | None]

Words = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100, pattern=r"^[^\p{N}\p{Cc}\u{2028}\u{2029}]+$"),
]
"""One line without digits, which may stand in a prompt."""


def _rising(bands: tuple[tuple[float, str], ...]) -> tuple[tuple[float, str], ...]:
    if any(left >= right for (left, _), (right, _) in pairwise(bands)):
        raise fault("must increase")
    return bands


class Ratio(Part):
    """The first number by the second, not known where that is 0 or either is not known.

    bands: from each number on, what follows "This customer ..."; the first also below it.
    """

    ratio: tuple[Numeric, Numeric]
    label: Words
    bands: Annotated[
        tuple[tuple[float, Words], ...], Len(1, 20), AfterValidator(_rising), Field(alias="from")
    ]

    def value(self) -> Callable[[Values], float | None]:
        """What works the ratio out of a customer's values."""
        first, second = self.ratio

        def divide(values: Numbers) -> float | None:
            above, below = values[first], values[second]
            return None if above is None or below is None else quotient(above, below)

        return cast("Callable[[Values], float | None]", divide)

    @cached_property
    def _from_highest(self) -> Bands:
        return self.bands[::-1]

    def phrase(self, value: Value) -> str:
        """What to say of a customer with this value, without any number."""
        if value is None:
            return not_known(self.label)
        return in_band(self._from_highest, float(value))


def _named(made: dict[str, Ratio], info: ValidationInfo) -> dict[str, Ratio]:
    """Lets terms name them, which are checked after this field."""
    for name in made:
        if not NAME.fullmatch(name):
            raise fault("names must be a letter, then letters, digits or _, at most 60")
        if name in NOTES:
            raise other_schema(name, "names must not be those of attributes")
    if isinstance(info.context, set):
        info.context.update(made)
    return made


Ratios = Annotated[dict[str, Ratio], AfterValidator(_named)]

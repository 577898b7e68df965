"""The reason that an offer answers, by which the bank finds its text, as SQL."""

from collections.abc import Iterator, Mapping, Sequence

from churn_lib.customer.model import ATTRIBUTES, LEVELS, NOTES, phrase
from churn_lib.gemini.prompt import PHRASES
from churn_lib.offers.rules import Condition
from churn_lib.scale.dialects import Dialect
from churn_lib.scale.environment import Environment
from churn_lib.scale.expressions import Branches, both, case
from churn_lib.scale.reasons import COUNTED
from churn_lib.scale.rules import met
from churn_lib.words.wanted import NO_REASON


class Answers:
    """Writes for an offer what `words/wanted.py` finds for one customer."""

    def __init__(self, environment: Environment, dialect: Dialect) -> None:
        self._environment, self._dialect = environment, dialect

    def of(self, conditions: Sequence[Condition]) -> str:
        """The phrase of the strongest reason that meets one of the conditions; empty if none."""
        by_field: dict[str, list[Condition]] = {}
        for one in conditions:
            by_field.setdefault(one.field, []).append(one)
        return case(self._branches(by_field), self._dialect.text(NO_REASON))

    def _branches(self, by_field: Mapping[str, Sequence[Condition]]) -> Branches:
        for place in range(COUNTED):
            for is_there, features in self._environment.placed(place):
                for field in filter(by_field.__contains__, features):
                    for test, said in self._said(field, by_field[field]):
                        yield both(is_there, test), said

    def _said(self, field: str, conditions: Sequence[Condition]) -> Iterator[tuple[str, str]]:
        """When which phrase is said of an attribute that meets a condition."""
        value = self._environment.values[field]
        fits = [met(one, value, self._dialect) for one in conditions]
        phrases = list(self._by_level(field) if field in LEVELS else self._by_band(field))
        for one in fits:
            yield from ((both(one, test), said) for test, said in phrases)

    def _by_level(self, field: str) -> Iterator[tuple[str, str]]:
        value, write = self._environment.values[field], self._dialect
        for level in LEVELS[field]:
            if (said := phrase(field, level)) in PHRASES:
                yield f"{value} = {write.level(level)}", write.text(said)
        listed = ", ".join(map(write.level, LEVELS[field]))
        if (other := ATTRIBUTES[field].other) and other in PHRASES:
            yield f"{value} NOT IN ({listed})", write.text(other)

    def _by_band(self, field: str) -> Iterator[tuple[str, str]]:
        """The first band holds all numbers below it too."""
        value, write = self._environment.values[field], self._dialect
        bounds = [float(bound) for bound in NOTES[field].phrases]
        for place, (low, said) in enumerate(
            zip(bounds, NOTES[field].phrases.values(), strict=True)
        ):
            above = f"{value} >= {write.number(low)}" if place else ""
            last = bounds[place + 1 : place + 2]
            below = "".join(f"{value} < {write.number(high)}" for high in last)
            if said in PHRASES:
                yield both(above, below) or f"{value} IS NOT NULL", write.text(said)

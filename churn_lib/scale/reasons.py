"""Which effects are the strongest upward."""

from collections.abc import Mapping

from churn_lib.scale.dialects import Dialect
from churn_lib.scale.expressions import BEFORE, EFFECT, PROBABILITY, RANK, Stage, case
from churn_lib.scale.words import Words
from churn_lib.score.scorecard import SMALLEST_REASON
from churn_lib.score.tables import Table
from churn_lib.score.terms import Card, Levels, Pair, Term

COUNTED = 3
"""So many of the strongest effects upward are reasons that an offer may answer."""


class Ranks:
    """The terms that can be a reason, and how their places are found."""

    def __init__(self, card: Card, dialect: Dialect) -> None:
        self._card, self._dialect = card, dialect
        able = [i for i, term in enumerate(card.terms) if _highest(term) >= SMALLEST_REASON]
        self._able = able

    def compared(self) -> Stage:
        """For each two, 1 where the later one is at least as strong."""
        return {
            f"{BEFORE}{late}_{early}": case([(f"{EFFECT}{late} >= {EFFECT}{early}", "1")], "0")
            for place, late in enumerate(self._able)
            for early in self._able[:place]
        }

    def ranked(self) -> Stage:
        """For each effect that is a reason, how many are stronger; of equal ones the later is."""
        return {f"{RANK}{one}": self._rank(place) for place, one in enumerate(self._able)}

    def told(self, count: int) -> Stage:
        """The reasons in words, the strongest first; NULL where there is none."""
        words = Words(self._card, self._dialect)
        says = {f"{RANK}{i}": words.of(self._card.terms[i]) for i in self._able if count}
        is_scored = f"{PROBABILITY} IS NOT NULL"
        return {
            name: case([(is_scored, self._at(place, says))])
            for place, name in enumerate(reason_names(count))
        }

    def raising(self, name: str) -> str:
        """Whether a reason that offers may answer is about this attribute; NULL if it is weak."""
        own = [i for i in self._able if name in self._card.terms[i].features]
        tests = [f"{RANK}{i} < {COUNTED}" for i in own]
        return f"({' OR '.join(tests)})" if tests else "FALSE"

    def placed(self, place: int) -> list[tuple[str, tuple[str, ...]]]:
        """For each term that can be at this place, whether it is, and its attributes."""
        terms = self._card.terms
        return [(f"{RANK}{i} = {place}", tuple(terms[i].features)) for i in self._able]

    def _at(self, place: int, says: Mapping[str, str]) -> str:
        """What is said of the effect that has this place."""
        told = [(f"{rank} = {place}", said) for rank, said in says.items()]
        return case(told, None if told else self._dialect.as_text("NULL"))

    def _rank(self, place: int) -> str:
        own, able = self._able[place], self._able
        ahead = [f" + {BEFORE}{late}_{own}" for late in able[place + 1 :]]
        behind = [f" - {BEFORE}{own}_{early}" for early in able[:place]]
        is_reason = f"{EFFECT}{own} >= {self._dialect.number(SMALLEST_REASON)}"
        return case([(is_reason, "".join([str(place), *ahead, *behind]))])


def reason_names(count: int) -> list[str]:
    """The columns of so many reasons."""
    return [f"reason_{place + 1}" for place in range(count)]


def _highest(term: Term) -> float:
    """No effect of the term is higher."""
    if isinstance(term, Pair | Table):
        return max(map(max, term.values))
    if isinstance(term, Levels):
        return max(*term.points.values(), term.unknown or 0.0, term.other or 0.0)
    return max(*term.values, term.unknown or 0.0)

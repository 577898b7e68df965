"""The strongest effects upward, and what is said of them."""

from collections.abc import Sequence
from string import Formatter

from churn_lib.customer.model import LEVELS, NOTES, phrase
from churn_lib.scale.dialects import Dialect
from churn_lib.scale.expressions import (
    BEFORE,
    EFFECT,
    PROBABILITY,
    RANK,
    Stage,
    both,
    case,
    joined,
    match,
    value,
)
from churn_lib.score.reasons import AND
from churn_lib.score.scorecard import SMALLEST_REASON
from churn_lib.score.terms import Curve, Levels, Steps, Term

COUNTED = 3
"""So many of the strongest effects upward are reasons that an offer may answer."""


class Ranks:
    """The terms that can be a reason, and how their places are found."""

    def __init__(self, terms: Sequence[Term], dialect: Dialect) -> None:
        self._terms, self._dialect = terms, dialect
        self._able = [i for i, term in enumerate(terms) if _highest(term) >= SMALLEST_REASON]

    def compared(self) -> Stage:
        """For each two, 1 where the later one is at least as strong."""
        return {
            f"{BEFORE}{late}_{early}": case([(f"{EFFECT}{late} >= {EFFECT}{early}", "1")], "0")
            for place, late in enumerate(self._able)
            for early in self._able[:place]
        }

    def ranked(self) -> Stage:
        """How many are stronger than each; of equal ones the later is."""
        return {f"{RANK}{one}": self._rank(place) for place, one in enumerate(self._able)}

    def _rank(self, place: int) -> str:
        own, able = self._able[place], self._able
        ahead = [f"+ {BEFORE}{late}_{own}" for late in able[place + 1 :]]
        behind = [f"- {BEFORE}{own}_{early}" for early in able[:place]]
        return " ".join([str(place), *ahead, *behind])

    def told(self, count: int) -> Stage:
        """The reasons in words, the strongest first; NULL where there is none."""
        return {f"reason_{place + 1}": self._reason(place) for place in range(count)}

    def _reason(self, place: int) -> str:
        return case(
            (self._is_reason(i, f"= {place}"), self._words(self._terms[i])) for i in self._able
        )

    def raising(self, name: str) -> str:
        """Whether one of the reasons that offers may answer is about this attribute."""
        own = [i for i in self._able if name in self._terms[i].features]
        tests = [f"({self._is_reason(i, f'< {COUNTED}')})" for i in own]
        return f"({' OR '.join(tests)})" if tests else "FALSE"

    def _is_reason(self, term: int, place: str) -> str:
        enough = f"{EFFECT}{term} >= {self._dialect.number(SMALLEST_REASON)}"
        return both(f"{PROBABILITY} IS NOT NULL", f"{RANK}{term} {place}", enough)

    def _words(self, term: Term) -> str:
        and_ = self._dialect.text(AND)
        says = [self._describe(name) for name in term.features]
        return says[0] if len(says) == 1 else joined([says[0], and_, says[1]])

    def _describe(self, name: str) -> str:
        dialect, x = self._dialect, value(name)
        if name in LEVELS:
            said = [(dialect.level(one), dialect.text(phrase(name, one))) for one in LEVELS[name]]
            return match(x, said)
        bands = [*NOTES[name].phrases.items()][::-1]
        said = [(f"{x} >= {dialect.number(float(k))}", dialect.text(t)) for k, t in bands]
        return joined([case(said), self._shown(name)])

    def _shown(self, name: str) -> str:
        form, x, dialect = NOTES[name].shown, value(name), self._dialect
        if not form:
            return "''"
        ((before, _, spec, _), *rest) = Formatter().parse(f" ({form})")
        after = rest[0][0] if rest else ""
        places = int("".join(filter(str.isdigit, spec or "")))
        number = dialect.shown(x, places, "," in (spec or ""))
        text = joined([dialect.text(before), number, dialect.text(after)])
        return case([(f"{x} = {dialect.number(0.0)}", "''")], text)


def _highest(term: Term) -> float:
    if isinstance(term, Levels):
        return max(*term.points.values(), term.other or 0.0, term.unknown or 0.0)
    if isinstance(term, Curve | Steps):
        return max(*term.values, term.unknown or 0.0)
    return max(max(line) for line in term.values)

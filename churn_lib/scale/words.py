"""What is said of a term where it is a reason: no word for what never raises the probability."""

import re
from collections.abc import Sequence
from math import inf, nextafter

from churn_lib.customer.model import ATTRIBUTES, LEVELS, NOTES, Value, phrase
from churn_lib.errors import FieldFault, InputError
from churn_lib.scale.dialects import Dialect
from churn_lib.scale.effects import lacks
from churn_lib.scale.expressions import case, joined, match, value
from churn_lib.score.plan import UNLISTED
from churn_lib.score.reasons import AND
from churn_lib.score.scorecard import SMALLEST_REASON
from churn_lib.score.terms import Card, Curve, Steps, Term

FAR = 1e300
"""Beyond all numbers that a term may be about."""

FORM = re.compile(r"([^{]*)\{:?(,?)(?:\.(\d+)f)?\}(.*)")
"""A number between words, perhaps with commas between thousands and with so many places."""


class Words:
    """Writes the reasons of one card in one dialect."""

    def __init__(self, card: Card, dialect: Dialect) -> None:
        self._made, self._dialect = card.made, dialect

    def of(self, term: Term) -> str:
        """What is said of the term where it is a reason."""
        says = [self._said(name, term) for name in term.features]
        return says[0] if len(says) == 1 else joined([says[0], self._dialect.text(AND), says[1]])

    def _said(self, name: str, term: Term) -> str:
        known = self._of_level(name, term) if name in LEVELS else self._of_number(name, term)
        if not lacks(name) or not _is_reason(term, None):
            return known
        return case([(f"{value(name)} IS NULL", self._phrase(name, None))], known)

    def _of_level(self, name: str, term: Term) -> str:
        """As many branches as there are levels that are a reason, the last without a test."""
        told = [
            (self._dialect.level(level), self._phrase(name, level))
            for level in LEVELS[name]
            if _is_reason(term, level)
        ]
        if ATTRIBUTES[name].other and _is_reason(term, UNLISTED):
            return match(value(name), told, self._phrase(name, UNLISTED))
        return match(value(name), told[:-1], told[-1][1]) if told else "''"

    def _of_number(self, name: str, term: Term) -> str:
        """The words of the band, and the number itself where it is shown."""
        x, bounds = value(name), self._bounds(name)
        bands = [
            (f"{x} >= {self._dialect.number(low)}", self._phrase(name, low))
            for low, high in zip(bounds, [*bounds[1:], FAR], strict=True)
            if _is_reason_within(term, -FAR if low == bounds[0] else low, high)
        ][::-1]
        said = case(bands[:-1], bands[-1][1]) if bands else "''"
        return joined([said, *self._shown(name)])

    def _bounds(self, name: str) -> list[float]:
        """The number from which each band is, the lowest first."""
        bands = [bound for bound, _ in self._made[name].bands] if name in self._made else None
        return bands or [float(bound) for bound in NOTES[name].phrases]

    def _phrase(self, name: str, known: Value) -> str:
        told = self._made[name].phrase(known) if name in self._made else phrase(name, known)
        return self._dialect.text(told)

    def _shown(self, name: str) -> list[str]:
        """The number in brackets; nothing for 0, which adds nothing to its phrase."""
        form = "" if name in self._made else NOTES[name].shown
        if not form:
            return []
        before, comma, places, after = self._parts(name, form)
        number = self._dialect.shown(value(name), int(places or 0), grouped=bool(comma))
        text = joined([self._dialect.text(f" ({before}"), number, self._dialect.text(f"{after})")])
        return [case([(f"{value(name)} = {self._dialect.number(0.0)}", "''")], text)]

    def _parts(self, name: str, form: str) -> Sequence[str]:
        found, note = FORM.fullmatch(form), NOTES[name]
        is_whole = note.whole and note.made is None
        if found is None or not (found[3] or is_whole):
            message = "is shown in a form that SQL can't write; ask for 0 reasons"
            raise InputError([FieldFault(name, message)])
        return [part.replace("}}", "}") if part else "" for part in found.groups()]


def _is_reason(term: Term, known: Value) -> bool:
    """Whether it may be one for this value; of two attributes, it may for any."""
    if len(term.features) > 1:
        return True
    return term.effect()({term.features[0]: known}) >= SMALLEST_REASON


def _is_reason_within(term: Term, low: float, high: float) -> bool:
    """Whether it may be one for a number from the first on and below the second."""
    places = (
        term.knots if isinstance(term, Curve) else term.edges if isinstance(term, Steps) else ()
    )
    inner = [one for place in places for one in (place, nextafter(place, inf)) if low <= one < high]
    return any(_is_reason(term, one) for one in (low, *inner, nextafter(high, -inf)))

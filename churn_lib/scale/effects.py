"""The effect of each term as an expression, in the arithmetic of `churn_lib/score`."""

from itertools import pairwise

from churn_lib.customer.model import LEVELS, NOTES, may_lack
from churn_lib.scale.dialects import Dialect
from churn_lib.scale.expressions import case, match, value
from churn_lib.score.terms import Curve, Levels, Steps, Term

SMALLEST = 1e-100
"""Curves are flat so near to a knot at 0: what is smaller may be an error where it is divided."""


def lacks(name: str) -> bool:
    """Whether the value of an attribute, or of a ratio of the card, may be not known."""
    return name not in NOTES or may_lack(name)


def effect(term: Term, dialect: Dialect) -> str:
    """Log-odds of a customer; NULL where a value is wrong."""
    match_term = Effects(dialect)
    if isinstance(term, Levels):
        return match_term.levels(term)
    if isinstance(term, Curve):
        return match_term.curve(term)
    if isinstance(term, Steps):
        return match_term.steps(term)
    raise NotImplementedError


class Effects:
    """Writes terms in one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def levels(self, term: Levels) -> str:
        dialect, x = self.dialect, value(term.feature)
        listed = [
            (dialect.level(level), dialect.number(term.points[str(level)]))
            for level in LEVELS[term.feature]
        ]
        return match(x, listed)

    def curve(self, term: Curve) -> str:
        dialect, x, knots, heights = self.dialect, value(term.feature), term.knots, term.values
        branches = [(f"{x} <= {dialect.number(knots[0] or SMALLEST)}", dialect.number(heights[0]))]
        for (left, right), (low, high) in zip(pairwise(knots), pairwise(heights), strict=True):
            start, width, rise = map(dialect.number, (left, right - left, high - low))
            line = f"{dialect.number(low)} + ({x} - {start}) / {width} * {rise}"
            branches.append((f"{x} < {dialect.number(right)}", line))
        last = heights[-2] + (heights[-1] - heights[-2])
        branches.append((f"{x} >= {dialect.number(knots[-1])}", dialect.number(last)))
        return case(branches)

    def steps(self, term: Steps) -> str:
        dialect, x = self.dialect, value(term.feature)
        branches = [
            (f"{x} <= {dialect.number(edge)}", dialect.number(height))
            for edge, height in zip(term.edges, term.values, strict=False)
        ]
        return case([*branches, (f"{x} IS NOT NULL", dialect.number(term.values[-1]))])

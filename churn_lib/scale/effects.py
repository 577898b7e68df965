"""The effect of each term as an expression, in the arithmetic of `churn_lib/score`."""

from collections.abc import Callable, Sequence
from itertools import count, pairwise

from churn_lib.customer.model import ATTRIBUTES, LEVELS, NOTES, may_lack
from churn_lib.scale.dialects import Dialect
from churn_lib.scale.expressions import case, match, one_of, value
from churn_lib.score.tables import LevelAxis, NumberAxis, Table
from churn_lib.score.terms import Card, Curve, Levels, Pair, Steps, Term

SMALLEST = 1e-100
"""What is nearer to a knot at 0 counts as 0: divided, it might be too small for a number, which is
an error in PostgreSQL.
"""

Piece = Callable[[int, str | int], str]
"""What holds between a knot and the next, by the place of the first and how far along: a fraction
as an expression, or 0 or 1 outside of all knots.
"""


def lacks(name: str) -> bool:
    """Whether the value of an attribute, or of a ratio of the card, may be not known."""
    return name not in NOTES or may_lack(name)


def noticed(card: Card) -> set[str]:
    """The attributes of which a wrong value has no effect in some term."""
    strict = [term.features for term in card.terms if not any(map(lacks, term.features))]
    return {name for features in strict for name in features}


class Effects:
    """Writes terms in one dialect: log-odds of a customer, NULL where a value is wrong."""

    def __init__(self, dialect: Dialect) -> None:
        self._number, self._level = dialect.number, dialect.level

    def of(self, term: Term) -> str:
        """The effect of a term of any kind."""
        if isinstance(term, Table):
            return self._table(term)
        if isinstance(term, Pair):
            return self._unless_unknown(term.features, self._pair(term))
        if isinstance(term, Curve):
            known = self._curve(term)
        else:
            known = self._steps(term) if isinstance(term, Steps) else self._levels(term)
        return self._unless_unknown(term.features, known, term.unknown or 0.0)

    def _unless_unknown(self, features: Sequence[str], effect: str, unknown: float = 0.0) -> str:
        tests = [f"{value(name)} IS NULL" for name in features if lacks(name)]
        return case([(test, self._number(unknown)) for test in tests], effect)

    def _levels(self, term: Levels) -> str:
        x, name = value(term.feature), term.feature
        points = [
            (self._level(level), self._number(term.points[str(level)])) for level in LEVELS[name]
        ]
        if not ATTRIBUTES[name].other:
            return match(x, points)
        return case([(f"{x} IS NOT NULL", match(x, points, self._number(term.other or 0.0)))])

    def _steps(self, term: Steps) -> str:
        heights = map(self._number, term.values)
        return case(zip(self._bins(value(term.feature), term.edges), heights, strict=True))

    def _bins(self, x: str, edges: Sequence[float]) -> list[str]:
        """Whether a number is in each bin, if it is in none before."""
        return [*(f"{x} <= {self._number(edge)}" for edge in edges), f"{x} IS NOT NULL"]

    def _curve(self, term: Curve) -> str:
        heights = term.values

        def line(place: int, along: str | int) -> str:
            return self._between(heights[place], heights[place + 1], along)

        return self._pieces(value(term.feature), term.knots, line)

    def _pair(self, term: Pair) -> str:
        (first, second), (rows, columns) = map(value, term.features), term.knots

        def across(row: int, down: str | int) -> str:
            def cell(column: int, right: str | int) -> str:
                above, below = (
                    self._between(line[column], line[column + 1], right)
                    for line in term.values[row : row + 2]
                )
                if isinstance(down, int):
                    return below if down else above
                one = self._number(1.0)
                return f"({one} - {down}) * ({above}) + {down} * ({below})"

            return self._pieces(second, columns, cell)

        return self._pieces(first, rows, across)

    def _pieces(self, x: str, knots: Sequence[float], piece: Piece) -> str:
        """What holds left of all knots, between each two, and right of them."""
        first = knots[0] or SMALLEST
        found = [(f"{x} <= {self._number(first)}", piece(0, 0))]
        for place, (left, right) in enumerate(pairwise(knots)):
            start, width = self._number(left), self._number(right - left)
            along = f"({x} - {start}) / {width}"
            if not left and place:
                near = f"ABS({x}) <= {self._number(SMALLEST)}"
                found.append((near, piece(place, 0)))
            found.append((f"{x} < {self._number(right)}", piece(place, along)))
        last = f"{x} >= {self._number(knots[-1])}"
        return case([*found, (last, piece(len(knots) - 2, 1))])

    def _between(self, low: float, high: float, along: str | int) -> str:
        if isinstance(along, int):
            return self._number(low + along * (high - low))
        return f"{self._number(low)} + {along} * {self._number(high - low)}"

    def _table(self, table: Table) -> str:
        (down, first), (right, second) = zip(table.axes, map(value, table.features), strict=True)
        rows = self._states(down, first, table.features[0])
        columns = self._states(right, second, table.features[1])
        return case((test, self._line(table, state, columns)) for test, state in rows)

    def _line(
        self, table: Table, row: int | None, columns: Sequence[tuple[str, int | None]]
    ) -> str:
        cells = [
            0.0 if row is None or column is None else table.values[row][column]
            for _, column in columns
        ]
        return case(
            (test, self._number(cell)) for (test, _), cell in zip(columns, cells, strict=True)
        )

    def _states(
        self, axis: NumberAxis | LevelAxis, x: str, name: str
    ) -> list[tuple[str, int | None]]:
        """Tests, the first of which to be met says the state; None where a table says nothing."""
        unknown = [(f"{x} IS NULL", axis.unknown)] if lacks(name) else []
        if isinstance(axis, NumberAxis):
            return [*unknown, *zip(self._bins(x, axis.edges), count(), strict=False)]
        listed = [
            (one_of(x, map(self._level, self._group(name, group))), state)
            for state, group in enumerate(axis.groups)
        ]
        others = [(f"{x} IS NOT NULL", axis.other)] if ATTRIBUTES[name].other else []
        return [*unknown, *listed, *others]

    def _group(self, name: str, group: Sequence[str]) -> list[str | int]:
        return [level for level in LEVELS[name] if str(level) in group]

"""Customers and what the service answers, as one query that finds where an engine does not."""

from collections.abc import Iterator
from dataclasses import replace

from churn_lib.customer.contact import TRUTHS
from churn_lib.customer.model import ABSENT, ATTRIBUTES, LEVELS, LONGEST_LEVEL, NO, Value
from churn_lib.offers.catalogue import Catalogue
from churn_lib.scale.dialects import Dialect
from churn_lib.scale.golden import Row, beside, customers, plain
from churn_lib.scale.reference import Answer, Reference
from churn_lib.scale.request import ARGUMENTS, Request
from churn_lib.scale.script import column_type
from churn_lib.scale.statement import answer_names, statement
from churn_lib.score.scorecard import Scorecard

AT_RANDOM = 100
"""Customers beside those at edges; with many more, engines find the query too long."""

NUMBERS = frozenset({"churn_probability", "logit", "expected_value"})
"""The columns of an answer that are no text."""

CLOSE = 1e-9
"""Beside 1, or beside the number itself where it is larger."""


def trial(request: Request, dialect: Dialect, card: Scorecard, catalogue: Catalogue | None) -> str:
    """One SELECT that must return no row: each is a customer whom engine and service answer
    differently, with both answers. Raises InputError.
    """
    none = dict.fromkeys(request.facts)
    golden = customers(card.card, request.facts, AT_RANDOM)
    rows = [*golden, *({**row, **none} for row in faulty_rows())]
    reference = Reference(request, card, catalogue)
    answers = [reference.answer(row) for row in rows]
    literals = _Literals(request, dialect)
    lines = [literals.row(*numbered) for numbered in enumerate(zip(rows, answers, strict=True))]
    asked = replace(request, keep=True)
    names = answer_names(asked, answers[0])
    tests = [_differ(name, names[name], dialect) for name in answers[0]]
    table = "(\n" + "\nUNION ALL ".join(lines) + "\n)"
    text = statement(asked, dialect, card, catalogue, table)
    return f"SELECT * FROM (\n{text}\n) AS ch_trial\nWHERE {' OR '.join(tests)}"


def faulty_rows() -> Iterator[Row]:
    """A customer with each attribute wrong, without each, and with each contradiction."""
    for name in ARGUMENTS:
        yield {**plain({}), name: _wrong(name)}
        yield {**plain({}), name: None}
    for name in filter(ABSENT.__contains__, ARGUMENTS):
        _, absent = ABSENT[name]
        others = [level for level in LEVELS[name] if level not in (absent, NO)]
        for level in others[:1]:
            yield plain({**beside(name, absent), name: level})
            yield plain({**beside(name, level), name: absent})


def _wrong(name: str) -> Value:
    if name not in LEVELS:
        return ATTRIBUTES[name].high + 1
    levels = [level for level in LEVELS[name] if isinstance(level, int)]
    return max(levels) + 1 if levels else "#" * (LONGEST_LEVEL + 1)


class _Literals:
    """Writes rows as SELECT without FROM."""

    def __init__(self, request: Request, dialect: Dialect) -> None:
        self._request, self._dialect = request, dialect

    def row(self, number: int, pair: tuple[Row, Answer]) -> str:
        row, answer = pair
        given = [self._given(name, row[name]) for name in self._request.names]
        expected = [self._expected(name, value) for name, value in answer.items()]
        return f"SELECT {', '.join([f'{number} AS golden', *given, *expected])}"

    def _given(self, name: str, value: Value) -> str:
        column = self._dialect.identifier(self._request.column(name), quoted=self._request.quoted)
        return f"{self._literal(name, value)} AS {column}"

    def _literal(self, name: str, value: Value) -> str:
        dialect, kind = self._dialect, column_type(name, self._request, self._dialect)
        if value is None:
            return f"CAST(NULL AS {kind})"
        if kind == dialect.string:
            return dialect.text(str(value))
        return str(value) if name in TRUTHS else dialect.number(float(value))

    def _expected(self, name: str, value: str | float | None) -> str:
        kind = self._dialect.double if name in NUMBERS else self._dialect.string
        known = self._dialect.number(value) if isinstance(value, float) else None
        literal = self._dialect.text(value) if isinstance(value, str) else known
        return f"{literal or f'CAST(NULL AS {kind})'} AS expected_{name}"


def _differ(name: str, column: str, dialect: Dialect) -> str:
    expected = f"expected_{name}"
    if name not in NUMBERS:
        return f"{column} IS DISTINCT FROM {expected}"
    close = dialect.number(CLOSE)
    far = f"ABS({column} - {expected}) > {close} * ({dialect.number(1.0)} + ABS({expected}))"
    return f"COALESCE({far}, ({column} IS NULL) <> ({expected} IS NULL))"

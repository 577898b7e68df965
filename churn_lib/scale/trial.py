"""Customers and what the service answers, as one query that finds where an engine does not."""

from collections.abc import Iterator, Sequence
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
    table = _table(rows, answers, request, dialect)
    asked = replace(request, keep=True)
    names = answer_names(asked, answers[0])
    tests = [_differ(name, names[name], dialect) for name in answers[0]]
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


def _table(
    rows: Sequence[Row], answers: Sequence[Answer], request: Request, dialect: Dialect
) -> str:
    """The customers, each with what is expected."""
    write = _Literals(request, dialect)
    columns = [
        dialect.identifier(request.column(name), quoted=request.quoted) for name in request.names
    ]
    names = ["golden", *columns, *(f"expected_{name}" for name in answers[0])]
    pairs = enumerate(zip(rows, answers, strict=True))
    return dialect.table_of(names, (write.row(number, *pair) for number, pair in pairs))


class _Literals:
    """Writes what is known of a customer as literals."""

    def __init__(self, request: Request, dialect: Dialect) -> None:
        self._request, self._dialect = request, dialect

    def row(self, number: int, row: Row, answer: Answer) -> list[str]:
        given = [self._given(name, row[name]) for name in self._request.names]
        expected = [self._expected(name, value) for name, value in answer.items()]
        return [str(number), *given, *expected]

    def _given(self, name: str, value: Value) -> str:
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
        return literal or f"CAST(NULL AS {kind})"


def _differ(name: str, column: str, dialect: Dialect) -> str:
    expected = f"expected_{name}"
    if name not in NUMBERS:
        return f"{column} IS DISTINCT FROM {expected}"
    close = dialect.number(CLOSE)
    far = f"ABS({column} - {expected}) > {close} * ({dialect.number(1.0)} + ABS({expected}))"
    return f"COALESCE({far}, ({column} IS NULL) <> ({expected} IS NULL))"

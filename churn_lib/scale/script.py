"""A statement as a text of its own: with what it was made of, as a view, or as a function."""

import hashlib
import shlex
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal, NamedTuple

from churn_lib.customer.contact import TRUTHS
from churn_lib.customer.model import LEVELS, SCHEMA
from churn_lib.errors import FieldFault, InputError
from churn_lib.offers.catalogue import Catalogue
from churn_lib.scale.dialects import Dialect
from churn_lib.scale.request import Request
from churn_lib.scale.statement import statement
from churn_lib.score.scorecard import Scorecard

Form = Literal["select", "view", "function"]

TABLE = "ch_table"
"""The argument of a function over tables."""


class Origin(NamedTuple):
    """What a text is made of."""

    request: Request
    dialect: Dialect
    card: Scorecard
    catalogue: Catalogue | None

    def comment(self, *, form: Form, name: str, test: bool) -> list[str]:
        """Lines of comment: from what the text was made, and by which command."""
        schema = f"schema {SCHEMA.version} ({_beginning(SCHEMA.digest)})"
        parts = [f"score {self.card.version}", schema, self._offers(), f"for {self.dialect.name}"]
        return [
            f"-- {', '.join(parts)}",
            f"-- reads: {', '.join(map(self.request.column, self.request.names))}",
            f"-- {shlex.join(['churn', 'sql', *self._options(form, name, test=test)])}",
        ]

    def _offers(self) -> str:
        if self.catalogue is None:
            return "no offers"
        digest = hashlib.sha256(self.catalogue.model_dump_json().encode()).hexdigest()
        return f"offers {self.catalogue.version} ({_beginning(digest)}) on {self.request.day}"

    def _options(self, form: Form, name: str, *, test: bool) -> Iterator[str]:
        """As few as make the same text."""
        request, usual = self.request, Request(self.request.day)
        yield from ("--dialect", self.dialect.name, "--date", str(request.day))
        for option in ("table", "reasons", "channel", "language", "types"):
            if (value := getattr(request, option)) != getattr(usual, option):
                yield from (f"--{option}", str(value))
        if request.facts:
            yield from ("--facts", ",".join(request.facts))
        for ours, theirs in request.columns.items():
            yield from ("--map", f"{ours}={theirs}")
        if form != "select" and not test:
            yield from ("--as", form, "--name", name)
        flags = {
            "--no-offers": not request.offers,
            "--texts": request.texts,
            "--quoted": request.quoted,
            "--test": test,
        }
        yield from (flag for flag, is_set in flags.items() if is_set)


def script(
    form: Form,
    name: str,
    request: Request,
    dialect: Dialect,
    card: Scorecard,
    catalogue: Catalogue | None,
) -> str:
    """The statement as it is, or what makes a view or a function of it. Raises InputError."""
    if form == "select":
        return statement(request, dialect, card, catalogue)
    called = dialect.table(name, quoted=request.quoted)
    if form == "view":
        return f"CREATE OR REPLACE VIEW {called} AS\n{statement(request, dialect, card, catalogue)}"
    if dialect.name == "duckdb":
        text = statement(request, dialect, card, catalogue, f"query_table({TABLE})")
        return f"CREATE OR REPLACE MACRO {called}({TABLE}) AS TABLE\n{text}"
    if dialect.name == "bigquery":
        return _function(called, request, dialect, card, catalogue)
    message = "must be select or view: only in BigQuery and DuckDB a function costs no more"
    raise InputError([FieldFault("as", message)])


def _function(
    called: str,
    request: Request,
    dialect: Dialect,
    card: Scorecard,
    catalogue: Catalogue | None,
) -> str:
    """Of one customer; its arguments are the columns, in their order."""
    columns = {
        dialect.identifier(request.column(name), quoted=request.quoted): (
            dialect.identifier(f"in_{request.column(name)}", quoted=request.quoted),
            column_type(name, request, dialect),
        )
        for name in request.names
    }
    arguments = ", ".join(f"{given} {kind}" for given, kind in columns.values())
    row = ", ".join(f"{given} AS {column}" for column, (given, _) in columns.items())
    alone = replace(request, keep=False)
    text = statement(alone, dialect, card, catalogue, f"(SELECT {row})")
    body = f"((\nSELECT AS STRUCT * FROM (\n{text}\n)\n))"
    return f"CREATE OR REPLACE FUNCTION {called}({arguments}) AS {body}"


def _beginning(digest: str) -> str:
    return digest[:12]


def column_type(name: str, request: Request, dialect: Dialect) -> str:
    """What the column of an attribute or a fact holds."""
    if request.types == "text":
        return dialect.string
    if name in TRUTHS:
        return dialect.truth
    is_text = name in LEVELS and isinstance(LEVELS[name][0], str)
    return dialect.string if is_text else dialect.double

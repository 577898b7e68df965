"""The questions of `queries` as views of a warehouse, over the table of the decision log.

They are written once, for DuckDB; sqlglot writes them for BigQuery.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlglot import exp, parse_one

from churn_lib.evidence import queries as q
from churn_lib.evidence.drift import HALF
from churn_lib.evidence.small import COLUMNS
from churn_lib.evidence.table import BINS, CELL, QUIET, SUMS
from churn_lib.score.reference import Reference

Dialect = Literal["duckdb", "bigquery"]

YESTERDAY = "date_trunc('day', now()) - INTERVAL 1 DAY"
DECIDED = {**q.DECISION, "written_by": "VARCHAR", "fallback_reason": "VARCHAR"}


@dataclass(frozen=True)
class Asked:
    """log: the table with the lines of the decision log; in BigQuery as Cloud Logging makes it.
    outcomes: one with more outcomes, by `unit` or `decision_id`, such as a billing's. as_of: the
    last day of which all outcomes are known; None for yesterday, whenever it is asked. sold: ids of
    the value-added offers; None for those that cost nothing.
    """

    dialect: Dialect
    log: str = "decision_log"
    outcomes: str | None = None
    experiment: str = "none"
    as_of: date | None = None
    window: int = 90
    sold: Sequence[str] | None = None


def views(asked: Asked, reference: Reference | None = None) -> Mapping[str, str]:
    """A query for each view by name; the drift of the score only beside a reference."""
    queries = {
        "churn_evidence": exp.union(*_evidence(), distinct=False),
        "churn_fallbacks": _read(q.FALLBACKS),
        "churn_costs": _read(q.COSTS),
        **({"churn_drift": _drift(reference)} if reference else {}),
    }
    return {name: _written(asked, query) for name, query in queries.items()}


def _evidence() -> Iterator[exp.Select]:
    """Selections of equal columns, one for each part of what `table.count` counts."""
    yield _part("'cell'", q.COUNTED, (*CELL, *SUMS))
    kind = "CASE WHEN t.gone THEN 'left' ELSE 'censored' END"
    yield _part(kind, q.AGES, ("arm", "day", "gone", "n"))
    for name, query in (
        ("units", q.UNITS),
        ("triggered", q.TRIGGERED),
        ("unknown", q.UNKNOWN),
        ("immature", q.IMMATURE),
    ):
        yield _part(f"'{name}'", query, ("arm", "n"))
    left_out = ("mixed", "nameless", "early")
    for name in left_out:
        yield _part(f"'{name}'", q.LEFT_OUT, left_out, n=f"t.{name}")
    yield _part("'spoken'", q.SPOKEN, ("spoken",), n="t.spoken::INT")
    yield _part("'silent'", q.SILENT.format(quiet=QUIET), ("n",))


def _part(kind: str, query: str, names: Sequence[str], **given: str) -> exp.Select:
    """names: of the query's columns, which are the small table's where they have its names."""
    body = _read(query)
    body.set("order", None)
    aliased = zip(body.expressions, names, strict=True)
    body.set("expressions", [exp.alias_(one.unalias(), name, quoted=True) for one, name in aliased])
    values = {name: f't."{name}"' for name in names} | given
    values |= {"part": kind, "experiment": "$experiment", "as_of": "$as_of"}
    values |= {"window_days": "$window"}
    listed = [
        f'CAST({values.get(name, "NULL")} AS {type_}) AS "{name}"'
        for name, type_ in COLUMNS.items()
    ]
    return exp.select(*listed, dialect="duckdb").from_(body.subquery("t"))


def _drift(reference: Reference) -> exp.Query:
    edges, before = reference.score.edges or (), [*reference.score.counts.values()]
    place = " + ".join(["0", *(f"(score >= {edge!r})::INT" for edge in edges)])
    halves = HALF * len(before)
    terms = []
    for at, count in enumerate(before):
        share = f"((count(*) FILTER (bin = {at}) + {HALF}) / (count(*) + {halves}))"
        was = (count + HALF) / (sum(before) + halves)
        terms.append(f"({share} - {was!r}) * ln({share} / {was!r})")
    chance = f"{len(before) - 1} * (1 / count(*) + 1 / {sum(before)})"
    return _read(q.WEEKS.format(place=place, psi=" + ".join(terms), chance=chance))


def _read(text: str) -> exp.Query:
    """The question in a text, also where it is what a table is made of."""
    return _query(parse_one(text, dialect="duckdb"))


def _query(node: exp.Expr) -> exp.Query:
    return next(node.find_all(exp.Query))


def _written(asked: Asked, query: exp.Query) -> str:
    """With all that it is about before it, each where it is needed."""
    steps = {
        **_sources(asked),
        "once": _read(q.ONCE),
        "told": _read(q.TOLD.format(wrong="0")),
        "first": _read(q.FIRST.format(wrong="0", **q.ALONE)),
        "joined": _read(q.JOINED.format(bins=BINS)),
        "mature": _read(q.MATURE.format(window="$window", spoken="$spoken")),
    }
    filled = _query(query.transform(_filled, asked))
    used, wanted = _tables(filled), []
    for name, step in reversed(steps.items()):
        if name in used:
            wanted.append((name, _query(step.transform(_filled, asked))))
            used |= _tables(wanted[-1][1])
    for name, step in reversed(wanted):
        filled = filled.with_(name, as_=step)
    told = filled.transform(_for_bigquery) if asked.dialect == "bigquery" else filled
    return told.sql(asked.dialect, pretty=True)


def _tables(query: exp.Expr) -> set[str]:
    return {table.name for table in query.find_all(exp.Table)}


def _sources(asked: Asked) -> dict[str, exp.Query]:
    outcomes = [_lines("outcome", q.OUTCOME, asked)]
    if asked.outcomes:
        chosen = [f"CAST({name} AS {type_}) AS {name}" for name, type_ in q.OUTCOME.items()]
        chosen[0] = "'outcome' AS event"
        outcomes.append(exp.select(*chosen, dialect="duckdb").from_(_table(asked.outcomes)))
    return {
        "decisions": _lines("decision", DECIDED, asked),
        "outcomes": exp.union(*outcomes, distinct=False) if len(outcomes) > 1 else outcomes[0],
    }


def _lines(event: str, columns: Mapping[str, str], asked: Asked) -> exp.Select:
    """The lines of a kind. In BigQuery Cloud Logging keeps the keys of a line under `jsonPayload`,
    all but its `time`.
    """
    within = "jsonPayload." if asked.dialect == "bigquery" else ""
    places = {name: f"{within}{name}" for name in columns}
    if within and event == "decision":
        places["time"] = "timestamp"
    if event == "outcome":
        places["unit"] = "NULL"
    chosen = [f"CAST({places[name]} AS {type_}) AS {name}" for name, type_ in columns.items()]
    lines = exp.select(*chosen, dialect="duckdb").from_(_table(asked.log))
    return lines.where(f"{within}event = '{event}'", dialect="duckdb")


def _table(name: str) -> exp.Table:
    return exp.Table(this=exp.to_identifier(name, quoted=True))


def _filled(node: exp.Expr, asked: Asked) -> exp.Expr:
    """What was asked for in the place of a parameter."""
    if not isinstance(node, exp.Parameter | exp.Placeholder):
        return node
    day = YESTERDAY if asked.as_of is None else f"TIMESTAMPTZ '{asked.as_of}'"
    spoken = _read(q.SPOKEN).subquery()
    sold = exp.null() if asked.sold is None else exp.array(*map(exp.Literal.string, asked.sold))
    values = {
        "experiment": exp.Literal.string(asked.experiment),
        "as_of": exp.paren(parse_one(day, dialect="duckdb")),
        "window": exp.Literal.number(asked.window),
        "sold": sold,
        "spoken": spoken,
    }
    return values[node.name]


def _for_bigquery(node: exp.Expr) -> exp.Expr:
    """What sqlglot would write with another meaning."""
    if isinstance(node, exp.Filter) and isinstance(node.this, exp.Min):
        return _earliest(node.this.this, node.this.this, node.expression.this)
    if isinstance(node, exp.ArgMin):
        return _earliest(node.this, node.expression, exp.true())
    if isinstance(node, exp.TimestampTrunc | exp.DateTrunc) and node.text("unit") == "WEEK":
        node.set("unit", exp.var("ISOWEEK"))  # else weeks would begin on Sundays
    return node


def _earliest(found: exp.Expr, by: exp.Expr, condition: exp.Expr) -> exp.Expr:
    """BigQuery orders no structs, but by their fields, of which the first two are enough."""
    fields = [one.expression for one in by.expressions[:2]] if isinstance(by, exp.Struct) else [by]
    keys = ", ".join(one.sql("bigquery") for one in fields)
    value, told = found.sql("bigquery"), condition.sql("bigquery")
    text = f"ARRAY_AGG(IF({told}, {value}, NULL) IGNORE NULLS ORDER BY {keys} LIMIT 1)"
    return parse_one(f"{text}[SAFE_OFFSET(0)]", dialect="bigquery")

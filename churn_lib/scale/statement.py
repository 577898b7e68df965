"""Score, reasons, faults of a row and the offer as one SELECT.

Stages, each a SELECT around the one before, which adds columns to it:

    clean      each attribute as the model of a customer takes it, NULL where it is not allowed
    effects    the effect of each term
    compare    the logit; for each two effects, which is the stronger
    rank       the probability; how many effects are stronger than each
    reasons    the sentences about the strongest, and what is wrong with a row without a logit
    values     of `offers.py`: the expected value of each offer
    choose     of `offers.py`: the highest of them
    (outside)  the table's own columns and the columns of the answer

A stage is a mapping from new names to expressions over all names before, which begin with `PREFIX`.
No expression can fail for any value: numbers are held to their range before any arithmetic. A
faulty row has no logit, and what is masked by the probability is NULL with it.

The offers come in as a `Part`, which `offers.offer_stages` makes of an `Environment`: its stages are
added after all others, its columns to the end of the answer.
"""

from collections.abc import Mapping, Sequence

from churn_lib.customer.model import FEATURES, SCHEMA
from churn_lib.offers.catalogue import Catalogue
from churn_lib.scale.customer import ARGUMENTS, Columns
from churn_lib.scale.dialects import Dialect
from churn_lib.scale.effects import effect
from churn_lib.scale.environment import Environment, Part
from churn_lib.scale.expressions import (
    EFFECT,
    FAULTS,
    LOGIT,
    PREFIX,
    PROBABILITY,
    Stage,
    case,
    value,
)
from churn_lib.scale.offers import offer_stages
from churn_lib.scale.reasons import Ranks
from churn_lib.scale.request import Request
from churn_lib.score.scorecard import Scorecard
from churn_lib.settings import settings


def statement(
    request: Request, dialect: Dialect, card: Scorecard, catalogue: Catalogue | None
) -> str:
    """One SELECT without a semicolon. catalogue: needed where offers are asked for."""
    columns, ranks = Columns(dialect, request), Ranks(card.card.terms, dialect)
    terms = card.card.terms
    clean = {value(name): columns.checked(name, ()) for name in ARGUMENTS} | {
        value(name): columns.raw(name) for name in request.facts
    }
    effects = {f"{EFFECT}{i}": effect(term, dialect) for i, term in enumerate(terms)}
    logit = " + ".join([dialect.number(card.card.intercept), *effects])
    stages: list[Stage] = [
        clean,
        effects,
        {LOGIT: logit, **ranks.compared()},
        {PROBABILITY: _sigmoid(dialect), **ranks.ranked()},
        {FAULTS: case([(f"{LOGIT} IS NULL", columns.faults())])},
    ]
    part = _offers(request, dialect, catalogue, ranks)
    answer = {
        "churn_probability": PROBABILITY,
        "logit": LOGIT,
        "risk": _risk(dialect),
        "errors": case([(f"{LOGIT} IS NULL", _sentence(columns))]),
        **ranks.told(request.reasons),
        **part.answer,
    }
    return _nested(request, dialect, [*stages, *part.stages], answer)


def _offers(request: Request, dialect: Dialect, catalogue: Catalogue | None, ranks: Ranks) -> Part:
    if not request.offers or catalogue is None:
        return Part((), {})
    bill = value(SCHEMA.bill) if isinstance(SCHEMA.bill, str) else dialect.number(SCHEMA.bill)
    values = {name: value(name) for name in (*FEATURES, *request.facts)}
    environment = Environment(values, PROBABILITY, bill, ranks.raising)
    return offer_stages(request, dialect, catalogue, environment)


def _sigmoid(dialect: Dialect) -> str:
    one, most = dialect.number(1.0), dialect.number(700.0)
    bounded = f"LEAST(GREATEST(-{LOGIT}, -{most}), {most})"
    return case([(f"{LOGIT} IS NOT NULL", f"{one} / ({one} + EXP({bounded}))")])


def _risk(dialect: Dialect) -> str:
    bounds = settings().score
    return case(
        [
            (f"{PROBABILITY} >= {dialect.number(bounds.risk_high_from)}", "'high'"),
            (f"{PROBABILITY} >= {dialect.number(bounds.risk_medium_from)}", "'medium'"),
            (f"{PROBABILITY} IS NOT NULL", "'low'"),
        ]
    )


def _sentence(columns: Columns) -> str:
    first = case([(f"{FAULTS} <> ''", FAULTS)], f"({columns.contradictions()})")
    return f"SUBSTR({first}, 3)"


def _nested(
    request: Request, dialect: Dialect, stages: Sequence[Stage], answer: Mapping[str, str]
) -> str:
    table = dialect.identifier(request.table, quoted=request.quoted)
    inner = f"FROM {dialect.source(table)}"
    for number, stage in enumerate(stages):
        select = f"SELECT *, {_listed(stage)}\n{inner}{dialect.fence}"
        inner = f"FROM (\n{select}\n) AS {PREFIX}{number}"
    kept = [dialect.kept(name for stage in stages for name in stage)] if request.keep else []
    return f"SELECT {', '.join([*kept, _listed(answer)])}\n{inner}"


def _listed(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{expression} AS {name}" for name, expression in columns.items())

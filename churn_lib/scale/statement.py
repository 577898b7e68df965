"""Score, reasons, faults of a row and the offer as one SELECT.

Stages, each a SELECT around the one before, which adds columns to it:

    read       where all columns are text, the value of each
    clean      each attribute as the model of a customer takes it, NULL where it is not allowed
    work out   numbers that are worked out of others
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

The offers come in as a `Part`, which `offers.offer_stages` makes of an `Environment`: its stages
are added after all others, its columns to the end of the answer.
"""

from collections.abc import Iterable, Sequence

from churn_lib.customer.model import FEATURES, SCHEMA
from churn_lib.offers.catalogue import Catalogue
from churn_lib.scale.columns import AsText, Columns, Native
from churn_lib.scale.customer import Checks
from churn_lib.scale.dialects import Dialect
from churn_lib.scale.effects import Effects, noticed
from churn_lib.scale.environment import Environment, Part
from churn_lib.scale.expressions import (
    EFFECT,
    FAULTS,
    LOGIT,
    PREFIX,
    PROBABILITY,
    Stage,
    both,
    case,
    value,
)
from churn_lib.scale.offers import offer_stages
from churn_lib.scale.reasons import Ranks
from churn_lib.scale.request import Request
from churn_lib.scale.size import check_size
from churn_lib.scale.worked_out import ratios, worked_out
from churn_lib.score.scorecard import Scorecard
from churn_lib.score.terms import Card
from churn_lib.settings import settings


def statement(
    request: Request,
    dialect: Dialect,
    card: Scorecard,
    catalogue: Catalogue | None,
    source: str | None = None,
    checking: type[Checks] = Checks,
) -> str:
    """One SELECT without a semicolon.

    catalogue: needed where offers are asked for. source: what it selects from, where that is no
    table by the name of the request. checking: how a row is checked. Raises InputError, which names
    what can't be written as SQL, or what makes it too large.
    """
    columns = (AsText if request.types == "text" else Native)(dialect, request)
    ranks = Ranks(card.card, dialect)
    part = _offers(request, dialect, catalogue, ranks)
    checks = checking(columns, noticed(card.card))
    has_ranks = request.reasons > 0 or part.answer != {}
    stages = _score(card.card, columns, checks, ranks if has_ranks else None)
    answer = {
        "churn_probability": PROBABILITY,
        "logit": LOGIT,
        "risk": _risk(dialect),
        "errors": case([(f"{LOGIT} IS NULL", _sentence(checks))]),
        **ranks.told(request.reasons),
        **part.answer,
    }
    table = source or dialect.table(request.table, quoted=request.quoted)
    used = [stage for stage in (*stages, *part.stages) if stage]
    text = _nested(dialect, table, used, _last(request, answer), keep=request.keep)
    check_size(text, [*used, answer], card.card, part)
    return text


def _score(card: Card, columns: Columns, checks: Checks, ranks: Ranks | None) -> list[Stage]:
    write = Effects(columns.dialect)
    effects = {f"{EFFECT}{i}": write.of(term) for i, term in enumerate(card.terms)}
    return [
        columns.stage(columns.request.names),
        checks.values(),
        worked_out(columns),
        ratios(card, columns.dialect),
        effects,
        {LOGIT: _logit(card, columns.dialect, checks), **(ranks.compared() if ranks else {})},
        {PROBABILITY: _sigmoid(columns.dialect), **(ranks.ranked() if ranks else {})},
        {FAULTS: case([(f"{LOGIT} IS NULL", checks.faults())])},
    ]


def _logit(card: Card, dialect: Dialect, checks: Checks) -> str:
    effects = [f"{EFFECT}{i}" for i in range(len(card.terms))]
    total = " + ".join([dialect.number(card.intercept), *effects])
    conditions = both(*checks.conditions())
    return case([(conditions, total)]) if conditions else total


def _offers(request: Request, dialect: Dialect, catalogue: Catalogue | None, ranks: Ranks) -> Part:
    if not request.offers or catalogue is None:
        return Part((), {})
    bill = value(SCHEMA.bill) if isinstance(SCHEMA.bill, str) else dialect.number(SCHEMA.bill)
    values = {name: value(name) for name in (*FEATURES, *request.facts)}
    environment = Environment(values, PROBABILITY, bill, ranks.raising, ranks.placed)
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


def _sentence(checks: Checks) -> str:
    first = case([(f"{FAULTS} <> ''", FAULTS)], f"({checks.contradictions()})")
    return f"SUBSTR({first}, 3)"


def answer_names(request: Request, names: Iterable[str]) -> dict[str, str]:
    """What the columns of the answer are called, beside those of the table that are known."""
    taken = {request.column(name).lower() for name in request.names}
    taken = taken if request.keep else set()
    return {name: f"churn_{name}" if name in taken else name for name in names}


def _last(request: Request, answer: Stage) -> Stage:
    names = answer_names(request, answer)
    return {names[name]: expression for name, expression in answer.items()}


def _nested(
    dialect: Dialect, table: str, stages: Sequence[Stage], last: Stage, *, keep: bool
) -> str:
    inner = f"FROM {dialect.source(table)}"
    for number, stage in enumerate(stages):
        # Ours come first: of equal names DuckDB takes that one, and all others refuse to choose.
        select = f"SELECT {_listed(stage)}, *\n{inner}{dialect.fence}"
        inner = f"FROM (\n{select}\n) AS {PREFIX}{number}"
    kept = [dialect.kept(name for stage in stages for name in stage)] if keep else []
    return f"SELECT {', '.join([*kept, _listed(last)])}\n{inner}"


def _listed(columns: Stage) -> str:
    return ", ".join(f"{expression} AS {name}" for name, expression in columns.items())

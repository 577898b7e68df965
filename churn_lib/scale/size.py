"""How large a text may be, and what makes it so."""

from collections.abc import Iterable

from churn_lib.errors import FieldFault, InputError
from churn_lib.scale.environment import Part
from churn_lib.scale.expressions import BEFORE, EFFECT, RANK, Stage
from churn_lib.score.reasons import AND
from churn_lib.score.terms import Card

MOST_BYTES = 1_000_000
"""Of one text of SQL, as many as BigQuery takes."""


def check_size(text: str, stages: Iterable[Stage], card: Card, part: Part) -> None:
    """Raises InputError when a text of these stages is too large, with the largest of what may be
    at fault.
    """
    if _bytes(text) <= MOST_BYTES:
        return
    sizes = {name: _bytes(sql) for stage in stages for name, sql in stage.items()}
    ranks = sum(size for name, size in sizes.items() if name.startswith((BEFORE, RANK)))
    offers = sum(_bytes(sql) for stage in (*part.stages, part.answer) for sql in stage.values())
    terms = [
        (sizes[f"{EFFECT}{i}"], AND.join(term.features), f"the {term.kind} alone takes")
        for i, term in enumerate(card.terms)
    ]
    count = len(card.terms)
    compared = (ranks, "reasons", f"to compare {count} terms for them and for offers takes")
    size, field, words = max(*terms, compared, (offers, "offers", "their number takes"))
    message = f"{words} {size:,} bytes of SQL, and all of it may have {MOST_BYTES:,}"
    raise InputError([FieldFault(field, message)])


def _bytes(text: str) -> int:
    return len(text.encode())

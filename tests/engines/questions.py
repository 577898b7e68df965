"""A table of customers, the SQL about it in every dialect, and what the service answers."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from churn_lib.customer.contact import FACTS, TRUTHS
from churn_lib.customer.model import LEVELS
from churn_lib.customer.schema import ARTIFACTS
from churn_lib.offers.catalogue import OFFERS
from churn_lib.offers.catalogue import load as load_offers
from churn_lib.scale.dialects import DIALECTS
from churn_lib.scale.golden import customers
from churn_lib.scale.reference import Reference
from churn_lib.scale.request import Request
from churn_lib.scale.statement import statement
from churn_lib.score.scorecard import load
from tests.churn_lib.scale import hostile
from tests.churn_lib.scale.asked import DAY, as_published, same
from tests.engines.engine import Answer as Found
from tests.engines.engine import Kind, Value
from tests.engines.texts import as_texts, misspelled

TABLE = "customers"
PLACE = "place_of_row"
"""The column that tells the rows apart."""

Types = Literal["native", "text"]


@dataclass(frozen=True)
class Questions:
    """expected: by the place of the row. sql: by the name of the dialect."""

    columns: dict[str, Kind]
    rows: list[list[Value]]
    expected: Sequence[Mapping[str, object]]
    sql: dict[str, str]

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    def differing(self, found: Found) -> list[tuple[int, str]]:
        """Row and column of all that an engine answered otherwise than the service."""
        assert len(found) == len(self.rows)
        by_place = {row[PLACE]: row for row in found}
        return [
            (place, name)
            for place, row in enumerate(self.expected)
            for name, value in row.items()
            if not same(by_place[place][name], value)
        ]


def questions(types: Types, count: int, faulty: int) -> Questions:
    """By the schema, the card and the catalogue in force, about all golden customers and `count`
    random ones, and about as many rows that something may be wrong with.
    """
    card, catalogue = load(ARTIFACTS), load_offers(ARTIFACTS / OFFERS)
    request = Request(day=DAY, table=TABLE, facts=tuple(FACTS), types=types)
    reference = Reference(request, card, catalogue)
    good = [*customers(card.card, FACTS, count)]
    bad = hostile.rows(card.card, tuple(FACTS), faulty)
    if types == "native":
        rows = [*good, *bad]
        expected = [reference.answer(as_published(row)) for row in rows]
    else:
        rows = [*as_texts(good), *misspelled(bad)]
        expected = [reference.answer(row) for row in rows]
    return Questions(
        columns={PLACE: "whole", **kinds(request)},
        rows=[[place, *(row[name] for name in request.names)] for place, row in enumerate(rows)],
        expected=expected,
        sql={name: statement(request, one, card, catalogue) for name, one in DIALECTS.items()},
    )


def kinds(request: Request) -> dict[str, Kind]:
    """The columns that a statement reads."""
    return {name: _kind(name, request.types) for name in request.names}


def _kind(name: str, types: Types) -> Kind:
    if types == "text":
        return "text"
    if name in TRUTHS:
        return "truth"
    if name in LEVELS:
        return "whole" if isinstance(LEVELS[name][0], int) else "text"
    return "number"

"""Files of customers for the tests of `churn score`, and what becomes of them."""

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np

from churn_lib.customer.contact import FACTS
from churn_lib.customer.json_text import read_json
from churn_lib.customer.reading import read_columns
from churn_lib.customer.request import PredictRequest
from churn_lib.errors import InputError
from churn_lib.offers.catalogue import catalogue
from churn_lib.scale.files import form_of
from churn_lib.scale.head import Told
from churn_lib.scale.order import Order
from churn_lib.scale.request import Request
from churn_lib.scale.score import Outcome, score
from churn_lib.score.scorecard import scorecard
from tests.customers import random_customer

Row = Mapping[str, object]
Texts = dict[str, str]

TODAY = datetime.now(UTC).date()


class Scored(NamedTuple):
    """rejected: the fields of each refused row, by its number."""

    outcome: Outcome
    target: Path
    rejected: Mapping[int, tuple[str, ...]]


def scored(
    source: Path | str,
    target: Path,
    *,
    told: Told | None = None,
    columns: Mapping[str, str] | None = None,
    keep: tuple[str, ...] | None = None,
    only: bool = False,
    safe: bool = False,
    request: Request | None = None,
) -> Scored:
    """Scores files in this process."""
    rejected = target.with_name(f"{target.name}.rejected.csv")
    order = Order(
        source=str(source),
        target=target,
        form=form_of(target),
        rejected=rejected,
        request=request or Request(day=TODAY, reasons=1),
        told=told or Told(),
        columns=columns or {},
        keep=keep,
        only=only,
        safe=safe,
    )
    outcome = score(order, scorecard(), catalogue(), lambda _done, _expected: None)
    return Scored(outcome, target, refused(rejected))


def refused(path: Path) -> dict[int, tuple[str, ...]]:
    """The fields of each refused row, by its number; nothing without a file."""
    if not path.exists():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        found = list(csv.DictReader(file))
    assert [int(row["record"]) for row in found] == sorted(int(row["record"]) for row in found)
    return {int(row["record"]): tuple(row["fields"].split("; ")) for row in found}


def by_service(rows: Sequence[object]) -> dict[int, tuple[str, ...]]:
    """The fields that the service refuses of each row, by its number."""
    faults = {number: _faults(row) for number, row in enumerate(rows, 1)}
    return {number: fields for number, fields in faults.items() if fields}


def _faults(row: object) -> tuple[str, ...]:
    try:
        read_columns(PredictRequest, read_json(row) if isinstance(row, bytes) else row)
    except InputError as error:
        return tuple(fault.field for fault in error.faults)
    return ()


def in_request(row: Row) -> Row:
    """The columns of a table as a request has them."""
    facts = {name: value for name, value in row.items() if name in FACTS}
    own = {name: value for name, value in row.items() if name not in FACTS}
    return {**own, "context": facts} if facts else own


def customers(count: int, seed: int = 1) -> list[dict[str, object]]:
    rng = np.random.default_rng(seed)
    return [{"customerID": f"made-up-{number}", **random_customer(rng)} for number in range(count)]


def texts(row: Row) -> Texts:
    return {name: "" if value is None else str(value) for name, value in row.items()}


def write_csv(path: Path, rows: Sequence[Row], separator: str = ",") -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerow(rows[0])
        writer.writerows(row.values() for row in rows)
    return path


def write_ndjson(path: Path, rows: Sequence[Row]) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def read_csv(path: Path) -> list[Texts]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))

"""Files of another company, in a process of its own: the same rows are refused as by the service.

One of its attributes may be a text that is not listed, and no value of another kind.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from churn_lib.customer.model import ATTRIBUTES, example
from churn_lib.customer.schema_file import parse
from churn_lib.offers.catalogue import OFFERS
from churn_lib.propose.offers import starter
from churn_lib.scale.statement import statement
from churn_lib.score.scorecard import scorecard
from tests.churn_lib.lint.companies import GYM, printed
from tests.churn_lib.scale.asked import DAY, DUCKDB, NATIVE, differences, native_table, run
from tests.churn_lib.scale.scoring import by_service, scored, texts, write_csv
from tests.churn_lib.score.test_other_schema import TERMS, trained

TEXTS = (
    "Ann",
    "ann ",
    "Cleo",
    "slow",
    "no pool",
    "1",
    "1.0",
    "true",
    "Yes",
    "",
    " ",
    "n/a",
    "x" * 600,
)
NUMBERS = (0.0, 1.0, 1.5, -1.0, 1e16, float("nan"), float("inf"), None)
KINDS: dict[pa.DataType, tuple[object, ...]] = {
    pa.string(): (*TEXTS, None),
    pa.float64(): NUMBERS,
    pa.int64(): (0, 1, 2, 10**16, None),
    pa.bool_(): (True, False, None),
}
OTHERS: tuple[object, ...] = (True, False, None, 0, 1, 1.5, 10**16, [], ["Ann"], {"a": 1})


def changed(fields: tuple[str, ...], values: tuple[object, ...]) -> list[dict[str, object]]:
    """A customer with each value in each of these columns."""
    plain = {name: value for name, value in example().__dict__.items() if name in ATTRIBUTES}
    asked = {name: value for name, value in plain.items() if ATTRIBUTES[name].asked}
    row = {**asked, "customerID": None}
    return [{**row, field: value} for field in fields or tuple(row) for value in values]


def in_csv(folder: Path) -> None:
    rows = [texts(row) for row in changed((), TEXTS)]
    found = scored(write_csv(folder / "in.csv", rows), folder / "out.csv")
    assert found.rejected == by_service(rows)


def in_ndjson(folder: Path) -> None:
    lines = [json.dumps(row) for row in changed((), (*TEXTS, *OTHERS))]
    path = folder / "in.ndjson"
    path.write_text("\n".join(lines), encoding="utf-8")
    assert scored(path, folder / "out.csv").rejected == by_service([x.encode() for x in lines])


def in_parquet(folder: Path) -> None:
    for field in ("coach", "customerID", "lane", "pool", "weight"):
        for kind, values in KINDS.items():
            rows = changed((field,), values)
            columns = {name: [row[name] for row in rows] for name in rows[0]}
            table = pa.table({**columns, field: pa.array(columns[field], kind)})
            pq.write_table(table, folder / "in.parquet")
            found = scored(folder / "in.parquet", folder / "out.parquet")
            assert found.rejected == by_service(table.to_pylist()), (field, kind)


PERHAPS = GYM.replace('label = "Pool"', 'label = "Pool"\nunknown = "may or may not swim"')
"""Of which it may be not known whether there is the service that another one needs."""

LANE: dict[str, object] = {
    "kind": "levels",
    "feature": "lane",
    "points": {"slow": 1, "fast": 2, "no pool": 4},
}
SERVICES: list[dict[str, object]] = [{**TERMS[0], "unknown": 8}, LANE]


def in_sql() -> None:
    """Each two values of a service and of one that needs it."""
    plain = {name: value for name, value in example().__dict__.items() if name in ATTRIBUTES}
    lanes = ("slow", "fast", "no pool", "No", "", None)
    rows = [{**plain, "pool": pool, "lane": lane} for pool in (0, 1, 2, None) for lane in lanes]
    request = replace(NATIVE, reasons=2, offers=False)
    assert differences(rows, scorecard(), request=request) == []
    found = run(statement(request, DUCKDB, scorecard(), None), native_table(rows))
    assert 4 <= sum(one["logit"] is not None for one in found) < len(rows)


@pytest.mark.parametrize("schema", [GYM, PERHAPS])
@pytest.mark.parametrize("terms", [SERVICES, SERVICES[:1], SERVICES[1:]])
def test_a_service_that_needs_another_is_checked_by_sql(
    schema: str, terms: list[dict[str, object]], tmp_path: Path
) -> None:
    trained(tmp_path, terms, schema)
    printed(
        tmp_path, schema, "from tests.churn_lib.scale.test_other_company import in_sql; in_sql()"
    )


@pytest.mark.parametrize("check", [in_csv, in_ndjson, in_parquet])
def test_the_same_rows_are_refused(check: Callable[[Path], None], tmp_path: Path) -> None:
    trained(tmp_path, TERMS[:5])
    (tmp_path / OFFERS).write_text(starter(parse(GYM), DAY), "utf-8")
    name = f"tests.churn_lib.scale.test_other_company import {check.__name__} as check"
    code = f"from pathlib import Path; from {name}; check(Path({str(tmp_path)!r}))"
    printed(tmp_path, GYM, code)

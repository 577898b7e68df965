"""`churn score` refuses exactly the rows that the service refuses, for the same fields."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn_lib.customer.contact import FACTS
from churn_lib.customer.model import ATTRIBUTES
from churn_lib.scale.head import Told
from tests.churn_lib.scale.scoring import (
    Row,
    by_service,
    customers,
    in_request,
    scored,
    texts,
    write_csv,
)

LETTER = "\N{CYRILLIC CAPITAL LETTER ZHE}"
"""Two bytes: of an identifier as many letters are allowed as elsewhere."""

WORDS = (
    *("", " ", "null", "NaN", "n/a", "yes", "YES ", "y", "t", "on", "true", "FALSE", "1", "0"),
    *("1.0", "01", "1e0", "1_0", "0x1F", "inf", "-inf", " 12 ", "\N{NO-BREAK SPACE}12", "1,5"),
    *("1e400", "5e-324", "-0", "+5", "1200", "1201", "1200.5", "10000", "10000.01", "12000001"),
    *("\N{ARABIC-INDIC DIGIT ONE}", "Ye\N{LATIN SMALL LETTER LONG S}", "\N{KELVIN SIGN}", "-"),
    *("No", "no internet service", "NO_PHONE-SERVICE", "Month to month", "DSL", "fiber.optic"),
    *("  Fiber  optic ", "mailed check", "Bank transfer (automatic) ", "Male", "FEMALE", "m"),
    *("\N{ZERO WIDTH NO-BREAK SPACE}Yes", "Yes\n", "=1+1", 'a"b', "a,b", "x" * 101, "2024-01-01"),
    *(LETTER * 80, LETTER * 101, "Yes" + " " * 400),
    *("." + "0" * 400, "9" * 400, "1e-400", "0" * 70_000),
)
FIELDS = ("customerID", *ATTRIBUTES, *FACTS)

PEOPLE = customers(40)
POINTS = Told(mark=".")

changes = st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(WORDS), max_size=3)


@settings(max_examples=12)
@given(st.lists(st.tuples(st.sampled_from(PEOPLE), changes), min_size=1, max_size=200))
def test_rows_of_csv(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[tuple[Row, dict[str, str]]]
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    blank = dict.fromkeys(FIELDS, "")
    rows = [{**blank, **texts(person), **changed} for person, changed in drawn]
    found = scored(write_csv(folder / "in.csv", rows), folder / "out.csv", told=POINTS)
    expected = by_service([in_request(row) for row in rows])
    assert found.rejected == expected
    assert found.outcome.rows == len(rows) - len(expected)


@pytest.mark.parametrize("plainly", [0, 8000])
def test_every_word_in_every_column_of_csv(tmp_path: Path, plainly: int) -> None:
    """plainly: rows before them that are as published, which are read in another way."""
    fields = FIELDS if not plainly else ("customerID", *ATTRIBUTES)
    blank = dict.fromkeys(fields, "")
    rows = [{**blank, **texts(PEOPLE[number % len(PEOPLE)])} for number in range(plainly)]
    rows += [
        {**blank, **texts(PEOPLE[number % len(PEOPLE)]), field: word}
        for field in fields
        for number, word in enumerate(WORDS)
    ]
    found = scored(write_csv(tmp_path / "in.csv", rows), tmp_path / "out.csv", told=POINTS)
    expected = by_service([in_request(row) for row in rows])
    assert found.rejected == expected
    assert 800 < len(expected) < len(rows) - 100


VALUES: tuple[object, ...] = (
    *WORDS,
    *(True, False, None, 0, 1, 2, -1, 1.0, 12.5, 1e300, 10**30, [], ["Yes"], {}, {"a": "Yes"}),
)
LINES = (
    "[]",
    "null",
    "{",
    '{"tenure": 1,}',
    '{"a": 1} x',
    "not json",
    '"text"',
    "{}",
    "\N{ZERO WIDTH NO-BREAK SPACE}{}",
)


def test_every_value_under_every_key_of_ndjson(tmp_path: Path) -> None:
    rows = [
        {**PEOPLE[number % len(PEOPLE)], field: value}
        for field in (*ATTRIBUTES, "customerID")
        for number, value in enumerate(VALUES)
    ]
    lines = [*map(json.dumps, rows), *LINES]
    path = tmp_path / "in.ndjson"
    path.write_text("\n".join(lines), encoding="utf-8")
    found = scored(path, tmp_path / "out.ndjson")
    assert found.rejected == by_service([line.encode() for line in lines])


@pytest.mark.parametrize(
    "change",
    [
        '{"tenure": 1, ',
        '{"Tenure": 1, ',
        '{"context": {"consent": "maybe"}, ',
        '{"context": {"consent": "yes", "channel": "sms"}, ',
        '{"context": {"foo": 1}, ',
        '{"context": 7, ',
        '{"extra": [1, {"a": ",}"}], ',
        '{"extra": NaN, ',
        '{"te\\u006eure": 1, ',
    ],
)
def test_keys_of_ndjson_that_are_more_than_there_should_be(tmp_path: Path, change: str) -> None:
    plain = [json.dumps(person) for person in PEOPLE[:3]]
    lines = [plain[0], change + plain[1][1:], plain[2]]
    path = tmp_path / "in.ndjson"
    path.write_text("\n".join(lines), encoding="utf-8")
    found = scored(path, tmp_path / "out.ndjson")
    assert found.rejected == by_service([line.encode() for line in lines])


NUMBERS = (None, 0, 1, 2, 12, 12.5, -1.0, 1200.0, 1201.0, 1e6, float("nan"), float("inf"), 1e308)


def test_every_number_in_every_column_of_parquet(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    names = [name for name, value in PEOPLE[0].items() if not isinstance(value, str)]
    rows = []
    for name in names:
        for number in NUMBERS:
            person = dict(PEOPLE[int(rng.integers(len(PEOPLE)))])
            rows.append({**person, name: None if number is None else float(number)})
    kinds = {name: pa.float64() if name in names else pa.string() for name in PEOPLE[0]}
    table = pa.table({name: pa.array([row[name] for row in rows], kinds[name]) for name in kinds})
    pq.write_table(table, tmp_path / "in.parquet")
    found = scored(tmp_path / "in.parquet", tmp_path / "out.parquet")
    assert found.rejected == by_service(table.to_pylist())


def test_every_word_in_every_column_of_parquet(tmp_path: Path) -> None:
    rows = [
        {**texts(PEOPLE[number % len(PEOPLE)]), field: word}
        for field in (*ATTRIBUTES, "customerID")
        for number, word in enumerate(WORDS)
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "in.parquet")
    found = scored(tmp_path / "in.parquet", tmp_path / "out.parquet", told=POINTS)
    assert found.rejected == by_service(rows)

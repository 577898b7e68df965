"""The job for Spark, on two workers: every row is in one of two folders, as the service says."""

from pathlib import Path

import pytest
from pyarrow import csv, dataset, parquet

from tests.engines.engine import Answer
from tests.engines.in_duckdb import as_arrow
from tests.engines.questions import PLACE, Questions, Types, questions


def job(folder: Path, asked: Questions, form: str) -> tuple[Answer, Answer]:
    """What the job writes about customers in a file of this form: the scored, and the refused."""
    from churn_lib.scale.spark import main

    customers, statement = folder / f"customers.{form}", folder / "score.sql"
    write = parquet.write_table if form == "parquet" else csv.write_csv
    write(as_arrow(asked.columns, asked.rows), customers)
    statement.write_text(f"-- a comment\n{asked.sql['spark']}\n", "utf-8")
    places = {name: str(folder / name) for name in ("scored", "rejected")}
    files = [f"--format={form}", f"--customers={customers}"]
    main([str(statement), *files, *(f"--{name}={place}" for name, place in places.items())])
    scored, rejected = (
        dataset.dataset(place, format=form).to_table().to_pylist() for place in places.values()
    )
    return scored, rejected


@pytest.mark.usefixtures("spark")
@pytest.mark.parametrize(("form", "types"), [("parquet", "native"), ("csv", "text")])
def test_every_row_is_scored_or_refused_and_says_why(
    form: str, types: Types, tmp_path: Path
) -> None:
    asked = questions(types, 200, 200)
    scored, rejected = job(tmp_path, asked, form)
    assert {"errors"} == rejected[0].keys() - scored[0].keys()
    wrong = {i: row["errors"] for i, row in enumerate(asked.expected) if row["errors"] is not None}
    assert {int(str(row[PLACE])): row["errors"] for row in rejected} == wrong
    offers = {i: row["offer"] for i, row in enumerate(asked.expected) if i not in wrong}
    assert {int(str(row[PLACE])): row["offer"] or None for row in scored} == offers

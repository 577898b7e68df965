"""A campaign for the customers of a file."""

import csv
import json
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from churn_lib.errors import DataError
from churn_lib.offers.catalogue import Catalogue, catalogue
from churn_lib.scale.campaign import Limits
from churn_lib.scale.campaign_file import CAMPAIGN, HOLDOUT, Outcome, campaign
from churn_lib.scale.files import form_of
from churn_lib.scale.gathered import OWN, Holdout
from churn_lib.scale.order import Order, Progress
from churn_lib.scale.request import Request
from churn_lib.scale.score import score
from churn_lib.score.scorecard import scorecard
from tests.churn_lib.offers.samples import TODAY
from tests.customers import Row, random_customer

KINDS = ["csv", "csv.gz", "parquet", "ndjson"]
NOBODY = Holdout(0.0, "spring")
REQUEST = Request(day=TODAY, reasons=0)
FREE = Limits(None, None, [None] * len(catalogue().offers))

Found = list[dict[str, object]]


def made_up(count: int, name: str = "customer {}") -> list[Row]:
    drawn = np.random.default_rng(7)
    return [{"customerID": name.format(n), **random_customer(drawn)} for n in range(count)]


def written(path: Path, rows: Sequence[Row]) -> Path:
    table = duckdb.from_arrow(pa.Table.from_pylist([texts(row) for row in rows]))
    if ".ndjson" in path.suffixes:
        path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    elif path.suffix == ".parquet":
        table.write_parquet(str(path))
    else:
        table.write_csv(str(path), compression="gzip" if path.suffix == ".gz" else "none")
    return path


def texts(row: Row) -> dict[str, str]:
    return {name: str(value) for name, value in row.items()}


def read(path: Path) -> Found:
    if ".csv" in path.suffixes:
        found = duckdb.read_csv(str(path), all_varchar=True)
    elif path.suffix == ".parquet":
        found = duckdb.read_parquet(str(path))
    else:
        found = duckdb.read_json(str(path))
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def silent(_done: int, _total: int | None) -> None:
    pass


def ordered(source: Path, target: Path, *, only: bool = False) -> Order:
    return Order(
        source=str(source),
        target=target,
        form=form_of(target),
        rejected=target.with_name("rejected.csv"),
        request=REQUEST,
        only=only,
    )


def ran(
    order: Order,
    limits: Limits = FREE,
    holdout: Holdout = NOBODY,
    offered: Catalogue | None = None,
    progress: Progress = silent,
) -> Outcome:
    return campaign(order, limits, holdout, scorecard(), offered or catalogue(), progress)


@pytest.mark.parametrize("kind", KINDS)
def test_without_limits_everybody_gets_the_offer_that_the_score_names(
    kind: str, tmp_path: Path
) -> None:
    source = written(tmp_path / f"customers.{kind}", made_up(300))
    scored, planned = tmp_path / f"scored.{kind}", tmp_path / f"planned.{kind}"
    score(ordered(source, scored), scorecard(), catalogue(), silent)
    done = ran(ordered(source, planned))
    assert done.rows == 300
    assert done.plan.gap == 0
    for customer, one, other in zip(read(source), read(scored), read(planned), strict=True):
        assert other["campaign_offer"] == one["offer"]
        value = money(one, "expected_value")
        assert money(other, "campaign_value") == pytest.approx(value, nan_ok=True)
        assert {**customer, **other} == other
        assert other["campaign_arm"] == CAMPAIGN


def money(row: dict[str, object], name: str) -> float:
    return math.nan if row[name] is None else float(str(row[name]))


@pytest.mark.parametrize("kind", ["csv.gz", "parquet"])
def test_all_limits_hold_in_what_is_written(kind: str, tmp_path: Path) -> None:
    source = written(tmp_path / f"customers.{kind}", made_up(300))
    target = tmp_path / f"planned.{kind}"
    limits = Limits(120.0, 60, [5] * len(FREE.caps))
    done = ran(ordered(source, target), limits)
    made = [row for row in read(target) if row["campaign_offer"] is not None]
    offers = [row["campaign_offer"] for row in made]
    assert 0 < len(made) <= 60
    assert max(map(offers.count, offers)) <= 5
    assert math.fsum(money(row, "campaign_cost") for row in made) <= 120
    assert math.fsum(money(row, "campaign_value") for row in made) == pytest.approx(done.plan.total)
    assert all(
        row["campaign_value"] is row["campaign_cost"] is None
        for row in read(target)
        if row["campaign_offer"] is None
    )


def test_rows_that_only_the_service_can_read_get_the_same_offers(tmp_path: Path) -> None:
    plain, strange = (
        written(tmp_path / f"{number}.parquet", made_up(60, name))
        for number, name in enumerate(("{}", "№ {}"))
    )
    limits = Limits(60.0, 20, FREE.caps)
    once, again = (
        ran(ordered(source, tmp_path / f"planned-{source.name}"), limits).plan
        for source in (plain, strange)
    )
    assert once.row.tolist() == again.row.tolist()
    assert once.offer.tolist() == again.offer.tolist()
    assert once.cost.tolist() == pytest.approx(again.cost.tolist())


def test_a_refused_row_is_in_a_file_of_its_own_and_has_no_offer(tmp_path: Path) -> None:
    rows = made_up(50)
    rows[10]["tenure"] = -1
    source, target = written(tmp_path / "rows.csv", rows), tmp_path / "planned.csv"
    done = ran(ordered(source, target))
    assert (done.rows, done.rejected) == (49, 1)
    assert [row["customerID"] for row in read(target)] == [
        row["customerID"] for number, row in enumerate(rows) if number != 10
    ]
    assert [row["customerID"] for row in read(tmp_path / "rejected.csv")] == ["customer 10"]


def test_who_is_held_out_gets_nothing_and_is_the_same_in_every_run(tmp_path: Path) -> None:
    rows = made_up(300)
    source = written(tmp_path / "customers.parquet", rows)
    mixed = written(tmp_path / "mixed.ndjson", rows[::-1])
    held = list[set[object]]()
    for name, limits in ((source, FREE), (mixed, Limits(50.0, 10, FREE.caps))):
        target = tmp_path / "planned.parquet"
        done = ran(ordered(name, target), limits, Holdout(0.2, "spring"))
        arms = {row["customerID"]: row for row in read(target)}
        held.append({who for who, row in arms.items() if row["campaign_arm"] == HOLDOUT})
        assert len(held[-1]) == done.held
        assert all(arms[who]["campaign_offer"] is None for who in held[-1])
    assert 30 < len(held[0]) < 90
    assert held[0] == held[1]


def test_what_brings_no_more_than_the_floor_is_not_made(tmp_path: Path) -> None:
    source = written(tmp_path / "customers.parquet", made_up(300))
    high = catalogue().assumptions.model_copy(update={"floor": 20.0})
    offered = catalogue().model_copy(update={"assumptions": high})
    plan = ran(ordered(source, tmp_path / "planned.csv"), offered=offered).plan
    assert len(plan.row)
    assert plan.value.min() > 20


def test_the_output_of_the_score_may_be_read(tmp_path: Path) -> None:
    source = written(tmp_path / "customers.parquet", made_up(30))
    scored, planned = tmp_path / "scored.csv", tmp_path / "planned.csv"
    score(ordered(source, scored), scorecard(), catalogue(), silent)
    ran(ordered(scored, planned))
    assert read(planned)[0].keys() == read(scored)[0].keys() | set(OWN)


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    source = written(tmp_path / "customers.parquet", made_up(30))
    ran(ordered(source, tmp_path / "planned.csv"))
    with pytest.raises(DataError, match="two columns would be called campaign_offer"):
        ran(ordered(tmp_path / "planned.csv", tmp_path / "again.csv"))


def test_only_the_identifier_comes_out_where_that_is_wanted(tmp_path: Path) -> None:
    source = written(tmp_path / "rows.csv", made_up(3))
    for name in ("planned.csv", "planned.ndjson", "planned.parquet"):
        ran(ordered(source, tmp_path / name, only=True))
        assert [*read(tmp_path / name)[0]] == ["customerID", *OWN]


def test_a_file_with_headings_alone_is_a_campaign_for_nobody(tmp_path: Path) -> None:
    source = written(tmp_path / "rows.csv", made_up(1))
    source.write_text(source.read_text().splitlines()[0] + "\n")
    done = ran(ordered(source, tmp_path / "planned.csv"), Limits(10.0, 1, FREE.caps))
    assert (done.rows, done.plan.total, done.plan.gap) == (0, 0, 0)
    assert (tmp_path / "planned.csv").read_text().endswith(f'"{OWN[-1]}"\n')


def test_a_catalogue_without_offers_makes_none(tmp_path: Path) -> None:
    source = written(tmp_path / "rows.csv", made_up(3))
    nothing = catalogue().model_copy(update={"offers": ()})
    done = ran(ordered(source, tmp_path / "planned.csv"), Limits(1.0, 1, []), offered=nothing)
    assert (done.rows, len(done.plan.row)) == (3, 0)


def test_whoever_stops_it_finds_nothing_half_written(tmp_path: Path) -> None:
    rows = made_up(20)
    rows[3]["tenure"] = -1
    source = written(tmp_path / "rows.csv", rows)

    def stop(_done: int, _total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ran(ordered(source, tmp_path / "planned.csv"), progress=stop)
    assert [path.name for path in tmp_path.iterdir()] == ["rows.csv"]


def test_a_file_is_not_written_over_itself(tmp_path: Path) -> None:
    source = written(tmp_path / "rows.csv", made_up(3))
    with pytest.raises(DataError, match=r"rows.csv would be read and written"):
        ran(ordered(source, source))


def test_columns_of_any_name_come_out_as_they_are(tmp_path: Path) -> None:
    source = written(tmp_path / "rows.csv", made_up(2))
    head, *rows = source.read_text().splitlines()
    lines = [f"{head},front,value_1,note,note", *(f"{row},a,b,c,d" for row in rows)]
    source.write_text("\n".join([*lines, ""]))
    ran(ordered(source, tmp_path / "all.csv"))
    names, *values = csv.reader((tmp_path / "all.csv").read_text().splitlines())
    assert names[-8:] == ["front", "value_1", "note", "note", *OWN]
    assert [row[-8:-4] for row in values] == [["a", "b", "c", "d"]] * 2
    ran(replace(ordered(source, tmp_path / "one.csv"), keep=("front",)))
    assert [*read(tmp_path / "one.csv")[0]] == ["front", *OWN]

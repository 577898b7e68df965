"""A campaign for a million customers and 12 offers within 14 limits: how far from the best possible
it can be at most, beside the most valuable offers first, and its time beside one score of the file.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from churn_lib.customer.model import SCHEMA
from churn_lib.offers.catalogue import catalogue
from churn_lib.scale.campaign import Limits
from churn_lib.scale.campaign_file import Outcome, campaign
from churn_lib.scale.files import Form
from churn_lib.scale.gathered import Holdout
from churn_lib.scale.order import Order
from churn_lib.scale.request import Request
from churn_lib.scale.score import score
from churn_lib.score.scorecard import scorecard
from tests.bench.figures import Goal, at_least, at_most
from tests.churn_lib.offers.samples import TODAY
from tests.customers import random_customer

CUSTOMERS, KINDS = 1_000_000, 20_000

Result = TypeVar("Result")


def figures() -> Iterator[Goal]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made_up(folder / "customers.parquet")
        order = ordered(folder)
        scored, _ = timed(lambda: score(order, scorecard(), catalogue(), silent))
        planned, done = timed(lambda: chosen(order))
    plan = done.plan
    limits = len(catalogue().offers) + 2
    print(f"{done.rows:,} customers, {limits} limits: {len(plan.row):,} contacts")
    print(f"value {plan.total:,.2f}, bound {plan.bound:,.2f}, greedy {plan.greedy:,.2f}")
    print(f"one score {scored:.1f} s, campaign {planned:.1f} s of processor time")
    yield at_most("proven gap of a campaign", plan.gap, 1e-4)
    yield at_least("value / the most valuable offers first", plan.total / plan.greedy, 1.3)
    yield at_most("processor time / one score with offers and reasons", planned / scored, 8)


def made_up(path: Path) -> None:
    """Customers of so many kinds, each with a bill of its own."""
    drawn = np.random.default_rng(1)
    kinds = pa.Table.from_pylist([random_customer(drawn) for _ in range(KINDS)])
    table = kinds.take(drawn.integers(0, KINDS, CUSTOMERS))
    assert isinstance(SCHEMA.bill, str)
    bill = table.schema.get_field_index(SCHEMA.bill)
    bills = table.column(bill).to_numpy() + drawn.uniform(0, 10, CUSTOMERS).round(2)
    table = table.set_column(bill, SCHEMA.bill, pa.array(bills.round(2)))
    identifiers = pa.array([f"made-up-{number}" for number in range(CUSTOMERS)])
    pq.write_table(table.add_column(0, "customerID", identifiers), path)


def ordered(folder: Path) -> Order:
    return Order(
        source=str(folder / "customers.parquet"),
        target=folder / "written.parquet",
        form=Form("parquet"),
        rejected=folder / "rejected.csv",
        request=Request(day=TODAY),
    )


def chosen(order: Order) -> Outcome:
    caps = [CUSTOMERS // 50] * len(catalogue().offers)
    limits = Limits(budget=0.5 * CUSTOMERS, contacts=CUSTOMERS // 10, caps=caps)
    return campaign(order, limits, Holdout(0.0, ""), scorecard(), catalogue(), silent)


def timed(work: Callable[[], Result]) -> tuple[float, Result]:
    """Seconds of the processor."""
    begun = time.process_time()
    result = work()
    return time.process_time() - begun, result


def silent(_done: int, _total: int | None) -> None:
    pass

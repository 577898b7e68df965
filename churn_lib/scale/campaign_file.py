"""A campaign for the customers of a file: who gets which offer stands beside what they sent."""

import shutil
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic_core import to_json

from churn_lib.offers.catalogue import Catalogue
from churn_lib.scale.campaign import Limits, Plan, choose
from churn_lib.scale.files import Form
from churn_lib.scale.gathered import OWN, Gathering, Holdout
from churn_lib.scale.order import Order, Progress
from churn_lib.scale.pairs import Truths
from churn_lib.scale.score import score
from churn_lib.scale.targets import is_standard, standard, whole
from churn_lib.score.scorecard import Scorecard

CAMPAIGN, HOLDOUT = "campaign", "holdout"
"""The two arms."""


class Outcome(NamedTuple):
    """held: customers who get nothing, so that they can be compared with. rejected: rows."""

    plan: Plan
    rows: int
    held: int
    rejected: int
    notes: tuple[str, ...]


def campaign(
    order: Order,
    limits: Limits,
    holdout: Holdout,
    card: Scorecard,
    catalogue: Catalogue,
    progress: Progress,
) -> Outcome:
    """Writes all customers that are not refused, with their offer or none, and those that are.

    Nothing is there before all is. Raises DataError for files that can't be read as a whole.
    """
    with TemporaryDirectory(prefix="churn-") as name:
        folder = Path(name)
        first = _gathering(order, folder, holdout, catalogue)
        done = score(first, card, catalogue, progress)
        gathered = first.tries[-1]
        priority = [offer.priority for offer in catalogue.offers]
        plan, held = choose(gathered.pairs(), limits, priority), gathered.held()
        names = np.array([offer.id for offer in catalogue.offers], object)
        is_line = order.form.kind == "ndjson"
        _write(order, first, folder, _Columns(plan, held, names, is_line))
    return Outcome(plan, done.rows, int(held.sum()), done.rejected, done.notes)


def _gathering(order: Order, folder: Path, holdout: Holdout, catalogue: Catalogue) -> Gathering:
    changed = {
        "target": folder / "customers",
        "form": Form("parquet"),
        "rejected": folder / "rejected",
        "request": replace(order.request, reasons=0, offers=True, each_offer=True),
    }
    return Gathering(
        **(vars(order) | changed),
        last=order,
        offers=len(catalogue.offers),
        floor=catalogue.assumptions.floor,
        holdout=holdout,
    )


def _write(order: Order, first: Gathering, folder: Path, columns: "_Columns") -> None:
    with ExitStack() as stack:
        ends = standard(folder) if is_standard(order.target) else whole(order.target)
        part = stack.enter_context(ends)
        rejected = stack.enter_context(whole(order.rejected))
        if first.rejected.exists():
            shutil.copyfile(first.rejected, rejected)
        else:
            rejected.unlink()
        sink = stack.enter_context(pa.output_stream(str(part), compression=order.form.packing))
        reader = stack.enter_context(pa.ipc.open_stream(str(first.target)))
        nothing = [pa.array([], kind) for kind in reader.schema.types]
        schema = columns.beside(pa.record_batch(nothing, reader.schema), 0).schema
        target = stack.enter_context(closing(order.ends(sink, schema)))
        row = 0
        for batch in reader:
            target.write(columns.beside(batch, row))
            row += batch.num_rows


@dataclass(frozen=True)
class _Columns:
    """What the campaign adds. names: of the offers. is_line: to what begins a line of JSON."""

    plan: Plan
    held: Truths
    names: np.ndarray[tuple[int], np.dtype[np.object_]]
    is_line: bool

    def beside(self, batch: pa.RecordBatch, row: int) -> pa.RecordBatch:
        """The batch with these columns. row: of its first customer."""
        own = pa.record_batch(self._of(row, batch.num_rows), OWN)
        if not self.is_line:
            named = [*batch.schema.names, *OWN]
            return pa.record_batch([*batch.columns, *own.columns], named)
        ends = [to_json(line).decode()[1:] for line in own.to_pylist()]
        line = pc.binary_join_element_wise(batch.column(0), pa.array(ends, pa.string()), "")
        return pa.record_batch([line], ["line"])

    def _of(self, row: int, rows: int) -> list[pa.Array]:
        plan = self.plan
        first, last = np.searchsorted(plan.row, [row, row + rows])
        places = plan.row[first:last] - row
        offer = np.full(rows, None, object)
        offer[places] = self.names[plan.offer[first:last]]
        money = np.full((2, rows), np.nan)
        money[:, places] = plan.value[first:last], plan.cost[first:last]
        arm = np.where(self.held[row : row + rows], HOLDOUT, CAMPAIGN)
        return [
            pa.array(offer, pa.string()),
            *(pa.array(one, pa.float64(), from_pandas=True) for one in money),
            pa.array(arm.astype(object), pa.string()),
        ]

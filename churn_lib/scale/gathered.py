"""The first half of a campaign: what every offer would bring and cost for each customer of a file.

The customers themselves wait in a file of Arrow's until it is decided who gets what.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from churn_lib.scale.answered import FRONT, Shape, check_names, kept_places
from churn_lib.scale.fields import IDENTIFIER
from churn_lib.scale.holdout import held_out
from churn_lib.scale.order import Order
from churn_lib.scale.pairs import Floats, Pairs, Truths, joined, pairs
from churn_lib.scale.source import Source

OWN = ("campaign_offer", "campaign_value", "campaign_cost", "campaign_arm")
"""The columns of a campaign; `churn score` writes others, whose output may be read."""

WHO = "churn_who"


@dataclass(frozen=True)
class Holdout:
    """A share, from 0 to below 1, of all customers, drawn by the name of the campaign."""

    share: float
    name: str


@dataclass(frozen=True)
class Valued(Shape):
    """What is kept, who it is, and the value and the cost of each offer. is_line: whether what is
    kept is the beginning of a line of JSON.
    """

    is_line: bool = False

    def names(self, source: Source) -> list[str]:
        kept, *_ = self._parts(source)
        return [*kept, WHO, *self.own]

    def _columns(self, source: Source) -> list[str]:
        _, columns = self._parts(source)
        who = source.fields.get(IDENTIFIER)
        # As bytes, which no protection against formulas changes.
        encoded = f"encode(CAST({who} AS VARCHAR))" if who else "CAST(NULL AS BLOB)"
        return [*columns, f"{encoded} AS {WHO}", *self.own, self._again(source)]

    def _parts(self, source: Source) -> tuple[list[str], list[str]]:
        if self.is_line:
            return [FRONT], [f"{self._front(source)} AS {FRONT}"]
        names = [source.names[place] for place in self.kept]
        return names, [self._kept(source, place) for place in self.kept]


class Gathered:
    """Takes the rows of that shape. floor: what an offer must bring more than."""

    def __init__(
        self, sink: pa.NativeFile, schema: pa.Schema, offers: int, floor: float, holdout: Holdout
    ) -> None:
        self._offers, self._floor, self._holdout = offers, floor, holdout
        self._kept = range(len(schema) - 2 * offers - 1)
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        kept = pa.schema([schema.field(place) for place in self._kept])
        self._writer = pa.ipc.new_stream(sink, kept, options=options)
        self._parts: list[Pairs] = [pairs(np.empty((0, offers)), np.empty((0, offers)))]
        self._held: list[Truths] = [np.empty(0, bool)]
        self._rows = 0

    def write(self, batch: pa.RecordBatch) -> None:
        held = self._held_out(batch.column(len(self._kept)))
        values, costs = (self._money(batch, first) for first in (1, 2))
        values[(values <= self._floor) | held[:, None]] = np.nan
        self._parts.append(pairs(values, costs, self._rows))
        self._held.append(held)
        self._rows += batch.num_rows
        self._writer.write_batch(batch.select([*self._kept]))

    def close(self) -> None:
        self._writer.close()

    def pairs(self) -> Pairs:
        """All pairs that may be made, which are given away."""
        parts, self._parts = self._parts, []
        return joined(parts)

    def held(self) -> Truths:
        """Whether each customer is held out."""
        return np.concatenate(self._held)

    def _held_out(self, who: pa.Array) -> Truths:
        if not self._holdout.share:
            return np.zeros(len(who), bool)
        name, share = self._holdout.name, self._holdout.share
        found = held_out(name, share, who.to_pylist(), self._rows + 1)
        return np.fromiter(found, bool, len(who))

    def _money(self, batch: pa.RecordBatch, first: int) -> Floats:
        """The values, or the costs, which stand by turns; NaN where an offer is not allowed."""
        places = range(len(self._kept) + first, batch.num_columns, 2)
        columns = [batch.column(place).to_numpy(zero_copy_only=False) for place in places]
        return np.array(columns, float).reshape(self._offers, batch.num_rows).T


@dataclass(frozen=True, kw_only=True)
class Gathering(Order):
    """An order whose rows wait in a folder. last: what is written in the end."""

    last: Order
    offers: int
    floor: float
    holdout: Holdout
    tries: list[Gathered] = field(default_factory=list)

    def shape(self, source: Source) -> Shape:
        last = self.last
        kept = kept_places(source, last.keep, only=last.only)
        check_names(Shape(last.form.kind, kept, OWN, last.safe), source)
        is_line = last.form.kind == "ndjson"
        kind = "parquet" if is_line else last.form.kind
        return Valued(kind, kept, tuple(self._own()), last.safe, is_line=is_line)

    def _own(self) -> Iterator[str]:
        for number in range(1, self.offers + 1):
            yield f"value_{number}"
            yield f"cost_{number}"

    def ends(self, sink: pa.NativeFile, schema: pa.Schema) -> Gathered:
        self.tries.append(Gathered(sink, schema, self.offers, self.floor, self.holdout))
        return self.tries[-1]

    def outputs(self) -> tuple[Path, ...]:
        return self.last.outputs()

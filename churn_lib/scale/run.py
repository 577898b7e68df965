"""One pass over all sources: SQL scores the rows, the service reads those that SQL leaves to it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from churn_lib.offers.catalogue import Catalogue
from churn_lib.scale.again import Again
from churn_lib.scale.answered import AGAIN
from churn_lib.scale.dialects import DIALECTS
from churn_lib.scale.fields import IDENTIFIER
from churn_lib.scale.order import Order, Progress
from churn_lib.scale.reference import Answer, Reference
from churn_lib.scale.rejected import Records, Rejected
from churn_lib.scale.source import Source
from churn_lib.scale.statement import statement
from churn_lib.scale.written import Words
from churn_lib.score.scorecard import Scorecard

if TYPE_CHECKING:
    from churn_lib.scale.targets import Target

BATCH, MOST_CELLS = 100_000, 5_000_000
"""Rows at once, and values of them."""

MEMORY = 512
"""Megabytes that DuckDB may take; some more for each column, for it holds many rows at once."""

TABLE = "churn_file"

SETTINGS: Mapping[str, str] = {
    # It would push TRY_CAST into the reader of CSV, where a text that is no number is an error.
    "disabled_optimizers": "'type_pushdown'",
    "enable_progress_bar": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
}


class UnreadError(Exception):
    """DuckDB can't read a source. place: which one."""

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.place = place


class Run:
    """One try to score all sources."""

    def __init__(
        self,
        order: Order,
        card: Scorecard,
        catalogue: Catalogue | None,
        opened: Sequence[Source],
        progress: Progress,
    ) -> None:
        self.order, self._card, self._catalogue = order, card, catalogue
        self._opened, self._progress = opened, progress
        self.words = Words(card, catalogue, order.request) if catalogue and order.missing else None
        self._again = Again(Reference(order.request, card, catalogue), order, self.words)
        self._shape = order.shape(opened[0])
        self._expected = _total(source.rows for source in opened)
        self._seen = 0

    def write(self, sink: pa.NativeFile, rejected: Rejected) -> int:
        """How many rows were written."""
        order, first, rows = self.order, self._opened[0], 0
        with ExitStack() as stack:
            ends: Target | None = None
            for place in range(len(self._opened)):
                connection = stack.enter_context(_connected(len(first.names)))
                reader = self._reader(place, connection)
                if ends is None:
                    schema = self._shape.finished(first, _empty(reader.schema), {}).schema
                    ends = stack.enter_context(closing(order.ends(sink, schema)))
                for batch in self._answered(place, reader, rejected):
                    ends.write(batch)
                    rows += batch.num_rows
        return rows

    def notes(self) -> tuple[str, ...]:
        return tuple(f"{one.path.name}: {note}" for one in self._opened for note in one.notes)

    def _reader(self, place: int, connection: duckdb.DuckDBPyConnection) -> pa.RecordBatchReader:
        source = self._opened[place]
        asked = replace(
            self.order.request,
            table=TABLE,
            facts=source.facts,
            protected=source.protected,
            columns={name: at for name, at in source.fields.items() if name != IDENTIFIER},
            types=source.types,
        )
        scored = statement(asked, DIALECTS["duckdb"], self._card, self._catalogue)
        rows = max(1000, min(BATCH, MOST_CELLS // len(source.names)))
        try:
            connection.execute(f"CREATE TEMP VIEW {TABLE} AS {source.table}")
            found = connection.sql(self._shape.select(source, scored))
            reader: pa.RecordBatchReader = found.to_arrow_reader(rows)
        except duckdb.Error as error:
            raise UnreadError(place) from error
        return reader

    def _answered(
        self, place: int, reader: pa.RecordBatchReader, rejected: Rejected
    ) -> Iterator[pa.RecordBatch]:
        source = self._opened[place]
        records = Records(source, rejected)
        for batch in _read(reader, place):
            yield self._shape.finished(source, batch, self._by_service(source, batch, records))
            records.done(batch.num_rows)
            self._seen += batch.num_rows
            self._progress(self._seen, self._expected)
        records.end()

    def _by_service(
        self, source: Source, batch: pa.RecordBatch, records: Records
    ) -> dict[int, Answer | None]:
        """The answers of the service, by place; None where it refuses the row."""
        answers: dict[int, Answer | None] = {}
        column = batch.column(AGAIN)
        for place in pc.indices_nonzero(pc.is_valid(column)).to_pylist():
            answer = self._again.answer(source, column[place].as_py())
            if isinstance(answer, tuple):
                records.refuse(place, *answer)
            answers[place] = None if isinstance(answer, tuple) else answer
        return answers


def _connected(columns: int) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(f"SET memory_limit = '{MEMORY + columns // 2}MB'")
    for name, setting in SETTINGS.items():
        connection.execute(f"SET {name} = {setting}")
    return connection


def _read(reader: pa.RecordBatchReader, place: int) -> Iterator[pa.RecordBatch]:
    """Raises UnreadError where DuckDB finds the source damaged."""
    while True:
        try:
            batch = reader.read_next_batch()
        except StopIteration:
            return
        except (OSError, pa.ArrowException) as error:
            raise UnreadError(place) from error
        yield batch


def _empty(schema: pa.Schema) -> pa.RecordBatch:
    # Made of lists it would import pandas, where that is there: half a second.
    return pa.record_batch([pa.nulls(0, kind) for kind in schema.types], schema=schema)


def _total(rows: Iterable[int | None]) -> int | None:
    known = [*rows]
    return None if None in known else sum(filter(None, known))

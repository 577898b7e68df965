"""Files of customers, scored by DuckDB: out of core, in their order, refused rows apart."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pyarrow as pa

from churn_lib.errors import DataError
from churn_lib.offers.catalogue import Catalogue
from churn_lib.scale.csv_source import Asked
from churn_lib.scale.order import Order, Progress
from churn_lib.scale.rejected import Rejected
from churn_lib.scale.run import Run, UnreadError
from churn_lib.scale.source import Source
from churn_lib.scale.sources import sources
from churn_lib.scale.targets import is_standard, standard, whole
from churn_lib.scale.written import list_missing
from churn_lib.score.scorecard import Scorecard
from churn_lib.words.texts import Key


class Outcome(NamedTuple):
    """rows: that have a score. missing: texts that nobody has approved, and for how many rows.
    notes: what was found out about the files and may be wrong.
    """

    rows: int
    rejected: int
    missing: Mapping[Key, int]
    notes: tuple[str, ...]


def score(
    order: Order, card: Scorecard, catalogue: Catalogue | None, progress: Progress
) -> Outcome:
    """Writes the scored rows and those that are refused. Nothing is there before all is.

    Raises DataError for files that can't be read as a whole.
    """
    with TemporaryDirectory(prefix="churn-") as name:
        folder = Path(name)
        opened = sources(order.source, Asked(order.told, order.columns, folder))
        _check(order, opened)
        while True:
            try:
                return _written(Run(order, card, catalogue, opened, progress), folder)
            except UnreadError as unread:
                # What DuckDB refuses, Python's csv reads, or says what is wrong and where.
                opened[unread.place] = opened[unread.place].damage()


def _check(order: Order, opened: Sequence[Source]) -> None:
    ours = {path.resolve() for path in order.outputs() if not is_standard(path)}
    for source in opened:
        if source.path.resolve() in ours:
            wrong = f"{source.path.name} would be read and written"
            raise DataError(f"{wrong}; write to another folder, or under another name")


def _written(run: Run, folder: Path) -> Outcome:
    order = run.order
    with ExitStack() as stack:
        ends = standard(folder) if is_standard(order.target) else whole(order.target)
        part = stack.enter_context(ends)
        rejected = Rejected(stack.enter_context(whole(order.rejected)))
        stack.enter_context(rejected)
        words = None if run.words is None else stack.enter_context(closing(run.words))
        sink = pa.output_stream(str(part), compression=order.form.packing)
        rows = run.write(stack.enter_context(sink), rejected)
        missing = {} if words is None else words.missing
        if order.missing:
            listed = stack.enter_context(whole(order.missing))
            list_missing(missing, listed)
    return Outcome(rows, rejected.count, missing, run.notes())

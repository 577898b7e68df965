"""The rows that have no score, in a file of their own, and what is wrong with them in words."""

import csv
import re
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from churn_lib.customer.reading import identified
from churn_lib.errors import FieldFault, InputError
from churn_lib.scale.fields import IDENTIFIER
from churn_lib.scale.source import Source
from churn_lib.scale.targets import FORMULA
from churn_lib.scale.tidy import Uneven

HEADINGS = ("file", "record", IDENTIFIER, "fields", "errors")
ENDING = ".rejected.csv"

ROW = "(row)"


class Rejected:
    """The file; where no row is refused, there is none in the end."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(HEADINGS)
        self.count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        if not self.count:
            self._path.unlink(missing_ok=True)

    def add(self, file: str, record: int, row: object, error: InputError) -> None:
        who = identified(row).get(IDENTIFIER, "")
        self._write(file, record, who, error.faults)

    def add_uneven(self, file: str, uneven: Uneven) -> None:
        self._write(file, uneven.record, "", [FieldFault(ROW, uneven.words)])

    def _write(self, file: str, record: int, who: str, faults: Sequence[FieldFault]) -> None:
        fields = "; ".join(fault.field for fault in faults)
        words = "; ".join(f"{fault.field}: {fault.message}" for fault in faults)
        self._writer.writerow([file, record, re.sub(FORMULA, r"'\1", who), fields, words])
        self.count += 1


class Records:
    """Counts the rows of a source, and writes those that are refused in their order.

    The first customer has the number 1, and rows that are not in the table count too.
    """

    def __init__(self, source: Source, rejected: Rejected) -> None:
        self._file, self._rejected = source.path.name, rejected
        self._uneven = source.uneven
        self._done = self._skipped = 0

    def refuse(self, place: int, row: object, error: InputError) -> None:
        """place: of the row in the batch."""
        record = self._skip(self._done + place + 1)
        self._rejected.add(self._file, record, row, error)

    def done(self, rows: int) -> None:
        """Goes on to the next batch."""
        self._done += rows

    def end(self) -> None:
        for uneven in self._uneven[self._skipped :]:
            self._rejected.add_uneven(self._file, uneven)

    def _skip(self, number: int) -> int:
        """The number of a row, of which this is the one among those of the table."""
        while self._skipped < len(self._uneven):
            uneven = self._uneven[self._skipped]
            if uneven.record > number + self._skipped:
                break
            self._rejected.add_uneven(self._file, uneven)
            self._skipped += 1
        return number + self._skipped

"""The columns that come out: those of the file that are kept, and the answer's own beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from pydantic_core import to_json

from churn_lib.customer.faults import shown
from churn_lib.errors import DataError
from churn_lib.scale.fields import IDENTIFIER
from churn_lib.scale.files import Kind
from churn_lib.scale.reference import Answer
from churn_lib.scale.source import Source
from churn_lib.scale.targets import without_formulas

AGAIN = "again"
"""What the service needs to read a row; null where SQL has scored it."""

FRONT, BACK = "front", "back"
"""Of a line of JSON: what stands there, and the answer."""


NOTHING = "CAST(NULL AS VARCHAR)"


@dataclass(frozen=True)
class Shape:
    """kept: places of the file's columns. own: the answer's columns. safe: whether no text of the
    file may look like a formula either. words: columns of offers in words, which only the service
    has.
    """

    kind: Kind
    kept: tuple[int, ...]
    own: tuple[str, ...]
    safe: bool = False
    words: tuple[str, ...] = ()

    def select(self, source: Source, scored: str) -> str:
        """scored: the statement, which has all columns of the source."""
        return f"SELECT {', '.join(self._columns(source))} FROM ({scored})"

    def _columns(self, source: Source) -> list[str]:
        left = f"churn_probability IS NULL OR {source.doubtful}"
        left += " OR offer IS NOT NULL" if self.words else ""
        again = f"CASE WHEN {left} THEN {source.raw} END AS {AGAIN}"
        if self.kind == "ndjson":
            parts = ", ".join(f"{name} := {sql}" for name, sql in self._answer().items())
            back = f"SUBSTR(CAST(to_json(struct_pack({parts})) AS VARCHAR), 2)"
            return [f"{self._front(source)} AS {FRONT}", f"{back} AS {BACK}", again]
        kept = [self._kept(source, place) for place in self.kept]
        answer = [f"{sql} AS {name}" for name, sql in self._answer().items()]
        return [*kept, *answer, again]

    def _answer(self) -> dict[str, str]:
        """SQL of each column of the answer."""
        return {name: name for name in self.own} | dict.fromkeys(self.words, NOTHING)

    def _kept(self, source: Source, place: int) -> str:
        column = f"c{place}"
        if self.kind == "csv" and place in source.nested:
            return f"CAST({column} AS VARCHAR) AS {column}"
        return column

    def _front(self, source: Source) -> str:
        if not self.kept:
            return "'{'"
        if self.is_whole_line(source):
            text = f"RTRIM({source.line})"
        else:
            parts = [f"{quoted(source.names[place])} := c{place}" for place in self.kept]
            text = f"CAST(to_json(struct_pack({', '.join(parts)})) AS VARCHAR)"
        return f"LEFT({text}, LENGTH({text}) - 1) || ','"

    def is_whole_line(self, source: Source) -> bool:
        """Whether a line of JSON comes out as it is, with the answer at its end."""
        return source.line is not None and len(self.kept) == len(source.names)

    def names(self, source: Source) -> list[str]:
        """The headings of what comes out."""
        return [*(source.names[place] for place in self.kept), *self._answer()]

    def finished(
        self, source: Source, batch: pa.RecordBatch, answers: Mapping[int, Answer | None]
    ) -> pa.RecordBatch:
        """The rows that come out. answers: of the service, by place; None for a refused row."""
        if answers:
            batch = self._with(batch, answers)
        if self.kind == "ndjson":
            line = pc.binary_join_element_wise(batch.column(FRONT), batch.column(BACK), "")
            return pa.record_batch([line], ["line"])
        batch = batch.drop_columns([AGAIN])
        batch = self._without_formulas(batch) if self.kind == "csv" else batch
        return batch.rename_columns(self.names(source))

    def _with(self, batch: pa.RecordBatch, answers: Mapping[int, Answer | None]) -> pa.RecordBatch:
        found = {place: answer for place, answer in answers.items() if answer is not None}
        mask = _mask(batch.num_rows, found)
        for name in [BACK] if self.kind == "ndjson" else self._answer():
            number = batch.schema.get_field_index(name)
            values = [self._value(name, answer) for answer in found.values()]
            column = batch.column(number)
            replaced = pc.replace_with_mask(column, mask, pa.array(values, column.type))
            batch = batch.set_column(number, name, replaced)
        refused = [place for place, answer in answers.items() if answer is None]
        return batch.filter(pc.invert(_mask(batch.num_rows, refused)))

    def _value(self, name: str, answer: Answer) -> str | float | None:
        if name == BACK:
            return to_json({own: answer[own] for own in self._answer()}).decode()[1:]
        return answer[name]

    def _without_formulas(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        first = 0 if self.safe else len(self.kept)
        for number in range(first, batch.num_columns):
            column = batch.column(number)
            if pa.types.is_string(column.type):
                safe = without_formulas(column)
                batch = batch.set_column(number, batch.schema.field(number).name, safe)
        return batch


def kept_places(source: Source, wanted: Sequence[str] | None, *, only: bool) -> tuple[int, ...]:
    """The places of the columns to keep. wanted: their headings; None for all. only: those and no
    other, and the identifier where none is named. Raises DataError for one that is not there.
    """
    if only and wanted is None:
        column = source.fields.get(IDENTIFIER)
        return (int(column[1:]),) if column else ()
    if wanted is None:
        return tuple(range(len(source.names)))
    for name in wanted:
        if name not in source.names:
            raise DataError(f"{source.path.name} has no column {shown(name)}, which --keep names")
    return tuple(source.names.index(name) for name in wanted)


def check_names(shape: Shape, source: Source) -> None:
    """Raises DataError where two columns that come out have one name, but for two of a CSV file."""
    seen = set[str]()
    exact = shape.kind == "csv" or shape.is_whole_line(source)
    for name in shape.names(source):
        known = name if exact else name.casefold()
        if known in seen and (shape.kind != "csv" or name in (*shape.own, *shape.words)):
            wrong = f"two columns would be called {shown(name)}"
            advice = "--keep names the columns that come out, and --only leaves all out"
            raise DataError(f"{source.path.name}: {wrong}; {advice}")
        seen.add(known)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _mask(length: int, places: Mapping[int, Answer] | Sequence[int]) -> pa.BooleanArray:
    chosen = set(places)
    return pa.array([place in chosen for place in range(length)], pa.bool_())

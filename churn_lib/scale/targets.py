"""What is written: under its final name when it is whole, and before that under another one."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from churn_lib.errors import DataError
from churn_lib.scale.files import STANDARD, Form

FORMULA = r"^([=+\-@\t\r])"
"""How a text begins that a spreadsheet takes for a formula."""


class Target(Protocol):
    """Takes rows, batch by batch."""

    def write(self, batch: pa.RecordBatch) -> None: ...

    def close(self) -> None: ...


class JsonLines:
    """Writes the lines of a column, which is all that a batch holds."""

    def __init__(self, sink: pa.NativeFile) -> None:
        self._sink = sink

    def write(self, batch: pa.RecordBatch) -> None:
        if batch.num_rows:
            self._sink.write("\n".join([*batch.column(0).to_pylist(), ""]).encode())

    def close(self) -> None:
        """There is nothing to end."""


def target(form: Form, path: Path, sink: pa.NativeFile, schema: pa.Schema) -> Target:
    """Writes batches of this schema. path: its name says what separates values."""
    writer: Target
    if form.kind == "parquet":
        writer = pq.ParquetWriter(sink, schema)
    elif form.kind == "ndjson":
        writer = JsonLines(sink)
    else:
        separator = "\t" if ".tsv" in path.suffixes else ","
        options = pacsv.WriteOptions(delimiter=separator)
        writer = pacsv.CSVWriter(sink, schema, write_options=options)
    return writer


def without_formulas(column: pa.Array) -> pa.Array:
    """The texts with an apostrophe before what a spreadsheet would take for a formula."""
    return pc.replace_substring_regex(column, FORMULA, r"'\1")


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Another name in the same folder; what is there at the end is on the disk under its own name.

    Where there is nothing, nothing is left under its own name. Where anything is raised, nothing is
    left under the other one, and what stood there before stays. Raises DataError where there can be
    no such file.
    """
    if path.is_dir() or not path.parent.is_dir():
        wrong = "is a folder" if path.is_dir() else "would be in a folder that is not there"
        raise DataError(f"{path} {wrong}; name a file in a folder that is there")
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    os.close(number)
    part = Path(name)
    try:
        yield part
        if part.exists():
            part.chmod(0o666 & ~_mask())
            _keep(part)
            part.replace(path)
        else:
            path.unlink(missing_ok=True)
    finally:
        part.unlink(missing_ok=True)
    _keep(path.parent)


@contextmanager
def standard(folder: Path) -> Iterator[Path]:
    """A file of this folder, which goes to standard output when it is whole."""
    part = folder / "standard-output"
    yield part
    with part.open("rb") as file:
        shutil.copyfileobj(file, sys.stdout.buffer)
    sys.stdout.buffer.flush()


def is_standard(path: Path) -> bool:
    return str(path) == STANDARD


def _keep(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _mask() -> int:
    """The mask of new files' permissions, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask

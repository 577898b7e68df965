"""Which files are read and written, and of what kind they are: their names say so."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

from churn_lib.errors import DataError

Kind = Literal["csv", "parquet", "ndjson"]
Packing = Literal["gzip", "zstd"]

KINDS: Mapping[str, Kind] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "ndjson",
}
PACKED: Mapping[str, Packing] = {".gz": "gzip", ".zst": "zstd"}

STANDARD = "-"
"""Standard input, or standard output."""

WILD = frozenset("*?[")
"""What makes a name a pattern."""

ENDINGS = ".csv, .parquet or .ndjson; .csv and .ndjson may be followed by .gz or .zst"


class Form(NamedTuple):
    """What is in a file, and how it is packed."""

    kind: Kind
    packing: Packing | None = None


def form_of(path: Path) -> Form:
    """The form that a file's name promises. Raises DataError where it promises none."""
    packing = PACKED.get(path.suffix.casefold())
    kind = KINDS.get((path.with_suffix("") if packing else path).suffix.casefold())
    if kind is None or (packing and kind == "parquet"):
        raise DataError(f"{path.name} must be a file whose name ends in {ENDINGS}")
    return Form(kind, packing)


def found(pattern: str) -> list[Path]:
    """The file of this name, or the files that a pattern names, in the order of their names.

    Raises DataError where there is none, and for one without any content.
    """
    path = Path(pattern)
    if WILD.isdisjoint(pattern) or path.exists():
        files = [path]
    else:
        root = Path(path.anchor)
        files = sorted(one for one in root.glob(str(path.relative_to(root))) if one.is_file())
    if not files:
        raise DataError(f"{pattern}: no file has such a name")
    for file in files:
        _check(file)
    return files


def _check(path: Path) -> None:
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except OSError as error:
        raise DataError(f"{path.name} can't be read: {error.strerror}") from error
    if empty:
        raise DataError(f"{path.name} is empty")


def from_standard(stream: BinaryIO, folder: Path) -> Path:
    """Standard input as a file of this folder, whose first bytes say its kind."""
    first = stream.read(4)
    kind = ".parquet" if first == b"PAR1" else ".ndjson" if first[:1] == b"{" else ".csv"
    path = folder / f"standard-input{kind}"
    with path.open("wb") as file:
        file.write(first)
        shutil.copyfileobj(stream, file)
    return path

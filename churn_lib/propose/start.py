"""From a file of customers to the files of a company of one's own."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from churn_lib.customer.schema import CUSTOMER
from churn_lib.customer.schema_file import parse
from churn_lib.customer.spelling import plain
from churn_lib.errors import ArtifactError, DataError
from churn_lib.propose.again import extended, names_of, told
from churn_lib.propose.doubts import Doubt
from churn_lib.propose.offers import starter
from churn_lib.propose.proposal import Proposal, propose
from churn_lib.propose.toml import written
from churn_lib.tables.read import read_table

OFFERS = "offers.toml"

MARK = "\ufeff"
"""What some editors put before a text."""


class Started(NamedTuple):
    """files: what was written, by name. doubts: the worst first. again: the schema was there."""

    proposal: Proposal
    files: Mapping[str, str]
    doubts: Sequence[Doubt]
    again: bool


def start(
    file: Path, folder: Path, *, target: str, left: str | None = None, sheet: str | None = None
) -> Started:
    """Writes the schema for a file of customers, and offers, where there are none.

    target: the column that says who left. left: its value of those. A schema that is there keeps
    every line. Raises DataError where nothing can be proposed or written, ArtifactError where the
    schema that is there has faults.
    """
    table = read_table(file, {plain(target)}, sheet).table
    before = _text(folder / CUSTOMER)
    if before is None:
        proposal = propose(table, target, left, file.name)
        doubts, text = proposal.doubts, written(proposal, file.name)
    else:
        edited = parse(before.removeprefix(MARK))
        proposal = propose(table, target, left, file.name, names_of(edited))
        doubts, text = told(edited, proposal), extended(before, edited, proposal, file.name)
    files = {} if text == before else {CUSTOMER: text}
    schema = parse(text.removeprefix(MARK))  # a fault of ours must not be written
    if not (folder / OFFERS).exists():
        files[OFFERS] = starter(schema)
    _write(folder, files)
    return Started(proposal, files, doubts, before is not None)


def _text(path: Path) -> str | None:
    """The schema that is there, every character of it."""
    try:
        return path.read_bytes().decode()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ArtifactError(f"{path.name} can't be read: {reason}") from None


def _write(folder: Path, files: Mapping[str, str]) -> None:
    """Replaces these files of the folder, once all of them are on the disk."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".new-") as fresh:
            for name, text in files.items():
                (Path(fresh) / name).write_bytes(text.encode())
            for name in files:
                (Path(fresh) / name).replace(folder / name)
    except OSError as error:
        raise DataError(f"{folder} can't be made or written: {error.strerror}") from error

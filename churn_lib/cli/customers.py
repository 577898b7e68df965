"""Customers of a file, a table or NDJSON, for commands that ask about many."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from churn_lib.cli.terminal import require
from churn_lib.customer.json_text import read_json
from churn_lib.customer.model import Customer
from churn_lib.customer.reading import read_columns
from churn_lib.errors import DataError, FieldFault, InputError, MalformedError

NDJSON = (".ndjson", ".jsonl", ".json")
"""How names of files end that hold a customer a line; all others are tables."""

Row = Mapping[str, object] | bytes
Model = TypeVar("Model", bound=Customer)


def read_customers(path: Path) -> Iterator[Customer]:
    """The customers of a table, or of a file of NDJSON; columns that are no attributes are ignored.

    Raises DataError, with the number of the first faulty row, the heading of what is wrong, and
    without a value of it.
    """
    return read_as(Customer, path)


def read_as(model: type[Model], path: Path) -> Iterator[Model]:
    """The same as a model of a customer; a table has no more than the attributes.

    Raises DataError, as `read_customers` says.
    """
    rows, headings = _rows(model, path)
    for number, found in enumerate(rows, start=1):
        if not isinstance(found, model):
            faults = [f"{headings.get(field, field)}: {text}" for field, text in found]
            raise DataError(f"{path.name}, customer {number}: {'; '.join(faults)}")
        yield found


def customers_or_faults(path: Path) -> Iterator[Customer | Sequence[FieldFault]]:
    """The same, with what is wrong in the place of each row that is not allowed."""
    return _rows(Customer, path)[0]


def _rows(
    model: type[Model], path: Path
) -> tuple[Iterator[Model | Sequence[FieldFault]], Mapping[str, str]]:
    """The rows as they are read, and the heading of each attribute."""
    is_text = path.suffix.casefold() in NDJSON
    rows, headings = (_lines(path), {}) if is_text else _table(path)
    return (_read(model, path, number, row) for number, row in enumerate(rows, start=1)), headings


def _read(model: type[Model], path: Path, number: int, row: Row) -> Model | Sequence[FieldFault]:
    try:
        return read_columns(model, read_json(row) if isinstance(row, bytes) else row)
    except MalformedError as error:
        problem = f"can't be read: customer {number}: {error}"
        raise DataError(f"{path.name} {problem}") from None
    except InputError as error:
        return error.faults


def _table(path: Path) -> tuple[Iterator[Row], Mapping[str, str]]:
    require("train", {"numpy": "numpy", "polars": "polars"})
    # Imported here: both are extras, and nothing else here needs them.
    from churn_lib.training.data import read_rows

    table, headings = read_rows(path)
    return table.iter_rows(named=True), headings


def _lines(path: Path) -> Iterator[Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from (line.encode() for line in file if line.strip())
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: Exception) -> DataError:
    promised = "it is not in the form that its name promises"
    reason = error.strerror if isinstance(error, OSError) else promised
    return DataError(f"{path.name} can't be read: {reason}")

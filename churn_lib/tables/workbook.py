"""A sheet of an Excel workbook as a table of text."""

import io
import re
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook

from churn_lib.errors import DataError
from churn_lib.tables.headings import TITLE_LINES, Row, start
from churn_lib.tables.table import MOST_CELLS, Table, assembled

WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How files of new and of old spreadsheets begin, whatever their name."""

MOST_UNPACKED = 1 << 30
"""Bytes of an unpacked workbook: a small file may hold any number of zeros."""

AT_ONCE = 1 << 20
PLACE = re.compile(rb"""\br=["']([A-Z]{0,3})(\d{1,7})["']""")
"""Where a cell or a row stands: the letters of its column, the number of its row."""

LONGEST_PLACE = 16

Cell = int | float | str | bool | date | time | timedelta


def sheet_of(
    content: bytes, name: str, known: Collection[str] = (), sheet: str | None = None
) -> Table:
    """The table in a sheet: in this one, else in the first with most of the known headings.

    Formulas count as what they came to when the file was saved. name: of the file. Raises DataError
    for what is no workbook, for one that is far larger than it looks, and for a sheet that is not
    there.
    """
    try:
        _check(content, name)
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            return _table(workbook, name, known, sheet)
    except (CalamineError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
        problem = "is an Excel workbook, or another packed file"
        raise DataError(f"{name} {problem}; save its sheet as CSV in UTF-8") from None


def _table(
    workbook: CalamineWorkbook, name: str, known: Collection[str], sheet: str | None
) -> Table:
    names = workbook.sheet_names
    if sheet is not None and sheet not in names:
        raise DataError(f"{name} has no sheet {sheet!r}; it has {', '.join(map(repr, names))}")
    looked_at = names if sheet is None else [sheet]
    starts = {
        one: start([*enumerate(_rows(workbook, one, TITLE_LINES))], known) for one in looked_at
    }
    chosen = max(looked_at, key=lambda one: starts[one][0])
    place = starts[chosen][1]
    rows = _rows(workbook, chosen)
    below = (row for row in rows[place + 1 :] if any(row))
    return assembled(rows[place] if rows else [], below, name, _notes(chosen, len(names), place))


def _notes(sheet: str, sheets: int, above: int) -> Iterator[str]:
    if sheets > 1:
        yield f"it has {sheets} sheets, and {sheet!r} was read; --sheet takes another"
    if above:
        yield f"{above} line{'s' if above > 1 else ''} above the headings left out"


def _rows(workbook: CalamineWorkbook, sheet: str, most: int | None = None) -> list[Row]:
    cells = workbook.get_sheet_by_name(sheet).to_python(nrows=most)
    return [[_text(cell) for cell in row] for row in cells]


def _text(cell: Cell) -> str:
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, float) and cell.is_integer():  # Excel has no other numbers
        return str(int(cell))
    return str(cell)


def _check(content: bytes, name: str) -> None:
    """Raises DataError for a workbook that would take far more memory than it may."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        members = packed.infolist()
        if sum(member.file_size for member in members) > MOST_UNPACKED:
            problem = f"would take more than {MOST_UNPACKED >> 20:,} MB of memory"
            raise DataError(f"{name} {problem}; save its sheet as CSV in UTF-8")
        for member in members:
            # Reading all of it proves that its size is the one that is promised.
            with packed.open(member) as file:
                rows, columns = _extent(iter(lambda: file.read(AT_ONCE), b""))
            if rows * columns > MOST_CELLS:
                problem = f"has a sheet of {rows:,} rows and {columns:,} columns"
                raise DataError(f"{name} {problem}; save the part that is filled as CSV")


def _extent(parts: Iterable[bytes]) -> tuple[int, int]:
    """How many rows and columns a sheet has room for, most of which may be blank."""
    rows, columns, before = 0, b"", b""
    for part in parts:
        for letters, number in set(PLACE.findall(before + part)):
            rows = max(rows, int(number))
            columns = max(columns, letters, key=lambda text: (len(text), text))
        before = part[-LONGEST_PLACE:]
    return rows, _number(columns)


def _number(letters: Sequence[int]) -> int:
    """The number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number

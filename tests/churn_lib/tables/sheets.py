"""Workbooks of Excel, as small as they can be."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
RELATIONS = "application/vnd.openxmlformats-package.relationships+xml"

Rows = Sequence[Sequence[object]]


def workbook(sheets: Mapping[str, Rows]) -> bytes:
    """A cell that begins with `<` is XML, in which `@` stands for its place."""
    numbers = range(1, len(sheets) + 1)
    targets = [(f"r{number}", "worksheet", f"worksheets/sheet{number}.xml") for number in numbers]
    files = {
        "[Content_Types].xml": _types(numbers),
        "_rels/.rels": _relations([("r1", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _names(sheets),
        "xl/_rels/workbook.xml.rels": _relations(targets),
    }
    for number, rows in zip(numbers, sheets.values(), strict=True):
        files[f"xl/worksheets/sheet{number}.xml"] = _sheet(rows)
    return packed(files)


def packed(files: Mapping[str, str | bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def _types(numbers: Iterable[int]) -> str:
    parts = {"xl/workbook.xml": "sheet.main"}
    parts |= {f"xl/worksheets/sheet{number}.xml": "worksheet" for number in numbers}
    named = [
        f'<Override PartName="/{path}" ContentType="{KIND}.{kind}+xml"/>'
        for path, kind in parts.items()
    ]
    common = f'<Default Extension="rels" ContentType="{RELATIONS}"/>'
    return f'<Types xmlns="{PACKAGE}/content-types">{common}{"".join(named)}</Types>'


def _relations(targets: Iterable[tuple[str, str, str]]) -> str:
    found = [
        f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for name, kind, target in targets
    ]
    return f'<Relationships xmlns="{PACKAGE}/relationships">{"".join(found)}</Relationships>'


def _names(sheets: Iterable[str]) -> str:
    found = [
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="r{number}"/>'
        for number, name in enumerate(sheets, start=1)
    ]
    return (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{"".join(found)}</sheets></workbook>'
    )


def _sheet(rows: Rows) -> str:
    lines = [_row(row, number) for number, row in enumerate(rows, start=1)]
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def _row(cells: Sequence[object], number: int) -> str:
    found = [_cell(cell, place, number) for place, cell in enumerate(cells)]
    return f'<row r="{number}">{"".join(found)}</row>'


def _cell(cell: object, place: int, row: int) -> str:
    at = f"{chr(ord('A') + place)}{row}"
    if cell is None:
        return ""
    if isinstance(cell, int | float):
        return f'<c r="{at}"><v>{cell}</v></c>'
    if str(cell).startswith("<"):
        return str(cell).replace("@", at)
    return f'<c r="{at}" t="inlineStr"><is><t>{escape(str(cell))}</t></is></c>'

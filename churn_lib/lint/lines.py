"""On which line of a TOML file a field stands, as far as the file shows it plainly."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

_TABLE = re.compile(r"\[([A-Za-z][^\],]*)\]")
_ROW = re.compile(r"\[\[([A-Za-z][\w-]*)\]\]")
_KEY = re.compile(r'\s*("[^"]*"|[\w-]+)\s*=\s*(\[\s*(#.*)?$)?')
_ELEMENT = re.compile(r"\s*[{\[\"\w]")


def lines_of(text: str) -> dict[str, int]:
    """The line of each field, table and element of a list: "offers.0.eligible.1" too."""
    found = dict[str, int]()
    for number, place in _places(text):
        found.setdefault(place, number)
    return found


def line_of(place: str, lines: Mapping[str, int]) -> int | None:
    """The line of a field, or of the narrowest table that it belongs in."""
    while place and place not in lines:
        place = place.rpartition(".")[0]
    return lines.get(place)


def _places(text: str) -> Iterator[tuple[int, str]]:
    table, rows, elements, inside = "", Counter[str](), Counter[str](), ""
    for number, line in enumerate(text.splitlines(), start=1):
        if inside:
            if line.lstrip().startswith("]"):
                inside = ""
            elif _ELEMENT.match(line):
                yield number, f"{inside}.{elements[inside]}"
                elements[inside] += 1
        elif row := _ROW.match(line):
            table = f"{row[1]}.{rows[row[1]]}"
            rows[row[1]] += 1
            yield number, table
        elif header := _TABLE.match(line):
            table = _within(header[1].replace('"', ""), rows)
            yield number, table
        elif key := _KEY.match(line):
            place = ".".join(part for part in (table, key[1].strip('"')) if part)
            inside = place if key[2] else ""
            yield number, place


def _within(table: str, rows: Mapping[str, int]) -> str:
    """The table, in the row that it belongs to: "offers.texts.en" is of the latest offer."""
    first, _, rest = table.partition(".")
    return f"{first}.{rows[first] - 1}.{rest}" if first in rows else table

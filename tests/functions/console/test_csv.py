"""Files that people have, as the page reads and writes them, against Python's own reader."""

import csv
import io
import random
import re
from typing import Literal

import pytest
from playwright.sync_api import Page

MODULE = "import('/console/test/{}.js')"
PARSE = f"tables => {MODULE.format('csv')}.then((m) => tables.map(([t, s]) => m.parse(t, s)))"
DECODE = f"""bytes => {MODULE.format("csv")}.then((m) => m.decode(new Uint8Array(bytes)))"""
AGAIN = f"""tables => Promise.all([{MODULE.format("csv")}, {MODULE.format("download")}]).then(
  ([read, save]) => tables.map((rows) => {{
    const text = rows.map(save.written).join("");
    return [text, read.parse(text, ",").map((row) => row.map(save.unguarded))];
  }}))"""
PIECES = ("a", "Müller", "1,5", "0.50", '"', '""', ",", ";", "\t", "|", "\n", "\r\n", " ", "")
FIRST = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet may begin to reckon with."""

TRIGGERS = (*FIRST, "'", "'=", "''-")
NUMBER = re.compile(r"[+-]?(\d+([.,]\d+)*|[.,]\d+)(e[+-]?\d+)?", re.IGNORECASE)
SEPARATORS = (",", ";", "\t", "|")


def table(draw: random.Random, pieces: tuple[str, ...]) -> list[list[str]]:
    """Of two columns at least: a line without anything is no row to the page."""
    columns, rows = range(draw.randint(2, 6)), range(draw.randint(1, 8))
    return [["".join(draw.choices(pieces, k=draw.randint(0, 4))) for _ in columns] for _ in rows]


def text_of(rows: list[list[str]], separator: str, draw: random.Random) -> str:
    text = io.StringIO()
    style: Literal[0, 1] = draw.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    end = draw.choice(("\r\n", "\n"))
    csv.writer(text, delimiter=separator, quoting=style, lineterminator=end).writerows(rows)
    return text.getvalue()


def test_two_thousand_made_up_files_are_read_as_python_reads_them(page: Page) -> None:
    draw = random.Random(7)
    separators = [draw.choice(SEPARATORS) for _ in range(2000)]
    texts = [text_of(table(draw, PIECES), separator, draw) for separator in separators]
    expected = [
        list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
        for text, separator in zip(texts, separators, strict=True)
    ]
    found = page.evaluate(PARSE, list(zip(texts, separators, strict=True)))
    assert found == expected


def test_five_hundred_made_up_tables_are_written_without_formulas_and_read_back(
    page: Page,
) -> None:
    draw = random.Random(8)
    tables = [table(draw, PIECES + TRIGGERS) for _ in range(500)]
    for rows, (text, again) in zip(tables, page.evaluate(AGAIN, tables), strict=True):
        assert again == rows
        cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
        formulas = [cell for cell in cells if cell.startswith(FIRST)]
        assert [cell for cell in formulas if not NUMBER.fullmatch(cell)] == []


@pytest.mark.parametrize("number", ["-3.20", "+1", "0.10", "-1e-07", "1078.8"])
def test_a_number_is_written_as_it_is(page: Page, number: str) -> None:
    ((text, _),) = page.evaluate(AGAIN, [[[number, "a"]]])
    assert text == f'"{number}","a"\r\n'


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be-mark", "windows-1252"]
)
def test_a_file_is_decoded_whatever_wrote_it(page: Page, encoding: str) -> None:
    text = "Größe;Zahl\r\n„Zürich“;1,5\r\n"
    big_endian = b"\xfe\xff" + text.encode("utf-16-be")
    content = big_endian if encoding == "utf-16-be-mark" else text.encode(encoding)
    assert page.evaluate(DECODE, list(content)) == text

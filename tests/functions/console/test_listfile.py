"""Files that people have, by name, and what the page reads in them."""

import base64
import codecs
import json

import pytest
from playwright.sync_api import Page

LONG = 10_000_000
READ = """bytes => import("/console/test/listfile.js")
  .then((m) => m.readList(Uint8Array.fromBase64(bytes), [
    { name: "plan", label: "Plan" }, { name: "bill", label: "Monthly bill" }]))
  .then(({ headings, rows }) => [headings, ...rows], (error) => error.message)
  .then((found) => JSON.stringify(found, (_, one) => one?.length > 1000 ? one.length : one))"""
"""Texts of more than 1,000 characters come back as their number."""

HEADINGS = ["plan", "bill"]
ROW = ["Gr\xf6\xdfe", "1,5"]
SEMICOLONS = "plan;bill\r\nGr\xf6\xdfe;1,5\r\n"
EMPTY = "There are no customers in this."

READ_AS_MEANT = {
    "UTF-8": SEMICOLONS.encode(),
    "UTF-8 with its mark": SEMICOLONS.encode("utf-8-sig"),
    "UTF-16": codecs.BOM_UTF16_LE + SEMICOLONS.encode("utf-16-le"),
    "UTF-16 of the other order": codecs.BOM_UTF16_BE + SEMICOLONS.encode("utf-16-be"),
    "Windows-1252": SEMICOLONS.encode("windows-1252"),
    "commas": 'plan,bill\nGr\xf6\xdfe,"1,5"\n'.encode(),
    "tabs": SEMICOLONS.replace(";", "\t").encode(),
    "bars": SEMICOLONS.replace(";", "|").encode(),
    "tildes": SEMICOLONS.replace(";", "~").encode(),
    "carets": SEMICOLONS.replace(";", "^").encode(),
    "sep=": f"sep=;\r\n{SEMICOLONS}".encode(),
    "sep= in quotes": f'"sep=;"\r\n{SEMICOLONS}'.encode(),
    "sep= in UTF-16": f"sep=;\r\n{SEMICOLONS}".encode("utf-16"),
    "sep= of an odd separator": f"sep=!\r\n{SEMICOLONS.replace(';', '!')}".encode(),
    "lines of Unix": SEMICOLONS.replace("\r", "").encode(),
    "lines of an old Macintosh": SEMICOLONS.replace("\n", "").encode(),
    "no end of the last line": SEMICOLONS.strip().encode(),
    "blank lines": SEMICOLONS.replace("\r\n", "\r\n\r\n").encode(),
    "everything in quotes": '"plan";"bill"\n"Gr\xf6\xdfe";"1,5"\n'.encode(),
    "NDJSON": '{"plan": "Gr\xf6\xdfe", "bill": "1,5"}\r\n\r\n'.encode(),
    "JSON": '\n[{"plan": "Gr\xf6\xdfe", "bill": "1,5"}]'.encode(),
}
OTHERS: dict[str, tuple[str, list[object]]] = {
    "quotes and lines in a cell": ('plan;bill\n"a ""b""\r\n;c";1', [['a "b"\r\n;c', "1"]]),
    "too few cells, and too many": (
        "plan,bill\na\nb,1,2\nc,1,,\n",
        [["a"], "b,1,2", ["c", "1", "", ""]],
    ),
    "apostrophes of ours": ("plan,bill\n'=1+1,'a\n", [["=1+1", "'a"]]),
    "a cell of NUL": ("plan,bill\n\0,1\n", [["\0", "1"]]),
    "10 MB in one cell": (f"plan,bill\n{'x' * LONG},1\n", [[LONG, "1"]]),
    "keys that are missing": (
        '{"plan": "a", "bill": 1}\n{"bill": null}\n7\nhalf {',
        [["a", 1], [None, None], "7", "half {"],
    ),
}
HEADED: dict[str, tuple[str, object]] = {
    "__proto__": ("plan,__proto__\na,b\n", [["plan", "__proto__"], ["a", "b"]]),
    "__proto__ in JSON": ('[{"__proto__": {"a": 1}}]', [["__proto__"], [{"a": 1}]]),
    "a separator in quotes": ('"plan; old";bill\na;1', [["plan; old", "bill"], ["a", "1"]]),
}
REFUSED = {
    "0 bytes": ("", EMPTY),
    "a mark alone": ("\ufeff", EMPTY),
    "headings alone": ("plan,bill\n", EMPTY),
    "no JSON in it": ("[]", EMPTY),
    "doubled headings": ("plan,plan,bill\na,b,1\n", "Twice in the headings: plan."),
    "an open quote": ('plan,bill\na,1\nb,"2\n', "Row 3: a quote is not closed."),
    "half of JSON": ('[{"plan": 1}', "This begins like JSON, and is none."),
    "too many": ("plan\n" + "a\n" * 100_001, "A list may hold at most 100,000 customers."),
}


def read(page: Page, content: bytes) -> object:
    """Headings and rows, or what is wrong."""
    return json.loads(page.evaluate(READ, base64.b64encode(content).decode()))


@pytest.mark.parametrize("name", READ_AS_MEANT)
def test_a_table_is_the_same_whatever_wrote_it(page: Page, name: str) -> None:
    assert read(page, READ_AS_MEANT[name]) == [HEADINGS, ROW]


@pytest.mark.parametrize("name", OTHERS)
def test_cells_are_read_as_they_are(page: Page, name: str) -> None:
    content, rows = OTHERS[name]
    assert read(page, content.encode()) == [HEADINGS, *rows]


@pytest.mark.parametrize("name", HEADED)
def test_headings_are_read_as_they_are(page: Page, name: str) -> None:
    content, table = HEADED[name]
    assert read(page, content.encode()) == table


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_list_is_refused_with_what_is_wrong(page: Page, name: str) -> None:
    content, message = REFUSED[name]
    assert read(page, content.encode()) == message

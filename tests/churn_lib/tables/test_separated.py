"""Files of any separator and encoding; those that are no table are refused, and how."""

import codecs
import csv

import polars as pl
import pytest

from churn_lib.errors import DataError
from churn_lib.tables.separated import table_of as read

NAME = "customers.csv"
ROWS = [
    {"gender": "Male", "tenure": "12", "name": "Zoë"},
    {"gender": "", "tenure": "7", "name": "b"},
]


KNOWN = frozenset({"gender", "tenure", "seniorcitizen", "monthlycharges"})


def table_of(content: bytes, name: str) -> pl.DataFrame:
    return read(content, name, KNOWN).frame


def refusal(content: bytes) -> str:
    with pytest.raises(DataError) as caught:
        table_of(content, NAME)
    return str(caught.value)


def test_values_stay_text_and_those_in_quotes_may_hold_commas_quotes_and_lines() -> None:
    table = table_of(b'\xef\xbb\xbfgender,name\r\nMale,"a ""b"", c\nd"\r\n\r\n,012\r\n', NAME)
    assert table.to_dicts() == [
        {"gender": "Male", "name": 'a "b", c\nd'},
        {"gender": "", "name": "012"},
    ]


def test_headings_alone_are_a_table_without_rows() -> None:
    table = table_of(b"gender,tenure\n", NAME)
    assert (table.columns, len(table)) == (["gender", "tenure"], 0)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|", ", ", " | "])
def test_the_separator_is_the_one_of_the_headings(separator: str, end: str) -> None:
    rows = [["gender", "tenure", "name"], ["Male", "12", "Zoë"], ["", "7", "b"], []]
    text = end.join(separator.join(row) for row in rows)
    assert table_of(text.encode(), NAME).to_dicts() == ROWS


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (b"", "latin-1"),
        (b"", "cp1252"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (b"", "utf-16-le"),
        (b"", "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_the_encoding_is_found_out(mark: bytes, encoding: str) -> None:
    text = "gender;tenure;name\r\nMale;12;Zoë\r\n;7;b\r\n"
    assert table_of(mark + text.encode(encoding), NAME).to_dicts() == ROWS


@pytest.mark.parametrize(
    "above",
    [
        "sep=;\n",
        "SEP=;\r\n",
        '"sep=;"\n',
        "Churn\n",
        "Customers, by the end of 2024\n",
        'The "active, ones\n',
        "Customers;;\n;;\nall that have a tenure;;\n\n",
    ],
)
def test_titles_above_the_headings_are_left_out(above: str) -> None:
    text = f"{above}gender;tenure;name\nMale;12;Zoë\n;7;b\n"
    assert table_of(text.encode(), NAME).to_dicts() == ROWS


def test_blanks_around_values_and_headings_are_no_part_of_them() -> None:
    text = "gender ; tenure;\N{NO-BREAK SPACE}name\nMale ; 12;Zoë\n ;7;b\t\n"
    assert table_of(text.encode(), NAME).to_dicts() == ROWS


def test_rows_of_separators_alone_are_left_out() -> None:
    text = "gender;tenure;name\nMale;12;Zoë\n;;\n ; ; \n;7;b\n;;\n"
    assert table_of(text.encode(), NAME).to_dicts() == ROWS


@pytest.mark.parametrize(
    "heading", ["SENIORCITIZEN", "Senior Citizen", "senior_citizen", '"gender"']
)
def test_the_headings_are_found_in_any_spelling(heading: str) -> None:
    text = f"a,b\n{heading};x\n1;2\n"
    assert table_of(text.encode(), NAME).columns == [heading.strip('"'), "x"]


@pytest.mark.parametrize(
    ("content", "place", "advice"),
    [
        (b"gender,tenure\n1,2\n1,2,canary\n", "row 2: holds 3 values under 2", "needs quotes"),
        (b"gender;tenure\n\n1;2\ncanary\n", "row 2: holds 1 values under 2", "holds ';' needs"),
        (b'gender,tenure\n1,2\n"canary,2\n1,2\n', "row 2: a quotation mark is not", "close it"),
        (b'gender,tenure\n1,"can"ary\n', "row 1: a quotation mark is not", "write it twice"),
        (b'"gender,tenure\n1,2\n', "headings: a quotation mark is not closed", "close it"),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_what_to_do(
    content: bytes, place: str, advice: str
) -> None:
    message = refusal(content)
    assert message.startswith(f"{NAME}, {place}")
    assert advice in message
    assert "canary" not in message


@pytest.mark.parametrize(
    "rows",
    [
        "1,2,29,85\n",
        "1,2,3\n1,2,29,85\n1,2,30,1\n",
        "1,2,29,85\n1,2,canary,20\n",
        "1;2;29.85\n1;2;30\n",
        "1 2 3\n",
    ],
)
def test_rows_that_mostly_differ_from_the_headings_are_told_of_the_file(rows: str) -> None:
    message = refusal(b"gender,tenure,MonthlyCharges\n" + rows.encode())
    assert message.startswith(f"{NAME}: its 3 headings are separated by ','")
    assert "row 1" not in message


def test_lines_that_stand_in_quotation_marks_are_told_of_the_file() -> None:
    message = refusal(b'"gender,tenure"\r\n"canary,2"\r\n')
    assert message.startswith(f"{NAME}: each line as a whole stands in quotation marks")
    assert "canary" not in message
    assert table_of(b'"name, first",tenure\r\n"a, b",2\r\n', NAME).columns[0] == "name, first"


@pytest.mark.parametrize(
    "content",
    [b"gender,\0", "gender".encode("utf-16") + b"t", b"\x1f\x8b\x08\0\0", b"PAR1\x15\0\xff"],
)
def test_a_file_that_is_no_text_is_called_so(content: bytes) -> None:
    assert refusal(content) == f"{NAME} is no text, or damaged; save the table as CSV in UTF-8"


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_value_that_is_too_long_is_called_so(quote: str) -> None:
    value = quote + "canary" * csv.field_size_limit()
    message = refusal(f"gender,name\nMale,a\nMale,{value}".encode())
    assert message.startswith(f"{NAME}, row 2: a value has more than 131,072 characters")
    assert "canary" not in message


def test_columns_that_share_a_heading_are_left_out_and_named() -> None:
    table = read(b"tenure,x,x ,X\n1,2,3,4\n", NAME)
    assert table.frame.to_dicts() == [{"tenure": "1"}]
    assert table.left_out == ("x", "X")
    assert table.notes[0].startswith("several columns are called x")

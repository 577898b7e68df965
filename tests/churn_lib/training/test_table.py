"""Files that are no proper CSV: each is refused with its row, and with what to do."""

import pytest

from churn_lib.errors import DataError
from churn_lib.training.table import table_of

NAME = "customers.csv"


def test_values_stay_text_and_those_in_quotes_may_hold_commas_quotes_and_lines() -> None:
    table = table_of(b'\xef\xbb\xbfgender,name\r\nMale,"a ""b"", c\nd"\r\n\r\n,012\r\n', NAME)
    assert table.to_dicts() == [
        {"gender": "Male", "name": 'a "b", c\nd'},
        {"gender": "", "name": "012"},
    ]


def test_headings_alone_are_a_table_without_rows() -> None:
    assert (
        table_of(b"gender,tenure\n", NAME).columns,
        len(table_of(b"gender,tenure\n", NAME)),
    ) == (
        ["gender", "tenure"],
        0,
    )


@pytest.mark.parametrize(
    ("content", "place", "advice"),
    [
        (b"a,b\n1,2\n1,2,canary\n", "row 2: holds 3 values under 2 headings", "needs quotes"),
        (b"a,b\n\n1,2\ncanary\n", "row 2: holds 1 values under 2 headings", "needs quotes"),
        (b'a,b\n1,2\n"canary,2\n1,2\n', "row 2: a quotation mark is not closed", "close it"),
        (b'a,b\n1,"can"ary\n', "row 1: a quotation mark is not closed", "write it twice"),
        (b'"a,b\n1,2\n', "headings: a quotation mark is not closed", "close it"),
        (
            "a,b\n1,2\ncanaryü,2\n".encode("latin-1"),
            "line 3: is not UTF-8",
            "save the file as CSV in UTF-8",
        ),
        ("a,b\n1,2\n".encode("utf-16"), "line 1: is not UTF-8", "save the file as CSV in UTF-8"),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_what_to_do(
    content: bytes, place: str, advice: str
) -> None:
    with pytest.raises(DataError) as caught:
        table_of(content, NAME)
    assert str(caught.value).startswith(f"{NAME}, {place}")
    assert advice in str(caught.value)
    assert "canary" not in str(caught.value)


def test_an_attribute_that_stands_there_twice_is_named_and_other_columns_may() -> None:
    with pytest.raises(
        DataError, match=r"^customers\.csv has several columns tenure; keep one of each$"
    ):
        table_of(b"tenure,tenure,canary,canary\n1,2,3,4\n", NAME)
    assert table_of(b"tenure,x,x\n1,2,3\n", NAME).to_dicts() == [{"tenure": "1", "x": "3"}]

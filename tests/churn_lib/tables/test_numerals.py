"""Numbers as people write them: which are read, and which columns are not certain."""

import polars as pl
import pytest

from churn_lib.errors import DataError
from churn_lib.tables.marks import Written, written
from churn_lib.tables.numerals import plain_numbers


def plain(cells: list[str]) -> list[str]:
    return plain_numbers(pl.Series(cells), "customers.csv: TotalCharges").to_list()


def refusal(cells: list[str]) -> str:
    with pytest.raises(DataError) as caught:
        plain(cells)
    return str(caught.value)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["29.85", "0", "", " "], ["29.85", "0", "", " "]),
        (["29,85", "1889,5", "12", ""], ["29.85", "1889.5", "12", ""]),
        (["1,889.50", "29.85"], ["1889.50", "29.85"]),
        (["1.889,50", "29,85", "1.234.567"], ["1889.50", "29.85", "1234567"]),
        (
            ["1 889,50", "1\N{NO-BREAK SPACE}889", "2\N{NARROW NO-BREAK SPACE}000"],
            ["1889.50", "1889", "2000"],
        ),
        (["1'889.50", "1\N{RIGHT SINGLE QUOTATION MARK}889"], ["1889.50", "1889"]),
        (["$29.85", "$ 1,889.50", "30"], ["29.85", "1889.50", "30"]),
        (["29,85 €", "1.889,50€"], ["29.85", "1889.50"]),
        (["R$ 29,85", "R$1.889,50"], ["29.85", "1889.50"]),
        (["USD 29.85", "30USD"], ["29.85", "30"]),
        (["US$1,889.50", "US$ 30"], ["1889.50", "30"]),
        (["1e3", "2.5E-3"], ["1e3", "2.5E-3"]),
        (["1889.500", "29.850"], ["1889.500", "29.850"]),
        (["0,889", "1,889"], ["0.889", "1.889"]),
        (["0.889", "1.889"], ["0.889", "1.889"]),
    ],
)
def test_numbers_become_plain_digits(cells: list[str], expected: list[str]) -> None:
    assert plain(cells) == expected


@pytest.mark.parametrize("other", ["29.85", "1,889,500", "1889.5", "1,889.5"])
def test_one_row_decides_what_a_comma_means_in_the_others(other: str) -> None:
    assert plain(["1,889", other, "12"])[0] == "1889"


@pytest.mark.parametrize("other", ["29,85", "1.889.500", "1889,5", "1.889,5"])
def test_one_row_decides_what_a_point_means_in_the_others(other: str) -> None:
    assert plain(["1.889", other, "12"])[0] == "1889"


@pytest.mark.parametrize("cells", [["1.889"], ["1,889", "2,000", "12"], ["$1.889", "canary"]])
def test_a_column_that_may_be_read_in_two_ways_is_refused(cells: list[str]) -> None:
    message = refusal(cells)
    assert message.startswith("customers.csv: TotalCharges is not certain")
    assert "889" not in message


def test_points_and_commas_in_one_column_are_refused_with_a_row_of_each() -> None:
    assert refusal(["12", "29.85", "", "31,5", "30.1"]) == (
        "customers.csv: TotalCharges has decimal points and decimal commas (row 2 and row 4); "
        "write all alike"
    )


@pytest.mark.parametrize(
    ("known", "text", "expected"),
    [
        (Written("."), "1,234", "1234"),
        (Written(","), "1.234", "1234"),
        (Written(None), "1,234", "1,234"),
        (Written(None), "1 234", "1234"),
        (Written(".", "$"), "$1,234", "1234"),
        (Written("."), "$5", "$5"),
        (Written(".", "€"), "$5", "$5"),
        (Written(".", sign="%"), "5%", "5"),
        (Written("."), "5%", "5%"),
    ],
)
def test_a_later_number_is_read_only_where_it_is_sure_what_it_is(
    known: Written, text: str, expected: str
) -> None:
    assert known.plain(text) == expected


def test_a_column_without_values_bears_no_sign() -> None:
    assert written([], "customers.csv: Rate", lambda _text: 1) == Written(None)


def test_amounts_in_two_currencies_are_not_added_up() -> None:
    assert "TotalCharges has amounts in several currencies" in refusal(["$29.85", "30.00 €"])


@pytest.mark.parametrize(
    "cell",
    [
        "n/a",
        "12 months",
        "29.85%",
        "2985¢",
        "29.85k",
        "12,34.5",
        "1_000",
        "1.2.3",
        "nan",
        "- 5",
        "12 5",
        "\N{ARABIC-INDIC DIGIT SEVEN}",
        "29.85\n30.00",
    ],
)
def test_what_is_no_number_stays_to_be_refused_by_its_row(cell: str) -> None:
    assert plain([cell, "29.85", "30"]) == [cell, "29.85", "30"]

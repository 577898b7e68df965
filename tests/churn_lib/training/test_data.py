"""Files of customers who stayed or left: what is read, what is refused, and in which words."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from churn_lib.customer.model import FEATURES
from churn_lib.errors import DataError
from churn_lib.training.data import COLUMNS, Dataset, read_customers
from tests.customers import synthetic_csv

ROWS = 30


@pytest.fixture
def table(tmp_path: Path) -> pl.DataFrame:
    """A valid file as text."""
    path = synthetic_csv(tmp_path / "made_up.csv", ROWS, np.random.default_rng(1))
    return pl.read_csv(path, infer_schema=False, empty_string_is_null=False)


def with_value(
    table: pl.DataFrame, column: str, value: str, rows: range = range(2, 3)
) -> pl.DataFrame:
    """The table with a value in rows counted from 1."""
    values = [value if number in rows else old for number, old in enumerate(table[column], start=1)]
    return table.with_columns(pl.Series(column, values))


def read(table: pl.DataFrame, folder: Path, name: str = "customers.csv") -> Dataset:
    path = folder / name
    if path.suffix == ".csv":
        table.write_csv(path)
    else:
        table.write_parquet(path)
    return read_customers(path)


def refusal(table: pl.DataFrame, folder: Path) -> str:
    with pytest.raises(DataError) as caught:
        read(table, folder)
    return str(caught.value)


def test_a_valid_file_gives_the_fifteen_features_the_labels_and_its_digest(
    table: pl.DataFrame, tmp_path: Path
) -> None:
    dataset = read(table, tmp_path)
    assert tuple(dataset.frame.columns) == FEATURES
    assert len(dataset) == len(dataset.frame) == ROWS
    assert dataset.left.tolist() == [int(churn == "Yes") for churn in table["Churn"]]
    assert dataset.sha256 == hashlib.sha256((tmp_path / "customers.csv").read_bytes()).hexdigest()


@pytest.mark.parametrize("typed", [False, True])
def test_parquet_with_text_or_numbers_gives_the_same_customers_as_csv(
    table: pl.DataFrame, tmp_path: Path, typed: bool
) -> None:
    numbers = [
        pl.col("SeniorCitizen", "tenure").cast(pl.Int64),
        pl.col("MonthlyCharges").cast(pl.Float64),
    ]
    parquet = read(table.with_columns(numbers) if typed else table, tmp_path, "customers.parquet")
    assert parquet.frame.equals(read(table, tmp_path).frame)


def spelled(value: str, marks: str, currency: str) -> str:
    """An amount with these marks for thousands and decimals."""
    if not value.strip():
        return value
    amount = f"{float(value):,.2f}".translate(str.maketrans(",.", marks))
    return currency.format(amount)


@pytest.mark.parametrize("title", ["", "sep={}\r\n", "All customers\r\n\r\n"])
@pytest.mark.parametrize(
    ("separator", "marks", "currency", "encoding", "name"),
    [
        (";", ".,", "{}", "utf-8-sig", "customers.csv"),
        (";", "\N{NO-BREAK SPACE},", "{} €", "cp1252", "customers.CSV"),
        ("\t", ",.", "${}", "utf-16", "customers.txt"),
        ("|", "'.", "CHF {}", "latin-1", "customers.tsv"),
        (",", ".,", "R$ {}", "utf-8", "customers.csv"),
    ],
)
def test_files_as_people_have_them_give_the_same_customers(
    table: pl.DataFrame,
    tmp_path: Path,
    title: str,
    separator: str,
    marks: str,
    currency: str,
    encoding: str,
    name: str,
) -> None:
    amounts = {
        column: [spelled(value, marks, currency) for value in table[column]]
        for column in ("MonthlyCharges", "TotalCharges")
    }
    people = pl.Series("name", ["Zoë"] * ROWS)
    text = table.with_columns(people, **{k: pl.Series(v) for k, v in amounts.items()}).write_csv(
        separator=separator, line_terminator="\r\n"
    )
    path = tmp_path / name
    path.write_bytes((title.format(separator) + text).encode(encoding))
    dataset, plain = read_customers(path), read(table, tmp_path, "plain.csv")
    assert dataset.frame.equals(plain.frame)
    assert dataset.left.tolist() == plain.left.tolist()


def test_numbers_of_a_parquet_file_are_read_as_those_of_csv(
    table: pl.DataFrame, tmp_path: Path
) -> None:
    commas = [value.replace(".", ",") for value in table["MonthlyCharges"]]
    parquet = read(table.with_columns(MonthlyCharges=pl.Series(commas)), tmp_path, "a.parquet")
    assert parquet.frame.equals(read(table, tmp_path).frame)


def test_a_column_whose_numbers_are_not_certain_is_refused_and_none_is_told(
    table: pl.DataFrame, tmp_path: Path
) -> None:
    uncertain = table.with_columns(MonthlyCharges=pl.lit("70"), TotalCharges=pl.lit("1.889"))
    message = refusal(uncertain, tmp_path)
    assert message.startswith("customers.csv: TotalCharges is not certain")
    assert "1.889" not in message


def test_a_column_that_does_not_decide_is_read_as_the_others_of_its_file(
    table: pl.DataFrame, tmp_path: Path
) -> None:
    path = tmp_path / "customers.csv"
    table.with_columns(MonthlyCharges=pl.lit("70.5"), TotalCharges=pl.lit("1,889")).write_csv(path)
    assert set(read_customers(path).frame["TotalCharges"]) == {1889.0}


def test_rows_are_normalised_as_every_customer_is(table: pl.DataFrame, tmp_path: Path) -> None:
    plain = with_value(table, "InternetService", "No")
    for name in (
        "OnlineSecurity",
        "OnlineBackup",
        "DeviceProtection",
        "TechSupport",
        "StreamingTV",
        "StreamingMovies",
    ):
        plain = with_value(plain, name, "No")
    plain = with_value(with_value(plain, "TotalCharges", " "), "tenure", "60")
    dataset = read(with_value(plain, "MonthlyCharges", "20"), tmp_path)
    assert dataset.frame["TechSupport"][1] == "No internet service"
    assert dataset.frame["TotalCharges"][1] == 60 * 20


@pytest.mark.parametrize("name", ["customers.csv", "customers.parquet"])
@pytest.mark.parametrize(
    "spelled",
    [
        lambda text: f" {text.lower()} ",
        lambda text: text.upper().replace("-", " "),
        lambda text: {"Yes": "true", "No": "false"}.get(text, text),
    ],
)
def test_other_spellings_of_a_table_are_the_same_table(
    table: pl.DataFrame, tmp_path: Path, name: str, spelled: Callable[[str], str]
) -> None:
    again = pl.DataFrame(
        {spelled(column): [spelled(value) for value in table[column]] for column in table.columns}
    )
    expected, found = read(table, tmp_path), read(again, tmp_path, name)
    assert found.frame.equals(expected.frame)
    assert found.left.tolist() == expected.left.tolist()


def test_a_table_with_its_own_types_is_the_same_table(table: pl.DataFrame, tmp_path: Path) -> None:
    truths = ("Partner", "Dependents", "PhoneService", "PaperlessBilling", "Churn")
    typed = table.with_columns(
        pl.col(truths) == "Yes",
        pl.col("SeniorCitizen") == "1",
        pl.col("MonthlyCharges").cast(pl.Decimal(38, 9)),
        pl.col("TotalCharges").cast(pl.Float64, strict=False).fill_null(float("nan")),
    )
    expected, found = read(table, tmp_path), read(typed, tmp_path, "customers.parquet")
    assert found.frame.equals(expected.frame)
    assert found.left.tolist() == expected.left.tolist()


def test_two_spellings_of_one_column_are_named(table: pl.DataFrame, tmp_path: Path) -> None:
    twice = table.with_columns(pl.col("tenure").alias("Tenure "))
    assert refusal(twice, tmp_path) == (
        "customers.csv has several columns tenure; keep one of each"
    )


def test_a_total_that_the_file_lacks_is_tenure_times_monthly_charges(
    table: pl.DataFrame, tmp_path: Path
) -> None:
    frame = read(table.drop("TotalCharges"), tmp_path).frame
    assert frame["TotalCharges"].to_list() == pytest.approx(
        (frame["tenure"] * frame["MonthlyCharges"]).to_list()
    )


@pytest.mark.parametrize("name", COLUMNS)
def test_a_missing_column_is_named(table: pl.DataFrame, tmp_path: Path, name: str) -> None:
    assert refusal(table.drop(name), tmp_path) == f"customers.csv has no column {name}"


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        (
            "Contract",
            "Three year",
            "Contract must be one of 'Month-to-month', 'One year', 'Two year'",
        ),
        ("SeniorCitizen", "2", "SeniorCitizen must be one of 0, 1"),
        ("tenure", "-7", "tenure must be a whole number from 0 to 1200 (months)"),
        ("tenure", "7.25", "tenure must be a whole number"),
        ("tenure", "", "tenure is required: a whole number"),
        ("tenure", "1_0", "tenure must be a whole number"),
        ("tenure", "\N{ARABIC-INDIC DIGIT SEVEN}", "tenure must be a whole number"),
        ("MonthlyCharges", "12345678", "MonthlyCharges must be a number from 0 to 10000"),
        ("MonthlyCharges", "n/a", "MonthlyCharges is required: a number"),
        ("MonthlyCharges", "nan", "MonthlyCharges is required: a number"),
        ("TotalCharges", "1e999", "TotalCharges must be a number"),
        ("Churn", "", "Churn must be one of 'Yes', 'No'"),
        ("Churn", "Maybe", "Churn must be one of 'Yes', 'No'"),
    ],
)
def test_a_wrong_value_is_refused_with_its_row_and_reason_and_not_repeated(
    table: pl.DataFrame, tmp_path: Path, column: str, value: str, reason: str
) -> None:
    message = refusal(with_value(table, column, value), tmp_path)
    assert f"\nrow 2: {reason}" in message
    assert "row 1 is the first customer" in message
    assert not value or value not in message.partition("row 2:")[2].replace(reason, "")


def test_a_contradiction_is_refused_and_all_reasons_of_a_row_are_told(
    table: pl.DataFrame, tmp_path: Path
) -> None:
    wrong = with_value(with_value(table, "PhoneService", "No"), "MultipleLines", "Yes")
    message = refusal(with_value(wrong, "Churn", "?"), tmp_path)
    assert "row 2: MultipleLines can't be 'Yes' when PhoneService is 'No'; Churn must be" in message
    assert message.count("\n") == 1


def test_of_many_faulty_rows_twenty_are_told_and_the_rest_counted(
    table: pl.DataFrame, tmp_path: Path
) -> None:
    message = refusal(with_value(table, "tenure", "x", range(3, 29)), tmp_path)
    assert message.startswith("customers.csv has 26 faulty rows")
    assert [line.split(":")[0] for line in message.splitlines()[1:-1]] == [
        f"row {n}" for n in range(3, 23)
    ]
    assert message.endswith("\nand 6 more")


@pytest.mark.parametrize("churn", ["Yes", "No"])
def test_a_file_where_all_left_or_all_stayed_teaches_nothing(
    table: pl.DataFrame, tmp_path: Path, churn: str
) -> None:
    assert "needs customers who left" in refusal(table.with_columns(Churn=pl.lit(churn)), tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("customers.csv", b"", "is empty"),
        ("customers.csv", b" \n\n", "is empty"),
        (
            "customers.parquet",
            b"PAR1 but no more",
            r"^customers.parquet is no Parquet file, .*; write it anew",
        ),
        (
            "customers.parquet",
            b"a,b\n1,2\n",
            r"^customers.parquet is no Parquet file, .*; write it anew",
        ),
        ("customers.xlsx", b"a,b\n1,2\n", "ends in .csv or .parquet"),
        ("customers.xlsx", b"PK\x03\x04", "is an Excel workbook, .* save its sheet as CSV"),
        ("customers.xls", b"\xd0\xcf\x11\xe0", "is an Excel workbook, .* save its sheet as CSV"),
        ("customers.csv", b"PK\x03\x04", "is an Excel workbook, .* save its sheet as CSV"),
    ],
)
def test_a_file_that_is_no_table_is_refused(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DataError, match=reason):
        read_customers(path)


def test_a_file_that_is_not_there_and_one_without_rows_are_refused(
    table: pl.DataFrame, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=r"gone\.csv can't be read: No such file"):
        read_customers(tmp_path / "gone.csv")
    assert refusal(table.clear(), tmp_path) == "customers.csv has no customers"

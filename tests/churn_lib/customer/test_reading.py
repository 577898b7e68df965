"""One fact means the same in every spelling, and what is wrong is said in our own words."""

import json
import math
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_lib.customer.model import ABSENT, LEVELS
from churn_lib.customer.reading import (
    MOST_COLUMNS,
    identified,
    number,
    parse_json,
    published,
    read_columns,
    read_row,
)
from churn_lib.customer.request import PredictRequest
from churn_lib.customer.spelling import NOT_KNOWN
from churn_lib.errors import FieldFault, InputError, MalformedError
from tests.customers import customers
from tests.serving import ROOT

Row = dict[str, object]
Entrance = Callable[[Row], PredictRequest]

PAGE = (ROOT / "docs" / "reading.md").read_text(encoding="utf-8")


def whole(row: Row) -> PredictRequest:
    return parse_json(PredictRequest, json.dumps(row))


def of_table(row: Row) -> PredictRequest:
    return read_columns(PredictRequest, row)


def of_many(row: Row) -> PredictRequest:
    return read_row(json.dumps(row).encode())


ENTRANCES: tuple[Entrance, ...] = (whole, of_many, of_table)
entrances = pytest.mark.parametrize("entrance", ENTRANCES)
BLANKS = (None, "  ", "\t", "\N{NO-BREAK SPACE}", math.nan, *NOT_KNOWN, "NaN", "NULL", "N/A")


def cells(columns: int) -> list[list[str]]:
    """What stands between backticks in the rows of the page's table of so many columns."""
    rows = [line for line in PAGE.splitlines() if line.count("|") == columns + 1]
    found = [re.findall("`([^`]+)` [|]", row) for row in rows]
    return [row for row in found if row]


def told(row: Row, entrance: Entrance = whole) -> tuple[FieldFault, ...]:
    with pytest.raises(InputError) as caught:
        entrance(row)
    return caught.value.faults


@pytest.fixture
def plain(example: Row) -> Row:
    """A customer without the services that need another one."""
    return {**example, **dict.fromkeys(ABSENT, "No")}


@entrances
@pytest.mark.parametrize(("sent", "means"), cells(3))
def test_every_spelling_on_the_page_means_what_the_page_says(
    plain: Row, entrance: Entrance, sent: str, means: str
) -> None:
    spelled, published_so = json.loads(sent), json.loads(means)
    named = published(spelled, PredictRequest.model_fields)
    rest = {name: value for name, value in plain.items() if name not in named}
    assert entrance({**rest, **spelled}) == PredictRequest.model_validate_json(
        json.dumps({**plain, **published_so})
    )


@pytest.mark.parametrize(("sent", "answered"), cells(2))
def test_what_the_page_calls_refused_is_answered_as_it_says(
    plain: Row, sent: str, answered: str
) -> None:
    row = json.loads(sent)
    rest = {name: value for name, value in plain.items() if name not in row}
    assert [": ".join(fault) for fault in told({**rest, **row})] == [answered]


def test_the_page_has_examples() -> None:
    assert (len(cells(3)), len(cells(2))) == (11, 8)


@entrances
@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize("tenure", [0, 1, 60, 1200])
def test_a_total_that_is_not_known_is_never_nought_for_who_has_paid(
    example: Row, entrance: Entrance, blank: object, tenure: int
) -> None:
    customer = entrance({**example, "tenure": tenure, "TotalCharges": blank})
    assert customer.values()["TotalCharges"] == tenure * customer.bill


@entrances
@pytest.mark.parametrize("name", [*LEVELS, "tenure", "MonthlyCharges"])
@pytest.mark.parametrize("blank", BLANKS)
def test_what_must_be_known_is_asked_for(
    example: Row, entrance: Entrance, name: str, blank: object
) -> None:
    (fault,) = told({**example, name: blank}, entrance)
    assert fault.field == name
    assert fault.message.startswith("is required: ")


SPELLINGS: dict[str, Callable[[str], str]] = {
    "small letters": str.lower,
    "capitals": str.upper,
    "blanks around": lambda text: f"  {text}\t",
    "words apart": lambda text: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text),
    "snake case": lambda text: re.sub(r"(?<=[a-z])(?=[A-Z])|[ -]", "_", text).lower(),
    "kebab case": lambda text: re.sub(r"(?<=[a-z])(?=[A-Z])|[ -]", "-", text),
    "words of R": lambda text: re.sub(r"[ ()-]", ".", text),
    "in one": lambda text: re.sub(r"[ ()-]", "", text),
    "after a byte order mark": lambda text: f"\ufeff{text}",
    "before a joiner that nobody sees": lambda text: f"{text}\u200b",
    "with a soft hyphen": lambda text: f"{text[:2]}\xad{text[2:]}",
    "with a mark of direction": lambda text: f"\u200e{text}\u200f",
    "a dash that a word processor made": lambda text: text.replace("-", "\N{EN DASH}"),
}


@entrances
@pytest.mark.parametrize("spelling", SPELLINGS)
@given(row=customers())
def test_names_and_levels_mean_the_same_however_they_are_spelled(
    entrance: Entrance, spelling: str, row: Row
) -> None:
    spelled = SPELLINGS[spelling]
    sent = {
        spelled(name): spelled(value) if isinstance(value, str) else value
        for name, value in row.items()
    }
    assert entrance(sent) == PredictRequest.model_validate(row)


@entrances
@given(row=customers())
def test_numbers_and_truths_mean_the_same_as_texts(entrance: Entrance, row: Row) -> None:
    texts: Row = {name: f" {value}" for name, value in row.items()}
    truths = {
        name: value in {"Yes", 1}
        for name, value in row.items()
        if name in LEVELS and value in {"Yes", "No", 0, 1}
        if name != "InternetService"
    }
    expected = PredictRequest.model_validate(row)
    assert entrance(texts) == expected
    assert entrance({**row, **truths}) == expected


@pytest.mark.parametrize("value", [True, "yes", "TRUE", "t", "Y", " on ", 1, 1.0, "1", "1.0"])
@pytest.mark.parametrize("name", ["Partner", "SeniorCitizen"])
def test_of_two_levels_one_is_true(example: Row, name: str, value: object) -> None:
    assert whole({**example, name: value}).values()[name] in {"Yes", 1}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("InternetService", True),
        ("InternetService", 0),
        ("MultipleLines", 1),
        ("OnlineBackup", "0"),
        ("gender", True),
        ("gender", 1),
        ("Contract", 0),
        ("Contract", "2 year"),
        ("SeniorCitizen", "-1"),
        ("SeniorCitizen", 0.5),
        ("Partner", 2),
        ("Partner", "Yes?"),
        ("Partner", "no partner"),
        ("tenure", True),
        ("tenure", "12.5"),
        ("tenure", "(12)"),
        ("MonthlyCharges", "29,85"),
        ("MonthlyCharges", "inf"),
        ("TotalCharges", False),
        ("TotalCharges", "x"),
        ("TotalCharges", [1]),
        ("PaymentMethod", {"a": 1}),
        ("customerID", True),
        ("customerID", 1.5),
        ("context", "sms"),
    ],
)
@entrances
def test_what_could_mean_something_else_is_refused(
    example: Row, entrance: Entrance, name: str, value: object
) -> None:
    if entrance is of_table and name == "context":
        return  # a column that has nothing to do with ours
    (fault,) = told({**example, name: value}, entrance)
    assert fault.field == name
    assert fault.message.startswith("must be ")


@entrances
@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"Tenure": 12}, "tenure"),
        ({"Senior Citizen": None}, "SeniorCitizen"),
        ({"customer_id": 1, "customerID": 1}, "customerID"),
        ({"context": {"tone": "brief", "Tone": "brief"}}, "context.tone"),
    ],
)
def test_two_spellings_of_one_field_are_a_field_given_twice(
    example: Row, entrance: Entrance, more: Row, field: str
) -> None:
    fault = FieldFault(field, "must not be given twice")
    assert told({**example, **more}, entrance) == (fault,)


def test_one_field_twice_is_refused_however_the_rest_is_spelled(example: Row) -> None:
    body = json.dumps({**example, "Partner": True})[:-1] + ', "tenure": 3}'
    with pytest.raises(MalformedError, match="tenure: must not be given twice"):
        parse_json(PredictRequest, body)


def test_in_a_table_what_is_no_field_is_ignored(example: Row) -> None:
    own = {"Churn": True, "context": {"seen": 1, "by": "shop"}, "e-mail": "x", "tenure.1": 5}
    assert of_table({**example, **own}) == whole(example)


def test_in_a_table_a_misspelled_fact_among_ours_is_refused(example: Row) -> None:
    row = {**example, "context": {"channel": "sms", "consnt": False}}
    assert told(row, of_table) == (FieldFault("context.consnt", "did you mean consent?"),)


@pytest.mark.parametrize(
    ("name", "text"), [(1001, "1001"), (7590.0, "7590"), (10**30, "1" + "0" * 30)]
)
def test_a_number_that_names_a_customer_is_a_text(example: Row, name: float, text: str) -> None:
    assert whole({**example, "customerID": name}).customerID == text


def test_a_name_of_a_customer_is_kept_as_it_is(example: Row) -> None:
    for name in ("007", " a ", "null", ""):
        assert whole({**example, "customerID": name, "Partner": True}).customerID == name


@pytest.mark.parametrize("spelling", ["customerID", "Customer ID", "customer_id", "CUSTOMERID "])
@pytest.mark.parametrize("name", ["7590-VHVEG", "", " a ", "007", 1001, 7590.0, 10**30])
def test_a_row_that_is_wrong_has_the_name_that_it_would_have_otherwise(
    example: Row, spelling: str, name: object
) -> None:
    taken = whole({**example, spelling: name}).customerID
    assert identified({spelling: name, "tenure": "canary"}) == {"customerID": taken}


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"customer": "7590-VHVEG"},
        {"customerID": None},
        {"customerID": True},
        {"customerID": 7.5},
        {"customerID": math.inf},
        {"customerID": ["7590-VHVEG"]},
        {"customerID": "a\u2028b"},
        {"customerID": "x" * 101},
        {"customerID": 10**100},
        {"customerID": "a", "customer_id": "a"},
        {**{f"column {number}": 1 for number in range(MOST_COLUMNS)}, "customerID": "a"},
        None,
        "customerID",
        ["customerID"],
    ],
)
def test_a_name_that_is_not_allowed_is_none(row: object) -> None:
    assert identified(row) == {}


def test_a_row_that_is_larger_than_a_request_may_be_is_refused_unread(
    example: dict[str, object],
) -> None:
    with pytest.raises(InputError, match="must be at most 65536 bytes"):
        of_many({**example, **{f"x{number}": "y" for number in range(10_000)}})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        (" 12.0 ", 12),
        ("-3", -3),
        ("+.5", 0.5),
        ("89.90", 89.9),
        ("1e3", 1000),
        ("7.", 7),
    ],
)
def test_a_number_is_read_and_is_whole_where_it_can_be(text: str, value: float) -> None:
    assert (number(text), type(number(text))) == (value, type(value))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "1_0",
        "0x10",
        "nan",
        "inf",
        "1e",
        "1,5",
        "12 months",
        "\N{ARABIC-INDIC DIGIT SEVEN}",
        "1\n2",
        pytest.param("9" * 100_000 + "x", id="many digits, in linear time"),
    ],
)
def test_what_is_no_plain_number_stays_as_it_is(text: str) -> None:
    assert number(text) == text


@pytest.mark.parametrize("text", ["9" * 5000, "1e400"])
def test_a_number_beyond_all_bounds_is_infinite_and_so_refused(text: str) -> None:
    assert number(text) == math.inf


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**15), 10**15))
def test_every_number_that_python_writes_is_read_again(value: float) -> None:
    assert number(str(value)) == value

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_lib.customer.number import number


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

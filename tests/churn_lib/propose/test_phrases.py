"""Words for columns: sayable whatever the heading, and right for most."""

from collections.abc import Sequence

import polars as pl
import pytest

from churn_lib.propose.column import Column, columns_of
from churn_lib.propose.phrases import label, noun, of_levels, of_number, of_tenure, sayable


def column(heading: str, cells: Sequence[object]) -> Column:
    [found] = columns_of(pl.DataFrame({heading: [str(cell) for cell in cells]}))
    return found


@pytest.mark.parametrize(
    ("heading", "levels", "phrases"),
    [
        ("OnlineBackup", ["Yes", "No"], ["has online backup", "has no online backup"]),
        ("IsActive", [0, 1], ["is not active", "is active"]),
        ("HasPhone", ["true", "false"], ["has phone", "has no phone"]),
        ("Married", ["Y", "N"], ["is married", "is not married"]),
        (
            "Internet",
            ["DSL", "Fiber optic", "No"],
            ["has internet DSL", "has internet fiber optic", "has no internet"],
        ),
        ("Offer", ["None", "Offer A"], ["has no offer", "has offer A"]),
        ("Tariff Plan", [1, 2], ["has tariff plan one", "has tariff plan two"]),
        ("Term", ["12 days", "24+ days"], ["has term twelve days", "has term twenty-four days"]),
        ("Lines", ["Yes", "No phone service"], ["has lines", "has no phone service"]),
        ("Bundle", ["TV and phone"], ["has bundle TV & phone"]),
        ("Mood", ["?"], ["has mood something else"]),
    ],
)  # fmt: skip
def test_levels_are_said_so(heading: str, levels: list[object], phrases: list[str]) -> None:
    assert list(of_levels(column(heading, levels)).values()) == phrases


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0", "zero"),
        ("19", "nineteen"),
        ("40", "forty"),
        ("99", "ninety-nine"),
        ("110", "one hundred ten"),
        ("2024", "two thousand twenty-four"),
        ("250000", "two hundred fifty thousand"),
        ("007", "zero zero seven"),
        ("12345678", "one two three four five six"),
        ("a;b {c} €", "a b c"),
        ("A+", "A plus"),
        ("B-", "B minus"),
        ("11+", "eleven plus"),
        ("²", ""),
    ],
)
def test_numbers_and_signs_are_spelled_out_or_left_out(text: str, said: str) -> None:
    assert sayable(text) == said


def test_labels_and_nouns_are_short_and_in_words() -> None:
    assert label("StreamingTV") == "Streaming TV"
    assert noun("Number of Referrals") == "referrals"
    assert noun("%") == "this"
    assert len(label("long " * 30)) <= 80
    assert noun("long " * 30) == "long long long long long long long long long"


def test_numbers_are_said_by_thirds_of_those_who_have_any() -> None:
    some = column("Calls", [*[0] * 50, *range(1, 91)])
    assert of_number(some, 0.0) == [
        (0.0, "has no calls"),
        (1.0, "has calls in the bottom third"),
        (31.0, "has calls in the middle third"),
        (60.0, "has calls in the top third"),
    ]
    fees = of_number(column("Fee", [tenth / 10 for tenth in range(1, 301)]), 0.0)
    assert [bound for bound, _ in fees] == [0, 10, 20]
    assert of_number(column("Size", [7] * 9), 0.0)[-1] == (7.0, "has size in the middle third")


def test_tenure_is_said_as_time() -> None:
    bands = of_tenure(column("tenure", range(1, 73)), 0.0)
    assert [bound for bound, _ in bands] == [0, 15, 29, 51]
    assert bands[0][1] == "is a new customer"

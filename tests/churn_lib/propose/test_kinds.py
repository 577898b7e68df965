"""What a column is taken for, by all of its cells."""

from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest

from churn_lib.propose.column import Column, columns_of
from churn_lib.propose.kinds import kind_of

ROWS = 400
RNG = np.random.default_rng(3)


def column(cells: Sequence[object], heading: str = "x") -> Column:
    [found] = columns_of(pl.DataFrame({heading: [str(cell) for cell in cells]}))
    return found


def cycle(*cells: object) -> list[object]:
    return [cells[place % len(cells)] for place in range(ROWS)]


@pytest.mark.parametrize(
    ("heading", "cells", "use"),
    [
        ("Spend", cycle("29.85", "1.5", "7"), "number"),
        ("Spend", cycle("$1,889.50", "$7.00", "$30.5"), "number"),
        ("Spend", cycle("1.889,50 €", "7,00 €", "30,5 €"), "number"),
        ("Rate", cycle("5%", "7.5%", "30%"), "number"),
        ("Calls", cycle(*range(ROWS // 2)), "number"),
        ("Calls", cycle(0, 1, 2, 3), "number"),
        ("Plan type", cycle(1, 2, 3), "levels"),
        ("Plan list price", cycle(0, 99, 149), "number"),
        ("Plan days", cycle(7, 30, 90), "number"),
        ("Active", cycle(0, 1), "levels"),
        ("Active", cycle("1.0", "0.0", ""), "levels"),
        ("Half", cycle("0.5", "1.5"), "number"),
        ("Offer", cycle("None", "NA", "Unknown"), "levels"),
        ("Answer", cycle("TRUE", "FALSE"), "levels"),
        ("Code", cycle("007", "012", "100"), "levels"),
        ("Shape", cycle("3", "4", "5+"), "levels"),
        ("x", cycle("a", ""), "levels"),
        ("x", cycle(*(f"text {n}" for n in range(61))), "ignored"),
        ("x", cycle("a" * 101, "b"), "ignored"),
        ("x", cycle("a"), "ignored"),
        ("x", cycle("", "null", "NaN", "n/a", "#N/A"), "ignored"),
        ("Since", cycle("2024-01-31", "2023-12-01"), "ignored"),
        ("Since", cycle("31.01.2024", "1.12.23"), "ignored"),
        ("Since", cycle("Jan 31, 2024", "12 Mar 2023"), "ignored"),
        ("Join date", cycle(20240131, 20231201, 20220505), "ignored"),
        ("Joined", cycle(*range(20240101, 20240131)), "ignored"),
        ("Sold", cycle(*range(20240100, 20240131)), "number"),
        ("City", cycle("Rome", "Oslo"), "ignored"),
        ("Zip code", cycle(*range(10_000, 10_090)), "ignored"),
        ("lat", cycle("48.1", "51.3", "52.2"), "ignored"),
        ("Spend", cycle("1.889", "2.000"), "ignored"),
        ("Huge", cycle(10**15, 1), "ignored"),
        ("customerID", [f"{n:05x}-A" for n in range(ROWS)], "identifier"),
        ("Phone number", RNG.permutation(ROWS) * 977 + 100, "identifier"),
        ("x", RNG.permutation(np.arange(ROWS)) + 5000, "identifier"),
        ("x", 10**9 + RNG.permutation(ROWS) * 7919, "identifier"),
        ("Balance", [f"{n * 1.37:.2f}" for n in range(ROWS)], "number"),
        ("Spend", RNG.permutation(ROWS) * 9973 + 3, "number"),
        ("User ID", cycle(*range(ROWS * 3 // 4)), "ignored"),
    ],
)
def test_a_column_is_taken_for(heading: str, cells: Sequence[object], use: str) -> None:
    assert kind_of(column(cells, heading)).use == use


def test_levels_that_differ_in_capitals_or_blanks_alone_are_one_the_commonest() -> None:
    found = column([*["Credit card"] * 3, *["credit card"] * 2, "CREDIT  CARD", "Cash"])
    assert (found.texts, found.counts.tolist()) == (["Credit card", "Cash"], [6, 1])


def test_spellings_of_a_number_are_one() -> None:
    found = column(["1", "1.0", "+1", "2", "", "n/a"])
    assert (found.texts, found.blanks) == (["1", "2"], 2)


def test_a_few_texts_among_numbers_are_counted_and_to_be_made_blank() -> None:
    found = column([*range(380), *["?"] * 20])
    assert kind_of(found).why == "numbers, but for 20 rows with other texts: make those blank"


def test_a_few_texts_among_some_dozens_of_numbers_make_no_levels_of_them() -> None:
    found = column([*cycle(*range(40)), *["unknown", "-"] * 10])
    assert kind_of(found).why == "numbers, but for 20 rows with other texts: make those blank"


def test_numbers_with_a_unit_are_told_from_texts() -> None:
    found = kind_of(column([f"{n / 10:.1f} GB" for n in range(ROWS // 2)] * 2, "Data used"))
    assert (found.use, found.why) == (
        "ignored",
        "numbers with a unit behind them: write the numbers alone",
    )


def test_a_column_that_does_not_decide_is_read_as_those_beside_it() -> None:
    frame = pl.DataFrame({"bill": ["¥6,500", "¥700"], "total": ["¥1,234,500", "¥12"]})
    bill, _ = columns_of(frame)
    assert bill.numbers is not None
    assert sorted(bill.numbers) == [700, 6500]


def test_columns_that_contradict_each_other_decide_nothing_for_another() -> None:
    frame = pl.DataFrame({"a": ["6,500"], "b": ["1.5"], "c": ["1,5"]})
    assert columns_of(frame)[0].problem.startswith("is not certain")

"""Which columns are kept out of score and offers, by their headings and their values."""

import polars as pl
import pytest

from churn_lib.propose.column import columns_of
from churn_lib.propose.doubts import of_protected
from churn_lib.propose.roles import is_protected


def protected(heading: str, cells: list[object]) -> bool:
    [found] = columns_of(pl.DataFrame({heading: [str(cell) for cell in cells]}))
    return is_protected(found)


@pytest.mark.parametrize(
    "heading",
    ["Sexe", "Género", "GÉNERO", "Geschlecht", "Sesso", "gênero", "性別", "성별", "Familienstand"],
)
def test_sex_and_family_are_protected_in_the_languages_of_many_files(heading: str) -> None:
    assert protected(heading, ["a", "b"])


@pytest.mark.parametrize("heading", ["Age", "customer_age", "Edad", "Âge", "年齢", "AgeHH2"])
def test_ages_of_people_are_protected(heading: str) -> None:
    assert protected(heading, [0, 0, 0, *range(18, 80)])


@pytest.mark.parametrize("cells", [["18-25", "26-40"], [1, 2, 3, 4, 5]])
def test_groups_of_ages_are_protected(cells: list[object]) -> None:
    assert protected("Age group", cells)


@pytest.mark.parametrize(
    ("heading", "cells"), [("Vehicle Age", [*range(25)]), ("install_age_days", [*range(1, 400)])]
)
def test_an_age_that_is_nobodys_is_not_protected(heading: str, cells: list[object]) -> None:
    assert not protected(heading, cells)


def test_whoever_has_nothing_protected_is_asked_to_look() -> None:
    assert "no heading was understood as sex, age" in of_protected([]).text

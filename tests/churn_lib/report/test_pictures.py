"""The pictures: drawn of whatever was measured."""

from churn_lib.report.pictures import pictures
from churn_lib.report.tables import NAMES
from churn_lib.score.scorecard import load
from tests.churn_lib.report.conftest import Measured


def test_each_picture_is_a_png_and_the_same_of_the_same_figures(made: Measured) -> None:
    card = load(made.folder).card
    found = pictures(made.evaluation, card)
    assert {*found} == {*NAMES.values()}
    assert all(content.startswith(b"\x89PNG") for content in found.values())
    assert sum(map(len, found.values())) < 300_000
    assert pictures(made.evaluation, card) == found


def test_what_there_is_nothing_to_show_of_has_no_picture(made: Measured) -> None:
    bare = made.evaluation.model_copy(update={"money": None, "groups": ()})
    found = pictures(bare, load(made.folder).card)
    assert {*NAMES.values()} - {*found} == {NAMES["profit"], NAMES["groups"]}

"""The model card: nothing in it but what was measured."""

import re
from collections.abc import Iterator

import pytest

from churn_lib.customer.model import NOTES, SCHEMA
from churn_lib.customer.schema import ARTIFACTS
from churn_lib.report.card import model_card
from churn_lib.report.evaluation import EVALUATION, Canary, read
from churn_lib.report.tables import NAMES
from churn_lib.training.files import MODEL_CARD
from tests.churn_lib.report.conftest import Measured

NUMBER = re.compile(r"(?<!SHA)[+-]?\d+(?:,\d{3})*(?:\.\d+)?")
WORDS = {"95", "100", "1,000", "2003", "0", "10", "20", "30", "200", "0.5", "3", "0.02", "256"}
"""Numbers of the card's own sentences."""


def told(value: object) -> Iterator[str]:
    """All the ways in which the card may write a value of the evaluation."""
    if isinstance(value, str):
        yield from NUMBER.findall(value)
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from told(name)
            yield from told(part)
    elif isinstance(value, list):
        yield str(len(value))
        for part in value:
            yield from told(part)
    elif isinstance(value, int | float):
        yield from (f"{value:,.{digits}f}" for digits in range(5))
        yield f"{value:+.4f}"
        yield f"{value * 100:.1f}"


def test_every_number_of_the_card_is_one_of_the_evaluation(made: Measured) -> None:
    known = {*told(made.evaluation.model_dump(mode="json")), *WORDS}
    for text in (SCHEMA.business, *SCHEMA.ignored.values(), *(one.label for one in NOTES.values())):
        known |= {*told(text)}
    card = model_card(made.evaluation)
    found = [number for line in card.splitlines() for number in NUMBER.findall(line)]
    assert len(found) > 300
    assert {number for number in found if number not in known} == set()


def test_a_figure_that_changes_in_the_file_changes_in_the_card(made: Measured) -> None:
    ours, *others = made.evaluation.sides
    auc = ours.metrics["AUC"].model_copy(update={"mean": 0.7654})
    better = ours.model_copy(update={"metrics": {**ours.metrics, "AUC": auc}})
    other = made.evaluation.model_copy(update={"sides": (better, *others)})
    assert "0.7654" in model_card(other)
    assert "0.7654" not in model_card(made.evaluation)


def test_a_model_that_is_not_installed_is_named_as_that(made: Measured) -> None:
    assert "| Oracle | not installed |" in model_card(made.evaluation)


def test_a_canary_that_fails_is_told_first(made: Measured) -> None:
    failed = Canary(name="too good to be true", holds=False, found=0.99, bound=0.87)
    card = model_card(made.evaluation.model_copy(update={"canaries": (failed,)}))
    assert "Does not hold: too good to be true" in card.split("## ")[1]
    assert "| **FAILS** | too good to be true | 0.9900 | 0.8700 |" in card


def test_without_a_catalogue_and_protected_attributes_the_card_says_so(made: Measured) -> None:
    bare = {"money": None, "groups": (), "protected": (), "features": (), "all_features": None}
    card = model_card(made.evaluation.model_copy(update=bare))
    assert "has no catalogue" in card
    assert "The schema has none." in card
    assert "None is proposed" in card


@pytest.mark.skipif(not (ARTIFACTS / EVALUATION).exists(), reason="nothing is stored here")
def test_the_shipped_card_is_that_of_the_shipped_evaluation() -> None:
    card = (ARTIFACTS / MODEL_CARD).read_text("utf-8")
    assert card == model_card(read(ARTIFACTS))
    assert all((ARTIFACTS / NAMES[name]).is_file() for name in NAMES)

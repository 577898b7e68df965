import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from churn_lib.cli.ask import choices, complete, fault, question, understood
from churn_lib.customer.model import ABSENT, Customer

CUSTOMER = json.loads((Path(__file__).parents[2] / "data" / "customer.json").read_bytes())


class Conversation:
    """Types the prepared answers one after the other and keeps what was shown."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.shown: list[str] = []

    def complete(self, given: Mapping[str, object]) -> dict[str, object]:
        return complete(
            given, lambda text: self.shown.append(text.plain), lambda: self.answers.pop(0)
        )


def without(*names: str) -> dict[str, object]:
    return {name: value for name, value in CUSTOMER.items() if name not in names}


def test_nothing_is_asked_when_all_that_is_required_was_given() -> None:
    talk = Conversation()
    assert talk.complete(without("TotalCharges")) == without("TotalCharges")
    assert talk.shown == []


def test_only_what_is_missing_is_asked() -> None:
    talk = Conversation("24")
    assert talk.complete(without("tenure")) == {**CUSTOMER, "tenure": 24}
    assert talk.shown == ["Tenure  a whole number from 0 to 1200 (months)"]


def test_a_wrong_answer_is_asked_again_with_the_reason() -> None:
    talk = Conversation("-3", "soon", "3")
    assert talk.complete(without("tenure"))["tenure"] == 3
    assert talk.shown[1:] == ["Tenure must be a whole number from 0 to 1200 (months)"] * 2


def test_a_wrong_value_that_was_given_is_asked_for_with_the_reason() -> None:
    talk = Conversation("dsl")
    assert talk.complete({**CUSTOMER, "InternetService": "Cable"})["InternetService"] == "DSL"
    assert talk.shown[0] == "Internet service must be one of 'DSL', 'Fiber optic', 'No'"


def test_the_add_ons_of_a_service_that_is_absent_are_not_asked_and_follow_from_it() -> None:
    talk = Conversation("No", "no", "", "yes", "3", "1", "20", "")
    values = talk.complete(
        without("PhoneService", "InternetService", "Contract", "TotalCharges", *ABSENT)
    )
    assert {values[name] for name in ABSENT} == {"No phone service", "No internet service"}
    assert "Online security" not in " ".join(talk.shown)


def test_an_empty_total_is_left_out_to_be_computed() -> None:
    talk = Conversation("2", "")
    values = talk.complete(without("tenure", "TotalCharges"))
    assert "TotalCharges" not in values
    assert Customer.model_validate(values).values()["TotalCharges"] == pytest.approx(
        2 * CUSTOMER["MonthlyCharges"]
    )


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("Contract", "2", "One year"),
        ("Contract", "two", "Two year"),
        ("PaymentMethod", "bank", "Bank transfer (automatic)"),
        ("OnlineSecurity", "n", "No"),
        ("SeniorCitizen", "1", 1),
        ("tenure", "1", 1),
    ],
)
def test_an_answer_may_be_a_level_its_beginning_or_its_number(
    name: str, text: str, value: object
) -> None:
    assert understood(name, text) == value


@pytest.mark.parametrize(
    ("name", "text"), [("Contract", "4"), ("Contract", "0"), ("Contract", ""), ("Partner", "x")]
)
def test_an_answer_that_means_nothing_is_not_guessed(name: str, text: str) -> None:
    assert understood(name, text) == text
    assert fault(name, {name: text}) is not None
    assert fault(name, {name: "\udcff"}) is not None


def test_a_question_lists_the_levels_that_can_still_be_true() -> None:
    assert question("OnlineBackup").plain == "Online backup  1 Yes   2 No"
    assert choices("MultipleLines") == ("Yes", "No")


def test_levels_that_are_numbers_are_shown_with_their_meaning() -> None:
    assert question("SeniorCitizen").plain == "Senior citizen  0 is not a senior   1 is a senior"


def test_levels_that_need_more_than_a_line_get_a_line_each() -> None:
    assert question("PaymentMethod").plain.splitlines()[1:3] == [
        "  1 Electronic check",
        "  2 Mailed check",
    ]

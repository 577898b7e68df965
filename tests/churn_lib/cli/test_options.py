import pytest
from typer.testing import CliRunner

from churn_lib.cli import app
from churn_lib.cli.options import FIELDS, OPTIONS, attributes, contact, option
from churn_lib.customer.contact import Context
from churn_lib.customer.model import ATTRIBUTES


def test_every_attribute_and_contact_fact_is_an_option_of_predict() -> None:
    text = CliRunner().invoke(app, ["predict", "--help"], env={"COLUMNS": "200"}).stdout
    options = [
        *(OPTIONS[name] for name in ATTRIBUTES),
        *(f"--{name}" for name in Context.model_fields),
    ]
    assert [word for word in options if f" {word} " not in text] == []
    assert len(options) == len(ATTRIBUTES) + len(Context.model_fields)


def test_option_names_are_snake_case() -> None:
    assert [option(name) for name in ("gender", "SeniorCitizen", "StreamingTV")] == [
        "gender",
        "senior_citizen",
        "streaming_tv",
    ]


def test_help_shows_label_and_allowed_values_of_every_attribute() -> None:
    text = " ".join(
        CliRunner().invoke(app, ["predict", "--help"], env={"COLUMNS": "400"}).stdout.split()
    )
    assert all(f"{note.label}: " in text for note in ATTRIBUTES.values())
    assert "one of 'Month-to-month', 'One year', 'Two year'" in text


@pytest.mark.parametrize("spelling", ["--senior_citizen", "--senior-citizen"])
def test_options_are_spelled_with_dashes_or_underscores(spelling: str) -> None:
    result = CliRunner().invoke(app, ["predict", spelling, "7"])
    assert "--senior_citizen: must be one of 0, 1" in result.stderr.splitlines()
    assert result.exit_code == 2


def test_options_that_were_not_given_give_no_values() -> None:
    given = {**dict.fromkeys(FIELDS), "tenure": "3", "consent": None}
    assert attributes(given) == {"tenure": "3"}
    assert contact(given) == {}


def test_options_are_what_was_typed() -> None:
    given: dict[str, str | bool | None] = {
        "consent": False,
        "channel": "SMS",
        "partner": "yes ",
        "total_charges": "",
    }
    assert contact(given) == {"consent": False, "channel": "SMS"}
    assert attributes(given) == {"Partner": "yes ", "TotalCharges": ""}

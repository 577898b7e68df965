import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from churn_lib.cli import app
from churn_lib.cli.legacy import arguments

ROOT = Path(__file__).parents[3]
CUSTOMER = ROOT / "tests" / "data" / "customer.json"
ORIGINAL = (
    "--cli --gender Female --senior_citizen 0 --partner Yes --dependents "
    "No --tenure 12 --phone_service Yes "
    "--multiple_lines Yes --internet_service Fiber optic --online_security No --online_backup Yes "
    "--device_protection No --tech_support No --streaming_tv Yes "
    "--streaming_movies No --contract Month-to-month "
    "--paperless_billing Yes --payment_method Electronic check "
    "--monthly_charges 89.90 --total_charges 1078.80"
)


def main(words: list[str]) -> Result:
    """What `python main.py` with these words does."""
    return CliRunner().invoke(app, arguments(words))


def test_the_originals_call_works_word_for_word() -> None:
    command = [sys.executable, "main.py", *ORIGINAL.split()]
    result = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert "likely to leave" in result.stdout


def test_the_originals_call_scores_the_same_as_the_same_customer_in_json() -> None:
    original = json.loads(main([*ORIGINAL.split(), "--output", "json"]).stdout)
    as_json = json.loads(main(["--cli", "--json", str(CUSTOMER), "--output", "json"]).stdout)
    assert original["churn_probability"] == as_json["churn_probability"]
    assert original["offer"] == as_json["offer"]


def test_missing_and_wrong_values_end_with_2_and_a_line_per_field() -> None:
    line = (
        ORIGINAL.replace("--tenure 12", "")
        .replace("Fiber optic", "Carrier pigeon")
        .replace("89.90", "-1")
    )
    result = main(line.split())
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines() == [
        "--tenure: is required: a whole number from 0 to 1200 (months)",
        "--internet_service: must be one of 'DSL', 'Fiber optic', 'No'",
        "--monthly_charges: must be a number from 0 to 10000 (currency per month)",
    ]


@pytest.mark.parametrize(
    ("words", "joined"),
    [
        ("--internet_service Fiber optic", "--internet_service=Fiber optic"),
        ("--contract One year", "--contract=One year"),
        (
            "--payment_method Bank transfer '(automatic)'",
            "--payment_method=Bank transfer (automatic)",
        ),
        (
            "--payment_method 'Bank transfer (automatic)'",
            "--payment_method=Bank transfer (automatic)",
        ),
        ("--multiple_lines No phone service", "--multiple_lines=No phone service"),
        ("--online-security No internet service", "--online-security=No internet service"),
        ("--contract=Two year", "--contract=Two year"),
        ("--tenure -5", "--tenure=-5"),
        ("--explain", "--explain"),
    ],
)
def test_the_words_up_to_the_next_option_are_one_value(words: str, joined: str) -> None:
    assert arguments(["--cli", *shlex.split(words)]) == ["predict", "--no_input", joined]


def test_an_attribute_without_a_word_does_not_swallow_the_next_option() -> None:
    assert arguments(["--cli", "--gender", "--partner", "Yes"])[2:] == [
        "--gender=",
        "--partner=Yes",
    ]


def test_an_attribute_without_a_word_is_refused_even_when_it_may_be_left_out() -> None:
    result = main(ORIGINAL.replace(" 1078.80", "").split())
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines() == [
        "--total_charges: must be a number from 0 to 12000000 (currency)"
    ]


@pytest.mark.parametrize(
    "words", [["--cli", "foo", *ORIGINAL.split()[1:]], ["foo", *ORIGINAL.split()]]
)
def test_words_that_belong_to_no_option_are_told(words: list[str]) -> None:
    result = main(words)
    assert result.exit_code == 2
    assert result.stderr.startswith("(words): belong to no option; ")
    assert "foo" not in result.stderr


def test_the_switch_may_stand_anywhere() -> None:
    assert arguments(["--tenure", "12", "--cli"]) == arguments(["--cli", "--tenure", "12"])

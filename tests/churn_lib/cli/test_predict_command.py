import json
import os
import pty
import select
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic
from typing import Self

import pytest
from typer.testing import CliRunner, Result

from churn_lib.cli import app
from churn_lib.customer.model import ABSENT, ATTRIBUTES

ROOT = Path(__file__).parents[3]
FILE = ROOT / "tests" / "data" / "customer.json"
CUSTOMER = json.loads(FILE.read_bytes())


def predict(*arguments: str, stdin: str | bytes = "") -> Result:
    return CliRunner().invoke(
        app, ["predict", *arguments], input=stdin, env={"COLUMNS": "80", "NO_COLOR": "1"}
    )


def lines(result: Result) -> list[str]:
    assert (result.exit_code, result.stdout) == (2, "")
    return result.stderr.splitlines()


def test_a_customer_from_a_file_gets_probability_reasons_and_an_offer() -> None:
    result = predict("--json", str(FILE), "--offer", "template")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "likely to leave" in result.stdout.splitlines()[1]
    assert "\nOffer: " in result.stdout


def test_json_output_is_the_functions_answer_as_one_object() -> None:
    found = json.loads(
        predict("--json", "-", "--output", "json", stdin=json.dumps(CUSTOMER)).stdout
    )
    assert set(found) == {
        "churn_probability",
        "risk",
        "average_probability",
        "other_effects",
        "reasons",
        "marketing_offer",
        "offer",
        "metadata",
    }
    assert found["offer"]["trace"] == []


def test_options_win_over_the_file() -> None:
    stays = predict(
        "--json", str(FILE), "--contract", "two year", "--tenure", "70", "--output", "json"
    )
    leaves = predict("--json", str(FILE), "--output", "json")
    assert (
        json.loads(stays.stdout)["churn_probability"]
        < json.loads(leaves.stdout)["churn_probability"]
    )


def test_contact_options_win_over_those_of_the_file() -> None:
    body = json.dumps({**CUSTOMER, "context": {"language": "de", "consent": True}})
    found = json.loads(
        predict("--json", "-", "--no-consent", "--output", "json", stdin=body).stdout
    )
    assert found["offer"]["id"] is None
    assert "Consent" in found["offer"]["why"]


def test_the_customers_name_comes_back() -> None:
    result = predict("--json", str(FILE), "--customer_id", "7590-VHVEG", "--offer", "none")
    assert result.stdout.startswith("Customer 7590-VHVEG\n")
    assert "Offer" not in result.stdout


def test_without_a_terminal_all_that_is_missing_is_named_and_nothing_is_asked() -> None:
    named = [line.split(": is required: ")[0] for line in lines(predict())]
    assert len(named) == len(ATTRIBUTES) - 1
    assert "--total_charges" not in named


def test_what_is_wrong_is_named_with_what_is_allowed_and_never_repeated() -> None:
    result = predict(
        "--json", str(FILE), "--tenure", "Erika", "--channel", "Mustermann", "--consent"
    )
    assert lines(result)[0] == "--tenure: must be a whole number from 0 to 1200 (months)"
    assert "Erika" not in result.output
    assert "Mustermann" not in result.output


def test_faults_of_the_file_are_named_as_the_file_names_them() -> None:
    body = json.dumps({**CUSTOMER, "tenure": "Erika", "Contrct": "One year"})
    assert sorted(lines(predict("--json", "-", stdin=body))) == [
        "Contrct: did you mean Contract?",
        "tenure: must be a whole number from 0 to 1200 (months)",
    ]


def test_a_contradiction_is_named() -> None:
    result = predict("--json", str(FILE), "--phone_service", "No")
    assert lines(result) == ["MultipleLines: can't be 'Yes' when PhoneService is 'No'"]


def test_a_name_of_the_customer_that_is_not_allowed_is_named_by_its_option() -> None:
    result = predict("--json", str(FILE), "--customer_id", "Erika\n")
    assert lines(result) == [
        "--customer_id: must be text of at most 100 characters, without control characters"
    ]


@pytest.mark.parametrize("total", ['" "', "null", "NaN", '"NaN"', '"1078.8"'])
def test_a_total_of_the_file_is_read_as_everywhere(total: str) -> None:
    body = json.dumps({**CUSTOMER, "TotalCharges": "?"}).replace('"?"', total)
    known = predict("--json", str(FILE), "--output", "json")
    read = predict("--json", "-", "--output", "json", stdin=body)
    assert read.exit_code == 0, read.stderr
    probability = json.loads(read.stdout)["churn_probability"]
    assert probability == pytest.approx(json.loads(known.stdout)["churn_probability"], abs=1e-12)


def test_what_is_no_number_in_the_file_is_named_as_the_file_names_it() -> None:
    body = json.dumps({**CUSTOMER, "MonthlyCharges": float("nan"), "tenure": float("inf")})
    assert sorted(lines(predict("--json", "-", stdin=body))) == [
        "MonthlyCharges: is required: a number from 0 to 10000 (currency per month)",
        "tenure: must be a whole number from 0 to 1200 (months)",
    ]


def test_options_win_over_the_file_whatever_its_spelling() -> None:
    body = json.dumps({name.lower(): value for name, value in CUSTOMER.items()})
    result = predict("--json", "-", "--monthly_charges", "x", stdin=body)
    assert lines(result) == [
        "--monthly_charges: must be a number from 0 to 10000 (currency per month)"
    ]


def test_a_fact_of_the_file_is_not_blamed_on_an_option() -> None:
    body = json.dumps({**CUSTOMER, "context": {"Consent": "maybe", "language": "de"}})
    result = predict("--json", "-", "--language", "it", stdin=body)
    assert [line.split(":")[0] for line in lines(result)] == ["--language", "context.consent"]


@pytest.mark.parametrize("again", ['"tenure": 60', '"Tenure": 60', '"\\u0074enure": 60'])
def test_a_field_twice_in_the_file_is_named(again: str) -> None:
    body = f"{json.dumps(CUSTOMER)[:-1]}, {again}}}"
    assert lines(predict("--json", "-", stdin=body)) == ["tenure: must not be given twice"]


@pytest.mark.parametrize("number", ["inf", "1e400", "9" * 5000, "1_0", ""])
def test_a_number_that_is_none_is_refused(number: str) -> None:
    result = predict("--json", str(FILE), "--monthly_charges", number)
    assert lines(result) == [
        "--monthly_charges: must be a number from 0 to 10000 (currency per month)"
    ]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b'{"tenure": 1,}', "is not valid JSON (line 1, column 1"),
        (b"", "is not valid JSON (line 1, column 1)"),
        (b"[1]", "must hold one JSON object"),
        (b"\xff\xfe\xff", "is not valid JSON in UTF-8"),
        (b"[" * 200_000, "is not valid JSON in UTF-8"),
        (b'{"tenure": ' + b"9" * 4301 + b"}", "is not valid JSON in UTF-8"),
    ],
)
def test_a_body_that_is_no_json_object_is_named(body: bytes, fault: str) -> None:
    assert lines(predict("--json", "-", stdin=body))[0].startswith(f"standard input: {fault}")


def test_a_file_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.json")
    assert lines(predict("--json", missing)) == [
        f"{missing}: can't be read: No such file or directory"
    ]


def test_values_of_two_words_without_quotes_are_explained() -> None:
    assert lines(predict("--contract", "One", "year"))[0].startswith(
        "(words): belong to no option; two words need quotes"
    )


def test_explain_shows_every_offer_with_its_rules_and_money() -> None:
    found = json.loads(predict("--json", str(FILE), "--explain", "--output", "json").stdout)
    text = predict("--json", str(FILE), "--explain").stdout
    assert f"All {len(found['offer']['trace'])} offers" in text
    for one in found["offer"]["trace"]:
        assert f"\n  {one['offer']}  {one['name']}, {one['outcome'].replace('_', ' ')}\n" in text


def run(arguments: list[str], **options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "churn_lib", *arguments]
    environment = {**os.environ, **options}
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def test_a_pipe_that_knows_no_unicode_gets_plain_characters() -> None:
    result = run(
        ["predict", "--json", str(FILE), "--language", "ko"],
        PYTHONIOENCODING="ascii",
        PYTHONUTF8="0",
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert "raises" in result.stdout
    assert result.stdout.isascii()


def test_scoring_imports_no_training_library() -> None:
    code = (
        "import sys; from churn_lib.cli import app\n"
        f"try: app(['predict', '--offer', 'none', '--json', {str(FILE)!r}])\n"
        "except SystemExit: print({'sklearn', 'numpy', 'polars', 'joblib', "
        "'google.genai'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "set()"


def test_a_reader_that_closes_the_pipe_early_sees_no_traceback() -> None:
    command = [sys.executable, "-m", "churn_lib", "predict", "--json", str(FILE)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""


class Session:
    """`churn predict` on a terminal of 80 columns."""

    def __init__(self, *arguments: str, seconds: float = 30) -> None:
        self.terminal, theirs = pty.openpty()
        self.deadline = monotonic() + seconds
        self.screen = ""
        environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "TERM": "xterm"}
        command = [sys.executable, "-m", "churn_lib", "predict", *arguments]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
        )
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.terminal)

    def type(self, *lines: str) -> None:
        os.write(self.terminal, "".join(f"{line}\n" for line in lines).encode())

    def read_until(self, text: str) -> None:
        while text not in self.screen:
            shown = self._read()
            assert shown, f"{text!r} is not on the screen"
            self.screen += shown

    def end(self) -> int:
        """The exit code, when all that was shown is on the screen."""
        while shown := self._read():
            self.screen += shown
        return self.process.wait(max(0, self.deadline - monotonic()))

    def _read(self) -> str:
        ready, _, _ = select.select([self.terminal], [], [], max(0, self.deadline - monotonic()))
        try:
            return os.read(self.terminal, 4096).decode(errors="ignore") if ready else ""
        except OSError:  # how Linux says that nobody has the other side of a terminal open
            return ""


def test_on_a_terminal_what_is_missing_is_asked_for_and_answered_in_a_frame() -> None:
    add_ons = [name for name, (parent, _) in ABSENT.items() if parent == "InternetService"]
    with Session("--offer", "none") as session:
        session.type("1", "0", "y", "n", "many", "2", "yes", "no", "fiber", *["2"] * len(add_ons))
        session.type("1", "1", "1", "75.50", "")
        assert session.end() == 0
    assert session.screen.count("Tenure must be a whole number") == 1
    assert "1 Month-to-month   2 One year   3 Two year" in session.screen
    assert "╭─" in session.screen


def test_on_a_terminal_no_input_asks_nothing() -> None:
    with Session("--no-input", "--json", str(FILE), "--tenure", "x") as session:
        assert session.end() == 2
    assert session.screen.strip() == "--tenure: must be a whole number from 0 to 1200 (months)"


def test_ctrl_c_at_a_question_ends_quietly_with_130() -> None:
    with Session("--offer", "none") as session:
        session.type("1")
        session.read_until("Senior citizen")
        session.process.send_signal(signal.SIGINT)
        assert session.end() == 130
    assert "Traceback" not in session.screen


def test_ctrl_d_at_a_question_is_said_and_ends_with_1() -> None:
    with Session("--offer", "none") as session:
        session.type("1")
        session.read_until("Senior citizen")
        os.write(session.terminal, b"\x04")
        assert session.end() == 1
    assert session.screen.rstrip().endswith("The input ended before all questions were answered.")


def test_a_number_that_no_customer_had_is_marked() -> None:
    result = predict("--json", str(FILE), "--monthly_charges", "9999", "--offer", "none")
    assert "Outside the training data: MonthlyCharges\n" in result.stdout
    assert "Outside" not in predict("--json", str(FILE), "--offer", "none").stdout


def test_the_name_of_a_file_does_not_steer_the_terminal() -> None:
    result = predict("--json", "\x1b]0;pwned\x07\n.json")
    assert lines(result) == ["]0;pwned .json: can't be read: No such file or directory"]


def test_after_a_no_on_a_call_of_the_customer_the_next_offer_is_made() -> None:
    talk = ("--direction", "inbound", "--no_consent", "--exclude", "annual-plan,loyalty-discount")
    result = predict("--json", str(FILE), "--offer", "template", "--output", "json", *talk)
    offer = json.loads(result.stdout)["offer"]
    assert offer["id"] == "fibre-check"
    left_out = "Left out, for declined in this talk: annual-plan, loyalty-discount."
    assert offer["why"].endswith(left_out)


def test_the_next_offer_is_shown_when_asked_for() -> None:
    text = predict("--json", str(FILE), "--offer", "template", "--runner-up").stdout
    assert text.index("Offer: Annual plan") < text.index("After a no: Loyalty discount")


def test_the_assumption_behind_every_acceptance_is_told() -> None:
    text = predict("--json", str(FILE), "--offer", "template", "--explain").stdout
    assert "generosity_half = 1, an assumption" in " ".join(text.split())

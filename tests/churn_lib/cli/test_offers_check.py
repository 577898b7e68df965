import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from churn_lib.cli import app
from churn_lib.words import guard

ROOT = Path(__file__).parents[3]
HONEST = {
    "language": "en",
    "channel": "email",
    "slots": ["months"],
    "text": "Stay with us for {months}: reply to this message to accept the offer.",
}
LIE = {**HONEST, "text": "Stay with us for {months} and pay 25 dollars less. Reply to accept."}


CORPORA = {name: ROOT / "tests" / "data" / f"{name}.ndjson" for name in ("attacks", "honest")}


def check(content: str | bytes, source: str = "-") -> Result:
    return CliRunner().invoke(app, ["offers", "check", source], input=content)


def lines(*objects: object) -> str:
    return "".join(f"{json.dumps(one)}\n" for one in objects)


def is_allowed(line: dict[str, Any]) -> bool:
    return (
        guard.check(
            line["text"],
            language=line["language"],
            channel=line["channel"],
            slots=line["slots"],
        )
        is None
    )


def verdicts(result: Result) -> list[object]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_each_text_gets_one_verdict_in_order_and_a_refusal_is_no_error() -> None:
    result = check(lines(HONEST, LIE, {"id": 7, "label": "honest", **HONEST}))
    assert verdicts(result) == [{"ok": True}, {"ok": False, "rule": "digit"}, {"ok": True}]
    assert (result.exit_code, result.stderr) == (0, "")


def test_texts_come_from_a_file_too_and_blank_lines_get_no_verdict(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.ndjson"
    corpus.write_text(f"\n{lines(HONEST)}\r\n  \n{lines(LIE)}".removesuffix("\n"), "utf-8")
    assert len(verdicts(check("", str(corpus)))) == 2
    assert verdicts(check("")) == []


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("not json", "the line must be one JSON object in UTF-8"),
        ("[1]", "the line must be one JSON object in UTF-8"),
        (b"\xff\xfe{}", "the line must be one JSON object in UTF-8"),
        (b"[" * 100_000, "the line must be one JSON object in UTF-8"),
        ("9" * 10_000, "the line must be one JSON object in UTF-8"),
        (json.dumps({**HONEST, "language": "Erika"}), "language must be one of en, es, fr, de, ko"),
        (json.dumps({**HONEST, "language": ["en"]}), "language must be one of en, es, fr, de, ko"),
        (
            json.dumps({**HONEST, "channel": "Erika"}),
            "channel must be one of email, sms, call, chat",
        ),
        (json.dumps({**HONEST, "slots": "months, price"}), "slots must be a list of names"),
        (json.dumps({**HONEST, "slots": ["months", 1]}), "slots must be a list of names"),
        (json.dumps({**HONEST, "text": None}), "text must be a string"),
        ("{}", "language must be one of en, es, fr, de, ko"),
    ],
)
def test_a_line_that_can_not_be_judged_is_named_and_stops_nothing(
    line: str | bytes, fault: str
) -> None:
    raw = line if isinstance(line, bytes) else line.encode()
    result = check(b"\n".join([lines(HONEST).encode(), raw, lines(LIE).encode()]))
    assert verdicts(result) == [
        {"ok": True},
        {"ok": False, "rule": "input"},
        {"ok": False, "rule": "digit"},
    ]
    assert (result.exit_code, result.stderr) == (2, f"line 3: {fault}\n")


@pytest.mark.parametrize(
    "text", [r"Stay with us \ud800 today.", r"Stay with us \udfff\ud800 today.", r"\ud83d"]
)
def test_a_lone_surrogate_is_judged_as_any_other_character(text: str) -> None:
    result = check(f'{{"language": "en", "channel": "chat", "slots": [], "text": "{text}"}}\n')
    assert verdicts(result) == [{"ok": False, "rule": "control"}]
    assert (result.exit_code, result.stderr) == (0, "")


def test_slots_may_be_left_out_and_may_be_written_with_their_braces() -> None:
    plain = {**HONEST, "text": "Stay with us: reply to this message to accept the offer."}
    del plain["slots"]
    assert verdicts(check(lines(plain, {**HONEST, "slots": ["{months}"]}))) == [{"ok": True}] * 2


def test_a_refused_word_is_named() -> None:
    promise = {**HONEST, "text": "Stay with us for {months}, we promise it helps."}
    assert verdicts(check(lines(promise))) == [{"ok": False, "rule": "promise", "word": "promise"}]


@pytest.mark.parametrize("corpus", ["attacks", "honest"])
def test_lines_of_a_corpus_are_judged_as_the_guard_judges_them(corpus: str, tmp_path: Path) -> None:
    every = CORPORA[corpus].read_bytes().splitlines(keepends=True)
    some = every[:: len(every) // 25]
    (tmp_path / "some.ndjson").write_bytes(b"".join(some))
    result = check("", str(tmp_path / "some.ndjson"))
    found = [json.loads(line)["ok"] for line in result.stdout.splitlines()]
    assert found == [is_allowed(json.loads(line)) for line in some]
    assert (result.exit_code, result.stderr) == (0, "")


def test_a_missing_file_is_one_line() -> None:
    result = check("", "missing.ndjson")
    assert (result.exit_code, result.stdout) == (2, "")
    assert (
        result.stderr == "Invalid value for 'FILE': 'missing.ndjson': No such file or directory\n"
    )


def test_a_verdict_comes_before_the_next_text_is_there() -> None:
    command = [sys.executable, "-m", "churn_lib", "offers", "check", "-"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for text, found in ((HONEST, {"ok": True}), (LIE, {"ok": False, "rule": "digit"})):
            process.stdin.write(lines(text))
            process.stdin.flush()
            assert json.loads(process.stdout.readline()) == found
        process.stdin.close()
        assert process.wait(30) == 0

"""With GEMINI_TEXTS=approved no word reaches a customer that no person approved, by any entrance.

Every text of the file is there: two of five approved, the others only written, rejected or stale,
with words that give them away. Gemini is there too, and counts its calls.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import httpx2
import pytest

from churn_lib.customer.contact import CHANNELS, LANGUAGES
from churn_lib.words.texts import TEXTS, Key, Stored
from churn_lib.words.wanted import TONES, wanted
from tests.canaries import KEY as SECRET
from tests.churn_lib.words.banked import DESK, KEY, TODAY, draft
from tests.conftest import EXAMPLE
from tests.fakes.gemini import unused_port
from tests.serving import OFTEN, ROOT, Served, clean_environment, serve, until, wait_for

APPROVED, UNREAD = "approved-by-a-person", "read-by-nobody"
GEMINIS = "Reply to this message to accept."
ARTIFACTS = ("customer.toml", "manifest.json", "offers.toml", "scorecard.json")
CONTEXTS = [
    {"channel": channel, "language": language, "tone": tone}
    for channel, language, tone in product(CHANNELS, LANGUAGES, TONES)
]


def text(key: Key, place: int) -> Stored:
    """A text of the file: two of five are approved."""
    state = ("approved", "written", "approved", "rejected", "stale")[place % 5]
    made = DESK.stored(key, draft(key, APPROVED if state == "approved" else UNREAD), (), "gemini-x")
    if state == "stale":
        return made.model_copy(update={"status": "approved", "offer_digest": "0" * 16})
    return made.model_copy(update={"status": state})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("artifacts")
    for name in ARTIFACTS:
        (place / name).write_bytes((ROOT / "artifacts" / name).read_bytes())
    keys = wanted(DESK.catalogue, TODAY)
    lines = [text(key, number).line for number, key in enumerate(keys)]
    (place / TEXTS).write_bytes(b"".join(lines))
    return place


@pytest.fixture(scope="module")
def gemini() -> Iterator[str]:
    port = unused_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.gemini", "--port", str(port)], cwd=ROOT
    )
    try:
        wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def variables(folder: Path, gemini: str, mode: str) -> dict[str, str]:
    return {
        "CHURN_ARTIFACTS": str(folder),
        "GEMINI_API_KEY": SECRET,
        "GEMINI_BASE_URL": gemini,
        "GEMINI_TEXTS": mode,
        "BIGQUERY_GEMINI_CALLS_PER_MINUTE": "1000",
        "GEMINI_CALLS_PER_MINUTE": "1000",
    }


@pytest.fixture(scope="module")
def served(folder: Path, gemini: str) -> Iterator[Served]:
    with serve(variables(folder, gemini, "approved")) as server:
        yield server


def calls(gemini: str) -> int:
    found = httpx2.post(f"{gemini}/_control", json={}, trust_env=False).json()
    return int(found["calls"])


def asked() -> list[dict[str, Any]]:
    """The example customer in every channel, language and tone."""
    customer = json.loads(EXAMPLE.read_bytes())
    return [{**customer, "context": context} for context in CONTEXTS]


def post(server: Served, path: str, body: object) -> httpx2.Response:
    found = httpx2.post(f"{server.url}{path}", json=body, trust_env=False, timeout=60)
    return found.raise_for_status()


def by_predict(server: Served, mode: str) -> list[Any]:
    path = f"/predict{mode and f'?offer={mode}'}"
    return [post(server, path, customer).json() for customer in asked()]


def by_batch(server: Served) -> list[Any]:
    lines = post(server, "/predict/batch?offer=gemini", asked()).text.splitlines()
    return [json.loads(line) for line in lines[:-1]]


def by_bigquery(server: Served) -> list[Any]:
    flat = [{**one, **one.pop("context")} for one in asked()]
    body = {"calls": [[one] for one in flat], "userDefinedContext": {"mode": "offer"}}
    found: list[Any] = post(server, "/bigquery", body).json()["replies"]
    return found


def writers(answers: list[Any]) -> set[str | None]:
    """Who wrote the offers; checks that nothing in the answers was read by nobody."""
    whole = json.dumps(answers)
    assert UNREAD not in whole
    assert GEMINIS not in whole
    return {one["offer"].get("written_by") for one in answers if one["offer"]["id"]}


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("", {"approved", "template"}),
        ("gemini", {"approved", "template"}),
        ("template", {"template"}),
        ("none", set()),
    ],
)
def test_predict_says_only_what_was_approved(
    served: Served, gemini: str, mode: str, expected: set[str]
) -> None:
    assert writers(by_predict(served, mode)) == expected
    assert calls(gemini) == 0


def test_a_batch_says_only_what_was_approved(served: Served, gemini: str) -> None:
    assert writers(by_batch(served)) == {"approved", "template"}
    assert calls(gemini) == 0


def test_bigquery_says_only_what_was_approved(served: Served, gemini: str) -> None:
    assert writers(by_bigquery(served)) == {"approved", "template"}
    assert calls(gemini) == 0


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize("program", ["-m churn_lib predict --no_input", "main.py --cli"])
def test_the_command_line_says_only_what_was_approved(
    folder: Path, gemini: str, program: str, tone: str
) -> None:
    command = [sys.executable, *program.split(), "--json", str(EXAMPLE), "--output", "json"]
    command += ["--tone", tone]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**clean_environment(), **variables(folder, gemini, "approved")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert writers([json.loads(done.stdout)]) <= {"approved", "template"}
    assert (calls(gemini), done.stderr) == (0, "")


def test_an_approved_text_is_the_persons_words_with_the_catalogues_numbers(
    served: Served,
) -> None:
    answers = [one for one in by_predict(served, "") if one["offer"]["written_by"] == "approved"]
    for one in answers:
        assert APPROVED in one["marketing_offer"]
        assert "{" not in one["marketing_offer"]
        assert one["offer"]["fallback_reason"] is None


def test_what_was_missing_is_a_line_once_and_without_a_word_of_the_customer(
    served: Served,
) -> None:
    for _ in range(2):
        by_predict(served, "")
    lines = [json.loads(line) for line in served.printed().splitlines() if "missing_text" in line]
    keys = [tuple(line[name] for name in Key._fields) for line in lines]
    assert keys
    assert len(keys) == len(set(keys))
    assert {"message", "severity", "time", "event", *Key._fields} == set(lines[0])
    needed = {(*key[:4], key.reason or "none") for key in wanted(DESK.catalogue, TODAY)}
    assert set(keys) <= needed


def test_live_takes_an_approved_text_first_and_asks_gemini_for_the_others(
    folder: Path, gemini: str
) -> None:
    before = calls(gemini)
    with serve(variables(folder, gemini, "live")) as server:
        assert until(lambda: calls(gemini) > before or not by_predict(server, ""), 60)
        for answers in (by_predict(server, ""), by_batch(server), by_bigquery(server)):
            found = {one["offer"]["written_by"] for one in answers}
            assert found >= {"approved", "gemini"}
            assert UNREAD not in json.dumps(answers)
        assert "missing_text" not in server.printed()


def test_a_wrong_setting_beside_it_lets_no_other_word_out(folder: Path, gemini: str) -> None:
    wrong = {**variables(folder, gemini, "aproved"), "GEMINI_SLOTS": "many"}
    before = calls(gemini)
    with serve(wrong) as server:
        answers = by_predict(server, "")
    assert writers(answers) == {"approved", "template"}
    assert calls(gemini) == before


def test_a_text_that_is_approved_while_it_runs_needs_no_restart(
    folder: Path, gemini: str, tmp_path: Path
) -> None:
    for name in ARTIFACTS:
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    with serve({**variables(tmp_path, gemini, "approved"), **OFTEN}) as server:
        assert writers(by_predict(server, "")) == {"template"}
        (tmp_path / TEXTS).write_bytes((folder / TEXTS).read_bytes())
        assert until(lambda: "approved" in writers(by_predict(server, "")))


def test_a_file_that_can_not_be_used_costs_the_texts_and_no_answer(
    folder: Path, gemini: str, tmp_path: Path
) -> None:
    for name in ARTIFACTS:
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / TEXTS).write_bytes(b"{\n" * 3 + text(KEY, 0).line)
    with serve(variables(tmp_path, gemini, "approved")) as server:
        found = by_predict(server, "")
        assert writers(found) == {"approved", "template"}
        assert until(lambda: "the first is line 1" in server.printed())

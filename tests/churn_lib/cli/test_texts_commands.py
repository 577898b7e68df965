"""`churn texts`, as its owner uses it: in processes of its own, with a folder and a Gemini."""

import asyncio
import csv
import io
import json
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from churn_lib.words.texts import TEXTS, Key, Stored, append, read
from churn_lib.words.wanted import wanted
from tests.canaries import KEY as SECRET
from tests.churn_lib.words.banked import DESK, KEY, OTHER, TODAY, stored
from tests.fakes.gemini import FakeGemini, unused_port
from tests.serving import ROOT, clean_environment, until, wait_for

ARTIFACTS = ("customer.toml", "manifest.json", "offers.toml", "scorecard.json")
ONE_FORM = "--language en --channel email --tone friendly"
NEEDED = [key for key in wanted(DESK.catalogue, TODAY) if key[1:4] == KEY[1:4]]
BOTH = "--offer annual-plan --offer tech-support"

Result = subprocess.CompletedProcess[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ARTIFACTS:
        (tmp_path / name).write_bytes((ROOT / "artifacts" / name).read_bytes())
    return tmp_path


def variables(url: str = "http://127.0.0.1:9") -> dict[str, str]:
    return {
        **clean_environment(),
        "PYTHONPATH": str(ROOT),
        "GEMINI_API_KEY": SECRET,
        "GEMINI_BASE_URL": url,
        "GEMINI_DEADLINE": "8.5",
    }


def command(words: str, folder: Path) -> list[str]:
    return [
        *(sys.executable, "-m", "churn_lib", "texts"),
        *shlex.split(words),
        *("--folder", str(folder)),
    ]


def texts(words: str, folder: Path, answers: str = "", url: str = "http://127.0.0.1:9") -> Result:
    done = subprocess.run(
        command(words, folder),
        env=variables(url),
        input=answers,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )
    assert "Traceback" not in done.stderr
    return done


def by_gemini(words: str, folder: Path, scenario: str = "ok") -> tuple[Result, int]:
    """What a command said, and the number of its calls."""

    async def run() -> tuple[Result, int]:
        async with FakeGemini(scenario, keys=[SECRET]) as gemini:
            done = await asyncio.to_thread(texts, words, folder, "", gemini.url)
            return done, len(gemini.calls)

    return asyncio.run(run())


def known(folder: Path) -> dict[Key, Stored]:
    return dict(read(folder / TEXTS).texts)


def put(folder: Path, *given: Stored) -> None:
    for text in given:
        append(folder / TEXTS, text)


def test_what_is_missing_is_written_and_a_second_run_asks_for_nothing(folder: Path) -> None:
    done, calls = by_gemini(f"write {ONE_FORM} {BOTH}", folder)
    again, more = by_gemini(f"write {ONE_FORM} {BOTH}", folder)
    chosen = [key for key in NEEDED if key.offer in {"annual-plan", "tech-support"}]
    assert (done.returncode, done.stderr) == (0, "")
    assert set(known(folder)) == set(chosen)
    assert done.stdout.count(": written\n") == len(chosen)
    assert (again.returncode, more) == (0, 0)
    assert len(chosen) < calls <= 2 * len(chosen)


def test_a_run_that_is_killed_is_gone_on_with_and_no_text_is_paid_for_twice(folder: Path) -> None:
    port = unused_port()
    fake = [sys.executable, "-m", "tests.fakes.gemini", "--port", str(port), "--delay", "0.1"]
    gemini = subprocess.Popen(fake, cwd=ROOT, stdout=subprocess.DEVNULL)
    url, path = f"http://127.0.0.1:{port}", folder / TEXTS
    try:
        wait_for(port, gemini)
        first = subprocess.Popen(
            command(f"write {ONE_FORM}", folder), env=variables(url), stdout=subprocess.DEVNULL
        )
        assert until(lambda: path.exists() and path.read_bytes().count(b"\n") >= 4, 60)
        first.send_signal(signal.SIGKILL)
        first.wait(30)
        before, saved = calls(url), known(folder)
        done = texts(f"write {ONE_FORM}", folder, url=url)
        after = calls(url)
    finally:
        gemini.terminate()
        gemini.wait(30)
    assert 4 <= len(saved) < len(NEEDED)
    assert (done.returncode, set(known(folder))) == (0, set(NEEDED))
    assert {key: known(folder)[key] for key in saved} == saved
    assert after - before <= 2 * (len(NEEDED) - len(saved))


def calls(url: str) -> int:
    return int(httpx2.post(f"{url}/_control", json={}, trust_env=False).json()["calls"])


def test_the_end_of_the_budget_is_said(folder: Path) -> None:
    done, count = by_gemini(f"write {ONE_FORM} --budget 5", folder)
    assert (done.returncode, count) == (1, 5)
    assert "texts are still missing (budget: " in done.stderr
    assert "the same command goes on" in done.stderr


@pytest.mark.parametrize(
    ("scenario", "code", "reason"), [("403", 4, "refused_key"), ("lies", 1, "")]
)
def test_why_texts_are_missing_is_said(folder: Path, scenario: str, code: int, reason: str) -> None:
    done, _ = by_gemini(f"write {ONE_FORM} --offer autopay", folder, scenario)
    assert done.returncode == code
    assert (reason or "guard") in done.stderr
    assert known(folder) == {}


def test_what_a_log_misses_is_written_and_nothing_else(folder: Path) -> None:
    lines = [
        {"event": "missing_text", **KEY._asdict()},
        {"jsonPayload": {"event": "missing_text", **KEY._asdict(), "reason": "none"}},
        {"event": "missing_text", **KEY._asdict(), "offer": "gone"},
        {"event": "decision", **OTHER._asdict()},
    ]
    log = folder / "log"
    log.write_text("starting\n" + "".join(f"{json.dumps(line)}\n" for line in lines))
    done, _ = by_gemini(f"write --from-log {log}", folder)
    assert done.returncode == 0
    assert set(known(folder)) == {KEY, KEY._replace(reason="")}
    array = folder / "array"
    array.write_text(json.dumps([{"jsonPayload": lines[0] | {"tone": "brief"}}], indent=2))
    by_gemini(f"write --from-log {array}", folder)
    assert KEY._replace(tone="brief") in known(folder)


def test_a_text_is_shown_as_the_customer_reads_it_and_approved(folder: Path) -> None:
    put(folder, stored().model_copy(update={"claims": ("It is nice",)}))
    done = texts("review", folder, "a\n")
    assert "Here is our offer: $80.91 a month instead of $89.90" in done.stdout
    assert "not in the facts: It is nice" in done.stdout
    assert known(folder)[KEY].status == "approved"
    assert done.stdout.endswith("0 still to be read, 1 approved, 0 rejected\n")


def test_each_answer_is_saved_and_the_rest_waits(folder: Path) -> None:
    put(folder, stored(), stored(OTHER))
    texts("review", folder, "r\n")
    assert {key: text.status for key, text in known(folder).items()} == {
        KEY: "rejected",
        OTHER: "written",
    }
    assert "1 of 1: tech-support" in texts("review", folder, "q\n").stdout


def test_an_edit_is_a_persons_and_is_shown_before_it_is_approved(folder: Path) -> None:
    put(folder, stored())
    done = texts("review", folder, "e\nA plan for you\n\n\na\n")
    text = known(folder)[KEY]
    assert (text.text.headline, text.status, text.edited) == ("A plan for you", "approved", True)
    assert text.text.message == stored().text.message
    assert "written, edited" in done.stdout


@pytest.mark.parametrize("message", ["Stay for less.", "It is free: {price_change}, {months}."])
def test_an_edit_that_the_guard_refuses_changes_nothing(folder: Path, message: str) -> None:
    put(folder, stored())
    done = texts("review", folder, f"e\n\n{message}\n\nq\n")
    assert "is refused by the guard" in done.stdout
    assert known(folder) == {KEY: stored()}


def test_undo_takes_back_one_answer_after_the_other(folder: Path) -> None:
    put(folder, stored(), stored(OTHER))
    texts("review", folder, "a\nr\nu\nu\nu\nq\n")
    assert known(folder) == {KEY: stored(), OTHER: stored(OTHER)}


def test_a_review_of_nothing_ends_at_once(folder: Path) -> None:
    put(folder, stored(status="approved"))
    done = texts("review", folder)
    assert (done.returncode, done.stdout) == (0, "0 still to be read, 0 approved, 0 rejected\n")


def test_a_spreadsheet_goes_out_and_comes_back_whole_or_not_at_all(folder: Path) -> None:
    put(folder, stored(), stored(OTHER))
    assert texts("export texts.csv", folder).returncode == 0
    table = folder / "texts.csv"
    rows = list(csv.reader(io.StringIO(table.read_bytes().decode("utf-8-sig"), newline="")))
    place = rows[0].index("status")
    for status, code, expected in (("perhaps", 2, "written"), ("approved", 0, "approved")):
        rows[1][place], rows[2][place] = "approved", status
        with table.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(rows)
        done = texts("import texts.csv", folder)
        assert done.returncode == code
        assert {text.status for text in known(folder).values()} == {expected}


def test_a_warehouse_gets_the_approved_texts(folder: Path) -> None:
    put(folder, stored(status="approved"), stored(OTHER, "approved"))
    done = texts("export words.csv --as table", folder)
    assert done.stdout.splitlines()[0].startswith("words.csv: 1 texts, to be joined by offer, ")
    assert len((folder / "words.csv").read_text("utf-8").splitlines()) == 2


def test_a_table_in_another_encoding_is_refused(folder: Path) -> None:
    (folder / "texts.csv").write_bytes("offer,größe\n".encode("latin-1"))
    done = texts("import texts.csv", folder)
    assert done.returncode == 2
    assert "save it as CSV UTF-8" in done.stderr


def test_lint_names_what_is_missing_stale_or_not_approved(folder: Path) -> None:
    stale = stored(OTHER, "approved").model_copy(update={"offer_digest": "0" * 16})
    put(folder, stored(), stale)
    with (folder / TEXTS).open("a") as file:
        file.write("{\n")
    done = texts(f"lint {ONE_FORM} {BOTH}", folder)
    lines = done.stdout.splitlines()
    assert done.returncode == 1
    assert f"unapproved: {KEY}" in lines
    assert f"stale: {OTHER}" in lines
    assert "missing: annual-plan, email, en, friendly, no reason" in lines
    assert f"damaged: {TEXTS}, line 3" in lines


def test_lint_is_content_when_all_is_approved(folder: Path) -> None:
    put(folder, stored(status="approved"), stored(KEY._replace(reason=""), "approved"))
    done = texts(f"lint {ONE_FORM} --offer annual-plan", folder)
    assert (done.returncode, done.stdout) == (0, "texts.ndjson: 2 approved\n")


@pytest.mark.parametrize("option", ["--language xx", "--channel fax", "--tone loud", "--offer no"])
def test_a_choice_that_there_is_not_is_named_with_those_that_there_are(
    folder: Path, option: str
) -> None:
    done = texts(f"lint {option}", folder)
    assert done.returncode == 2
    assert done.stderr.startswith(f"{option.replace(' ', ': ')}: must be one of ")


def test_the_way_that_the_page_shows_leads_to_texts_that_can_be_served(folder: Path) -> None:
    page = (ROOT / "docs" / "texts.md").read_text()
    shown = [
        line.removeprefix("churn texts ").replace("--folder artifacts", "").strip()
        for block in re.findall(r"^```bash\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
        for line in block.splitlines()
    ]
    assert [line.split()[0] for line in shown] == ["write", "review", "lint", "export", "import"]

    async def walk() -> list[int]:
        async with FakeGemini(keys=[SECRET]) as gemini:
            answers = "a\n" * len(NEEDED)
            done = [
                await asyncio.to_thread(texts, line, folder, answers, gemini.url) for line in shown
            ]
            return [one.returncode for one in done]

    assert asyncio.run(walk()) == [0] * len(shown)
    assert {text.status for text in known(folder).values()} == {"approved"}
    assert f"needs {len(NEEDED)} texts for one language" in page

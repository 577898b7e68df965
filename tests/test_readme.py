"""The commands, answers and places that the documents show are what a newcomer meets."""

import ast
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import chdir
from datetime import UTC, datetime
from operator import add, mul, sub
from pathlib import Path
from shutil import copytree

import httpx2
import numpy as np
import pytest
from typer.testing import CliRunner

from churn_lib.cli import app
from churn_lib.customer.schema_file import load
from churn_lib.offers.catalogue import catalogue
from churn_lib.scale import golden
from churn_lib.scale.request import Request
from churn_lib.score.scorecard import scorecard
from churn_lib.settings import Settings
from tests import companies
from tests.churn_lib.scale.asked import differences
from tests.churn_lib.scale.scoring import customers, write_csv
from tests.pages import (
    BIGQUERY,
    CAMPAIGN,
    CONTRIBUTING,
    CUT,
    ECONOMICS,
    EVIDENCE,
    GUARD,
    LOG,
    OWN,
    PAGES,
    README,
    asked,
    blocks,
    commands,
    everywhere,
    like,
    shown,
)
from tests.serving import ROOT, clean_environment, serve, until

ABOUT_A_FILE = ("churn score", "churn campaign")
ASKS, WAITS_FOR_INPUT = "churn predict", "churn offers check -"
OPERATIONS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Mult: mul,
    ast.Add: add,
    ast.Sub: sub,
}


def test_the_answer_shown_is_the_answer_given(client: httpx2.Client) -> None:
    (block,) = blocks(README, "json")
    sample = shown(block)
    assert like(sample, asked(client, README, "/predict").json()) == sample


def test_the_batch_shown_is_answered_as_shown(client: httpx2.Client) -> None:
    (block,) = blocks(README, "ndjson")
    given = asked(client, README, "/predict/batch").text
    assert list(map(json.loads, given.splitlines())) == list(map(json.loads, block.splitlines()))


def test_the_lines_of_the_log_shown_are_the_lines_written(tmp_path: Path) -> None:
    file = tmp_path / "decisions.ndjson"
    samples = [shown(block) for block in blocks(LOG, "json")]
    with serve({"DECISION_LOG": str(file)}) as server, httpx2.Client(base_url=server.url) as client:
        assert asked(client, README, "/predict").status_code == 200
        assert asked(client, LOG, "/outcomes").status_code == 202
        assert until(lambda: file.read_text().count("\n") == len(samples))
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [like(*pair) for pair in zip(samples, lines, strict=True)] == samples


def test_the_remote_function_shown_is_one_that_is_served(
    client: httpx2.Client, example: dict[str, object]
) -> None:
    (sql,) = [block for block in blocks(BIGQUERY, "sql") if "REMOTE" in block]
    (endpoint,) = re.findall(r"endpoint = '([^']+)'", sql)
    (rows,) = re.findall(r"max_batching_rows = (\d+)", sql)
    ((name, mode),) = re.findall(
        r'user_defined_context = \[\("(\w+)", "(\w+)"\)\]', PAGES[BIGQUERY]
    )
    body = {"calls": [[example]] * int(rows), "userDefinedContext": {}}
    scores = client.post(httpx2.URL(endpoint).path, json=body).json()["replies"]
    (offer,) = client.post(
        httpx2.URL(endpoint).path, json={"calls": [[example]], "userDefinedContext": {name: mode}}
    ).json()["replies"]
    assert [set(score) for score in scores] == [{"churn_probability", "risk"}] * int(rows)
    assert offer["offer"]["id"]


@pytest.mark.parametrize(
    "command",
    [
        line
        for line in everywhere("churn ")
        if line
        not in {
            *(ASKS, WAITS_FOR_INPUT),
            *(line for page in (OWN, CAMPAIGN, EVIDENCE) for line in commands(page, "churn ")),
        }
        and not line.startswith(ABOUT_A_FILE)
    ],
)
def test_the_commands_shown_work(command: str, tmp_path: Path) -> None:
    old = tmp_path / "old.toml"  # what `git show` writes on the line before
    old.write_bytes((ROOT / "artifacts" / "offers.toml").read_bytes())
    words = [str(old) if word == old.name else word for word in shlex.split(command)]
    with chdir(ROOT):
        result = CliRunner().invoke(app, words[1:])
    assert result.exit_code == 0, result.stderr
    assert result.stdout


def test_the_sql_shown_says_what_the_service_says() -> None:
    (command,) = commands(README, "churn sql")
    asked = shlex.split(command.replace("bigquery", "duckdb"), comments=True)
    sql = CliRunner().invoke(app, asked[1:]).stdout.replace("crm.customers", "customers")
    request = Request(datetime.now(UTC).date())
    rows = list(golden.customers(scorecard().card, (), 100))
    assert differences(rows, scorecard(), catalogue(), request, sql) == []


def test_a_stranger_gets_from_a_table_to_answers_with_the_commands_shown(tmp_path: Path) -> None:
    known = load(companies.FILES / "iranian.toml")
    rows = companies.made_up(known, 600, np.random.default_rng(3))
    companies.write(known, rows, tmp_path / "customers.csv")
    init, train, *about_the_schema = commands(OWN, "churn ")
    assert commands(README, "churn init") + commands(README, "churn train") == [init, train]
    for command in (init, train):
        assert by_hand(command, tmp_path) == 0
    copytree(tmp_path / "own", tmp_path / "old")
    for command in about_the_schema:
        assert by_hand(command, tmp_path) == 0
    (folder,) = {line.partition("ARTIFACTS=")[2] for line in commands(OWN, "make run")}
    with serve({"CHURN_ARTIFACTS": str(tmp_path / folder)}) as server:
        document = httpx2.get(f"{server.url}/openapi.json", trust_env=False, timeout=30).json()
        body = document["paths"]["/predict"]["post"]["requestBody"]["content"]["application/json"]
        customer = body["examples"]["customer"]["value"]
        answer = httpx2.post(f"{server.url}/predict", json=customer, trust_env=False, timeout=30)
    assert answer.json()["reasons"]
    assert answer.json()["offer"]["why"]


def test_the_commands_shown_for_a_file_of_customers_work(tmp_path: Path) -> None:
    write_csv(tmp_path / "customers.csv", customers(30))
    shown = [line for start in ABOUT_A_FILE for line in everywhere(start)]
    assert len(shown) > 3
    for command in shown:
        assert by_hand(command, tmp_path) == 0
        assert (tmp_path / shlex.split(command)[3]).stat().st_size


def test_the_trial_shown_comes_out_as_shown(tmp_path: Path) -> None:
    trial, truth = blocks(EVIDENCE, "toml")
    copytree(ROOT / "artifacts", tmp_path / "trial")
    offers = tmp_path / "trial" / "offers.toml"
    offers.write_text(offers.read_text().replace("[greetings]", f"{trial}\n[greetings]", 1))
    (tmp_path / "truth.toml").write_text(truth)
    printed = set[str]()
    for command in commands(EVIDENCE, "churn "):
        done = typed(command, tmp_path)
        assert done.returncode == 0, done.stderr
        printed |= {line.strip() for line in done.stdout.splitlines()}
    lines = [line.strip() for block in blocks(EVIDENCE, "text") for line in block.splitlines()]
    assert [line for line in lines if line not in {CUT, *printed}] == []


def by_hand(command: str, folder: Path) -> int:
    """How a command ends that is typed in a folder."""
    return typed(command, folder).returncode


def typed(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What comes of a command that is typed in a folder."""
    words = [sys.executable, "-m", "churn_lib", *shlex.split(command)[1:]]
    environment = {**clean_environment(), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_the_guard_judges_the_texts_shown_as_shown() -> None:
    texts, verdicts = blocks(GUARD, "ndjson")
    assert commands(GUARD, WAITS_FOR_INPUT)
    result = CliRunner().invoke(app, shlex.split(WAITS_FOR_INPUT)[1:], input=texts)
    assert result.stdout == verdicts


def test_the_worked_example_is_what_the_command_prints(
    client: httpx2.Client, example: dict[str, object]
) -> None:
    text = PAGES[ECONOMICS]
    (line,) = re.findall(r"^    E = ([-+*().\d ]+) = ([\d.]+)$", text, re.MULTILINE)
    money = client.post("/predict", json=example).json()["offer"]["economics"]
    assert round(sum_of(line[0]), 1) == round(float(line[1]), 1)
    assert money["expected_value"] == float(line[1])
    assert f"V = {money['value']}" in text
    assert f"d = {money['cost']}" in text
    assert f"it pays if 1 in {money['one_in']} leavers accepts" in " ".join(text.split())


def sum_of(formula: str) -> float:
    """The value of a formula of numbers, products and sums; nothing else is computed."""

    def value(node: ast.expr) -> float:
        if isinstance(node, ast.BinOp):
            return OPERATIONS[type(node.op)](value(node.left), value(node.right))
        assert isinstance(node, ast.Constant)
        assert isinstance(node.value, int | float)
        return float(node.value)

    return value(ast.parse(formula, mode="eval").body)


def test_every_make_target_shown_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    inline = {name for text in PAGES.values() for name in re.findall(r"`make ([a-z-]+)", text)}
    found = inline | {line.split()[1] for line in everywhere("make ")}
    assert {"run", "test", "deploy"} <= found <= targets


@pytest.mark.parametrize("page", [page for page in PAGES if "](" in PAGES[page]])
def test_every_link_leads_somewhere(page: str) -> None:
    links = re.findall(r"\]\(((?!http)[^)]+)\)", PAGES[page])
    assert [link for link in links if not leads_somewhere(ROOT / page, link)] == []


def leads_somewhere(page: Path, link: str) -> bool:
    name, _, heading = link.partition("#")
    path = page.parent / name if name else page
    return path.exists() and (not heading or heading in headings(path))


def headings(path: Path) -> Iterator[str]:
    """The headings of a page, as links name them."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            bare = re.sub(r"[^\w\s-]", "", line.lstrip("# ").lower())
            yield bare.replace(" ", "-")


def test_every_setting_named_exists() -> None:
    ours = r"`((?:GEMINI|SECRET|BIGQUERY|DECISION|RISK)_[A-Z_]+|GOOGLE_CLOUD_PROJECT)\b"
    named = {name.lower() for text in PAGES.values() for name in re.findall(ours, text)}
    assert "gemini_api_key" in named
    assert named <= set(Settings.model_fields)


def test_every_place_named_exists() -> None:
    text = PAGES[CONTRIBUTING]
    paths = re.findall(r"`((?:artifacts|churn_lib|functions|infra|tests)/[\w./]+)`", text)
    names = re.findall(r"`(\w+)`\s+(?:in|of)\s+`([\w./]+\.py)`", text)
    names += [found[::-1] for found in re.findall(r"pytest (\S+\.py)::(\w+)", text)]
    assert [path for path in paths if not (ROOT / path).exists()] == []
    assert [(name, path) for name, path in names if name not in (ROOT / path).read_text()] == []
    assert paths
    assert names


def test_the_picture_of_the_house_shows_every_room() -> None:
    (picture,) = blocks(CONTRIBUTING, "text")
    drawn, house = set(), ""
    for line in picture.splitlines():
        names = re.findall(r"(\w+(?:/|\.py))\s", line)
        house = house if line.startswith(" ") else names[0]
        drawn |= {house + name if line.startswith(" ") else name for name in names}
    rooms = {
        f"{path.parent.relative_to(ROOT).as_posix()}/"
        for house in ("churn_lib", "functions")
        for path in (ROOT / house).rglob("__init__.py")
    }
    assert [name for name in drawn if not (ROOT / name).exists()] == []
    assert rooms <= drawn

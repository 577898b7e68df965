"""The README's commands and its answer are what a newcomer meets."""

import ast
import json
import re
import shlex
from collections.abc import Callable
from contextlib import chdir
from operator import add, mul, sub

import httpx2
import pytest
from typer.testing import CliRunner

from churn_lib.cli import app
from tests.serving import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
OPERATIONS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Mult: mul,
    ast.Add: add,
    ast.Sub: sub,
}
VOLATILE = (("metadata", "decision_id"), ("metadata", "latency_ms"), ("offer", "accept_until"))
DEADLINE = re.compile(r"until \w+ \d{1,2}, \d{4}")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def commands(program: str) -> list[str]:
    lines = [line.split("  #")[0].strip() for block in blocks("sh") for line in block.splitlines()]
    return [line for line in lines if line.startswith(program) and "..." not in line]


def test_the_answer_shown_is_the_answer_given(client: httpx2.Client) -> None:
    (curl,) = [line for line in commands("curl") if "/predict'" in line]
    words = shlex.split(curl)
    body = (ROOT / words[words.index("-d") + 1].removeprefix("@")).read_bytes()
    name, value = words[words.index("-H") + 1].split(": ")
    (block,) = blocks("json")
    answer = client.post(httpx2.URL(words[2]).path, content=body, headers={name: value}).text
    shown, given = (json.loads(DEADLINE.sub("until then", text)) for text in (block, answer))
    for part, name in VOLATILE:
        assert type(shown[part].pop(name)) is type(given[part].pop(name))
    assert given == shown


def test_the_outcome_shown_is_accepted(client: httpx2.Client) -> None:
    (curl,) = [line for line in commands("curl") if "/outcomes" in line]
    words = shlex.split(curl)
    headers = dict(words[index + 1].split(": ") for index, word in enumerate(words) if word == "-H")
    response = client.post(
        httpx2.URL(words[2]).path, content=words[words.index("-d") + 1], headers=headers
    )
    assert response.status_code == 202


def test_the_batch_shown_is_answered_as_shown(client: httpx2.Client) -> None:
    (curl,) = [line for line in commands("curl") if "/predict/batch'" in line]
    words = shlex.split(curl)
    body = (ROOT / words[words.index("--data-binary") + 1].removeprefix("@")).read_bytes()
    name, _, value = words[words.index("-H") + 1].partition(": ")
    (shown,) = blocks("ndjson")
    given = client.post(httpx2.URL(words[2]).path, content=body, headers={name: value}).text
    assert [json.loads(line) for line in given.splitlines()] == [
        json.loads(line) for line in shown.splitlines()
    ]


def test_the_remote_function_shown_is_one_that_is_served(
    client: httpx2.Client, example: dict[str, object]
) -> None:
    (sql,) = blocks("sql")
    (endpoint,) = re.findall(r"endpoint = '([^']+)'", sql)
    (rows,) = re.findall(r"max_batching_rows = (\d+)", sql)
    ((name, mode),) = re.findall(r'user_defined_context = \[\("(\w+)", "(\w+)"\)\]', README)
    body = {"calls": [[example]] * int(rows), "userDefinedContext": {}}
    scores = client.post(httpx2.URL(endpoint).path, json=body).json()["replies"]
    (offer,) = client.post(
        httpx2.URL(endpoint).path, json={"calls": [[example]], "userDefinedContext": {name: mode}}
    ).json()["replies"]
    assert [set(score) for score in scores] == [{"churn_probability", "risk"}] * int(rows)
    assert offer["offer"]["id"]


@pytest.mark.parametrize(
    "command", [line for line in commands("churn ") if line != "churn predict"]
)
def test_the_commands_shown_work(command: str) -> None:
    arguments, _, source = command.partition("<")
    given = (ROOT / source.strip()).read_bytes() if source else b""
    with chdir(ROOT):
        result = CliRunner().invoke(app, shlex.split(arguments)[1:], input=given)
    assert result.exit_code == 0, result.stderr
    assert result.stdout


def test_every_make_target_shown_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    shown = set(re.findall(r"make ([a-z-]+)", README))
    assert shown
    assert shown <= targets


def test_every_file_linked_exists() -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if not link.startswith("http")]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_worked_example_is_what_the_command_prints(
    client: httpx2.Client, example: dict[str, object]
) -> None:
    (line,) = re.findall(r"^    E = ([-+*().\d ]+) = ([\d.]+)$", README, re.MULTILINE)
    money = client.post("/predict", json=example).json()["offer"]["economics"]
    assert round(sum_of(line[0]), 1) == round(float(line[1]), 1)
    assert money["expected_value"] == float(line[1])
    assert f"It pays if 1 in {money['one_in']} leavers accepts" in README


def sum_of(formula: str) -> float:
    """The value of a formula of numbers, products and sums; nothing else is computed."""

    def value(node: ast.expr) -> float:
        if isinstance(node, ast.BinOp):
            return OPERATIONS[type(node.op)](value(node.left), value(node.right))
        assert isinstance(node, ast.Constant)
        assert isinstance(node.value, int | float)
        return float(node.value)

    return value(ast.parse(formula, mode="eval").body)

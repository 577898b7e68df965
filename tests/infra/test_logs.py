"""The lines that the function writes reach the decision log and the metrics, and no other line
does.
"""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping

import httpx2
import pytest

from tests.churn_lib.gemini.writing import KEY
from tests.conftest import EXAMPLE
from tests.fakes.gemini import unused_port
from tests.infra.lines import (
    AGREED,
    DECISION,
    FALLBACK,
    GEMINI_CALL,
    OUTCOME,
    SCORE,
    TEMPLATE,
    Line,
    entry,
)
from tests.infra.plan import Plan
from tests.serving import ROOT, serve, wait_for, wait_for_gemini

COMPARISON = re.compile(r'([\w.]+)(!?=)"([^"]*)"')
EXTRACT = re.compile(r"EXTRACT\(([\w.]+)\)")
TYPES = {"STRING": str, "INT64": int, "BOOL": bool}


def value(line: Line, path: str) -> object:
    """What the entry holds at a path; None when there is nothing."""
    found: object = line
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def passes(text: str, line: Line) -> bool:
    """Whether an entry passes a filter of comparisons, AND, OR and parentheses. An absent field
    passes none.
    """

    def compare(found: re.Match[str]) -> str:
        path, operator, wanted = found.groups()
        given = value(line, path)
        return str(given is not None and (given == wanted) is (operator == "="))

    def holds(node: ast.expr) -> bool:
        if isinstance(node, ast.BoolOp):
            parts = [holds(part) for part in node.values]
            return all(parts) if isinstance(node.op, ast.And) else any(parts)
        assert isinstance(node, ast.Constant), f"not a filter that this test knows: {text}"
        return bool(node.value)

    truth = COMPARISON.sub(compare, text).replace(" AND ", " and ").replace(" OR ", " or ")
    return holds(ast.parse(truth, mode="eval").body)


def metrics(plan: Plan) -> dict[str, Mapping[str, object]]:
    """The log-based metrics by the end of their names."""
    found = plan.resources("google_logging_metric")
    return {each.values["name"].removeprefix("predict_churn_"): each.values for each in found}


@pytest.fixture(scope="module")
def lines() -> tuple[Line, ...]:
    """What the function really writes."""
    return tuple(written())


def written() -> Iterator[Line]:
    """The lines of a real server: a text by Gemini, a template, a score alone and an outcome."""
    customer = json.loads(EXAMPLE.read_text())
    port = unused_port()
    gemini = subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.gemini", "--port", str(port)], cwd=ROOT
    )
    try:
        wait_for(port, gemini)
        with serve(
            {"GEMINI_API_KEY": KEY, "GEMINI_BASE_URL": f"http://127.0.0.1:{port}"}
        ) as server:
            wait_for_gemini(server.url, customer)
            for writer in ("template", "none"):
                answer = httpx2.post(
                    f"{server.url}/predict?offer={writer}", json=customer, trust_env=False
                ).json()
            outcome = {"decision_id": answer["metadata"]["decision_id"], "outcome": "accepted"}
            key = {"Idempotency-Key": "1"}
            httpx2.post(
                f"{server.url}/outcomes", json=outcome, headers=key, trust_env=False
            ).raise_for_status()
            printed = server.printed()
    finally:
        gemini.terminate()
        gemini.wait(30)
    yield from (json.loads(line) for line in printed.splitlines() if line.startswith("{"))


def test_the_function_writes_each_kind_of_line(lines: tuple[Line, ...]) -> None:
    assert {line["event"] for line in lines} >= {"decision", "outcome", "gemini_call"}
    assert {line["written_by"] for line in lines if line["event"] == "decision"} == {
        "gemini",
        "template",
        "none",
    }


@pytest.mark.parametrize("line", AGREED)
def test_the_lines_of_these_tests_are_such_as_the_function_writes(
    lines: tuple[Line, ...], line: Line
) -> None:
    kinds = {
        name: type(found)
        for each in lines
        if each["event"] == line["event"]
        for name, found in each.items()
    }
    assert {name: type(found) for name, found in line.items()}.items() <= kinds.items()


def test_a_field_has_the_same_type_in_every_line(lines: tuple[Line, ...]) -> None:
    kinds = {(line["event"], name, type(found)) for line in lines for name, found in line.items()}
    assert len(kinds) == len({(event, name) for event, name, _ in kinds})
    assert not [kind for kind in kinds if kind[2] is type(None)]


def test_the_decision_log_takes_decisions_and_outcomes(
    infra: Plan, lines: tuple[Line, ...]
) -> None:
    sink = infra.one("google_logging_project_sink")
    taken = [line["event"] for line in lines if passes(sink["filter"], entry(line))]
    assert sorted(set(taken)) == ["decision", "outcome"]
    assert len(taken) == len([line for line in lines if line["event"] in {"decision", "outcome"}])


def test_lines_of_another_service_are_not_taken(infra: Plan, lines: tuple[Line, ...]) -> None:
    filters = [
        each["filter"]
        for each in (infra.one("google_logging_project_sink"), *metrics(infra).values())
    ]
    assert [
        line for line in lines for each in filters if passes(str(each), entry(line, "another"))
    ] == []


@pytest.mark.parametrize(
    ("metric", "counted"),
    [
        ("decisions", [DECISION, FALLBACK, TEMPLATE, SCORE]),
        ("texts", [DECISION, FALLBACK]),
        ("input_tokens", [GEMINI_CALL]),
        ("output_tokens", [GEMINI_CALL]),
    ],
)
def test_a_metric_counts_its_lines_and_no_other(
    infra: Plan, metric: str, counted: list[Line]
) -> None:
    text = str(metrics(infra)[metric]["filter"])
    assert [line for line in AGREED if passes(text, entry(line))] == counted
    assert not passes(text, entry(OUTCOME))


@pytest.mark.parametrize("metric", ["decisions", "texts", "input_tokens", "output_tokens"])
def test_every_label_and_value_is_in_every_line_that_is_counted(
    infra: Plan, lines: tuple[Line, ...], metric: str
) -> None:
    found = metrics(infra)[metric]
    counted = [entry(line) for line in lines if passes(str(found["filter"]), entry(line))]
    assert counted
    for path, kind in extracted(found):
        assert {type(value(line, path)) for line in counted} == {kind}, path


def extracted(metric: Mapping[str, object]) -> Iterator[tuple[str, type]]:
    """The paths that a metric reads, each with the type that it must find there."""
    labels, extractors = metric["metric_descriptor"], metric["label_extractors"]
    assert isinstance(labels, list)
    assert isinstance(extractors, Mapping)
    declared = {label["key"]: TYPES[label["value_type"]] for label in labels[0]["labels"]}
    assert set(declared) == set(extractors)
    for name, text in extractors.items():
        yield EXTRACT.sub(r"\1", text), declared[name]
    if metric["value_extractor"]:
        yield EXTRACT.sub(r"\1", str(metric["value_extractor"])), float

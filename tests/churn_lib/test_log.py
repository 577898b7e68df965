"""Lines of the decision log, and those of Python's own logging on Google Cloud."""

import asyncio
import json
import logging
import multiprocessing
import os
import resource
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from churn_lib import log
from churn_lib.answer import answer, answered
from churn_lib.customer.request import PredictRequest
from churn_lib.errors import RecordError, WriterError
from churn_lib.settings import settings
from tests.conftest import EXAMPLE

TRACE_ID, SPAN_ID = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
PROJECT = "my-project"


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """An environment whose changes are read."""
    settings.cache_clear()
    yield monkeypatch
    settings.cache_clear()


def decide(mode: str = "template", **more: object) -> None:
    """Has the example's decision logged."""
    request = PredictRequest.model_validate({**json.loads(EXAMPLE.read_text()), **more})
    found = asyncio.run(answered(request, "none" if mode == "none" else "template"))
    log.decision(
        route="/predict",
        answer=found.answer,
        evidence=found.evidence,
        customer=request,
        context=request.context,
    )


def test_a_decision_holds_what_an_experiment_needs(lines: list[bytes]) -> None:
    decide()
    line = json.loads(lines[0])
    assert (
        line.items()
        >= {
            "severity": "INFO",
            "message": "decision",
            "event": "decision",
            "route": "/predict",
            "arm": "policy",
            "catalogue_version": "1.2.0",
            "risk": "medium",
            "channel": "email",
            "language": "en",
            "direction": "outbound",
            "offer": "annual-plan",
            "propensity": 1.0,
            "written_by": "template",
            "fallback_reason": "none",
        }.items()
    )
    assert set(line) - {
        "time",
        "decision_id",
        "model_version",
        "probability",
        "eligible",
        "latency_ms",
    } == {
        *(
            "severity",
            "message",
            "event",
            "route",
            "arm",
            "catalogue_version",
            "risk",
            "channel",
            "language",
            "direction",
            "offer",
        ),
        *("propensity", "written_by", "fallback_reason"),
        *("experiment", "unit", "would_offer", "answers", "would_answer"),
        *("value", "cost", "contact_cost", "expected_value"),
    }


def test_it_is_logged_that_the_customer_called(lines: list[bytes]) -> None:
    decide(context={"direction": "inbound"})
    assert json.loads(lines[0])["direction"] == "inbound"


def test_the_eligible_offers_are_those_that_the_trace_vetoes_nowhere(lines: list[bytes]) -> None:
    request = PredictRequest.model_validate_json(EXAMPLE.read_text())
    trace = asyncio.run(answer(request, "template", explain=True))["offer"]["trace"]
    decide()
    allowed = [one for one in trace if one.outcome != "vetoed"]
    allowed.sort(key=lambda one: -one.economics.expected_value)
    assert json.loads(lines[0])["eligible"] == [one.offer for one in allowed]
    assert 1 < len(allowed) < len(trace)


def test_a_field_has_the_same_type_with_an_offer_without_one_and_with_none_asked_for(
    lines: list[bytes],
) -> None:
    decide()
    decide(context={"consent": False})
    decide("none")
    offered, refused, scored = map(json.loads, lines)
    assert (refused["offer"], refused["written_by"], refused["eligible"]) == ("none", "none", [])
    for other in (refused, scored):
        assert {name: type(offered[name]) for name in other} == {
            name: type(value) for name, value in other.items()
        }
    assert set(offered) - set(scored) == {"catalogue_version"}


def test_nothing_of_the_customer_is_logged_unless_a_setting_names_it(
    lines: list[bytes], variables: pytest.MonkeyPatch
) -> None:
    decide(customerID="canary4711")
    variables.setenv("DECISION_LOG_ATTRIBUTES", "Contract, tenure")
    settings.cache_clear()
    decide(customerID="canary4711")
    plain, named = map(json.loads, lines)
    assert "attributes" not in plain
    assert named["attributes"] == {"Contract": "Month-to-month", "tenure": 12}
    assert b"canary4711" not in b"".join(lines)


def test_an_identifier_that_is_named_and_not_given_is_none(
    lines: list[bytes], variables: pytest.MonkeyPatch
) -> None:
    variables.setenv("DECISION_LOG_ATTRIBUTES", "customerID")
    settings.cache_clear()
    decide()
    assert json.loads(lines[0])["attributes"] == {"customerID": "none"}


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ({"traceparent": f"00-{TRACE_ID}-{SPAN_ID}-01"}, (TRACE_ID, SPAN_ID)),
        ({"x-cloud-trace-context": f"{TRACE_ID}/1;o=1"}, (TRACE_ID, "0000000000000001")),
        ({"x-cloud-trace-context": f"{TRACE_ID}/18446744073709551615"}, (TRACE_ID, "f" * 16)),
        ({"x-cloud-trace-context": TRACE_ID}, (TRACE_ID, None)),
        ({"traceparent": "nonsense", "x-cloud-trace-context": TRACE_ID}, (TRACE_ID, None)),
    ],
)
def test_a_line_names_the_trace_of_its_request(
    variables: pytest.MonkeyPatch, headers: dict[str, str], found: tuple[str, str | None]
) -> None:
    variables.setenv("GOOGLE_CLOUD_PROJECT", PROJECT)
    fields = log.trace_fields(headers)
    assert fields[log.TRACE] == f"projects/{PROJECT}/traces/{found[0]}"
    assert fields.get(log.SPAN) == found[1]


@pytest.mark.parametrize(
    "header",
    [
        "",
        f"00-{'0' * 32}-{SPAN_ID}-01",
        f"00-{TRACE_ID}-{'0' * 16}-01",
        f"00-{TRACE_ID.upper()}-{SPAN_ID}-01",
        f"00-{TRACE_ID}-{SPAN_ID}-01\n",
        f"{TRACE_ID}/../../x",
        f'{TRACE_ID}","severity":"ALERT',
        f"{TRACE_ID}/{'9' * 20}",
    ],
)
def test_a_trace_can_not_be_forged(variables: pytest.MonkeyPatch, header: str) -> None:
    variables.setenv("GOOGLE_CLOUD_PROJECT", PROJECT)
    assert log.trace_fields({"traceparent": header, "x-cloud-trace-context": header}) == {}


def test_without_a_project_there_is_no_trace() -> None:
    assert log.trace_fields({"traceparent": f"00-{TRACE_ID}-{SPAN_ID}-01"}) == {}


def call_gemini(error: BaseException | None) -> None:
    with log.gemini_call("gemini-x") as call:
        call.input_tokens, call.output_tokens = 120.0, 45.0
        if error is not None:
            raise error


@pytest.mark.parametrize(
    ("error", "result"),
    [
        (None, "ok"),
        (WriterError("rate_limited"), "rate_limited"),
        (asyncio.CancelledError(), "timeout"),
    ],
)
def test_a_call_to_gemini_is_a_line_however_it_ends(
    lines: list[bytes], error: BaseException | None, result: str
) -> None:
    if error is None:
        call_gemini(None)
    else:
        with pytest.raises(type(error)):
            call_gemini(error)
    line = json.loads(lines[0])
    assert (line["event"], line["message"], line["model"]) == (
        "gemini_call",
        "gemini call",
        "gemini-x",
    )
    assert (line["result"], line["input_tokens"], line["output_tokens"]) == (result, 120.0, 45.0)
    assert line["latency_ms"] >= 0


def broken(_lines: bytes) -> None:
    raise OSError(28, "No space left on device")


def record(decision_id: str = "0" * 32) -> None:
    log.outcome(
        decision_id=decision_id,
        outcome="left",
        offer=None,
        reason=None,
        key=None,
        occurred_at="",
        trace={},
    )


def test_a_line_that_can_not_be_written_is_an_error_in_the_log_and_none_of_the_callers(
    caplog: pytest.LogCaptureFixture,
) -> None:
    log.send_to(broken)
    decide()
    call_gemini(None)
    log.send_to(None)
    message = "DECISION_LOG can't be written: No space left on device"
    assert [found.message for found in caplog.records] == [message, message]


def test_an_outcome_that_can_not_be_written_is_refused_and_not_written_later(
    lines: list[bytes],
) -> None:
    log.send_to(broken)
    with pytest.raises(RecordError, match="No space left"):
        record("lost")
    log.send_to(lines.append)
    record("kept")
    assert [json.loads(line)["decision_id"] for line in lines] == ["kept"]


def test_the_lines_of_one_turn_of_the_event_loop_are_written_together(lines: list[bytes]) -> None:
    async def turns() -> None:
        for _ in range(2):
            call_gemini(None)
            call_gemini(None)
            assert lines == before
            await asyncio.sleep(0)
            before.append(lines[-1])

    before: list[bytes] = []
    asyncio.run(turns())
    assert [written.count(b"\n") for written in lines] == [2, 2]


def test_an_outcome_is_written_before_it_is_answered_and_after_what_waited(
    lines: list[bytes],
) -> None:
    async def turn() -> list[str]:
        call_gemini(None)
        record()
        call_gemini(None)
        return [json.loads(line)["event"] for line in b"".join(lines).splitlines()]

    assert asyncio.run(turn()) == ["gemini_call", "outcome"]
    assert len(lines) == 2


def test_nothing_is_lost_where_the_event_loop_ends_with_a_line(lines: list[bytes]) -> None:
    async def turn() -> None:
        call_gemini(None)

    asyncio.run(turn())
    assert len(lines) == 1


def test_nothing_is_written_where_nobody_asked_for_it(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    decide()
    call_gemini(None)
    assert capfdbinary.readouterr() == (b"", b"")


def append(path: str, letter: str) -> None:
    """Writes many long lines, as one of several processes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DECISION_LOG", path)
        settings.cache_clear()
        for _ in range(200):
            log.write(letter.encode() * 3000 + b"\n")


def test_several_processes_append_whole_lines_to_a_file_of_the_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "decisions.ndjson"
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=append, args=(str(path), letter)) for letter in "ab"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    written = path.read_bytes().splitlines()
    assert sorted(written) == sorted([letter.encode() * 3000 for letter in "ab"] * 200)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def write_much(path: str) -> None:
    """Writes more than the process may, as on a disk that gets full in the middle of a line, and
    then there is room again.
    """
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DECISION_LOG", path)
        settings.cache_clear()
        for _ in range(2):
            with pytest.raises(OSError, match="too large"):
                log.write(b"a" * 3000 + b"\n")
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        log.write(b"b\nc\n")


def elsewhere(target: Callable[[str], None], path: Path) -> int | None:
    """The exit code of a process that does this."""
    writer = multiprocessing.get_context("spawn").Process(target=target, args=(str(path),))
    writer.start()
    writer.join()
    return writer.exitcode


def test_after_a_full_disk_a_new_line_begins(tmp_path: Path) -> None:
    path = tmp_path / "decisions.ndjson"
    assert elsewhere(write_much, path) == 0
    assert path.read_bytes() == b"a" * 1000 + b"\nb\nc\n"


def test_what_another_process_has_torn_is_not_continued(
    tmp_path: Path, variables: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "decisions.ndjson"
    path.write_bytes(b"whole\ntorn")
    variables.setenv("DECISION_LOG", str(path))
    log.write(b"next\n")
    log.write(b"last\n")
    assert path.read_bytes() == b"whole\ntorn\nnext\nlast\n"


def test_what_another_process_is_writing_is_not_taken_for_torn(
    tmp_path: Path, variables: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "decisions.ndjson"
    path.write_bytes(b"begun")

    def end(_seconds: float) -> None:
        with path.open("ab") as file:
            file.write(b" and ended\n")

    variables.setattr(log, "sleep", end)
    variables.setenv("DECISION_LOG", str(path))
    log.write(b"next\n")
    assert path.read_bytes() == b"begun and ended\nnext\n"


@pytest.mark.parametrize("gone", ["moved", "deleted", "replaced"])
def test_a_file_that_was_rotated_is_opened_anew(
    tmp_path: Path, variables: pytest.MonkeyPatch, gone: str
) -> None:
    path, other = tmp_path / "decisions.ndjson", tmp_path / "other"
    variables.setenv("DECISION_LOG", str(path))
    log.write(b"before\n")
    if gone == "replaced":
        other.write_bytes(b"there\n")
        other.replace(path)
    elif gone == "moved":
        path.rename(other)
    else:
        path.unlink()
    log.write(b"after\n")
    assert path.read_bytes() == (b"there\nafter\n" if gone == "replaced" else b"after\n")
    assert gone != "moved" or other.read_bytes() == b"before\n"


def write_to_output(path: str) -> None:
    """Writes to standard output as to a file of 10 bytes."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
    os.dup2(descriptor, 1)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, resource.RLIM_INFINITY))
    with pytest.raises(OSError, match="too large"):
        log.write(b"a" * 20 + b"\n")
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    log.write(b"b\n")


def test_standard_output_is_continued_with_a_new_line_too(tmp_path: Path) -> None:
    path = tmp_path / "out"
    assert elsewhere(write_to_output, path) == 0
    assert path.read_bytes() == b"a" * 10 + b"\nb\n"


def test_a_record_of_pythons_logging_is_one_line_of_json_whatever_it_holds() -> None:
    record = logging.LogRecord(
        "a", logging.ERROR, "", 0, 'x\n{"severity": "ALERT"} %s', ("y",), None
    )
    line = log.JsonLines().format(record)
    assert "\n" not in line
    assert (
        json.loads(line).items()
        >= {
            "severity": "ERROR",
            "message": 'x\n{"severity": "ALERT"} y',
            "logger": "a",
        }.items()
    )

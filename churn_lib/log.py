"""Lines for whoever runs the function: decisions, outcomes, calls to Gemini, as JSON objects.

`severity`, `message`, `time` and the names with `logging.googleapis.com` are Cloud Logging's own. A
field has the same type in every line, because a sink to BigQuery takes the types of its table from
the first one: what there is none of is "none". Nothing is written until `send_to` says where to:
the command line keeps its output to itself.
"""

import asyncio
import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from errno import EINVAL
from pathlib import Path
from time import perf_counter, sleep
from typing import Literal, NamedTuple

from pydantic_core import to_json

from churn_lib.customer.contact import Context
from churn_lib.customer.model import Customer
from churn_lib.errors import RecordError, SettingsError, WriterError
from churn_lib.settings import LogSettings, settings

Sink = Callable[[bytes], None]
"""Takes one line or several, each with its end."""
Fields = Mapping[str, object]
Arm = Literal["policy", "holdout", "explore"]
OutcomeName = Literal["shown", "accepted", "declined", "overridden", "stayed", "left"]

NONE = "none"
ONE_WRITE_SECONDS = 0.01
"""More than one call that writes a few lines takes."""
STDOUT = 1
TRACE = "logging.googleapis.com/trace"
SPAN = "logging.googleapis.com/spanId"

_TRACEPARENT = r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}"
_CLOUD_TRACE = r"(?!0{32})([0-9a-f]{32})(?:/([0-9]{1,20}))?(?:;o=[0-9])?"

logger = logging.getLogger(__name__)


class _Lines:
    """Lines on their way to the sink.

    Those that nobody waits for go there once for each turn of the event loop: a write for each
    would be up to a third of a request where the disk is busy.
    """

    def __init__(self) -> None:
        self.sink: Sink | None = None
        self._waiting: list[bytes] = []

    def add(self, line: bytes) -> None:
        """Has the line written in the event loop's next turn, or at once where no loop runs.

        However the process ends, no line of an earlier turn is lost.
        """
        self._waiting.append(line)
        try:
            asyncio.get_running_loop().call_soon(self._try_flush)
        except RuntimeError:
            self._try_flush()

    def write(self, line: bytes) -> None:
        """Writes the line now, after those that wait. Raises RecordError."""
        self._waiting.append(line)
        self._flush()

    def _flush(self) -> None:
        lines = b"".join(self._waiting)
        self._waiting.clear()
        if not lines or self.sink is None:
            return
        try:
            self.sink(lines)
        except OSError as error:
            raise RecordError(f"DECISION_LOG can't be written: {error.strerror}") from error

    def _try_flush(self) -> None:
        try:
            self._flush()
        except RecordError as error:
            logger.error("%s", error)


_lines = _Lines()


def send_to(sink: Sink | None) -> None:
    """From now on every line goes there; with None, nowhere."""
    _lines.sink = sink


def add(lines: bytes) -> None:
    """Has the lines written soon; they are not lost, however the process ends."""
    _lines.add(lines)


class _Place:
    """Where the lines of the function go: the file that DECISION_LOG names, or standard output."""

    def __init__(self) -> None:
        self._opened: int | None = None
        self._torn = False  # whether the last bytes that are there end no line

    def write(self, lines: bytes) -> None:
        """One call as a rule, so that lines of several processes do not mix in a file; in a pipe
        they may where there are more than 4 kB. When a disk took only a part, the next call says
        why, and the next lines begin a new one.
        """
        place = self._descriptor()
        rest = b"\n" + lines if self._torn else lines
        try:
            while rest:
                count = os.write(place, rest)
                self._torn = not rest[:count].endswith(b"\n")
                rest = rest[count:]
        except OSError:
            self._close()  # another process may have torn its line too: it is looked at anew
            raise

    def _descriptor(self) -> int:
        known = _settings()
        if known is None:
            raise OSError(EINVAL, "its settings are wrong")
        path = known.decision_log
        if path is None:
            return STDOUT
        if self._opened is not None and not _leads_to(path, self._opened):
            self._close()
        if self._opened is None:
            self._opened = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            self._torn = _ends_torn(path)
        return self._opened

    def _close(self) -> None:
        if self._opened is not None:
            os.close(self._opened)
            self._opened = None


def _leads_to(path: Path, opened: int) -> bool:
    """Whether the path still is the file that was opened, which nobody moved or deleted."""
    try:
        return os.path.samestat(path.stat(), os.fstat(opened))
    except FileNotFoundError:
        return False


def _ends_torn(path: Path) -> bool:
    """Whether the last line of a file has no end and gets none: another process may be in the
    middle of it, so it is looked at twice.
    """
    first = _size_without_end(path)
    if first is None:
        return False
    sleep(ONE_WRITE_SECONDS)
    return first == _size_without_end(path)


def _size_without_end(path: Path) -> int | None:
    """The bytes of a file whose last line has no end; nobody knows of a pipe, or may not read
    it.
    """
    if not (path.is_file() and os.access(path, os.R_OK)):
        return None
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 1))
        return size if file.read(1) not in (b"", b"\n") else None


_destination = _Place()


def write(lines: bytes) -> None:
    """The sink of the function. Raises OSError."""
    _destination.write(lines)


class Evidence(NamedTuple):
    """What the decision log holds of a decision so that it can be shown what offers do.

    unit: name of the customer there. would_offer: what the policy chose. propensity: how likely
    what was done is, over all arms. answers, would_answer: whether a reason to leave is answered by
    the offer, and by that of the policy. The money is that of the offer made, else of the policy's.
    """

    experiment: str = NONE
    arm: Arm = "policy"
    unit: str = NONE
    would_offer: str = NONE
    propensity: float = 1.0
    answers: bool = False
    would_answer: bool = False
    value: float = 0.0
    cost: float = 0.0
    contact_cost: float = 0.0
    expected_value: float = 0.0


def decision(
    *,
    route: str,
    answer: Fields,
    evidence: Evidence,
    customer: Customer,
    context: Context,
    trace: Mapping[str, str] | None = None,
    take: Sink = add,
) -> None:
    """What was decided for a customer, with the attributes that DECISION_LOG_ATTRIBUTES names.

    answer, evidence: as `churn_lib.answer.answered` gives them. trace: from `trace_fields`. take:
    keeps the line for a later `add`, where it is not to be written yet. A line that can't be
    written is an error in the log of the server and no fault of the caller's.
    """
    known = _settings()
    if _lines.sink is None or known is None:
        return
    attributes = {}
    named = known.decision_log_attributes
    if named:
        values = customer.__dict__
        found = {name: NONE if values.get(name) is None else values[name] for name in named}
        attributes = {"attributes": found}
    take(decision_line(route, answer, evidence, context, {**attributes, **(trace or {})}))


def decision_line(
    route: str,
    answer: Fields,
    evidence: Evidence,
    context: Context,
    more: Fields,
    at: datetime | None = None,
) -> bytes:
    """The line of a decision. more: fields at its end. at: left out, now."""
    offer, metadata = _part(answer, "offer"), _part(answer, "metadata")
    line = {
        "route": route,
        "decision_id": metadata["decision_id"],
        "model_version": metadata["model_version"],
        "probability": answer["churn_probability"],
        "risk": answer["risk"],
        "channel": context.channel,
        "language": context.language,
        "direction": context.direction,
        "offer": offer["id"] or NONE,
        "eligible": _ids(offer.get("eligible")),
        **evidence._asdict(),
        "written_by": offer.get("written_by") or NONE,
        "fallback_reason": offer.get("fallback_reason") or NONE,
        "latency_ms": metadata["latency_ms"],
    }
    if "catalogue_version" in metadata:
        line["catalogue_version"] = metadata["catalogue_version"]
    return _line("decision", line, more, at)


def outcome(
    *,
    decision_id: str,
    outcome: str,
    offer: str | None,
    reason: str | None,
    key: str | None,
    occurred_at: str,
    trace: Mapping[str, str],
) -> None:
    """What became of a decision. offer: the one that was made instead.

    Raises RecordError when it can't be written: then the caller has to try again.
    """
    line = {"offer": offer or NONE, "reason": reason or NONE, "key": key or NONE}
    _lines.write(outcome_line(decision_id, outcome, occurred_at, {**line, **trace}))


def outcome_line(
    decision_id: str, outcome: str, occurred_at: str, more: Fields, at: datetime | None = None
) -> bytes:
    """The line of an outcome. more: other fields. at: when it was told; left out, now."""
    told = {"offer": NONE, "reason": NONE, "key": NONE, **more}
    line = {"decision_id": decision_id, "outcome": outcome, **told, "occurred_at": occurred_at}
    return _line("outcome", line, {}, at)


def missing_text(fields: Mapping[str, str]) -> None:
    """A text that should have been approved and was not there; nothing of a customer."""
    _lines.add(_line("missing_text", {name: text or NONE for name, text in fields.items()}, {}))


class GeminiCall:
    """The size of one call, filled in by whoever makes it."""

    input_tokens = 0.0
    output_tokens = 0.0


@contextmanager
def gemini_call(model: str) -> Iterator[GeminiCall]:
    """Records the call that is made in this block: how it ended, its tokens, and how long it took.

    A call that is cut off has waited until its deadline, or until nobody wanted its text any more:
    `timeout`.
    """
    call, result, started = GeminiCall(), "timeout", perf_counter()
    try:
        yield call
        result = "ok"
    except WriterError as error:
        result = error.reason
        raise
    finally:
        line = {
            "model": model,
            "result": result,
            "input_tokens": call.input_tokens,
            "output_tokens": call.output_tokens,
            "latency_ms": round((perf_counter() - started) * 1000, 3),
        }
        _lines.add(_line("gemini_call", line, {}))


def trace_fields(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Cloud Logging's fields that show a line beside its request; none without project or trace."""
    try:
        project = settings().trace.google_cloud_project
    except SettingsError:
        project = None
    if project is None:
        return {}
    found = re.fullmatch(_TRACEPARENT, headers.get("traceparent", ""))
    if found:
        return {TRACE: f"projects/{project}/traces/{found[1]}", SPAN: found[2]}
    found = re.fullmatch(_CLOUD_TRACE, headers.get("x-cloud-trace-context", ""))
    if found is None or int(found[2] or 0) >= 2**64:
        return {}
    span = {SPAN: f"{int(found[2]):016x}"} if found[2] else {}
    return {TRACE: f"projects/{project}/traces/{found[1]}", **span}


class JsonLines(logging.Formatter):
    """What Python's own logging has to say, as one line of JSON, whatever it holds."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "severity": record.levelname,
            "message": super().format(record),
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "logger": record.name,
        }
        return to_json(line).decode()


def _line(event: str, fields: Fields, more: Fields, at: datetime | None = None) -> bytes:
    about = {
        "severity": "INFO",
        "message": event.replace("_", " "),
        "time": at or datetime.now(UTC),
        "event": event,
    }
    return to_json({**about, **fields, **more}) + b"\n"


def _part(answer: Fields, name: str) -> Fields:
    part = answer[name]
    return part if isinstance(part, dict) else {}


def _ids(ranked: object) -> list[object]:
    return [one["id"] for one in ranked] if isinstance(ranked, tuple) else []


def _settings() -> LogSettings | None:
    """None where one is wrong: that costs the lines, and no answer."""
    try:
        return settings().log
    except SettingsError:
        return None

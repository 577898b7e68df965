"""What an answer of Gemini means: what was asked for, or an error of ours; whether to try again."""

import logging
import re
from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError, model_validator

from churn_lib.errors import FallbackReason, WriterError
from churn_lib.gemini.judge import Judgement
from churn_lib.gemini.prompt import Draft
from churn_lib.gemini.wrapping import objects

Wanted = TypeVar("Wanted", Draft, Judgement)

BAD_KEYS = frozenset({"API_KEY_INVALID", "API_KEY_EXPIRED"})
"""A wrong key is a 400 with one of these reasons, not a 401."""

BY_STATUS: Mapping[int, FallbackReason] = {
    204: "bad_answer",
    401: "refused_key",
    403: "refused_key",
    408: "unavailable",
    429: "rate_limited",
    499: "unavailable",
}
MISCONFIGURED: frozenset[FallbackReason] = frozenset({"refused_key", "bad_request"})
"""Reasons that no waiting heals: an operator has to act."""

BLOCKED = frozenset({"SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII"})
"""Finish reasons of an answer that a filter stopped."""

ONE_OBJECT = "one-json-object"
"""The rule that an answer with no object or with several drafts breaks."""

_SECONDS = re.compile(r"\d{1,6}(\.\d{1,9})?")


class _Detail(BaseModel):
    reason: str = ""
    retryDelay: str = ""


class _Error(BaseModel):
    details: list[_Detail] = []


class _Body(BaseModel):
    error: _Error = _Error()

    @model_validator(mode="before")
    @classmethod
    def _out_of_a_list(cls, value: object) -> object:
        return value[0] if isinstance(value, list) and len(value) == 1 else value


class _Part(BaseModel):
    text: str = ""
    thought: bool = False


class _Content(BaseModel):
    parts: list[_Part] = []


class _Candidate(BaseModel):
    content: _Content = _Content()
    finishReason: str = ""


class _Feedback(BaseModel):
    blockReason: str = ""


class _Usage(BaseModel):
    promptTokenCount: float = 0.0
    candidatesTokenCount: float = 0.0
    thoughtsTokenCount: float = 0.0


class _Billed(BaseModel):
    usageMetadata: _Usage = _Usage()


class _Reply(BaseModel):
    """What we read of an answer; google-genai's own reading takes longer and refuses nothing."""

    candidates: list[_Candidate] = []
    promptFeedback: _Feedback = _Feedback()


def draft(body: str) -> Draft:
    """The draft in the body of a 200. Raises WriterError `blocked`, `truncated` or `bad_answer`."""
    return _read(body, Draft)


def judgement(body: str) -> Judgement:
    """As `draft`, of a judgement."""
    return _read(body, Judgement)


def _read(body: str, wanted: type[Wanted]) -> Wanted:
    try:
        answer = _Reply.model_validate_json(body)
    except ValidationError:
        raise WriterError("bad_answer", "not an answer of Gemini") from None
    if answer.promptFeedback.blockReason:
        raise WriterError("blocked", "the prompt was stopped by a filter")
    if not answer.candidates:
        raise WriterError("bad_answer", "no candidates")
    candidate = answer.candidates[0]
    if candidate.finishReason in BLOCKED:
        raise WriterError("blocked", "the answer was stopped by a filter")
    text = "".join(part.text for part in candidate.content.parts if not part.thought)
    found, faults = _found(text, wanted)
    if len(found) == 1:
        return found.pop()
    if candidate.finishReason == "MAX_TOKENS":
        raise WriterError("truncated", "more tokens than GEMINI_MAX_OUTPUT_TOKENS")
    rule = _nearest_rule(faults, wanted) if faults and not found else ONE_OBJECT
    raise WriterError("bad_answer", f"not the JSON that was asked for: {rule}", complaint=rule)


def _found(text: str, wanted: type[Wanted]) -> tuple[set[Wanted], list[ValidationError]]:
    """The objects in the text that are wanted, and what is wrong with each of the others."""
    found, faults = set[Wanted](), list[ValidationError]()
    for item in objects(text):
        try:
            found.add(wanted.model_validate(item))
        except ValidationError as error:
            faults.append(error)
    return found, faults


def _nearest_rule(faults: list[ValidationError], wanted: type[BaseModel]) -> str:
    """The first rule broken by the object that is most like it: `headline-string-too-long`."""
    fault = min(faults, key=ValidationError.error_count).errors(include_input=False)[0]
    # Any other name is the model's own invention.
    fields = [str(part) for part in fault["loc"] if part in wanted.model_fields]
    return "-".join([*fields, fault["type"]]).replace("_", "-")


def tokens(body: str) -> tuple[float, float]:
    """The tokens read and written, thoughts included; zero when Gemini does not say."""
    try:
        usage = _Billed.model_validate_json(body).usageMetadata
    except ValidationError:
        return 0.0, 0.0
    return usage.promptTokenCount, usage.candidatesTokenCount + usage.thoughtsTokenCount


def refusal(code: int, body: bytes, headers: Mapping[str, str]) -> WriterError:
    """Our error for a status of Gemini; of its body only the documented codes are read."""
    try:
        details = _Body.model_validate_json(body).error.details
    except ValidationError:
        details = []
    waits = [
        headers.get("Retry-After", ""),
        *(detail.retryDelay.removesuffix("s") for detail in details),
    ]
    seconds = [float(wait) for wait in waits if _SECONDS.fullmatch(wait)]
    bad_key = any(detail.reason in BAD_KEYS for detail in details)
    return WriterError(
        "refused_key" if bad_key else _reason(code),
        f"status {code}",
        retry_after=max(seconds, default=None),
    )


def pause(error: WriterError, jitter: float) -> float | None:
    """Seconds to wait before a second try, or None when there should be none. `jitter`: 0 to 1."""
    if error.reason not in {"unavailable", "rate_limited"}:
        return None
    if error.retry_after is not None:
        return error.retry_after
    return None if error.reason == "rate_limited" else 0.1 + 0.2 * jitter


def severity(error: WriterError) -> int:
    """The level to log the error with."""
    return logging.ERROR if error.reason in MISCONFIGURED else logging.WARNING


def _reason(code: int) -> FallbackReason:
    return BY_STATUS.get(code, "bad_request" if 300 <= code < 500 else "unavailable")

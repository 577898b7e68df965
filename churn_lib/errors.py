"""Every error this project raises on purpose.

    ChurnError                     500  exit 1
    ├── InputError                 422  exit 2   values that a caller can correct, named by field
    │   ├── MalformedError         400  exit 2   not readable as JSON at all
    │   └── QueryError             400  exit 2   parameters that are unknown or given twice
    ├── RouteError                 404  exit 1   no such path
    │   └── MethodError            405  exit 1   the path exists, the method does not
    ├── HostError                421  exit 1   asked by the name of another machine
    ├── BodyError                  400  exit 2   a body that is not read
    │   ├── SlowBodyError          408  exit 2   it did not arrive in time
    │   ├── SizeError              413  exit 2   it is too large
    │   └── MediaError             415  exit 2   it is of another kind, or packed
    ├── BusyError                  503  exit 1   too many requests at once
    ├── DeadlineError              503  exit 1   no answer within the time of the request
    ├── DataError                  422  exit 2   a file that can't be used, with row numbers
    ├── NotReadyError              503  exit 1  this instance should get no requests
    ├── SettingsError              500  exit 2   a setting is wrong; never with its value
    ├── ArtifactError              503  exit 3   a shipped file is missing or damaged
    ├── SecretError                503  exit 3   a key can't be read; names its place only
    ├── RecordError                503  exit 3   a line of the decision log that can't be written
    └── WriterError                503  exit 4   Gemini gave no text, and the reason why

The HTTP status and the exit code belong to the class, so that the function and the command line
agree.
"""

from collections.abc import Sequence
from typing import ClassVar, Literal, NamedTuple

FallbackReason = Literal[
    "no_key",  # neither a key nor a Vertex AI project is configured
    "misconfigured",  # a setting of Gemini is wrong
    "secret_unavailable",  # a key is configured, and can't be read
    "busy",  # all slots are taken
    "breaker_open",  # too many calls failed lately
    "budget",  # the calls of this minute are used up
    "timeout",  # no answer within the deadline
    "unavailable",  # not reached, cut off, or an error on Gemini's side
    "rate_limited",  # Gemini's own quota
    "refused_key",  # the key or the service account is refused
    "bad_request",  # Gemini refuses what was asked, or is not at this address
    "blocked",  # a safety filter stopped the prompt or the answer
    "truncated",  # the answer was longer than allowed
    "bad_answer",  # an answer that is not the JSON that was asked for, or too large
    "shutdown",  # this instance is being stopped
    "guard",  # the guard refused the text and the repaired one, or has no words of the language
]
"""Why an answer holds a template instead of a written text."""


class FieldFault(NamedTuple):
    """One wrong field and what is allowed there; never the value that was given."""

    field: str
    message: str


class ChurnError(Exception):
    """The root of all errors of this project."""

    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1
    title: ClassVar[str] = "Something went wrong here"


class InputError(ChurnError):
    """Values that break the schema; `faults` names each field and what is allowed."""

    status = 422
    exit_code = 2
    title = "Some values are missing or not allowed"

    def __init__(self, faults: Sequence[FieldFault]) -> None:
        super().__init__("; ".join(f"{fault.field}: {fault.message}" for fault in faults))
        self.faults = tuple(faults)


class MalformedError(InputError):
    """The bytes are not one JSON object."""

    status = 400
    title = "The body is not valid JSON"


class QueryError(InputError):
    """Parameters of the address that would not count."""

    status = 400
    title = "Some parameters of the address are unknown or given twice"


class RouteError(ChurnError):
    """No endpoint has this path."""

    status = 404
    title = "There is nothing at this path"


class MethodError(RouteError):
    """The path exists, but not for this method; `allowed` lists the methods that do."""

    status = 405
    title = "This method is not allowed here"

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__(f"allowed: {', '.join(allowed)}")
        self.allowed = tuple(allowed)


class HostError(ChurnError):
    """The request names another host than this one."""

    status = 421
    title = "This is not the host that was asked for"


class BodyError(ChurnError):
    """The body of a request that is not read to its end."""

    status = 400
    exit_code = 2
    title = "The body can't be read"


class SlowBodyError(BodyError):
    """The body did not arrive in time."""

    status = 408
    title = "The body did not arrive in time"


class SizeError(BodyError):
    """The body is larger than allowed."""

    status = 413
    title = "The body is too large"


class MediaError(BodyError):
    """The body is of another media type than allowed, or packed."""

    status = 415
    title = "This kind of body is not taken here"


class BusyError(ChurnError):
    """As many requests are in flight as one instance takes."""

    status = 503
    title = "Too many requests at once, try again in a second"


class DeadlineError(ChurnError):
    """The time of a request is over."""

    status = 503
    title = "No answer was found in time"


class NotReadyError(ChurnError):
    """Something that every answer or record needs is wrong."""

    status = 503
    title = "This instance is not ready"


class DataError(ChurnError):
    """A file of customers that can't be used as it is."""

    status = 422
    exit_code = 2
    title = "The file can't be used as it is"


class SettingsError(ChurnError):
    """A setting is missing or not allowed."""

    exit_code = 2
    title = "A setting is wrong"


class ArtifactError(ChurnError):
    """A shipped file is missing, damaged or of a version this code does not know."""

    status = 503
    exit_code = 3
    title = "The model or the catalogue can't be loaded"


class SecretError(ChurnError):
    """A key can't be read. The message names its place and a remedy, and never holds the key."""

    status = 503
    exit_code = 3
    title = "A key can't be read"


class RecordError(ChurnError):
    """A line that must not be lost can't be written; nothing of it is in the message."""

    status = 503
    exit_code = 3
    title = "The record can't be kept"


class WriterError(ChurnError):
    """No text was written; `reason` labels the template that takes its place.

    detail: what happened, without a word of the prompt, the answer or the key. retry_after: seconds
    that Gemini asked to wait, when it did. complaint: the rule that its text broke, when Gemini may
    mend it.
    """

    status = 503
    exit_code = 4
    title = "No text could be written"

    def __init__(
        self,
        reason: FallbackReason,
        detail: str = "",
        *,
        retry_after: float | None = None,
        complaint: str | None = None,
    ) -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason: FallbackReason = reason
        self.detail = detail
        self.retry_after = retry_after
        self.complaint = complaint

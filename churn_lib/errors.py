"""Every error this project raises on purpose.

    ChurnError                     500  exit 1
    ├── InputError                 422  exit 2   values that a caller can correct, named by field
    │   └── MalformedError         400  exit 2   not readable as JSON at all
    ├── RouteError                 404  exit 1   no such path
    │   └── MethodError            405  exit 1   the path exists, the method does not
    ├── DataError                  422  exit 2   a training or batch file that can't be used, with row numbers
    ├── SettingsError              500  exit 2   a setting that is missing or wrong, never with its value
    └── ArtifactError              503  exit 3   a shipped file that is missing, damaged or of another version

The HTTP status and the exit code belong to the class, so that the function and the command line agree.
"""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple


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
    title = "The model can't be loaded"

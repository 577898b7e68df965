"""Files of TOML: read, and taken apart field by field, so that all that is wrong can be told."""

import json
import re
import sys
import tomllib
from collections.abc import Callable, Mapping
from typing import TypeVar

from pydantic_core import from_json

from churn_lib.errors import ArtifactError, FieldFault

LARGEST = sys.float_info.max
"""No number is larger; TOML's whole numbers have no end."""

ONE_LINE = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]+")

Checked = TypeVar("Checked")


def read_toml(text: str, name: str) -> dict[str, object]:
    """The tables of a TOML text. Raises ArtifactError when it is none."""
    try:
        return tables_of(text)
    except ValueError as error:
        raise ArtifactError(f"{name}: (file): is not valid TOML: {error}") from None


def tables_of(text: str) -> dict[str, object]:
    """The tables of a TOML text. Raises ValueError when it is none."""
    try:
        tables = tomllib.loads(text)
        from_json(as_json(tables))  # else a key of a thousand parts would fail later
    except RecursionError as error:  # some depths trip the parser itself
        raise ValueError(str(error)) from None
    return tables


def as_json(tables: object) -> str:
    """TOML tables as JSON: there a strict model takes a list for a tuple, a string for a date."""
    return json.dumps(tables, default=str)


class Table:
    """A table of the file: gives what is in it, and notes what should not be."""

    def __init__(self, place: str, content: object, faults: list[FieldFault]) -> None:
        self._place, self._faults = place, faults
        self._left = dict(content) if isinstance(content, Mapping) else {}
        if not isinstance(content, Mapping):
            self.fault("", "must be a table")

    def __contains__(self, name: str) -> bool:
        return name in self._left

    def fault(self, name: str, message: str) -> None:
        place = ".".join(part for part in (self._place, name) if part)
        self._faults.append(FieldFault(place or "(file)", message))

    def table(self, place: str, content: object) -> "Table":
        return Table(place, content, self._faults)

    def taken(
        self,
        name: str,
        allowed: Callable[[object], Checked | None],
        default: Checked,
        must: str,
    ) -> Checked:
        """The value of a field, which `allowed` returns if it may stand there."""
        if name not in self._left:
            return default
        found = allowed(self._left.pop(name))
        if found is None:
            self.fault(name, must)
            return default
        return found

    def text(self, name: str, default: str, most: int = 200) -> str:
        def allowed(value: object) -> str | None:
            fits = isinstance(value, str) and len(value) <= most and ONE_LINE.fullmatch(value)
            return str(value) if fits else None

        return self.taken(name, allowed, default, f"must be text of at most {most} characters")

    def optional(self, name: str) -> str | None:
        return self.text(name, "") or None

    def truth(self, name: str) -> bool:
        return self.taken(name, is_truth, False, "must be true or false")

    def number(self, name: str, default: float) -> float:
        return self.taken(name, is_number, default, "must be a number")

    def close(self) -> None:
        """Notes every field that nobody has asked for."""
        for name in self._left:
            self.fault(name[:60], "is no field that may stand here")


def is_table(value: object) -> Mapping[str, object] | None:
    return value if isinstance(value, Mapping) else None


def is_words(value: object) -> Mapping[str, str] | None:
    fits = isinstance(value, Mapping) and all(isinstance(text, str) for text in value.values())
    return value if isinstance(value, Mapping) and fits else None


def is_truth(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def is_number(value: object) -> float | None:
    fits = isinstance(value, int | float) and not isinstance(value, bool)
    return value if isinstance(value, int | float) and fits and abs(value) <= LARGEST else None

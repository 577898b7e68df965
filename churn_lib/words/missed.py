"""Which texts a log of the function misses: its lines with the event `missing_text`."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from churn_lib.errors import DataError
from churn_lib.log import NONE
from churn_lib.words.texts import Key


def missed(path: Path, keys: Iterable[Key]) -> list[Key]:
    """The keys that lines of a log miss; a name that no catalogue has any more counts for none."""
    named = {key for entry in _entries(path) if (key := _named(entry)) is not None}
    return [key for key in keys if tuple(key) in named]


def _entries(path: Path) -> Iterator[object]:
    """The JSON of a log: a line each, or one array, as `gcloud logging read` prints it."""
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            if file.read(1) == "[":
                yield from json.loads(f"[{file.read()}")
                return
            file.seek(0)
            for line in file:
                if "missing_text" in line:
                    yield json.loads(line)
    except ValueError as error:
        raise DataError(f"{path.name} holds a line that is no JSON") from error


def _named(entry: object) -> tuple[str, ...] | None:
    if not isinstance(entry, dict):
        return None
    line = entry.get("jsonPayload", entry)
    if not isinstance(line, dict) or line.get("event") != "missing_text":
        return None
    found = [str(line.get(name, "")) for name in Key._fields]
    return tuple("" if text == NONE else text for text in found)

"""A catalogue's file with numbers that were learnt: changed in place, with all its comments."""

import re
from collections.abc import Iterator, Mapping

from churn_lib.errors import ArtifactError, DataError
from churn_lib.offers.catalogue import Catalogue, parse
from churn_lib.offers.terms import Economy

_ROW = re.compile(r"\s*\[\[offers\]\]")
_HEADER = re.compile(r"\s*\[")
_OWN_TABLE = re.compile(r"\s*\[offers\.economy\]")
_INLINE = re.compile(r"\s*economy\s*=\s*\{")
_VERSION = re.compile(r'^(version\s*=\s*)"[^"\n]*"', re.MULTILINE)
LEARNT = ("acceptance", "acceptance_otherwise", "deadweight")

Values = Mapping[str, str]


def rewritten(text: str, new: Catalogue) -> str:
    """The text of a catalogue with the acceptances, deadweights and version of the new one.

    Raises DataError where the file is written so that it can't be changed in place.
    """
    old = parse(text)
    changes = [
        _changes(before.economy, after.economy)
        for before, after in zip(old.offers, new.offers, strict=True)
    ]
    found = _VERSION.sub(rf'\g<1>"{new.version}"', "".join(_lines(text, changes)), count=1)
    try:
        is_right = parse(found) == new
    except ArtifactError:
        is_right = False
    if not is_right:
        raise DataError("the catalogue can't be changed in place: enter the new numbers by hand")
    return found


def _changes(before: Economy, after: Economy) -> Values:
    return {
        name: _toml(getattr(after, name))
        for name in LEARNT
        if getattr(after, name) != getattr(before, name)
    }


def _toml(value: object) -> str:
    return f"[{', '.join(map(str, value))}]" if isinstance(value, tuple) else str(value)


def _lines(text: str, changes: list[Values]) -> Iterator[str]:
    """All lines; those of each offer, up to the next one, with its changes."""
    block: list[str] = []
    row = -1
    for line in text.splitlines(keepends=True):
        if _ROW.match(line):
            yield from _changed(block, changes[row]) if row >= 0 else block
            block, row = [], row + 1
        block.append(line)
    yield from _changed(block, changes[row]) if row >= 0 else block


def _changed(block: list[str], values: Values) -> list[str]:
    if not values:
        return block
    for place, line in enumerate(block):
        if place and _OWN_TABLE.match(line):
            return [*block[: place + 1], *_in_table(block[place + 1 :], values)]
        if _INLINE.match(line):
            return [*block[:place], _in_line(line, values), *block[place + 1 :]]
    told = ", ".join(f"{name} = {value}" for name, value in values.items())
    return [block[0], f"economy = {{ {told} }}\n", *block[1:]]


def _in_table(rest: list[str], values: Values) -> list[str]:
    """The lines below the header of a table of their own."""
    end = next((place for place, line in enumerate(rest) if _HEADER.match(line)), len(rest))
    inside = "".join(rest[:end])
    for name, value in values.items():
        changed, found = _key(name).subn(rf"\g<1>{value}", inside, count=1)
        inside = changed if found else f"{name} = {value}\n{inside}"
    return [inside, *rest[end:]]


def _in_line(line: str, values: Values) -> str:
    """A line with a table on it, whose end is the last brace before a comment."""
    start = line.index("{") + 1
    end = start + _length(line[start:])
    inside = line[start:end].rstrip()
    for name, value in values.items():
        changed, found = _key(name).subn(rf"\g<1>{value}", inside, count=1)
        inside = changed if found else f"{inside}{',' if inside.strip() else ''} {name} = {value}"
    return f"{line[:start]}{inside} {line[end:]}"


def _length(text: str) -> int:
    """How long a table is up to the brace that closes it; there are no texts in it."""
    depth = 1
    for place, character in enumerate(text):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if not depth:
            return place
    return len(text)


def _key(name: str) -> re.Pattern[str]:
    return re.compile(rf"((?<![\w-]){name}\s*=\s*)(\[[^\]]*\]|[\d.]+)")

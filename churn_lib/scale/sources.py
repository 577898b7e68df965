"""The files of a run, each as a source."""

import sys
from collections.abc import Sequence
from pathlib import Path

from churn_lib.errors import DataError
from churn_lib.scale.csv_source import Asked, csv_source
from churn_lib.scale.files import STANDARD, form_of, found, from_standard
from churn_lib.scale.json_source import json_source
from churn_lib.scale.parquet_source import parquet_source
from churn_lib.scale.source import Source


def sources(pattern: str, asked: Asked) -> list[Source]:
    """The files that a name or a pattern means, all with the same headings. Raises DataError."""
    files = (
        [from_standard(sys.stdin.buffer, asked.folder)] if pattern == STANDARD else found(pattern)
    )
    opened = _alike([source(file, asked) for file in files], asked)
    for other in opened[1:]:
        if other.names != opened[0].names or other.types != opened[0].types:
            first = opened[0].path.name
            raise DataError(f"{other.path.name} has other columns than {first}; score them apart")
    return opened


def source(file: Path, asked: Asked) -> Source:
    form = form_of(file)
    if form.kind == "parquet":
        return parquet_source(file, asked)
    return (csv_source if form.kind == "csv" else json_source)(file, form, asked)


def _alike(opened: Sequence[Source], asked: Asked) -> list[Source]:
    """The sources, all that are JSON with the keys of them all: an object may lack any key."""
    keys = dict.fromkeys(name for one in opened if one.line for name in one.names)
    return [
        json_source(one.path, form_of(one.path), asked, [*keys])
        if one.line and one.names != tuple(keys)
        else one
        for one in opened
    ]

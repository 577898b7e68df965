"""What `churn score` is asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from churn_lib.scale.files import Form
from churn_lib.scale.head import Told
from churn_lib.scale.request import Request

Progress = Callable[[int, int | None], None]
"""Called with the rows that are done, and about how many there are."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is asked for. columns: the heading of a field, where the user has said it. keep: the
    headings of columns that come out, None for all; only: no others than the identifier. safe:
    whether no text of the file may look like a formula.
    """

    source: str
    target: Path
    form: Form
    rejected: Path
    request: Request
    told: Told = field(default_factory=Told)
    columns: Mapping[str, str] = field(default_factory=dict)
    keep: tuple[str, ...] | None = None
    only: bool = False
    safe: bool = False

"""What `churn score` is asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from churn_lib.customer.contact import Tone
from churn_lib.scale.answered import Shape, check_names, kept_places
from churn_lib.scale.files import Form
from churn_lib.scale.head import Told
from churn_lib.scale.request import Request
from churn_lib.scale.source import Source
from churn_lib.scale.targets import Target, target
from churn_lib.scale.written import WORDS

Progress = Callable[[int, int | None], None]
"""Called with the rows that are done, and about how many there are."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is asked for. columns: the heading of a field, where the user has said it. keep: the
    headings of columns that come out, None for all; only: no others than the identifier. safe:
    whether no text of the file may look like a formula. missing: where to list the
    texts that nobody has approved, where offers come in words, in this tone.
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
    missing: Path | None = None
    tone: Tone = "friendly"

    def shape(self, source: Source) -> Shape:
        """Raises DataError for columns that are not there, and for two of one name."""
        offer = ("offer", "expected_value") if self.request.offers else ()
        reasons = [f"reason_{place + 1}" for place in range(self.request.reasons)]
        own = ("churn_probability", "logit", "risk", *reasons, *offer)
        kept = kept_places(source, self.keep, only=self.only)
        words = WORDS if self.missing else ()
        shape = Shape(self.form.kind, kept, own, self.safe, words)
        check_names(shape, source)
        return shape

    def ends(self, sink: pa.NativeFile, schema: pa.Schema) -> Target:
        """What takes the rows of this schema."""
        return target(self.form, self.target, sink, schema)

    def outputs(self) -> tuple[Path, ...]:
        """All that is written in the end."""
        return (self.target, self.rejected)

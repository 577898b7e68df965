"""What the customers were like whom a score was trained on: counts, of `artifacts/reference.json`.

Serving never reads it; `churn drift` compares the customers of today with it.
"""

import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError

from churn_lib.customer.model import FEATURES, LEVELS, Value, may_lack
from churn_lib.errors import ArtifactError
from churn_lib.score.parts import Part, is_none
from churn_lib.score.scorecard import MANIFEST

REFERENCE = "reference.json"

BINS = 10
"""Of a number, as far as its values allow: each with at least a tenth of the customers."""
FEWEST = 100
"""Of all customers, so small a part is no bin of its own before a value that many have."""
DIGITS = 6
"""Of a probability; it is worked out in more ways than one, which agree to more than these."""

BELOW, FROM = "below", "from"
NOT_KNOWN, OTHER, REFUSED = "not known", "other", "not allowed"
"""Bins beside those of the values: OTHER of levels that are not listed, where such are allowed."""


class Distribution(Part):
    """How many customers have which value, by level or bin.

    edges: of a number, where its bins begin, but for the first.
    """

    edges: Annotated[tuple[float, ...] | None, Field(exclude_if=is_none)] = None
    counts: dict[str, int]

    def like(self, values: Iterable[Value], refused: int = 0) -> Self:
        """The values counted in the same bins. refused: customers whose value is not allowed."""
        found = Counter(self._bin(value) for value in values)
        if refused:
            found[REFUSED] += refused
        counts = {name: found[name] for name in dict.fromkeys([*self.counts, *found])}
        return self.model_copy(update={"counts": counts})

    def _bin(self, value: Value) -> str:
        if value is None:
            return NOT_KNOWN
        if self.edges is None:
            return str(value) if str(value) in self.counts else OTHER
        return _label(self.edges, bisect_right(self.edges, float(value)))


class Reference(Part):
    """customers: how many they were. score: of their probabilities."""

    schema_version: Literal[1] = 1
    customers: int = Field(ge=1)
    score: Distribution
    attributes: dict[str, Distribution]


def reference_of(columns: Mapping[str, Sequence[Value]], scores: Sequence[float]) -> Reference:
    """The counts of customers.

    columns: their attributes that the score uses. scores: their probabilities.
    """
    return Reference(
        customers=len(scores),
        score=of_numbers(rounded(scores)),
        attributes={name: _distribution(name, columns[name]) for name in FEATURES},
    )


def rounded(scores: Iterable[float]) -> list[float]:
    return [round(float(score), DIGITS) for score in scores]


def of_numbers(values: Sequence[Value]) -> Distribution:
    """Numbers in bins of about a tenth of the customers; a value that many have is not split."""
    known = [float(value) for value in values if value is not None]
    edges = tuple(_edges(known))
    labels = [_label(edges, place) for place in range(len(edges) + 1)]
    lacking = [NOT_KNOWN] * (len(known) < len(values))
    empty = Distribution(edges=edges, counts=dict.fromkeys([*labels, *lacking], 0))
    return empty.like(values)


def _edges(known: Sequence[float]) -> Iterator[float]:
    filled, size = 0, len(known)
    for value, count in sorted(Counter(known).items()):
        is_full = filled * BINS >= size or (count * BINS >= size and filled * FEWEST >= size)
        if filled and is_full:
            yield value
            filled = 0
        filled += count


def _label(edges: Sequence[float], place: int) -> str:
    if not edges:
        return "any"
    edge = repr(edges[max(place - 1, 0)]).removesuffix(".0")
    return f"{FROM if place else BELOW} {edge}"


def _distribution(name: str, values: Sequence[Value]) -> Distribution:
    if name not in LEVELS:
        return of_numbers(values)
    levels = [str(level) for level in LEVELS[name]]
    lacking = [NOT_KNOWN] * may_lack(name)
    return Distribution(counts=dict.fromkeys([*levels, *lacking], 0)).like(values)


def load_reference(folder: Path) -> Reference:
    """The reference of a folder of artifacts, when its SHA-256 is the one in the manifest.

    Raises ArtifactError.
    """
    try:
        content, manifest = (folder / REFERENCE).read_bytes(), (folder / MANIFEST).read_bytes()
    except FileNotFoundError as error:
        named = Path(str(error.filename)).name
        advice = "churn train writes it, or churn drift --keep"
        raise ArtifactError(f"{named} is missing in {folder}: {advice}") from None
    except OSError as error:
        raise ArtifactError(f"{REFERENCE} can't be read: {error.strerror}") from None
    if sha256(content).hexdigest() != _expected(manifest):
        problem = f"{REFERENCE} is not the file that {MANIFEST} describes: their SHA-256 differ"
        raise ArtifactError(problem)
    try:
        found = Reference.model_validate_json(content)
    except ValidationError:
        raise ArtifactError(f"{REFERENCE} is damaged") from None
    if [*found.attributes] != [*FEATURES]:
        raise ArtifactError(f"{REFERENCE} is of other attributes: train anew, churn train FILE")
    return found


def _expected(manifest: bytes) -> object:
    try:
        return json.loads(manifest)["files"].get(REFERENCE)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ArtifactError(f"{MANIFEST} is damaged: it holds no SHA-256 of its files") from error

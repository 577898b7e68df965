"""`evaluation.json`: every figure that a report shows, and of what it was measured.

It holds sums, shares and curves, and no row of the data.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from churn_lib.errors import ArtifactError, DataError
from churn_lib.training.files import as_json, replace_files

EVALUATION = "evaluation.json"
DECIMALS = 6
"""More digits would differ from machine to machine."""

HOUSE = Path(__file__).parents[1]
CODE = ("training", "score", "offers", "report")
"""Folders of what measures."""

SHOWING = frozenset({"card.py", "pictures.py", "shapes.py", "tables.py"})
"""Files of `report` that show what was measured, and change no figure."""


def _rounded(value: float) -> float:
    return round(value, DECIMALS) + 0.0  # adding zero turns a negative zero into zero


Number = Annotated[float, AfterValidator(_rounded)]
Points = tuple[tuple[Number, Number], ...]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Protocol(Part):
    """How it was measured; all folds follow from the seed. day: that offers were decided on."""

    seed: int
    folds: int
    repeats: int
    day: str
    versions: dict[str, str]


class Data(Part):
    """The file. left: the share who left. doubled: rows that equal another one in all attributes;
    contradicting: those of them that have no equal with the same answer. blank: empty cells of the
    file, unknown: values that are not known all the same. twins, agreement, chance: see
    `training.folds`. constant: attributes that are the same for all.
    """

    customers: int
    left: Number
    attributes: int
    doubled: int
    contradicting: int
    twins: int
    agreement: Number
    chance: Number
    blank: dict[str, int]
    unknown: dict[str, int]
    constant: tuple[str, ...]


class Mean(Part):
    """A mean over folds and its standard error (Nadeau and Bengio 2003)."""

    mean: Number
    error: Number


class Side(Part):
    """One model of the comparison; no metrics where its package is not installed."""

    model: str
    tuning: str
    metrics: dict[str, Mean]


class Curves(Part):
    """roc: false and true positive rates. precision_recall: recall and precision. gains: share of
    customers, the riskiest first, and share of all leavers among them.
    """

    roc: Points
    precision_recall: Points
    gains: Points


class Bin(Part):
    """Customers with about the same probability; low, high: 95 % interval of the share who left."""

    customers: int
    predicted: Number
    left: Number
    low: Number
    high: Number


class Calibration(Part):
    """by_chance: the error that a perfect model would show, and the highest in 95 of 100 cases.
    corrected: the error less that.
    """

    bins: tuple[Bin, ...]
    error: Number
    by_chance: Number
    highest_by_chance: Number
    corrected: Number


class Money(Part):
    """Profit of 1,000 customers beside no offers, by the share who are contacted.

    by_value, by_risk: in which order, with who really left; assumed: by value, as the catalogue
    assumes. contacted: the share whom the policy makes an offer; then profit and its standard error
    with who really left, and as assumed.
    """

    catalogue: str
    currency: str
    customers: int
    by_value: Points
    by_risk: Points
    assumed: Points
    contacted: Number
    profit: Mean
    expected: Number


class Figure(Part):
    """A figure of a group with its 95 % interval, and the p-value of the group's difference from
    the others of its attribute (of calibration: from 0), after Holm's correction over all groups.
    """

    value: Number
    low: Number
    high: Number
    p: Number


class Group(Part):
    """A group of a protected attribute; a figure that too few customers could tell is left out."""

    attribute: str
    name: str
    customers: int
    left: Number
    figures: dict[str, Figure]


class Canary(Part):
    """What must not happen: whether it holds, with what was found and the bound."""

    name: str
    holds: bool
    found: Number
    bound: Number


class Leak(Part):
    """The AUC of a forest whose rare class was copied before the split, and without."""

    leaked: Number
    honest: Number


class Change(Part):
    """What the score gains when it may also use these columns; beside the same folds without."""

    added: str
    auc: Mean
    log_loss: Mean


class Feature(Part):
    """What a column that is worked out adds to the score's own probability.

    of: the attributes that it is made of.
    """

    name: str
    expression: str
    of: tuple[str, ...]
    auc: Mean
    log_loss: Mean


class Evaluation(Part):
    """The whole file. digests: SHA-256 of what the figures follow from."""

    digests: dict[str, str]
    protocol: Protocol
    data: Data
    recipe: str
    log_losses: dict[str, Number]
    sides: tuple[Side, ...]
    curves: Curves
    calibration: Calibration
    money: Money | None
    groups: tuple[Group, ...]
    protected: tuple[Change, ...]
    features: tuple[Feature, ...]
    all_features: Change | None
    leak: Leak
    canaries: tuple[Canary, ...]
    shapes: tuple[str, ...]


def code_digest() -> str:
    """Of the files that measure."""
    found = hashlib.sha256()
    for folder in CODE:
        for path in sorted((HOUSE / folder).glob("*.py")):
            if folder != "report" or path.name not in SHOWING:
                found.update(f"{folder}/{path.name}\n".encode() + path.read_bytes())
    return found.hexdigest()


def content_of(evaluation: Evaluation) -> bytes:
    return as_json(evaluation.model_dump(mode="json"))


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Replaces the files, each in one step. Raises DataError."""
    try:
        replace_files(folder, files)
    except OSError as error:
        names = ", ".join(files)
        raise DataError(f"{names} can't be written: {error.strerror}") from error


def read(folder: Path) -> Evaluation:
    """What was stored. Raises ArtifactError when it is not there, or damaged."""
    again = "type: churn evaluate FILE"
    try:
        return Evaluation.model_validate_json((folder / EVALUATION).read_bytes())
    except OSError as error:
        raise ArtifactError(f"{EVALUATION} can't be read: {error.strerror}; {again}") from error
    except ValidationError:
        raise ArtifactError(f"{EVALUATION} is damaged, or of another version; {again}") from None


def check(evaluation: Evaluation, digests: Mapping[str, str]) -> None:
    """Raises ArtifactError, which says what has changed, unless the figures are of these."""
    stored = evaluation.digests
    changed = [name for name in {**digests, **stored} if digests.get(name) != stored.get(name)]
    if changed:
        what = ", ".join(changed)
        raise ArtifactError(
            f"{EVALUATION} is stale: it was measured with another {what}; "
            "--fresh measures again, and so does churn evaluate FILE"
        )

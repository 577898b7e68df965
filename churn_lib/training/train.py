"""Trains the score, measures it, and writes what serving and people read of it."""

import io
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

import joblib

from churn_lib.customer.model import SCHEMA
from churn_lib.score.reference import REFERENCE, reference_of
from churn_lib.score.scorecard import MANIFEST, SCORECARD
from churn_lib.score.terms import Card
from churn_lib.training.baselines import lightgbm
from churn_lib.training.choose import INNER_FOLDS, RECIPES, Progress, Recipe, choose, silent
from churn_lib.training.compile import compile_card
from churn_lib.training.data import Dataset
from churn_lib.training.evaluate import FOLDS, Result, checked, evaluate, ours
from churn_lib.training.files import (
    MODEL_CARD,
    PIPELINE,
    as_json,
    card_bytes,
    digests,
    prepare,
    write,
)
from churn_lib.training.folds import split, twins
from churn_lib.training.model import Model
from churn_lib.training.model_card import Learnt, model_card
from churn_lib.training.versus import Versus, compared

REPEATS = 1
SEED = 2024
LIBRARIES = ("joblib", "lightgbm", "numpy", "polars", "scikit-learn", "scipy")

MOST_AT_ONCE = 50_000
"""Customers of whom several cores measure at once: each process has all of them in memory."""


@dataclass(frozen=True, slots=True)
class Report:
    """What training made, and how good it is beside what was there before.

    files: what was made, by name. written: whether it has replaced the artifacts.
    """

    learnt: Learnt
    versus: Versus | None
    files: Mapping[str, bytes]
    written: bool

    @property
    def card(self) -> Card:
        return self.learnt.card

    @property
    def result(self) -> Result:
        return self.learnt.result


def train(
    dataset: Dataset,
    folder: Path,
    *,
    today: date,
    seed: int = SEED,
    recipes: Sequence[Recipe] = RECIPES,
    repeats: int = REPEATS,
    n_jobs: int = -1,
    progress: Progress = silent,
    force: bool = True,
) -> Report:
    """Chooses a recipe, measures it by nested cross-validation, and writes the artifacts.

    force: whether to replace artifacts that are better. The same data, seed and libraries give the
    same bytes, whatever the number of jobs. Raises DataError when there are too few customers or
    the artifacts can't be written, ArtifactError when serving would refuse the scorecard.
    """
    # First of all: whoever names a wrong folder should not learn it after minutes of work.
    prepare(folder)
    found = twins(dataset.frame, checked(dataset).left)
    folds = split(dataset.left, found.groups, INNER_FOLDS, seed)
    choice = choose(dataset.frame, dataset.left, folds, seed, recipes=recipes, progress=progress)
    card = compile_card(choice.model, dataset.frame)
    sides = [ours([choice.recipe]), lightgbm()]
    result, opponent = evaluate(
        dataset,
        sides,
        found.groups,
        seed=seed,
        repeats=repeats,
        n_jobs=n_jobs if len(dataset) <= MOST_AT_ONCE else 1,
        progress=progress,
    )
    learnt = Learnt(dataset, found, choice, result, opponent, card)
    files = _files(learnt, seed, repeats)
    versus = compared(folder, dataset, result, card, today)
    written = versus is None or force or not versus.worse
    if written:
        write(folder, files)
    return Report(learnt, versus, files, written)


def _files(learnt: Learnt, seed: int, repeats: int) -> Mapping[str, bytes]:
    """What is written, by name; the manifest last."""
    files = {
        PIPELINE: _pickled(learnt.choice.model),
        SCORECARD: card_bytes(learnt.card.model_dump(mode="json")),
        REFERENCE: _reference(learnt),
    }
    choice = learnt.choice
    manifest = {
        "schema_version": 1,
        "schema": SCHEMA.digest,
        "files": digests(files),
        "data": _data(learnt),
        "seed": seed,
        "choice": {"recipe": choice.recipe.name, "log_loss": dict(choice.log_losses)},
        "metrics": _metrics(learnt.result, repeats),
        "lightgbm": _estimates(learnt.opponent),
        **_versions(),
    }
    # No part of the manifest: `churn report` puts a longer one in its place.
    return {**files, MODEL_CARD: model_card(learnt).encode(), MANIFEST: as_json(manifest)}


def _reference(learnt: Learnt) -> bytes:
    frame = learnt.dataset.frame
    scores = learnt.choice.model.predict_proba(frame)[:, 1]
    columns = {column.name: column.to_list() for column in frame}
    return as_json(reference_of(columns, scores.tolist()).model_dump(mode="json"))


def _data(learnt: Learnt) -> dict[str, object]:
    dataset = learnt.dataset
    rate = float(dataset.left.mean())
    known = {"sha256": dataset.sha256, "rows": len(dataset), "churn_rate": rate}
    return {**known, "twins": learnt.twins.count}


def _metrics(result: Result, repeats: int) -> dict[str, object]:
    protocol = {"folds": FOLDS, "repeats": repeats, "standard_error": "Nadeau and Bengio (2003)"}
    return {"nested_cross_validation": protocol, **_estimates(result)}


def _estimates(result: Result) -> dict[str, object]:
    return {name: estimate._asdict() for name, estimate in result.metrics.items()}


def _versions() -> dict[str, object]:
    libraries = {name: version(name) for name in LIBRARIES}
    return {"libraries": libraries, "python": platform.python_version()}


def _pickled(model: Model) -> bytes:
    buffer = io.BytesIO()
    joblib.dump(model, buffer)
    return buffer.getvalue()

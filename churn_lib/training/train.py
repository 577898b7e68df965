"""Trains the score and writes `pipeline.joblib`, `scorecard.json` and, last, `manifest.json`.

The manifest is the switch: `score.scorecard.load` takes the scorecard that it describes, which is
in the folder `previous` while the files are replaced, and after a kill between two of them.
"""

import hashlib
import io
import json
import platform
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import joblib
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from churn_lib.errors import DataError
from churn_lib.score.scorecard import MANIFEST, PREVIOUS, SCORECARD
from churn_lib.score.terms import Card
from churn_lib.training.choose import PENALTIES, SHAPES, Choice, Progress, choose, silent
from churn_lib.training.compile import compile_card
from churn_lib.training.data import Dataset
from churn_lib.training.evaluate import FOLDS, REPEATS, Result, evaluate, ours
from churn_lib.training.features import Shape, build

PIPELINE = "pipeline.joblib"
FRESH = ".new-"
"""How the name of a folder begins in which files wait until all of them are written."""

ROOM = 100_000
"""Bytes that must be free: more than the new artifacts and those before take."""

SEED = 2024
LIBRARIES = ("joblib", "numpy", "polars", "scikit-learn", "scipy")


@dataclass(frozen=True, slots=True)
class Report:
    """What training made, and how good it is."""

    card: Card
    pipeline: Pipeline
    choice: Choice
    result: Result
    manifest: Mapping[str, object]


def train(
    dataset: Dataset,
    folder: Path,
    *,
    seed: int = SEED,
    shapes: Sequence[Shape] = SHAPES,
    penalties: Sequence[float] = PENALTIES,
    repeats: int = REPEATS,
    n_jobs: int = -1,
    progress: Progress = silent,
) -> Report:
    """Measures the procedure by nested cross-validation, runs it on all rows, writes the artifacts.

    The same data, seed and libraries give the same bytes, whatever the number of jobs. Raises
    DataError when there are too few customers or the artifacts can't be written, ArtifactError when
    serving would refuse the scorecard.
    """
    # First of all: whoever names a wrong folder should not learn it after minutes of work.
    _prepare(folder)
    model = ours(shapes, penalties)
    [result] = evaluate(
        dataset, [model], seed=seed, repeats=repeats, n_jobs=n_jobs, progress=progress
    )
    frame, left = dataset.frame, dataset.left
    choice = choose(
        frame, left, seed=seed, shapes=shapes, penalties=penalties, n_jobs=n_jobs, progress=progress
    )
    with threadpool_limits(1):  # else sums, and so the bytes, would depend on the cores
        pipeline = build(choice.candidate, frame).fit(frame, left)
    card = compile_card(pipeline)
    files = {PIPELINE: _pickled(pipeline), SCORECARD: _json(card.model_dump())}
    details = {"seed": seed, "choice": asdict(choice), "metrics": _metrics(result, repeats)}
    manifest = {
        "schema_version": 1,
        "files": _digests(files),
        "data": _data(dataset),
        **details,
        **_versions(),
    }
    write(folder, {**files, MANIFEST: _json(manifest)})
    return Report(card, pipeline, choice, result, manifest)


def _prepare(folder: Path) -> None:
    """Makes the folder, and raises DataError unless files can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # What a training has left that was killed while it wrote.
        for left in (*folder.glob(f"{FRESH}*"), *folder.glob(f"{PREVIOUS}/{FRESH}*")):
            shutil.rmtree(left)
        with tempfile.TemporaryDirectory(dir=folder, prefix=FRESH) as fresh:
            (Path(fresh) / PIPELINE).write_bytes(bytes(ROOM))
    except OSError as error:
        problem = f"the folder for the artifacts can't be made or written: {error.strerror}"
        raise DataError(problem) from error


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Replaces the artifacts, and keeps those that were there in the folder `previous`."""
    try:
        if current := _current(folder):
            replace_files(folder / PREVIOUS, current)
        replace_files(folder, files)
    except OSError as error:
        problem = f"the artifacts can't be written: {error.strerror}; those before are still there"
        raise DataError(problem) from error


def _current(folder: Path) -> Mapping[str, bytes]:
    """The artifacts that are there, the manifest last; none unless they are whole."""
    try:
        manifest = (folder / MANIFEST).read_bytes()
        digests = json.loads(manifest)["files"]
        files = {name: (folder / name).read_bytes() for name in digests}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
    return {**files, MANIFEST: manifest} if digests == _digests(files) else {}


def replace_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Replaces the files in the given order, each in one step, once all of them are on the disk."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=FRESH) as fresh:
        for name, content in files.items():
            (Path(fresh) / name).write_bytes(content)
        for name in files:
            (Path(fresh) / name).replace(folder / name)


def _digests(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def _data(dataset: Dataset) -> dict[str, object]:
    rate = float(dataset.left.mean())
    return {"sha256": dataset.sha256, "rows": len(dataset), "churn_rate": rate}


def _metrics(result: Result, repeats: int) -> dict[str, object]:
    protocol = {"folds": FOLDS, "repeats": repeats, "standard_error": "Nadeau and Bengio (2003)"}
    estimates = {name: estimate._asdict() for name, estimate in result.metrics.items()}
    return {"nested_cross_validation": protocol, **estimates}


def _versions() -> dict[str, object]:
    libraries = {name: version(name) for name in LIBRARIES}
    return {"libraries": libraries, "python": platform.python_version()}


def _pickled(pipeline: Pipeline) -> bytes:
    buffer = io.BytesIO()
    joblib.dump(pipeline, buffer)
    return buffer.getvalue()


def _json(content: object) -> bytes:
    return (json.dumps(content, indent=2) + "\n").encode()

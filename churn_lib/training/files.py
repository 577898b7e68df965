"""The files of a training, of which the manifest is the switch.

`score.scorecard.load` takes the scorecard that the manifest describes, which is in the folder
`previous` while the files are replaced, and after a kill between two of them.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from churn_lib.errors import DataError
from churn_lib.score.scorecard import MANIFEST, PREVIOUS

PIPELINE = "pipeline.joblib"
MODEL_CARD = "model_card.md"
FRESH = ".new-"
"""How the name of a folder begins in which files wait until all of them are written."""

ROOM = 1_000_000
"""Bytes that must be free: more than the new artifacts and those before take."""


def prepare(folder: Path) -> None:
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
        told = json.loads(manifest)["files"]
        files = {name: (folder / name).read_bytes() for name in told}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
    return {**files, MANIFEST: manifest} if told == digests(files) else {}


def replace_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Replaces the files in the given order, each in one step, once all of them are on the disk."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=FRESH) as fresh:
        for name, content in files.items():
            (Path(fresh) / name).parent.mkdir(exist_ok=True)
            (Path(fresh) / name).write_bytes(content)
        for name in files:
            (folder / name).parent.mkdir(exist_ok=True)
            (Path(fresh) / name).replace(folder / name)


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def as_json(content: object) -> bytes:
    return (json.dumps(content, indent=2) + "\n").encode()


def card_bytes(card: Mapping[str, object]) -> bytes:
    """The scorecard as a file: a line for each term, and no space in it, for tables are large."""
    compact = json.JSONEncoder(separators=(",", ":")).encode
    terms = card["terms"]
    lines = ",\n".join(map(compact, terms if isinstance(terms, list) else ()))
    head = compact({name: part for name, part in card.items() if name != "terms"})
    return f'{head[:-1]},"terms":[\n{lines}\n]}}\n'.encode()

#!/usr/bin/env python3
"""Writes the source archive of the function: what serves and nothing else, the same bytes from the
same files.

    package.py [ARCHIVE] [FOLDER]      FOLDER: of the artifacts, artifacts/ if left out

Needs nothing but Python, and git where there is a repository. The files are stored as they are,
because two versions of zlib compress differently.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SERVING = (
    "main.py",
    "requirements.txt",
    "churn_lib",
    "functions",
)
ARTIFACTS = ("customer.toml", "manifest.json", "offers.toml", "scorecard.json")
"""What serves of the folder of the artifacts; in the archive that folder is `artifacts`."""

ALSO = ("texts.ndjson", "lists/*.txt")
"""Serves too, where it is there: texts that were written before, and an owner's lists of words."""

NOT_SERVING = ("__pycache__", "training", "propose", "report")
"""Folders that are left out wherever they are."""

MIDNIGHT = (1980, 1, 1, 0, 0, 0)
"""The first time that a zip archive knows."""

PLAIN_FILE = 0o100644 << 16
UNIX = 3


def main(arguments: list[str]) -> None:
    """Writes the archive that the command line names, or ends with 1 and says why there is none."""
    archive = Path(arguments[0]) if arguments else ROOT / "dist" / "source.zip"
    folder = Path(arguments[1]) if len(arguments) > 1 else ROOT / "artifacts"
    archive.unlink(missing_ok=True)  # else a refusal would leave the old one to be deployed
    if faults := list(wrong_artifacts(folder)):
        sys.exit("\n".join(["The source archive is not made:", *faults]))
    archive.parent.mkdir(parents=True, exist_ok=True)
    files = {name: ROOT / name for name in chosen()}
    present = [folder / name for name in ARTIFACTS]
    present += [path for name in ALSO for path in folder.glob(name)]
    files |= {f"artifacts/{path.relative_to(folder).as_posix()}": path for path in present}
    write(archive, files)
    content = archive.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    sys.stdout.write(f"{archive}: {len(files)} files, {len(content):,} bytes, sha256 {digest}\n")


def wrong_artifacts(folder: Path) -> Iterator[str]:
    """A sentence for each file that is missing, or another one than the manifest describes."""
    if missing := [name for name in ARTIFACTS if not (folder / name).is_file()]:
        yield f"{', '.join(missing)} is missing in {folder}"
        return
    for name, digest in json.loads((folder / "manifest.json").read_bytes())["files"].items():
        path = folder / name
        if not path.is_file():
            yield f"{name} is missing, and manifest.json describes it"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            yield f"{name} is not the file that manifest.json describes: their SHA-256 differ"


def chosen() -> set[str]:
    """The files that serve and that git tracks; says which ones are left out, and when it can't
    tell.
    """
    found, known = set(serving()), tracked()
    if not known:
        sys.stderr.write("git does not know this folder: all its files that serve are packed.\n")
        return found
    if others := ", ".join(sorted(found - known)):
        sys.stderr.write(f"Not packed, because git does not track it: {others}\n")
    return found & known


def tracked() -> set[str]:
    """The files that git tracks among those that serve; none where there is no git, or no
    repository of this folder.
    """
    git = shutil.which("git")
    if git is None:
        return set()
    command = (git, "-C", ROOT, "ls-files", "-z", "--", *SERVING)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return {name for name in done.stdout.split("\0") if name}


def serving() -> Iterator[str]:
    """The files that a running function reads; hidden files are none of them."""
    for part in SERVING:
        path = ROOT / part
        for each in path.rglob("*") if path.is_dir() else [path]:
            if wanted(each):
                yield each.relative_to(ROOT).as_posix()


def wanted(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return path.is_file() and not any(part in NOT_SERVING or part.startswith(".") for part in parts)


def write(archive: Path, files: Mapping[str, Path]) -> None:
    """Owner, modes and times of the files do not count, so that the hash of the archive tells of
    their content.
    """
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as target:
        for name, path in sorted(files.items()):
            entry = zipfile.ZipInfo(name, MIDNIGHT)
            entry.create_system, entry.external_attr = UNIX, PLAIN_FILE
            target.writestr(entry, path.read_bytes())


if __name__ == "__main__":
    main(sys.argv[1:])

"""The source archive: what is in it, that its bytes depend on nothing else, and when there is
none.
"""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.serving import ROOT, clean_environment

PACKAGED = (
    "main.py",
    "requirements.txt",
    "artifacts",
    "churn_lib",
    "functions",
    "infra/package.py",
    ".dockerignore",
)
NEVER = (
    ".env",
    "churn_lib/.env",
    "functions/__pycache__/app.pyc",
    "tests/test_main.py",
    "data.csv",
    "infra/main.tf",
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what is packaged, with things beside it that must never be."""
    folder = tmp_path / "tree"
    for part in PACKAGED:
        copy(ROOT / part, folder / part)
    for name in NEVER:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("not to be packaged")
    return folder


def copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


def package(folder: Path) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, folder / "infra" / "package.py")
    return subprocess.run(
        command, env=clean_environment(), capture_output=True, text=True, check=False
    )


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", folder, *arguments], env=clean_environment(), check=True)


def archive(folder: Path) -> Path:
    return folder / "dist" / "source.zip"


def names(folder: Path) -> set[str]:
    return set(zipfile.ZipFile(archive(folder)).namelist())


def test_the_same_files_make_the_same_bytes(tree: Path) -> None:
    first = package(tree)
    content = archive(tree).read_bytes()
    for number, path in enumerate(sorted(tree.rglob("*.py"))):
        os.utime(path, (1e9 + number, 1e9 + number))
        path.chmod(0o755 if number % 2 else 0o600)
    assert package(tree).stdout == first.stdout
    assert archive(tree).read_bytes() == content


def test_another_byte_makes_another_archive(tree: Path) -> None:
    first = package(tree).stdout
    with (tree / "artifacts" / "offers.toml").open("a") as offers:
        offers.write("\n")
    assert package(tree).stdout != first


def test_it_holds_what_serves_and_nothing_else(tree: Path) -> None:
    assert package(tree).returncode == 0
    found = names(tree)
    assert {
        "main.py",
        "requirements.txt",
        "artifacts/scorecard.json",
        "churn_lib/words/lists/en.txt",
    } <= found
    assert {name.split("/")[0] for name in found} == {*PACKAGED[:5]}
    assert not [
        name
        for name in found
        if name in NEVER or "training" in Path(name).parts or name.endswith(".joblib")
    ]


def test_texts_that_were_written_before_are_packed_where_there_are_any(tree: Path) -> None:
    package(tree)
    without = names(tree)
    (tree / "artifacts" / "texts.ndjson").write_text("{}\n")
    (tree / "artifacts" / "lists").mkdir()
    (tree / "artifacts" / "lists" / "it.txt").write_text("[free]\ngratis\n")
    package(tree)
    assert names(tree) - without == {"artifacts/texts.ndjson", "artifacts/lists/it.txt"}


@pytest.fixture
def repository(tree: Path) -> Path:
    """The same tree, where git tracks all but what is to be ignored."""
    git(tree, "init", "--quiet")
    shutil.copy(ROOT / ".gitignore", tree)
    git(tree, "add", ".")
    return tree


@pytest.mark.parametrize(
    "stray",
    ["churn_lib/errors.py.orig", "functions/app.py~", "functions/#app.py#", "churn_lib/copy.py"],
)
def test_what_git_does_not_track_is_named_and_not_packed(repository: Path, stray: str) -> None:
    clean = package(repository)
    (repository / stray).write_text("not to be packaged")
    packaged = package(repository)
    assert packaged.stdout == clean.stdout
    assert clean.stderr == ""
    assert packaged.stderr == f"Not packed, because git does not track it: {stray}\n"


def test_a_new_module_is_packed_once_git_tracks_it(repository: Path) -> None:
    (repository / "churn_lib" / "new.py").write_text("")
    git(repository, "add", "churn_lib/new.py")
    assert package(repository).stderr == ""
    assert "churn_lib/new.py" in names(repository)


def test_a_repository_packs_the_same_as_its_files_alone(repository: Path) -> None:
    tracked = package(repository)
    shutil.rmtree(repository / ".git")
    alone = package(repository)
    assert alone.stdout == tracked.stdout
    assert alone.stderr == "git does not know this folder: all its files that serve are packed.\n"


def test_a_folder_in_a_repository_of_others_is_packed_whole(tree: Path) -> None:
    git(tree.parent, "init", "--quiet")
    assert package(tree).returncode == 0
    assert "main.py" in names(tree)


@pytest.mark.parametrize("name", ["scorecard.json", "pipeline.joblib"])
def test_it_is_refused_when_an_artifact_is_not_the_one_of_the_manifest(
    tree: Path, name: str
) -> None:
    package(tree)
    with (tree / "artifacts" / name).open("ab") as artifact:
        artifact.write(b" ")
    refused = package(tree)
    assert refused.returncode == 1
    assert f"{name} is not the file that manifest.json describes" in refused.stderr
    assert not archive(tree).exists()


def test_it_is_refused_when_an_artifact_is_missing(tree: Path) -> None:
    (tree / "artifacts" / "scorecard.json").unlink()
    refused = package(tree)
    assert refused.returncode == 1
    assert "scorecard.json is missing" in refused.stderr


def test_the_image_holds_the_files_of_the_archive(tree: Path) -> None:
    package(tree)
    for stray in ("churn_lib/errors.py.orig", "functions/app.py~"):
        (tree / stray).write_text("not to be packaged")
    assert set(let_through(tree)) == names(tree)


def let_through(folder: Path) -> Iterator[str]:
    """The files that Docker would see: as in its documentation, the last pattern that fits
    decides.
    """
    patterns = [
        line
        for line in (folder / ".dockerignore").read_text().splitlines()
        if line and line[0] != "#"
    ]
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        fitting = [pattern for pattern in patterns if fits(name, pattern.removeprefix("!"))]
        if path.is_file() and not (fitting and not fitting[-1].startswith("!")):
            yield name


def fits(name: str, pattern: str) -> bool:
    """Whether a pattern names the file or one of the folders around it."""
    around = [name, *(parent.as_posix() for parent in Path(name).parents if parent.parts)]
    anywhere = pattern.replace("/**/", "/*").replace("**/", "*/", 1)
    return any(fnmatch(each, anywhere) or fnmatch(f"/{each}", anywhere) for each in around)

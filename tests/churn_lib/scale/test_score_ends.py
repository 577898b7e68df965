"""However a run ends, its files are whole or not there."""

import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.churn_lib.scale.scoring import customers, read_csv, scored, write_csv
from tests.serving import ROOT

KINDS = ("csv", "parquet", "ndjson")
ROWS, PARTS = 60_000, 5
FEW, MANY = 2, 20
"""Kills of each kind."""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = customers(2000)
    path = tmp_path_factory.mktemp("many") / "in.csv"
    return write_csv(path, [{**rows[n % 2000], "customerID": f"made-up-{n}"} for n in range(ROWS)])


@pytest.fixture(scope="module")
def whole(many: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What each kind of file is when nothing happens."""
    folder = tmp_path_factory.mktemp("whole")
    return {kind: scored(many, folder / f"out.{kind}").target.read_bytes() for kind in KINDS}


def command(source: Path, target: Path) -> list[str]:
    return [sys.executable, "-m", "churn_lib", "score", str(source), str(target), "--reasons", "1"]


@contextmanager
def started(source: Path, target: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        command(source, target), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def writes(process: subprocess.Popen[str], folder: Path, size: int) -> bool:
    """Waits until so many bytes are written under another name; false if the run has ended."""
    while process.poll() is None:
        for part in folder.glob(".out.*.part"):
            if part.exists() and part.stat().st_size >= size:
                return True
    return False


class Watcher:
    """Looks at a file all the time, and notes the sizes that it has had."""

    def __init__(self, path: Path) -> None:
        self._path, self._end = path, threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.sizes = set[int]()

    def _watch(self) -> None:
        while not self._end.wait(0.0005):
            if self._path.exists():
                self.sizes.add(self._path.stat().st_size)

    def __enter__(self) -> "Watcher":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()


def killed(kind: str, many: Path, folder: Path, expected: bytes, times: int) -> None:
    """Kills runs at later and later places; a last one is whole, and none was ever half there."""
    target = folder / f"out.{kind}"
    with Watcher(target) as watcher:
        for time in range(times):
            with started(many, target) as process:
                writes(process, folder, len(expected) * time // times)
                process.send_signal(signal.SIGKILL)
        done = subprocess.run(command(many, target), cwd=ROOT, check=False, capture_output=True)
    assert done.returncode == 0
    assert watcher.sizes <= {len(expected)}
    if kind == "parquet":
        assert pq.read_table(target).num_rows == ROWS
    assert target.read_bytes() == expected


@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_run_leaves_no_half_file_and_the_next_is_whole(
    tmp_path: Path, many: Path, whole: dict[str, bytes], kind: str
) -> None:
    killed(kind, many, tmp_path, whole[kind], FEW)


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_twenty_killed_runs_leave_no_half_file(
    tmp_path: Path, many: Path, whole: dict[str, bytes], kind: str
) -> None:
    killed(kind, many, tmp_path, whole[kind], MANY)


def test_a_run_that_is_stopped_leaves_nothing_and_what_was_there_stays(
    tmp_path: Path, many: Path
) -> None:
    target, folder = tmp_path / "out.csv", tmp_path / "in"
    target.write_text("before", "utf-8")
    folder.mkdir()
    for part in range(PARTS):
        (folder / f"{part}.csv").symlink_to(many)
    with started(folder / "*.csv", target) as process:
        assert writes(process, tmp_path, 1)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()
    assert process.returncode == 130
    assert said.strip() == "Stopped; nothing was written."
    assert {file.name for file in tmp_path.iterdir()} == {"out.csv", "in"}
    assert target.read_text("utf-8") == "before"


@pytest.mark.parametrize("kind", KINDS)
def test_a_disk_that_is_full_ends_the_run_with_a_sentence(
    tmp_path: Path, many: Path, kind: str
) -> None:
    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    done = subprocess.run(
        command(many, tmp_path / f"out.{kind}"),
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        preexec_fn=limited,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 1
    assert "File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def run(arguments: Sequence[str], folder: Path, given: bytes = b"") -> tuple[int, bytes, str]:
    done = subprocess.run(
        [sys.executable, "-m", "churn_lib", "score", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
        input=given,
    )
    return done.returncode, done.stdout, done.stderr.decode()


@pytest.mark.parametrize("kind", KINDS)
def test_standard_input_is_read_and_standard_output_written(tmp_path: Path, kind: str) -> None:
    rows = customers(5)
    given = scored(write_csv(tmp_path / "plain.csv", rows), tmp_path / f"in.{kind}").target
    arguments = ["-", "-", "--no-offers", "--reasons", "0", "--keep", "customerID"]
    code, out, said = run(arguments, tmp_path, given.read_bytes())
    assert (code, said) == (0, "-: 5 rows\n")
    (tmp_path / "out.csv").write_bytes(out)
    assert [row["customerID"] for row in read_csv(tmp_path / "out.csv")] == [
        row["customerID"] for row in rows
    ]


def test_refused_rows_give_the_exit_code_three_and_a_file_of_their_own(tmp_path: Path) -> None:
    rows = customers(5)
    rows[3]["gender"] = "?"
    write_csv(tmp_path / "in.csv", rows)
    code, out, said = run(["in.csv", "out.csv"], tmp_path)
    assert (code, out) == (3, b"out.csv: 4 rows\n")
    assert said == "out.csv.rejected.csv: 1 rows refused, and why\n"
    assert (tmp_path / "out.csv.rejected.csv").read_text("utf-8").splitlines() == [
        "file,record,customerID,fields,errors",
        "in.csv,4,made-up-3,gender,\"gender: must be one of 'Female', 'Male'\"",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["in.csv", "out.xlsx"], "out.xlsx must be a file whose name ends in .csv, .parquet or"),
        (["missing.csv", "out.csv"], "missing.csv can't be read: No such file or directory"),
        (["in.csv", "none/out.csv"], "none/out.csv would be in a folder that is not there; name a"),
        (["in.csv", "folder.csv"], "folder.csv is a folder; name a file in a folder that is there"),
        (["in.csv", "out.csv", "--map", "tenure"], "--map: must be OURS=THEIRS"),
        (["in.csv", "out.csv", "--map", "age=x"], "--map age=...: is none of"),
        (["in.csv", "out.csv", "--delimiter", "ab"], "--delimiter: must be one character, or tab"),
        (["in.csv", "out.csv", "--encoding", "nope"], "nope is no encoding that Python knows"),
        (["in.csv", "out.csv", "--language", "xx"], "language: must be one of"),
    ],
)
def test_what_can_not_be_done_is_said_in_a_sentence(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    write_csv(tmp_path / "in.csv", customers(2))
    (tmp_path / "folder.csv").mkdir()
    code, _, error = run(arguments, tmp_path)
    assert code == 2
    assert said in error
    assert "Traceback" not in error
    assert {file.name for file in tmp_path.iterdir()} == {"in.csv", "folder.csv"}


def test_packages_that_are_not_installed_are_named(tmp_path: Path) -> None:
    write_csv(tmp_path / "in.csv", customers(2))
    hides = "import sys; sys.modules['duckdb'] = None; from churn_lib.cli import app; app()"
    done = subprocess.run(
        [sys.executable, "-c", hides, "score", "in.csv", "out.csv"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "duckdb: is not installed; type: pip install -e '.[scale]'" in done.stderr

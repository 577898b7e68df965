"""The lock installs with any pip from 22.0 on, whatever the index holds by then, and the command
line of it runs on Windows too.
"""

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from hashlib import sha256
from importlib.metadata import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from churn_lib.cli.options import option
from tests.serving import ROOT, clean_environment

LOCKED = re.compile(r"^(\S+==.+?) \\$", re.MULTILINE)
LATER = ".0.999"
"""Makes a version that the index gets after the lock was written, and that still fits its users."""

OLD_PIPS = pytest.mark.skipif(
    sys.version_info >= (3, 12), reason="a pip that old does not run on Python 3.12"
)
PIPS = [
    pytest.param("pip==22.0", marks=OLD_PIPS),
    pytest.param("pip==23.2.1", marks=OLD_PIPS),
    pytest.param("pip", id="newest"),
]
WINDOWS = {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"}
NOT_ON_WINDOWS = ("fcntl", "grp", "pwd", "pty", "resource", "syslog", "termios", "tty", "uvloop")


def requirements() -> list[Requirement]:
    return [Requirement(line) for line in LOCKED.findall((ROOT / "requirements.txt").read_text())]


def wheel(folder: Path, name: str, version: str, needs: list[str]) -> str:
    """Writes a package without content, and tells its SHA-256."""
    stem = f"{re.sub('[-_.]+', '_', name)}-{version}"
    extras = sorted({extra for need in needs for extra in re.findall(r"extra == .([\w-]+)", need)})
    about = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    about += [f"Provides-Extra: {extra}" for extra in extras]
    about += [f"Requires-Dist: {need}" for need in needs]
    made = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files = {"METADATA": "\n".join(about) + "\n", "WHEEL": made}
    files["RECORD"] = "".join(f"{stem}.dist-info/{file},,\n" for file in [*files, "RECORD"])
    path = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as target:
        for file, text in files.items():
            target.writestr(f"{stem}.dist-info/{file}", text)
    return sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of stand-ins for all locked packages, with their real requirements, a later version
    of each, and the lock with the hashes of the stand-ins.
    """
    folder = tmp_path_factory.mktemp("index")
    lines = []
    for locked in requirements():
        digest = "0" * 64
        if locked.marker is None or locked.marker.evaluate():
            needs = [str(each) for each in metadata(locked.name).get_all("Requires-Dist") or []]
            (version,) = locked.specifier
            digest = wheel(folder, locked.name, version.version, needs)
            wheel(folder, locked.name, version.version + LATER, needs)
        lines.append(f"{locked} --hash=sha256:{digest}\n")
    (folder / "requirements.txt").write_text("".join(lines))
    return folder


@pytest.fixture(scope="module", params=PIPS)
def pip(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one version of pip."""
    folder = tmp_path_factory.mktemp("pip")
    wanted = str(request.param)
    command = (sys.executable, "-m", "pip", "install", "--quiet", "--target", folder, wanted)
    subprocess.run(command, check=True)
    return folder


def install(pip: Path, index: Path, target: Path, *options: str) -> None:
    environment = {name: text for name, text in os.environ.items() if not name.startswith("PIP_")}
    command = [sys.executable, "-m", "pip", "install", "--no-index", f"--find-links={index}"]
    lock = [f"--target={target}", f"--requirement={index / 'requirements.txt'}"]
    done = subprocess.run(
        [*command, *lock, *options],
        env={**environment, "PYTHONPATH": str(pip)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("options", [(), ("--no-deps", "--require-hashes")], ids=["plain", "ours"])
def test_a_later_index_does_not_break_the_lock(
    pip: Path, index: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    install(pip, index, tmp_path, *options)
    installed = {path.name for path in tmp_path.glob("*.dist-info")}
    assert len(installed) == len(list(index.glob(f"*{LATER}-py3-none-any.whl")))
    assert not [name for name in installed if name.endswith(f"{LATER}.dist-info")]


def test_every_way_to_install_the_lock_is_the_same_one() -> None:
    places = ("README.md", "Makefile", "Dockerfile", "churn_lib/cli/findings.py")
    found = [
        line
        for place in places
        for line in (ROOT / place).read_text().splitlines()
        if "-r requirements" in line
    ]
    assert len(found) >= 6
    assert [line for line in found if "--no-deps --require-hashes -r" not in line] == []


def test_what_windows_has_no_package_of_is_not_asked_for_there() -> None:
    (uvloop,) = [each for each in requirements() if each.name == "uvloop"]
    assert uvloop.marker
    assert not uvloop.marker.evaluate(WINDOWS)
    assert uvloop.marker.evaluate({"sys_platform": "linux"})
    assert uvloop.marker.evaluate({"sys_platform": "darwin"})


def run_as_on_windows(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a program of ours where the modules are missing that Windows does not have."""
    script = (
        f"import runpy, sys; sys.modules.update(dict.fromkeys({NOT_ON_WINDOWS})); "
        "sys.argv = sys.argv[1:]; "
        "run = runpy.run_path if sys.argv[0].endswith('.py') else runpy.run_module; "
        "run(sys.argv[0], run_name='__main__')"
    )
    command = (sys.executable, "-c", script, *arguments)
    return subprocess.run(
        command, cwd=ROOT, env=clean_environment(), capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("predict", "--json", "tests/data/customer.json", "--explain"),
        ("offers", "list"),
        ("offers", "lint"),
        ("train", "--help"),
        ("doctor",),
    ],
    ids=" ".join,
)
def test_the_command_line_runs_on_windows(arguments: tuple[str, ...]) -> None:
    done = run_as_on_windows("churn_lib", *arguments)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_the_command_of_the_first_version_runs_on_windows(example: Mapping[str, object]) -> None:
    options = [f"--{option(name)}={value}" for name, value in example.items()]
    done = run_as_on_windows("main.py", "--cli", *options)
    assert done.returncode == 0, done.stderr
    assert "65 %" in done.stdout

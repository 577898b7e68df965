"""What is deployed, started as it will be: the source archive with its requirements alone, and the
steps of Dockerfile.

There is one environment for both, made by the installing step of the Dockerfile; Google's build
types the same without saying `--require-hashes`, which pip assumes where there are hashes, and
checks it with `pip check` too.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

import httpx2
import pytest

from churn_lib.cli.options import option
from tests.serving import ROOT, clean_environment, free_port, serve

RUNTIME = (3, 13)
"""The Python of the function in infra/ and of the image; the installation takes a minute or two, so
one is enough.
"""

FOUND = (
    subprocess.run([ROOT / ".ci" / "python", "3.13"], capture_output=True, check=False).returncode
    == 0
)
pytestmark = pytest.mark.skipif(
    sys.version_info[:2] != RUNTIME and FOUND,
    reason="is tried with Python 3.13, as it is deployed: make test-pythons",
)

VARIABLES = {"LOG_EXECUTION_ID": "true", "CLOUD_RUN_TIMEOUT_SECONDS": "30", "K_SERVICE": "predict"}
"""What Cloud Run sets besides the port."""


class Step(NamedTuple):
    instruction: str
    text: str

    def words(self) -> list[str]:
        """The command in its JSON form."""
        found: list[str] = json.loads(self.text[self.text.index("[") :])
        return found


class Deployed(NamedTuple):
    """folder: the unpacked archive. image: the folder that the Dockerfile fills. path: PATH with
    the environment.
    """

    folder: Path
    image: Path
    path: str

    def variables(self) -> dict[str, str]:
        """The Dockerfile's, save for those of the machine; nothing listens beyond this one."""
        kept = {
            name: value for name, value in image_variables().items() if name not in {"HOME", "PORT"}
        }
        return {**kept, "PATH": self.path, "HOST": "127.0.0.1"}

    def environment(self, **variables: str) -> dict[str, str]:
        return {**clean_environment(), **self.variables(), **variables}


def steps(*instructions: str) -> list[Step]:
    """The instructions of the Dockerfile in order, each on one line."""
    text = re.sub(r"^#.*\n|\\\n *", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    every = [Step(*line.split(maxsplit=1)) for line in text.splitlines() if line]
    return [step for step in every if not instructions or step.instruction in instructions]


def image_variables() -> Mapping[str, str]:
    return dict(pair.split("=") for step in steps("ENV") for pair in step.text.split())


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Deployed:
    home = tmp_path_factory.mktemp("deployed")
    folder, image, venv = home / "function", home / "image", home / "venv"
    archive = home / "source.zip"
    subprocess.run([sys.executable, ROOT / "infra" / "package.py", archive], check=True)
    zipfile.ZipFile(archive).extractall(folder)
    image.mkdir()
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    made = Deployed(folder, image, f"{venv / 'bin'}{os.pathsep}{os.environ['PATH']}")
    for step in steps("COPY", "RUN"):
        follow(step, made)
    sizes = f"source archive: {megabytes(archive)}; environment: {megabytes(*venv.rglob('*'))}"
    with pytestconfig.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\n{sizes}")
    return made


def follow(step: Step, made: Deployed) -> None:
    """One step of the build; the context is the unpacked archive, which holds what .dockerignore
    lets through.
    """
    if step.instruction == "RUN":
        subprocess.run(
            ["/bin/sh", "-c", step.text], cwd=made.image, env=made.environment(), check=True
        )
    elif step.text == ". ./":
        shutil.copytree(made.folder, made.image, dirs_exist_ok=True)
    else:
        name, target = step.text.split()
        shutil.copy(made.folder / name, made.image / target)


def megabytes(*paths: Path) -> str:
    files = (path for path in paths if path.is_file() and not path.is_symlink())
    return f"{sum(path.stat().st_size for path in files) / 1e6:.1f} MB"


def script(made: Deployed, name: str) -> str:
    return str(shutil.which(name, path=made.path))


def test_the_packaged_function_answers(deployed: Deployed, example: dict[str, object]) -> None:
    command = (script(deployed, "functions-framework"), "--target", "predict")
    with serve(VARIABLES, deployed.folder, command) as server:
        answer = httpx2.post(f"{server.url}/predict", json=example, trust_env=False)
    assert answer.status_code == 200
    assert answer.json()["offer"]["id"] == "annual-plan"


def test_the_requirements_are_complete_and_fit_together(deployed: Deployed) -> None:
    command = (script(deployed, "python"), "-m", "pip", "check")
    checked = subprocess.run(
        command, env=clean_environment(), capture_output=True, text=True, check=False
    )
    assert checked.stdout == "No broken requirements found.\n"


@pytest.fixture(scope="module")
def container(deployed: Deployed) -> Iterator[int]:
    """The port of the image's command."""
    (entry,) = steps("ENTRYPOINT")
    program, *arguments = entry.words()
    with serve(
        deployed.variables(), deployed.image, (script(deployed, program), *arguments)
    ) as server:
        yield server.port


def test_the_image_serves_and_is_healthy(
    container: int, deployed: Deployed, example: dict[str, object]
) -> None:
    answer = httpx2.post(f"http://127.0.0.1:{container}/predict", json=example, trust_env=False)
    assert answer.json()["offer"]["id"] == "annual-plan"
    assert health(deployed, container) == 0


def test_the_image_is_unhealthy_where_nobody_listens(deployed: Deployed) -> None:
    assert health(deployed, free_port()) == 1


def health(made: Deployed, port: int) -> int:
    (check,) = steps("HEALTHCHECK")
    environment = made.environment(PORT=str(port), http_proxy="http://127.0.0.1:9")
    return subprocess.run(
        check.words(), cwd=made.image, env=environment, capture_output=True, check=False
    ).returncode


def test_the_image_scores_one_customer_as_the_original_did(
    deployed: Deployed, example: dict[str, object]
) -> None:
    (entry,) = steps("ENTRYPOINT")
    command = [
        *entry.words(),
        "--cli",
        *(f"--{option(name)}={value}" for name, value in example.items()),
    ]
    done = subprocess.run(
        command,
        cwd=deployed.image,
        env=deployed.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "65 %" in done.stdout


def test_the_image_runs_as_nobody_and_listens_to_its_network() -> None:
    (user,) = steps("USER")
    assert all(int(number) > 0 for number in user.text.split(":"))
    assert ip_address(image_variables()["HOST"]).is_unspecified

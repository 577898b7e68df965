"""The function in its process: what it imports, and the original's two ways to start it."""

import json
import re
import subprocess
import sys

import httpx2

from tests.conftest import EXAMPLE
from tests.serving import ROOT, clean_environment, free_port, serve, wait_for

HEAVY = (
    "sklearn",
    "scipy",
    "numpy",
    "pandas",
    "polars",
    "joblib",
    "google.genai",
    "grpc",
    "typer",
    "rich",
    "babel",
    "fastapi",
    "churn_lib.offers",
    "churn_lib.shape",
)

FIRST = """
import json
from churn_lib.customer.model import Customer
from churn_lib.customer.reading import parse_json
from churn_lib.customer.request import PredictRequest
from churn_lib.settings import GeminiSettings, settings
parse_json(PredictRequest, BODY)
settings().gemini
print(json.dumps([one.__pydantic_complete__ for one in (PredictRequest, Customer, GeminiSettings)]))
"""


def test_serving_a_request_imports_nothing_heavy(example: dict[str, object]) -> None:
    with serve({"PYTHONPROFILEIMPORTTIME": "1"}) as server:
        response = httpx2.post(f"{server.url}/predict?offer=none", json=example, trust_env=False)
        printed = server.printed()
    imported = set(re.findall(r"^import time: +\d+ \| +\d+ \| +(\S+)$", printed, re.MULTILINE))
    assert response.status_code == 200
    assert {"churn_lib.score.scorecard", "pydantic", "uvloop", "httptools"} <= imported
    assert not {name for name in imported if name.startswith(HEAVY)}


def test_the_first_request_makes_no_model_ready_that_it_does_not_need() -> None:
    code = FIRST.replace("BODY", repr(EXAMPLE.read_bytes()))
    printed = subprocess.check_output(
        [sys.executable, "-c", code], cwd=ROOT, env=clean_environment()
    )
    assert json.loads(printed) == [True, False, False]


def test_running_the_program_serves_as_the_original_did(example: dict[str, object]) -> None:
    port = free_port()
    environment = {**clean_environment(), "HOST": "127.0.0.1", "PORT": str(port)}
    process = subprocess.Popen([sys.executable, "main.py"], cwd=ROOT, env=environment)
    try:
        wait_for(port, process)
        answer = httpx2.post(
            f"http://127.0.0.1:{port}/predict", json=example, trust_env=False
        ).json()
    finally:
        process.terminate()
        process.wait(30)
    assert 0 < answer["churn_probability"] < 1


def test_the_server_stops_when_it_is_told_to() -> None:
    with serve() as server:
        pass
    assert server.process.returncode == 0

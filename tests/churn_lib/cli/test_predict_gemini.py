import asyncio
import json
import sys

import pytest

from tests.fakes.gemini import FakeGemini
from tests.serving import ROOT, clean_environment

KEY = "AIza-a-key-that-must-never-be-seen"


async def predict(scenario: str) -> tuple[int | None, str, str]:
    """`churn predict` with a Gemini that answers so: exit code, output and errors."""
    async with FakeGemini(scenario, keys=[KEY]) as gemini:
        process = await asyncio.create_subprocess_exec(
            *(
                sys.executable,
                "-m",
                "churn_lib",
                "predict",
                "--json",
                "tests/data/customer.json",
                "--output",
                "json",
            ),
            cwd=ROOT,
            env={
                **clean_environment(),
                "GEMINI_API_KEY": KEY,
                "GEMINI_BASE_URL": gemini.url,
                "GEMINI_DEADLINE": "8.5",  # on a busy machine the client's import takes seconds
            },
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        output, errors = await process.communicate()
        return process.returncode, output.decode(), errors.decode()


def test_with_gemini_configured_it_writes_and_nothing_is_left_open() -> None:
    code, output, errors = asyncio.run(predict("ok"))
    assert (code, errors) == (0, "")
    assert json.loads(output)["offer"]["written_by"] == "gemini"


@pytest.mark.parametrize(
    ("scenario", "detail"), [("503", "status 503"), ("closed", "ServerDisconnectedError")]
)
def test_a_failure_of_gemini_is_one_line_beside_the_answer(scenario: str, detail: str) -> None:
    code, output, errors = asyncio.run(predict(scenario))
    assert (code, json.loads(output)["offer"]["fallback_reason"]) == (0, "unavailable")
    assert errors == f"Gemini wrote no text: unavailable: {detail}\n"

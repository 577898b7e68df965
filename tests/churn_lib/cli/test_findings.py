"""Each finding by itself."""

import asyncio
import tomllib
from datetime import date
from pathlib import Path
from shutil import copytree

import pytest

from churn_lib.cli.findings import (
    PYTHONS,
    Finding,
    about_access,
    about_catalogue,
    about_elsewhere,
    about_experiment_key,
    about_gemini,
    about_packages,
    about_python,
    about_score,
    about_texts,
    misspelled,
)
from churn_lib.customer.schema import ARTIFACTS
from churn_lib.offers.catalogue import OFFERS, InForce
from churn_lib.offers.source import File
from churn_lib.settings import read_settings
from churn_lib.words.texts import TEXTS
from tests.churn_lib.offers.italian import ITALIAN
from tests.churn_lib.words.banked import stored
from tests.fakes.secret_manager import NAME
from tests.serving import ROOT

KEY = "AIza-a-key-that-must-never-be-seen"
ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:gemini"


def access(*, try_it: bool = False, **variables: str) -> Finding:
    settings = read_settings(variables)
    return asyncio.run(about_access(settings, variables, live=try_it))


def test_a_key_in_a_cloud_is_named_and_not_read_unless_asked() -> None:
    google, amazon = access(GEMINI_API_KEY_SECRET=NAME), access(GEMINI_API_KEY_SECRET=ARN)
    assert (google.state, google.text) == ("ok", f"from Secret Manager: {NAME}")
    assert (amazon.state, amazon.text) == ("ok", f"from AWS Secrets Manager: {ARN}")


def test_a_key_in_the_place_of_its_name_is_wrong_and_never_shown() -> None:
    found = access(GEMINI_API_KEY_SECRET=KEY)
    assert found.state == "wrong"
    assert KEY not in "".join(found)


def test_a_key_that_fits_no_header_is_wrong_and_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f'"{KEY} "')
    for found in (access(GEMINI_API_KEY=f"{KEY} {KEY}"), access(GEMINI_API_KEY_FILE=str(file))):
        assert found.state == "wrong"
        assert KEY not in "".join(found)


def test_a_key_file_is_read_and_a_missing_one_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "key"
    missing = access(GEMINI_API_KEY_FILE=str(file))
    file.write_text(f"{KEY}\n")
    assert (missing.state, missing.text[:34]) == ("wrong", "GEMINI_API_KEY_FILE can't be read:")
    assert (
        access(GEMINI_API_KEY_FILE=str(file)).text == "from the file that GEMINI_API_KEY_FILE names"
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EXPERIMENT_KEY", "short"),
        ("EXPERIMENT_KEY_FILE", "/no/such/file"),
        ("EXPERIMENT_KEY_SECRET", KEY),
    ],
)
def test_a_key_of_experiments_that_can_be_none_is_wrong_and_never_shown(
    name: str, value: str
) -> None:
    [found] = about_experiment_key(read_settings({name: value}))
    assert (found.state, value in "".join(found)) == ("wrong", False)


def test_vertex_needs_no_key_and_says_that_one_is_not_used() -> None:
    found = access(GEMINI_VERTEX_PROJECT="my-project", GEMINI_API_KEY=KEY)
    assert found.state == "ok"
    assert found.text == (
        "not needed, and the one that is set is not used: Vertex AI in project my-project, global"
    )


@pytest.mark.parametrize(
    ("variables", "last"),
    [
        ({"GEMINI_API_KEY": KEY}, "aiohttp"),
        ({"GEMINI_VERTEX_PROJECT": "my-project"}, "aiohttp"),
        ({"GEMINI_API_KEY_SECRET": NAME}, "google-crc32c"),
        ({"GEMINI_API_KEY_SECRET": ARN}, "boto3"),
    ],
)
def test_the_packages_that_the_key_needs_are_looked_for(
    variables: dict[str, str], last: str
) -> None:
    found = asyncio.run(about_gemini(read_settings(variables), variables, live=False))
    assert [finding.state for finding in found] == ["ok", "ok", "ok"]
    assert found[2].text.split(", ")[-1].startswith(last)


def test_a_model_that_is_not_documented_is_said_to_be_so() -> None:
    variables = {"GEMINI_API_KEY": KEY, "GEMINI_MODEL": "gemini-9.0-flash"}
    found = asyncio.run(about_gemini(read_settings(variables), variables, live=False))
    assert (found[1].state, "gemini-3.5-flash-lite" in found[1].hint) == ("ok", True)


def test_a_missing_package_is_named_with_what_follows() -> None:
    found = about_packages("Server", ("uvloop", "no-such-package"), "the function can't be served")
    assert (found.state, found.text) == (
        "wrong",
        "no-such-package is not installed: the function can't be served",
    )
    assert found.hint.startswith("Type: pip install")


@pytest.mark.parametrize(
    ("python", "state"), [((3, 10), "wrong"), ((3, 12), "ok"), ((3, 14), "wrong")]
)
def test_only_tested_pythons_are_right(python: tuple[int, int], state: str) -> None:
    assert about_python(python).state == state


def test_variables_that_nobody_reads_are_named_and_those_of_others_are_not() -> None:
    found = list(misspelled(["GEMINI_API_KEY", "GOOGLE_API_KEY", "GEMINI_XYZZY", "PATH"]))
    assert [(finding.state, finding.text.split()[0]) for finding in found] == [
        ("missing", "GOOGLE_API_KEY"),
        ("missing", "GEMINI_XYZZY"),
    ]
    assert found[0].hint == "Did you mean GEMINI_API_KEY?"


def test_a_damaged_score_is_wrong(tmp_path: Path) -> None:
    folder = copytree(ARTIFACTS, tmp_path / "artifacts")
    (folder / "scorecard.json").write_text("{}")
    found = about_score(folder)
    assert (found.state, found.text) == (
        "wrong",
        "scorecard.json is not the file that manifest.json describes: their SHA-256 differ",
    )


def test_a_catalogue_that_is_missing_out_of_date_or_faulty_is_wrong(tmp_path: Path) -> None:
    folder, today = copytree(ARTIFACTS, tmp_path / "artifacts"), date(2026, 12, 1)
    catalogue = folder / "offers.toml"
    late = list(about_catalogue(folder, date(2040, 1, 1)))
    catalogue.write_text(
        catalogue.read_text("utf-8").replace("\nko = { friendly", "\n# { friendly"), "utf-8"
    )
    faulty = list(about_catalogue(folder, today))
    catalogue.unlink()
    assert [finding.state for finding in about_catalogue(ARTIFACTS, today)] == ["ok"]
    assert (late[0].state, "0 of them valid" in late[0].text) == ("wrong", True)
    assert faulty[-1].state == "wrong"
    assert (
        next(about_catalogue(folder, today)).text
        == "offers.toml can't be read: No such file or directory"
    )


def test_the_tested_pythons_are_those_that_the_project_allows() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    (major, oldest), (_, newest) = PYTHONS[0], PYTHONS[-1]
    assert project["requires-python"] == f">={major}.{oldest},<{major}.{newest + 1}"


@pytest.mark.parametrize(
    ("mode", "lines", "state", "said"),
    [
        ("live", b"", None, ""),
        ("live", stored(status="approved").line, "ok", "1 of 1 are approved"),
        ("live", stored().line, "missing", "0 of 1 are approved"),
        ("approved", b"", "missing", "else the catalogue's"),
        ("approved", b"{\n", "wrong", "line 1 can't be read"),
    ],
)
def test_how_many_texts_are_approved_is_said_where_it_matters(
    tmp_path: Path, mode: str, lines: bytes, state: str | None, said: str
) -> None:
    (tmp_path / TEXTS).write_bytes(lines)
    found = [*about_texts(read_settings({"GEMINI_TEXTS": mode}), tmp_path)]
    assert [finding.state for finding in found[:1]] == ([state] if state else [])
    assert said in "".join(finding.text for finding in found)


def test_a_catalogue_elsewhere_is_looked_at(tmp_path: Path) -> None:
    file = tmp_path / "campaign.toml"
    missing = about_elsewhere(InForce(File(file)))
    file.write_text(ITALIAN, "utf-8")
    assert (missing.state, about_elsewhere(InForce(File(file))).state) == ("wrong", "ok")
    assert "campaign.toml can't be read" in missing.text


def test_a_language_without_a_list_of_words_is_told(tmp_path: Path) -> None:
    (tmp_path / OFFERS).write_text(ITALIAN, "utf-8")
    found = {one.state: one.text for one in about_catalogue(tmp_path, date(2026, 6, 15))}
    assert found["missing"] == "it: no list of words to check texts of Gemini's with"
    assert "wrong" not in found

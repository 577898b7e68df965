import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from churn_lib.cli import app
from churn_lib.customer.schema import ARTIFACTS, CUSTOMER
from tests.churn_lib.lint.companies import GYM
from tests.serving import ROOT

DEFAULT = ARTIFACTS / CUSTOMER


def schema(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["schema", *arguments], env={"COLUMNS": "100", "NO_COLOR": "1"})


def written(folder: Path, name: str, text: str, *replacements: tuple[str, str]) -> str:
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new, 1)
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, "utf-8")
    return str(file)


def churn(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, where the folder's schema is in force."""
    environment = {**os.environ, "CHURN_ARTIFACTS": str(folder), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "churn_lib", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_schema_in_force_has_no_faults() -> None:
    result = schema("lint")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "customer.toml: no faults in 19 attributes\n"


def test_each_fault_is_a_line_with_file_line_attribute_and_field(tmp_path: Path) -> None:
    file = written(tmp_path, "new.toml", GYM, ("to = 900", "colour = 1"), ('"gym"', '"gym 24"'))
    result = schema("lint", file)
    line = GYM.splitlines().index("to = 900") + 1
    assert result.exit_code == 1
    assert f"new.toml, line {line}: attributes.fee.colour: is no field" in result.stdout
    assert f"new.toml, line {line - 2}: attributes.fee.to: is required" in result.stdout
    assert "warning: new.toml, line 3: business: has a digit" in result.stdout
    assert result.stderr == "3 faults\n"


def test_what_is_unwise_alone_is_no_fault(tmp_path: Path) -> None:
    result = schema("lint", written(tmp_path, "new.toml", GYM, ('"gym"', '"gym 24"')))
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].startswith("warning: new.toml, line 3: business")


@pytest.mark.parametrize("command", [["lint"], ["diff", str(DEFAULT)]])
def test_a_schema_that_is_not_there_is_one_line(command: list[str], tmp_path: Path) -> None:
    result = schema(*command, str(tmp_path / "missing.toml"))
    assert result.exit_code in {2, 3}
    assert result.stderr.count("\n") == 1
    assert "missing.toml can't be read: No such file or directory" in result.stderr


def test_a_schema_differs_not_from_itself() -> None:
    result = schema("diff", str(DEFAULT), str(DEFAULT))
    assert (result.exit_code, result.stdout) == (0, "no difference\n")


def test_what_a_schema_breaks_is_told_with_the_offers_beside_it(tmp_path: Path) -> None:
    old = written(tmp_path, "old.toml", GYM)
    new = written(
        tmp_path / "next",
        "customer.toml",
        GYM,
        ("[attributes.pool]", "[attributes.p]"),
        ("{ pool = 0 }", "{ p = 0 }"),
    )
    written(tmp_path / "next", "offers.toml", '[[offers]]\nid = "a"\neligible = [{field = "pool"}]')
    result = schema("diff", old, new)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-3:] == [
        "breaks callers: attributes.lane: must be 'no pool' wherever p is 0",
        "breaks offers: offer a: eligible.0: names pool, which is gone",
        "breaks the scorecard: (file): is another schema than it was trained for: train anew",
    ]
    assert result.stderr == "breaks: 5 of 5 changes\n"


def test_other_words_break_nothing(tmp_path: Path) -> None:
    new = written(tmp_path, "new.toml", GYM, ('"is new"', '"has just joined"'))
    result = schema("diff", written(tmp_path, "old.toml", GYM), new)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "attributes.months: is told in other words (phrases)",
        "nothing of this breaks anything",
    ]


@pytest.mark.parametrize("broken", ["bill = ", 'version = "1"', GYM.replace("to = 600", "")])
def test_where_the_schema_in_force_is_broken_the_lint_still_works(
    broken: str, tmp_path: Path
) -> None:
    written(tmp_path, "customer.toml", broken)
    done = churn(tmp_path, "schema", "lint")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stdout.startswith("customer.toml")


def test_where_the_schema_in_force_is_broken_any_other_command_says_so(tmp_path: Path) -> None:
    written(tmp_path, "customer.toml", GYM, ("to = 600", ""))
    done = churn(tmp_path, "offers", "list", "--nothing")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)
    assert "customer.toml: attributes.months.to is required" in done.stderr


def test_nothing_in_a_schema_steers_the_terminal(tmp_path: Path) -> None:
    escapes = "\\u001b]0;pwned\\u0007"
    changes = [('"gym"', f'"{escapes}"'), ("to = 900", f'"{escapes}" = 1')]
    file = written(tmp_path, "new.toml", GYM, *changes)
    result = schema("lint", file)
    assert result.exit_code == 1
    assert result.output.replace("\n", "").isprintable()


def test_the_schema_of_a_folder_is_linted_whatever_is_in_force(tmp_path: Path) -> None:
    written(tmp_path, "customer.toml", GYM, ("to = 600", ""))
    result = schema("lint", "--folder", str(tmp_path))
    assert (result.exit_code, result.stderr) == (1, "2 faults\n")
    assert "attributes.months.to: is required" in result.stdout

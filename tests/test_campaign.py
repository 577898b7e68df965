"""A new offer goes from an idea to a customer with the commands of its page, word for word."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree, ignore_patterns

import httpx2

from tests.pages import CAMPAIGN, asked, blocks, commands, like, shown
from tests.serving import ROOT, clean_environment, free_port, serve, wait_for


def test_an_owner_gets_from_an_idea_to_approved_words_with_the_commands_shown(
    tmp_path: Path,
) -> None:
    shell = Shell(tmp_path)
    (copy,) = commands(CAMPAIGN, "cp ")
    shell.run(copy)
    edit(tmp_path / "spring" / "offers.toml", *blocks(CAMPAIGN, "toml"))
    *looks, write, review, lint, after_no = commands(CAMPAIGN, "churn ")
    lint_offers, preview, diff, sweep = map(shell.run, looks)
    assert "no faults in 13 offers" in lint_offers
    assert "For 3 months you get 20% off your bill" in preview
    assert "within the budget of the campaign, 30,000" in " ".join(diff.split())
    assert "expected value" in sweep
    (start,), (access, approved) = commands(CAMPAIGN, "python "), commands(CAMPAIGN, "export ")
    with shell.runs(start):
        shell.export(access)
        assert shell.run(write).count(": written\n") == 12
        assert "0 still to be read, 12 approved" in shell.run(review, "a\n" * 12)
    assert "12 approved" in shell.run(lint)
    shell.export(approved)
    (make,) = commands(CAMPAIGN, "make run")
    served = {**shell.variables, "CHURN_ARTIFACTS": str(tmp_path / make.partition("=")[2])}
    (block,) = blocks(CAMPAIGN, "json")
    with serve(served) as server, httpx2.Client(base_url=server.url) as client:
        answer = asked(client, CAMPAIGN, "/predict?runner_up=true").json()
    assert like(shown(block), answer) == shown(block)
    assert "We have an offer for you" in answer["offer"]["runner_up"]["message"]
    assert "Offer: Spring discount" in shell.run(after_no)


class Shell:
    """A terminal in a folder with what a clone of this project has, and a free port for 9000."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = str(free_port())
        self.variables: dict[str, str] = {}
        programs = folder / "bin"
        programs.mkdir()
        for name, words in (("churn", "-m churn_lib"), ("python", "")):
            program = programs / name
            program.write_text(f'#!/bin/sh\nexec "{sys.executable}" {words} "$@"\n')
            program.chmod(0o755)
        copytree(ROOT / "artifacts", folder / "artifacts", ignore=ignore_patterns("texts.ndjson"))
        (folder / "tests").symlink_to(ROOT / "tests")

    @property
    def _environment(self) -> dict[str, str]:
        inherited = clean_environment()
        path = f"{self.folder / 'bin'}:{inherited['PATH']}"
        return {**inherited, **self.variables, "PYTHONPATH": str(ROOT), "PATH": path}

    def export(self, line: str) -> None:
        self.variables |= dict(word.split("=", 1) for word in self._words(line)[1:])

    def run(self, line: str, answers: str = "") -> str:
        """What a command prints that ends well."""
        done = subprocess.run(
            self._words(line),
            cwd=self.folder,
            env=self._environment,
            input=answers,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def runs(self, line: str) -> Iterator[None]:
        """The command in a second terminal, for as long as the block lasts."""
        process = subprocess.Popen(self._words(line), cwd=self.folder, env=self._environment)
        try:
            wait_for(int(self.port), process)
            yield
        finally:
            process.terminate()
            process.wait(30)

    def _words(self, line: str) -> list[str]:
        return shlex.split(line.replace("9000", self.port))


def edit(file: Path, lines: str, offer: str) -> None:
    """Puts lines into the place of those that set the same, and an offer at the end."""
    text = file.read_text("utf-8")
    for line in lines.splitlines():
        text, count = re.subn(rf"(?m)^{line.split()[0]} = .*$", line, text, count=1)
        assert count == 1
    file.write_text(text + offer, "utf-8")

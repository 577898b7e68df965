"""The documents, and what they show: commands, files, and answers that are cut short."""

import json
import re
import shlex
from itertools import pairwise

import httpx2

from tests.serving import ROOT

README, CONTRIBUTING = "README.md", "CONTRIBUTING.md"
GUARD, LOG = "docs/guard.md", "docs/decision-log.md"
ECONOMICS, BIGQUERY = "docs/economics.md", "docs/bigquery.md"
OWN, CAMPAIGN, EVIDENCE = "docs/own-data.md", "docs/campaign.md", "docs/evidence.md"
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in (ROOT / README, ROOT / CONTRIBUTING, *sorted((ROOT / "docs").glob("*.md")))
}

CUT = "..."
VOLATILE = {"time", "decision_id", "latency_ms", "accept_until", "occurred_at"}


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGES[page], re.DOTALL | re.MULTILINE)


def commands(page: str, program: str) -> list[str]:
    lines = [line for block in blocks(page, "sh") for line in block.splitlines()]
    found = [line.split("  #")[0].strip() for line in lines]
    return [line for line in found if line.startswith(program) and CUT not in line]


def everywhere(program: str) -> list[str]:
    """The commands of all pages, each once."""
    return [*dict.fromkeys(line for page in PAGES for line in commands(page, program))]


def asked(client: httpx2.Client, page: str, path: str) -> httpx2.Response:
    """The answer to the one curl of a page that goes to this path."""
    (words,) = [shlex.split(line) for line in commands(page, "curl") if f"{path}'" in line]
    options = [*pairwise(words)]
    headers = dict(value.split(": ") for option, value in options if option == "-H")
    (data,) = [value for option, value in options if option in {"-d", "--data-binary"}]
    body = (ROOT / data[1:]).read_bytes() if data.startswith("@") else data.encode()
    return client.post(httpx2.URL(words[2]).raw_path.decode(), content=body, headers=headers)


def shown(block: str) -> object:
    """What a block of JSON shows, where `...` may end an object, a list or a text."""
    block = re.sub(r"\.\.\.(?=\s*\])", f'"{CUT}"', block)
    return json.loads(re.sub(r"\.\.\.(?=\s*\})", f'"{CUT}": "{CUT}"', block))


def like(sample: object, given: object) -> object:
    """What was given, cut where the sample is, and with the sample's own identifiers and times."""
    match sample, given:
        case dict(), dict():
            names = sample if CUT in sample else given
            known = {**given, CUT: CUT}
            return {name: part(name, sample.get(name), known.get(name)) for name in names}
        case [*some, last], [*all_given] if last == CUT:
            return [*map(like, some, all_given), CUT]
        case [*_], [*_] if len(sample) == len(given):
            return [*map(like, sample, given)]
        case str(), str() if sample.endswith(CUT):
            return sample if given.startswith(sample.removesuffix(CUT)) else given
    return given


def part(name: str, sample: object, given: object) -> object:
    if name in VOLATILE and type(sample) is type(given):
        return sample
    return like(sample, given)

"""How the page and its files are served."""

import re
import subprocess
import sys
from ipaddress import IPv4Address
from pathlib import Path

import httpx2
import pytest

from churn_lib.customer.model import ATTRIBUTES
from churn_lib.errors import HostError
from functions.console.files import FOLDER, TYPES
from tests.serving import ROOT, serve
from tests.test_names import ROLES

HTML = {"accept": "text/html"}
FILES = [path for path in sorted(FOLDER.iterdir()) if path.suffix in TYPES]
NAMES = re.compile(rf"\b({'|'.join(ATTRIBUTES.keys() - ROLES)})\b")
MOST_BYTES = 30_000
"""Of the page with all its files for one customer, packed."""

MOST_OF_LIST = 14_500
"""Of what the view of a list adds to it once it is opened."""


def addresses(client: httpx2.Client) -> list[str]:
    """The files that the page names."""
    return re.findall(r'(?:src|href)="(console/[^"]+)"', client.get("/", headers=HTML).text)


def imports(name: str) -> list[str]:
    """The modules that a module can't begin without."""
    return re.findall(r'^import [^"]*?"\./(.+?)";', (FOLDER / name).read_text(), re.MULTILINE)


def needed(name: str) -> set[str]:
    found, waiting = set[str](), [name]
    while waiting:
        module = waiting.pop()
        waiting += set(imports(module)) - found
        found.add(module)
    return found


def test_every_file_that_the_page_names_is_there_and_kept(client: httpx2.Client) -> None:
    for address in addresses(client):
        reply = client.get(address)
        assert reply.status_code == 200
        assert reply.headers["cache-control"] == "max-age=31536000, immutable"


def test_every_module_is_asked_for_at_once(client: httpx2.Client) -> None:
    named = {address.rpartition("/")[2] for address in addresses(client)}
    assert {name for name in named if name.endswith(".js")} == needed("main.js")


@pytest.mark.parametrize("path", ["/", "/openapi.json", "/console/version/main.js"])
def test_it_is_packed_for_those_who_ask_and_named_by_its_bytes(
    client: httpx2.Client, path: str
) -> None:
    plain = client.get(path, headers={**HTML, "accept-encoding": "identity, gzip;q=0"})
    packed = client.get(path, headers={**HTML, "accept-encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
    assert packed.headers["etag"] != plain.headers["etag"]
    assert "Accept-Encoding" in plain.headers["vary"]


def test_who_has_the_bytes_gets_none(client: httpx2.Client) -> None:
    known = client.get("/", headers=HTML).headers["etag"]
    again = client.get("/", headers={**HTML, "if-none-match": f'"other", {known}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == known


def test_a_file_of_another_version_is_not_kept(client: httpx2.Client) -> None:
    assert client.get("/console/other/main.js").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["files.py", "index.html", "__pycache__", "", "%00", "..%2ffiles.py", "a" * 5000]
)
def test_what_is_no_file_of_the_page_is_not_found(client: httpx2.Client, path: str) -> None:
    assert client.get(f"/console/version/{path}").status_code == 404


@pytest.mark.parametrize("path", ["/", "/console/version/main.js"])
def test_its_policy_allows_this_function_alone_and_no_markup(
    client: httpx2.Client, path: str
) -> None:
    headers = client.get(path, headers=HTML).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert policy.endswith("require-trusted-types-for 'script'; trusted-types 'none'")
    assert "unsafe" not in policy
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"


def packed_bytes(client: httpx2.Client, names: set[str]) -> int:
    paths = [f"/console/version/{name}" for name in names]
    replies = [client.get(path, headers={"accept-encoding": "gzip"}) for path in paths]
    return sum(int(reply.headers["content-length"]) for reply in replies)


def test_the_page_is_small_and_the_list_comes_with_its_view(client: httpx2.Client) -> None:
    page = client.get("/", headers={**HTML, "accept-encoding": "gzip"}).headers["content-length"]
    late = needed("list.js") - needed("main.js") - needed("answer.js")
    assert "results.js" in late
    first = {path.name for path in FILES} - late
    assert int(page) + packed_bytes(client, first) < MOST_BYTES
    assert packed_bytes(client, late) < MOST_OF_LIST


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_file_knows_the_name_of_a_column(path: Path) -> None:
    assert not NAMES.findall(path.read_text(encoding="utf-8"))


def test_nothing_of_it_is_read_before_it_is_asked_for() -> None:
    """Read in a process of its own, whose every open file is told."""
    program = (
        "import sys; opened = []; "
        "sys.addaudithook(lambda event, told: event == 'open' and opened.append(str(told[0]))); "
        "import main; print(*opened, sep='\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    opened = [name for name in done.stdout.splitlines() if "/console/" in name]
    assert opened
    assert not [name for name in opened if not name.endswith((".py", ".pyc"))]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "10.0.0.1", "[::2]:1"])
def test_a_function_that_listens_here_alone_is_not_asked_by_a_foreign_name(
    client: httpx2.Client, host: str
) -> None:
    refused = client.get("/health", headers={"host": host})
    assert (refused.status_code, refused.json()["title"]) == (421, HostError.title)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8080", "127.0.0.1", "[::1]:8080"])
def test_it_is_asked_by_each_of_its_own_names(client: httpx2.Client, host: str) -> None:
    assert client.get("/health", headers={"host": host}).status_code == 200


def test_where_it_listens_to_everybody_any_name_will_do() -> None:
    with serve({"HOST": str(IPv4Address(0))}) as server:
        answered = httpx2.get(
            f"{server.url}/health", headers={"host": "churn.example"}, trust_env=False
        )
    assert answered.status_code == 200

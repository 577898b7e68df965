"""`make screenshots`: the page at twelve moments in three widths, light and dark, and once in
Korean, to be looked at.

screenshots.py [FOLDER]      Korean needs a font of it: apt-get install fonts-nanum
"""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser

from tests.functions.chromium import chromium
from tests.functions.console.list_states import LIST_STATES
from tests.functions.console.lists import Owner
from tests.functions.console.states import STATES
from tests.functions.console.test_access import SCHEMES, Scheme
from tests.functions.console.visitor import Visitor
from tests.serving import ROOT, serve

WIDTHS, HEIGHT = (390, 1280, 1920), 900
KOREAN = ROOT / "tests" / "data" / "korean.toml"


class Camera:
    """Takes pictures of what people see at an address."""

    def __init__(self, browser: Browser, url: str, folder: Path) -> None:
        self._browser = browser
        self._url = url
        self._folder = folder

    def all_states(self) -> None:
        for width in WIDTHS:
            for scheme in SCHEMES:
                self.customer_states(width, scheme)
                self.list_states(width, scheme)

    def customer_states(self, width: int, scheme: Scheme) -> None:
        for state in STATES:
            size = {"width": width, "height": HEIGHT}
            with Visitor.at(
                self._browser, self._url, viewport=size, color_scheme=scheme
            ) as visitor:
                state(visitor)
                self._take(visitor, f"{state.__name__}-{width}-{scheme}")

    def list_states(self, width: int, scheme: Scheme) -> None:
        for state in LIST_STATES:
            size = {"width": width, "height": HEIGHT}
            with Owner.at_list(
                self._browser, self._url, viewport=size, color_scheme=scheme
            ) as owner:
                state(owner)
                self._take(owner, f"{state.__name__}-{width}-{scheme}")

    def in_korean(self) -> None:
        with Visitor.at(self._browser, f"{self._url}/#customer?language=ko") as visitor:
            visitor.tab_to("textbox", "이용 기간")
            visitor.score()
            self._take(visitor, "korean-1280-light")

    def _take(self, visitor: Visitor, name: str) -> None:
        path = self._folder / f"{name}.png"
        visitor.page.screenshot(path=path, full_page=True)
        print(path)


@contextmanager
def korean() -> Iterator[Path]:
    """The shipped model and offers, with customers told in Korean."""
    with TemporaryDirectory() as folder:
        artifacts = Path(folder) / "artifacts"
        shutil.copytree(ROOT / "artifacts", artifacts)
        shutil.copy(KOREAN, artifacts / "customer.toml")
        yield artifacts


def main(arguments: list[str]) -> None:
    folder = Path(arguments[0]) if arguments else ROOT / "dist" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    with chromium() as (_, browser):
        with serve() as server:
            Camera(browser, server.url, folder).all_states()
        with korean() as artifacts, serve({"CHURN_ARTIFACTS": str(artifacts)}) as server:
            Camera(browser, server.url, folder).in_korean()


if __name__ == "__main__":
    main(sys.argv[1:])

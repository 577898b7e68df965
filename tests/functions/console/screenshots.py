"""`make screenshots`: the page at twelve moments, to be looked at.

screenshots.py [FOLDER]      Korean needs a font of it: apt-get install fonts-nanum
"""

import sys
from pathlib import Path
from typing import Literal, NamedTuple

from tests.functions.chromium import chromium
from tests.functions.console.states import (
    State,
    answered,
    changed,
    declined,
    nothing,
    opened,
    without_offer,
    wrong,
)
from tests.functions.console.visitor import Visitor
from tests.serving import ROOT, serve

HEIGHT = 900


class Moment(NamedTuple):
    state: State
    width: int = 1280
    scheme: Literal["light", "dark"] = "light"
    language: str = "en"

    @property
    def name(self) -> str:
        return f"{self.state.__name__}-{self.width}-{self.scheme}-{self.language}.png"


MOMENTS = (
    Moment(nothing),
    Moment(answered),
    Moment(answered, scheme="dark"),
    Moment(answered, 390),
    Moment(answered, 1920, "dark"),
    Moment(answered, language="ko"),
    Moment(opened),
    Moment(opened, 390, "dark"),
    Moment(declined),
    Moment(without_offer, scheme="dark"),
    Moment(wrong, 390),
    Moment(changed),
)


def main(arguments: list[str]) -> None:
    folder = Path(arguments[0]) if arguments else ROOT / "dist" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    with serve() as server, chromium() as (_, browser):
        for moment in MOMENTS:
            url = f"{server.url}/#customer?language={moment.language}"
            size = {"width": moment.width, "height": HEIGHT}
            with Visitor.at(browser, url, viewport=size, color_scheme=moment.scheme) as visitor:
                moment.state(visitor)
                visitor.page.screenshot(path=folder / moment.name, full_page=True)
            print(folder / moment.name)


if __name__ == "__main__":
    main(sys.argv[1:])

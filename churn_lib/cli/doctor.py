"""`churn doctor`: what is configured, what is missing, and what follows from it."""

import asyncio
import sys
from collections.abc import Iterable
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from churn_lib.cli.findings import ENV_FILE, SETTINGS, Finding, examine
from churn_lib.cli.layout import columns, framed
from churn_lib.cli.probe import here, logged, there
from churn_lib.cli.terminal import console

COLOURS = {"ok": "green", "missing": "yellow", "wrong": "bold red"}


Live = Annotated[
    bool,
    typer.Option(
        "--live", help="Have Gemini write an offer, and fail when a template takes its place."
    ),
]
Url = Annotated[
    str | None,
    typer.Option(
        "--url", help="Look at the function that runs at this address instead of this folder."
    ),
]
Token = Annotated[
    str | None,
    typer.Option(
        "--token", envvar="CHURN_TOKEN", help="Identity token for --url.", show_default=False
    ),
]


def doctor(*, live: Live = False, url: Url = None, token: Token = None) -> None:
    with logged():
        found = asyncio.run(_here(live=live) if url is None else there(url, token, live=live))
    wrong = sum(finding.state == "wrong" for finding in found)
    things = "thing is" if wrong == 1 else "things are"
    title, colour = (f"{wrong} {things} wrong", "red") if wrong else ("Nothing is wrong", "green")
    framed(console(), title, _table(found), colour)
    raise typer.Exit(1 if wrong else 0)


async def _here(*, live: bool) -> list[Finding]:
    found = await examine(sys.version_info[:2], live=live)
    unusable = {finding.subject for finding in found if finding.state == "wrong"}
    # With settings that can't be read nobody is answered: the probe would only say so again.
    if live and unusable.isdisjoint({SETTINGS, ENV_FILE}):
        found += await here()
    return found


def _table(found: Iterable[Finding]) -> Table:
    table = columns()
    for _ in ("state", "subject"):
        table.add_column(no_wrap=True)
    table.add_column()
    for finding in found:
        hint = Text(f"\n{finding.hint}" if finding.hint else "", style="dim")
        state = Text(finding.state, style=COLOURS[finding.state])
        table.add_row(state, finding.subject, Text.assemble(finding.text, hint))
    return table

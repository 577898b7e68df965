"""`churn doctor`: what is configured, what is missing, and what follows from it."""

import asyncio
import sys
from collections.abc import Iterable
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from churn_lib.cli.findings import ENV_FILE, SETTINGS, Finding, examine
from churn_lib.cli.layout import framed
from churn_lib.cli.probe import here, logged, there
from churn_lib.cli.terminal import console

COLOURS = {"ok": "green", "missing": "yellow", "wrong": "bold red"}


def doctor(
    *,
    live: Annotated[
        bool,
        typer.Option(
            "--live", help="Have Gemini write an offer, and fail when a template takes its place."
        ),
    ] = False,
    url: Annotated[
        str | None,
        typer.Option(
            "--url", help="Look at the function that runs at this address instead of this folder."
        ),
    ] = None,
    token: Annotated[
        str | None,
        typer.Option(
            "--token", envvar="CHURN_TOKEN", help="Identity token for --url.", show_default=False
        ),
    ] = None,
) -> None:
    """Say what is configured, what is missing and what follows from it; ends with 1 when something
    is wrong.
    """
    with logged():
        found = asyncio.run(
            there(url, token, live=live) if url is not None else _examined(live=live)
        )
    wrong = sum(finding.state == "wrong" for finding in found)
    terminal = console()
    title = (
        f"{wrong} {'thing is' if wrong == 1 else 'things are'} wrong"
        if wrong
        else "Nothing is wrong"
    )
    framed(terminal, title, _table(found), "red" if wrong else "green")
    raise typer.Exit(1 if wrong else 0)


async def _examined(*, live: bool) -> list[Finding]:
    found = await examine(sys.version_info[:2], live=live)
    unusable = any(
        finding.subject in {SETTINGS, ENV_FILE} and finding.state == "wrong" for finding in found
    )
    return [*found, *(await here() if live and not unusable else ())]


def _table(found: Iterable[Finding]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for _ in ("state", "subject"):
        table.add_column(no_wrap=True)
    table.add_column()
    for finding in found:
        hint = Text(f"\n{finding.hint}" if finding.hint else "", style="dim")
        state = Text(finding.state, style=COLOURS[finding.state])
        table.add_row(state, finding.subject, Text.assemble(finding.text, hint))
    return table

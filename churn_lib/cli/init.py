"""`churn init`: proposes a schema for a file of customers, and says what to look at."""

from pathlib import Path
from typing import Annotated

import typer

from churn_lib.cli.terminal import console, require, say

PACKAGES = {"numpy": "numpy", "polars": "polars", "python_calamine": "python-calamine"}


def init(
    file: Annotated[Path, typer.Argument(help="Customers who stayed or left: CSV, .xlsx, Parquet.")],
    *,
    target: Annotated[str, typer.Option("--target", help="The column that says who left.")],
    left: Annotated[str | None, typer.Option("--left", help="Its value of those who left.")] = None,
    folder: Annotated[Path, typer.Option("--folder", help="Where the schema goes.")] = Path("own"),
    sheet: Annotated[str | None, typer.Option("--sheet", help="The sheet of a workbook.")] = None,
) -> None:
    require("train", PACKAGES)
    # Imported here: polars is an extra, and takes time that no other command needs.
    from churn_lib.customer.spelling import plain
    from churn_lib.propose.proposal import propose
    from churn_lib.propose.toml import written
    from churn_lib.tables.read import read_table
    table = read_table(file, {plain(target)}, sheet).table
    proposal = propose(table, target, left, file.name)
    folder.mkdir(exist_ok=True)
    (folder/"customer.toml").write_text(written(proposal, file.name), "utf-8")
    for d in proposal.doubts: say(f"{d.subject}: {d.text}")

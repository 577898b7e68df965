"""`churn drift`: are customers still like those of the training, and is the score still right?"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from churn_lib.cli.counted import AsOf, Window
from churn_lib.cli.customers import customers_or_faults
from churn_lib.cli.layout import bar, columns, facts, framed
from churn_lib.cli.terminal import console, require, say, say_json
from churn_lib.customer.model import FEATURES, Customer, Value
from churn_lib.customer.schema import ARTIFACTS
from churn_lib.errors import DataError, FieldFault, InputError
from churn_lib.score.reference import (
    REFERENCE,
    Distribution,
    Reference,
    load_reference,
    reference_of,
    rounded,
)
from churn_lib.score.scorecard import MANIFEST, load

if TYPE_CHECKING:
    from churn_lib.evidence.drift import Drift
    from churn_lib.evidence.untouched import Quality

NEEDED = {"duckdb": "duckdb", "statsmodels": "statsmodels", "scipy": "scipy"}
DRIFTED = 4
"""Exit code where a drift is shown, or that the score is off."""
WIDEST, MOST_DRAWN = 30, 3
"""Of a bar, in characters; attributes that are drawn."""
MOST_NAMED = 5
"""Attributes that are wrong in a file."""


class Current(NamedTuple):
    """Customers of today: their attributes by column, which a decision log does not hold, their
    scores, and for each attribute how many have a value that is not allowed.
    """

    columns: Mapping[str, Sequence[Value]]
    scores: Sequence[float]
    refused: Mapping[str, int]
    faulty: int


def drift(
    *,
    current: Annotated[
        Path,
        typer.Option(help="Customers of today: .csv, .parquet, .xlsx, .ndjson; or decisions."),
    ],
    reference: Annotated[
        Path,
        typer.Option(
            help="The folder of the artifacts to compare with.",
            show_default="the one that is served",
        ),
    ] = ARTIFACTS,
    outcomes: Annotated[
        list[Path] | None,
        typer.Option(help="Who left; then --current must be decisions: is the score still right?"),
    ] = None,
    as_of: AsOf = None,
    window: Window = 90,
    figure: Annotated[
        Path | None, typer.Option(help="A picture of all attributes, .png or .svg.")
    ] = None,
    keep: Annotated[
        bool,
        typer.Option(
            "--keep", help="Make these customers the reference of the folder, and compare nothing."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="All figures as JSON.")] = False,
) -> None:
    """Show whether customers drift away from those of the training; ends with 4 where they do."""
    if keep:
        _keep(reference, _customers(reference, current))
        return
    require("evidence", NEEDED | ({"matplotlib": "matplotlib"} if figure else {}))
    before = load_reference(reference)
    found = _current(reference, current)
    shown = _drifts(before, found)
    quality = _quality(current, outcomes, as_of, window) if outcomes else None
    if figure is not None:
        _draw(shown, figure)
    if as_json:
        say_json(_as_json(before, found, shown, quality))
    else:
        _tell(before, found, shown)
        if outcomes:
            _tell_quality(quality, window)
    if any(one.verdict != "none" for one in shown) or (quality and quality.is_off):
        raise typer.Exit(DRIFTED)


def _draw(shown: "Sequence[Drift]", figure: Path) -> None:
    from churn_lib.evidence.figure import draw

    draw(shown, figure)


def _current(folder: Path, path: Path) -> Current:
    from churn_lib.evidence.untouched import is_log, scores

    if not is_log(path):
        return _customers(folder, path)
    return Current({}, scores([path]).tolist(), {}, 0)


def _customers(folder: Path, path: Path) -> Current:
    card = load(folder)
    values: dict[str, list[Value]] = {name: [] for name in FEATURES}
    scores: list[float] = []
    refused: dict[str, int] = {}
    faulty = 0
    for found in customers_or_faults(path):
        if isinstance(found, Customer):
            scores.append(card.score(found).probability)
            for name, value in found.values().items():
                if name in values:
                    values[name].append(value)
        else:
            faulty += 1
            for name in {fault.field for fault in found}:
                refused[name] = refused.get(name, 0) + 1
    if not scores:
        named = ", ".join(sorted(refused, key=refused.__getitem__, reverse=True)[:MOST_NAMED])
        raise DataError(f"{path.name} has no customers that can be scored; wrong in it: {named}")
    return Current(values, scores, refused, faulty)


def _keep(folder: Path, found: Current) -> None:
    from churn_lib.training.files import as_json, digests, replace_files

    if found.faulty:
        raise DataError(f"{found.faulty:,} rows are not allowed: a reference has none of them")
    made = reference_of(found.columns, found.scores)
    files = {REFERENCE: as_json(made.model_dump(mode="json"))}
    manifest = json.loads((folder / MANIFEST).read_bytes())
    manifest["files"] |= digests(files)
    replace_files(folder, files | {MANIFEST: as_json(manifest)})
    say(f"{folder / REFERENCE}: {made.customers:,} customers")


def _drifts(before: Reference, found: Current) -> "list[Drift]":
    from churn_lib.evidence.drift import SCORE, drifts

    now: dict[str, Distribution] = {SCORE: before.score.like(rounded(found.scores))}
    for name, values in found.columns.items():
        now[name] = before.attributes[name].like(values, found.refused.get(name, 0))
    return drifts(before, now)


def _quality(
    current: Path, outcomes: list[Path], as_of: datetime | None, window: int
) -> "Quality | None":
    from churn_lib.evidence.untouched import is_log, quality, untouched

    if not is_log(current):
        message = "needs decisions as --current: customers are untouched, or not, by what was done"
        raise InputError([FieldFault("--outcomes", message)])
    if as_of is None:
        raise InputError([FieldFault("--as-of", "must be given with --outcomes")])
    return quality(untouched([current], outcomes, as_of=as_of.date(), window=window))


def _as_json(
    before: Reference, found: Current, shown: "Iterable[Drift]", quality: "Quality | None"
) -> dict[str, object]:
    return {
        "reference": before.customers,
        "current": len(found.scores),
        "not_allowed": found.faulty,
        "drifts": [{**asdict(one), "needed": one.needed, "verdict": one.verdict} for one in shown],
        "untouched": quality and asdict(quality),
    }


def _tell(before: Reference, found: Current, shown: "Sequence[Drift]") -> None:
    from churn_lib.evidence.drift import worst

    terminal = console()
    drifted = list(worst(shown))
    title = f"{len(found.scores):,} customers beside {before.customers:,} of the training"
    colour = "red" if drifted else "green"
    framed(terminal, title, Group(_table(shown), *map(Text, _notes(found, shown))), colour)
    for one in drifted[:MOST_DRAWN]:
        framed(terminal, f"{one.name}: share before, and now", _picture(one, terminal), "yellow")


def _table(shown: "Iterable[Drift]") -> Table:
    table = columns()
    table.add_column()
    for _ in range(4):
        table.add_column(justify="right", no_wrap=True)
    table.add_row("", "PSI", "By chance", "p", "Rows for 0.1", "Drift", style="dim")
    for one in shown:
        p = "-" if one.p is None else "<0.0001" if one.p < 1e-4 else f"{one.p:.4f}"
        needed = "-" if one.needed is None else f"{one.needed:,}"
        drift = {"none": "", "look": "look", "act": "ACT"}[one.verdict]
        table.add_row(one.name, f"{one.psi:.3f}", f"{one.noise:.3f}", p, needed, drift)
    return table


def _notes(found: Current, shown: "Sequence[Drift]") -> Iterator[str]:
    yield ""
    yield (
        "p: by chi-square, after Holm's correction. A drift is shown where p is below 0.01, and "
        "the PSI less what chance makes of it above 0.02 (look), or above 0.1 (ACT)."
    )
    yield (
        "Rows for 0.1: so many customers show a drift of PSI 0.1 in 80 of 100 cases. With fewer, "
        "one may be there that is not shown."
    )
    if not found.columns:
        yield "Decisions hold no attributes: only the score is compared, once for each customer."
    if found.faulty:
        yield f"{found.faulty:,} rows have values that are not allowed, and no score:"
        yield from (f"  {one.name}: {one.refused:,}" for one in shown if one.refused)


def _picture(one: "Drift", terminal: Console) -> Table:
    table, plain = columns(), terminal.options.ascii_only
    before, now = sum(one.before.values()), sum(one.now.values())
    for name, count in one.now.items():
        pair = (one.before.get(name, 0) / before, count / now)
        bars = [bar(share, WIDEST, ascii_only=plain) for share in pair]
        table.add_row(name, f"{pair[0]:.1%}", Text(bars[0], style="dim"))
        table.add_row("", f"{pair[1]:.1%}", bars[1])
    return table


def _tell_quality(quality: "Quality | None", window: int) -> None:
    if quality is None:
        say(
            "Whether the score is still right is not known: of the customers whom no offer has "
            f"touched fewer than 10 have left, or stayed, in their {window} days. An experiment "
            "holds some out."
        )
        return
    colour = "red" if quality.is_off else "green"
    framed(console(), "The score of customers whom no offer has touched", _facts(quality), colour)


def _facts(one: "Quality") -> Table:
    lines = [
        ("Customers", f"{one.customers:,}, of whom {one.held:,} were held out"),
        ("Left", f"{one.left:,}; by the score {one.expected:,.0f}"),
        ("True log-odds", f"{_interval(one.a)} + {_interval(one.b)} times those of the score"),
        ("Is it right", f"p {one.p:.4f}{'; it is off, train it anew' if one.is_off else ''}"),
        ("AUC", _interval(one.auc) if one.auc else "not known: nobody is held out"),
    ]
    return facts(lines)


def _interval(one: Sequence[float]) -> str:
    value, low, high = one[:3]
    return f"{value:.3f} [{low:.3f}, {high:.3f}]"

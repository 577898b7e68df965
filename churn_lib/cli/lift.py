"""`churn lift`: what an experiment shows, after it was checked that it can show anything."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console, Group
from rich.text import Text

from churn_lib.cli.counted import AsOf, Files, Named, Small, Window, counted_of
from churn_lib.cli.layout import facts, framed, money
from churn_lib.cli.terminal import console, require, say, say_json
from churn_lib.cli.ways import Other, Requests, choices_of, in_segments, ways
from churn_lib.customer.schema import ARTIFACTS
from churn_lib.errors import FieldFault, InputError
from churn_lib.offers import catalogue as catalogues

if TYPE_CHECKING:
    from churn_lib.evidence.findings import Effects, Findings, OfOffer
    from churn_lib.evidence.lift import Estimate
    from churn_lib.evidence.table import Counted

NEEDED = {"duckdb": "duckdb", "statsmodels": "statsmodels", "scipy": "scipy"}
LEVEL = 0.05
"""Of p-values, after Holm's correction where there are several."""
NOT_COMPARED = 3
"""Exit code where the arms may not be compared."""


def lift(
    *,
    decisions: Files = None,
    outcomes: Files = None,
    as_of: AsOf = None,
    table: Small = None,
    window: Window = 90,
    experiment: Named = None,
    planned: Annotated[
        int | None,
        typer.Option(min=1, help="Customers with an offer planned, to look before all took part."),
    ] = None,
    other: Other = None,
    customers: Requests = None,
    as_json: Annotated[bool, typer.Option("--json", help="All figures as JSON.")] = False,
    page: Annotated[bool, typer.Option("--markdown", help="One page of Markdown.")] = False,
) -> None:
    """Show what offers do: how many more stay, what it brings, and what is not known yet."""
    require("evidence", NEEDED)
    from churn_lib.evidence.findings import findings

    if table is not None and other is not None:
        message = "needs the logs: what a warehouse has counted has no rows of decisions"
        raise InputError([FieldFault("--other", message)])
    choices = choices_of(other, customers)
    counted = counted_of(decisions, outcomes, table, experiment, as_of, window, choices)
    found = findings(counted, shares_of(counted.experiment), planned)
    if as_json:
        say_json({"experiment": counted.experiment, **asdict(found)})
    else:
        _tell(counted, found, console(page=page))
    if not found.may_be_compared:
        raise typer.Exit(NOT_COMPARED)


def shares_of(name: str) -> Mapping[str, float]:
    """Of the arms, as the catalogue says. Raises InputError and ArtifactError."""
    trial = catalogues.load(ARTIFACTS / catalogues.OFFERS).experiment
    if trial is None or trial.name != name:
        message = f"the catalogue has no experiment {name}: --folder names the one that has"
        raise InputError([FieldFault("--experiment", message)])
    shares = {"holdout": trial.holdout, "explore": trial.explore, "policy": trial.policy}
    return {arm: share for arm, share in shares.items() if share > 0}


def _tell(counted: "Counted", found: "Findings", terminal: Console) -> None:
    tell_checks(counted, found, terminal)
    if found.effects is None:
        return
    framed(terminal, "What offers do", facts(_effects(counted, found, found.effects)), "cyan")
    for title, offers in (
        ("Each offer where it was the best one", found.effects.by_policy),
        ("Each offer where it was made by chance", found.effects.by_chance),
    ):
        if offers:
            framed(terminal, title, facts(map(_of_offer, offers)), "cyan")
    if found.effects.segments:
        framed(terminal, "Segments", Group(*in_segments(found.effects.segments)), "cyan")
    if found.effects.ways:
        framed(terminal, "Other ways to choose", Group(*ways(found.effects.ways)), "cyan")
    framed(terminal, "Mind", Group(*map(Text, _notes(counted, found.effects))), "dim")


def tell_checks(counted: "Counted", found: "Findings", terminal: Console) -> None:
    """Whether the arms may be compared, and what is lacking where nothing can be said."""
    checks = [
        (("ok  " if one.holds else "WRONG"), f"{one.name}: {one.text}") for one in found.checks
    ]
    title = f"Experiment {counted.experiment}, outcomes until {counted.as_of}"
    framed(terminal, title, facts(checks), "green" if found.may_be_compared else "red")
    if not found.may_be_compared:
        say("The arms may not be compared: what is wrong would be taken for an effect.")
    elif found.effects is None:
        say(
            f"Not known yet: too few have left ({found.held:,} customers without an offer and "
            f"{found.offered:,} with one have their {counted.window} days)."
        )


def _effects(counted: "Counted", found: "Findings", shown: "Effects") -> Iterator[tuple[str, str]]:
    without = f"{shown.without:.1%} of {found.held:,} without an offer"
    with_offer = f"{shown.with_offer:.1%} of {found.offered:,} with one"
    yield f"Left in {counted.window} days", f"{without}, {with_offer}"
    yield "More who stay", _points(shown.lift)
    yield "  by probability", _points(shown.adjusted)
    if shown.now:
        yield "  at any look", _points(shown.now)
    yield "  with the latest", _points(shown.observed)
    yield "Brings a customer", _sums(shown.margin)
    yield "  by probability", _sums(shown.adjusted_margin)
    yield "Brings in all", money(shown.total)
    yield "Was expected", f"{money(shown.expected)} a customer"
    yield "One more costs", _costs(shown.per_saved)
    if shown.choosing:
        yield "Best, not by chance", _points(shown.choosing)


def _costs(one: "Estimate | None") -> str:
    if one is None:
        return "not known yet: offers may keep nobody"
    return f"{one.value:,.2f} [{one.low:,.2f}, {one.high:,.2f}]"


def _points(one: "Estimate", *, is_shown: bool | None = None) -> str:
    """is_shown: left out, as the interval says."""
    values = [one.value, one.low, one.high]
    value, low, high = (f"{share * 100:+.2f}" for share in values)
    is_shown = one.excludes_zero if is_shown is None else is_shown
    shown = "" if is_shown else "; no effect is shown"
    return f"{value} of 100 [{low}, {high}]{shown}"


def _sums(one: "Estimate") -> str:
    shown = "" if one.excludes_zero else "; no effect is shown"
    return f"{money(one.value)} [{money(one.low)}, {money(one.high)}]{shown}"


def _of_offer(one: "OfOffer") -> tuple[str, str]:
    is_shown = one.p < LEVEL and one.lift.excludes_zero
    lift = _points(one.lift, is_shown=is_shown)
    return one.offer, f"{lift}, {one.customers:,} customers, p {one.p:.3f}"


def _notes(counted: "Counted", shown: "Effects") -> Iterator[str]:
    yield "Intervals are of 95 %, by arm as drawn, whatever became of the offer."
    if shown.now is None:
        yield "They hold for one look, at the planned end; with --planned you may look before."
    else:
        yield "Before the planned end only the line at any look holds, all others for one look."
    if immature := sum(counted.immature.values()):
        yield f"{immature:,} customers do not have their {counted.window} days yet."
    if counted.nameless:
        yield f"{counted.nameless:,} decisions without a name are not compared."
    if counted.silent:
        yield (
            f"The windows of {counted.silent:,} customers ended long after the last outcome: if "
            "later ones are lacking, --as-of must be the day of the last one."
        )
    if not counted.spoken:
        yield (
            "Nobody says who stayed: leavers of one arm who are reported less often would look "
            "like an effect, and no check can see it."
        )
    if not shown.ways:
        yield "What another way to choose would have brought takes a log with its propensities."
    if shown.naive:
        accepted, others = shown.naive
        yield (
            f"Of those who accepted {accepted:.1%} left, of those who did not {others:.1%}. That "
            "is no effect: whoever stays anyway accepts as well."
        )

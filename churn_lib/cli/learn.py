"""`churn learn`: what an experiment teaches about the offers, and the catalogue that follows."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Group
from rich.table import Table
from rich.text import Text

from churn_lib.cli.counted import AsOf, Files, Named, Small, Window, counted_of
from churn_lib.cli.customers import read_customers
from churn_lib.cli.layout import columns, framed, money
from churn_lib.cli.lift import NEEDED, NOT_COMPARED, shares_of, tell_checks
from churn_lib.cli.sweep import Known
from churn_lib.cli.terminal import console, require, say, say_json
from churn_lib.customer.schema import ARTIFACTS
from churn_lib.errors import FieldFault, InputError
from churn_lib.lint.diff import diff
from churn_lib.lint.grid import grid
from churn_lib.offers import catalogue as catalogues
from churn_lib.score.scorecard import scorecard

if TYPE_CHECKING:
    from churn_lib.evidence.learn import Acceptance, Learnt


def learn(
    *,
    decisions: Files = None,
    outcomes: Files = None,
    as_of: AsOf = None,
    table: Small = None,
    window: Window = 90,
    experiment: Named = None,
    customers: Known = None,
    write: Annotated[
        Path | None, typer.Option(help="A new file for the catalogue with what was learnt.")
    ] = None,
    naive: Annotated[
        bool, typer.Option("--naive", help="Show accepted of shown beside, which is wrong.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="All figures as JSON.")] = False,
) -> None:
    """Learn from an experiment whom offers keep, and what catalogue follows."""
    require("evidence", NEEDED)
    from churn_lib.evidence.findings import findings
    from churn_lib.evidence.learn import learn as learnt_of

    if write is not None and write.exists():
        raise InputError([FieldFault("--write", f"{write.name} is there already")])
    counted = counted_of(decisions, outcomes, table, experiment, as_of, window)
    found = findings(counted, shares_of(counted.experiment))
    if found.effects is None:
        if as_json:
            say_json({"checks": [one._asdict() for one in found.checks], "learnt": None})
        else:
            tell_checks(counted, found, console())
        raise typer.Exit(0 if found.may_be_compared else NOT_COMPARED)
    file = ARTIFACTS / catalogues.OFFERS
    learnt = learnt_of(counted.cells, catalogues.load(file))
    if as_json:
        say_json({"learnt": _as_json(learnt)})
    else:
        _tell(learnt, file, customers, naive=naive)
    if write is not None:
        _write(learnt, file, write, aside=as_json)


def _as_json(learnt: "Learnt") -> dict[str, object]:
    return {
        "a": learnt.a._asdict(),
        "b": learnt.b._asdict(),
        "acceptances": [one._asdict() for one in learnt.acceptances],
        "deadweights": [one._asdict() for one in learnt.deadweights],
        "catalogue_version": learnt.catalogue.version,
    }


def _tell(learnt: "Learnt", file: Path, customers: Path | None, *, naive: bool) -> None:
    framed(console(), "Whom offers keep", Group(_acceptances(learnt, naive=naive)), "cyan")
    framed(console(), "Who takes them for nothing", _deadweights(learnt), "cyan")
    notes = [*_notes(learnt, naive=naive), *_follows(learnt, file, customers)]
    framed(console(), "What follows", Group(*map(Text, notes)), "cyan")


def _write(learnt: "Learnt", file: Path, write: Path, *, aside: bool) -> None:
    from churn_lib.propose.learned import rewritten

    write.write_text(rewritten(file.read_text("utf-8-sig"), learnt.catalogue), encoding="utf-8")
    told = f"{write}: version {learnt.catalogue.version}; next: churn offers lint {write}"
    say(told, error=aside)


def _acceptances(learnt: "Learnt", *, naive: bool) -> Table:
    table = columns()
    for _ in range(5):
        table.add_column(no_wrap=True)
    heads = ["Offer", "Offered", "Old", "Learnt", "New"]
    table.add_row(*heads, *(["WRONG"] if naive else []), style="dim")
    for one in learnt.acceptances:
        wrong = ["-" if one.naive is None else _share(one.naive)] if naive else []
        table.add_row(*_acceptance(one), *wrong)
    return table


def _acceptance(one: "Acceptance") -> Iterator[str]:
    yield one.offer if one.answers else f"  {one.offer}, other"
    yield f"{one.customers:,}"
    yield _share(one.old.mean)
    if one.learnt is None:
        yield from ("too few to tell", "stays")
        return
    value, low, high = (_share(min(max(end, 0.0), 1.0)) for end in one.learnt[:3])
    yield f"{value} [{low}, {high}]"
    yield f"[{one.new.a}, {one.new.b}]"


def _deadweights(learnt: "Learnt") -> Table:
    table = columns()
    table.add_row("Offer", "Offered", "Old", "Learnt", "New", style="dim")
    for one in learnt.deadweights:
        told = "too few to tell"
        if one.learnt is not None:
            value, low, high = map(_share, one.learnt[:3])
            told = f"{value} [{low}, {high}]"
        new = "stays" if one.learnt is None else _share(one.new)
        table.add_row(one.offer, f"{one.customers:,}", _share(one.old), told, new)
    return table


def _share(value: float) -> str:
    return f"{value:.2f}"


def _notes(learnt: "Learnt", *, naive: bool) -> Iterator[str]:
    yield "Learnt from who left, beside those without an offer; intervals are of 95 %."
    yield "Other: customers whose reasons to leave the offer does not answer."
    for one in learnt.acceptances:
        if one.bands is not None and one.bands.excludes_zero:
            gap = f"{one.offer}: {one.bands.value:+.2f} among likelier leavers"
            yield f"{gap} than among others: one number is not enough."
    if naive:
        yield (
            "WRONG: accepted of shown. It counts the loyal, who take an offer for nothing, "
            "as if it had kept them."
        )
    a, b = learnt.a, learnt.b
    if a.excludes_zero or not b.low <= 1 <= b.high:
        yield (
            f"The score is off: true log-odds are {a.value:+.2f} [{a.low:+.2f}, {a.high:+.2f}] "
            f"+ {b.value:.2f} [{b.low:.2f}, {b.high:.2f}] times its own. Train it anew."
        )
    else:
        yield "The score shows no fault among customers without an offer."


def _follows(learnt: "Learnt", file: Path, customers: Path | None) -> Iterator[str]:
    """How many decisions change, and what that brings if what was learnt is true."""
    from churn_lib.evidence.policies import compare
    from churn_lib.evidence.world import scored

    old, new, card = catalogues.load(file), learnt.catalogue, scorecard()
    if new is old or new == old:
        yield "No number changes: the experiment says too little yet."
        return
    asked = list(grid(old, new) if customers is None else read_customers(customers))
    today = datetime.now(UTC).date()
    changed = diff(old, new, card, today=today, customers=asked)
    people = scored(card, asked)
    *_, after, before = compare(new, people, learnt.truth, today=today, against={"old": old})
    made_up = "made-up customers" if customers is None else "customers"
    yield f"{changed.changed:,} of {changed.customers:,} {made_up} get another decision."
    yield (
        f"1,000 of them bring {money(after.true)} {new.currency} instead of {money(before.true)}, "
        "if what was learnt is true."
    )

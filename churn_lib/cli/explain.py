"""The decision trace for people: what each offer is worth, its rules, and why it won or lost."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from churn_lib.cli.layout import between, framed, money, percent
from churn_lib.customer.contact import FACTS
from churn_lib.customer.model import ATTRIBUTES
from churn_lib.offers.trace import Candidate, Check, Economics

NARROW = 76
"""Below this width the figures of an offer stand in a line of words."""

OUTCOMES = {"chosen": "bold green", "outbid": "default", "below_floor": "yellow", "vetoed": "dim"}
COLUMNS = ("Offer", "E", "in 90 % of\ncases between", "and", "V", "d", "f", "given", "accepted")
LEGEND = (
    "E: what the offer is expected to bring, if acceptance is as assumed. "
    "V: what a leaver who stays is worth, or what a value-added offer brings that is taken. "
    "d: cost of the offer when it is used. f: cost of the contact."
)


def explain(
    trace: Sequence[Candidate], console: Console, currency: str = "", half: float | None = None
) -> None:
    """Prints every offer, the best first and the vetoed last; money is in this currency.

    half: `generosity_half` of the assumptions.
    """
    if trace:
        notes = Notes(f" In {currency}." if currency else "", _generosity(half))
        parts = _parts(sorted(trace, key=_rank), notes, is_narrow=console.width < NARROW)
        framed(console, f"All {len(trace)} offers", Group(*parts), "cyan")


class Notes(NamedTuple):
    """What stands below the figures: the currency, and the assumption behind the acceptance."""

    currency: str
    generosity: str


def _generosity(half: float | None) -> str:
    if half is None:
        return ""
    return (
        " given: beside the reference of the offer, for which its acceptance is stated; acceptance "
        f"follows with generosity_half = {half:g}, an assumption."
    )


def _parts(
    ranked: Sequence[Candidate], notes: Notes, *, is_narrow: bool
) -> Iterator[RenderableType]:
    if not is_narrow:
        yield _figures(ranked)
        yield Text(f"\n{LEGEND}{notes.currency}{notes.generosity}", style="dim")
    # A rule that ends alike for every offer says nothing of one: it is told once, at the end.
    shared = frozenset.intersection(*(frozenset(candidate.checks) for candidate in ranked))
    for candidate in ranked:
        yield from _told(candidate, shared, in_words=is_narrow)
    if shared:
        yield Text("\nFor every offer", style="dim")
        yield from _lines([check for check in ranked[0].checks if check in shared])


def _figures(ranked: Sequence[Candidate]) -> Table:
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(vertical="bottom")
    for _ in COLUMNS[1:]:
        table.add_column(justify="right", no_wrap=True, vertical="bottom")
    table.add_row(*COLUMNS, style="dim")
    for candidate in ranked:
        found = candidate.economics
        signed = map(money, (found.expected_value, *found.interval))
        plain = [f"{part:,.2f}" for part in (found.value, found.cost, found.contact_cost)]
        name = Text(candidate.offer, OUTCOMES[candidate.outcome])
        given = f"{found.generosity:.2g} x"
        table.add_row(name, *signed, *plain, given, percent(found.acceptance))
    return table


def _told(
    candidate: Candidate, shared: frozenset[Check], *, in_words: bool
) -> Iterator[RenderableType]:
    """The id, what became of the offer, and the rules that do not end alike for every offer."""
    outcome, style = candidate.outcome.replace("_", " "), OUTCOMES[candidate.outcome]
    yield Text.assemble("\n", (candidate.offer, style), f"  {candidate.name}, {outcome}")
    if in_words:
        yield Text(_in_words(candidate.economics))
    if candidate.outcome != "vetoed":  # else the veto stands among the rules
        yield Text(candidate.why)
    yield from _lines([check for check in candidate.checks if check not in shared])


def _in_words(found: Economics) -> str:
    acceptance = f"if acceptance is as assumed, {percent(found.acceptance)}"
    parts = f"V {found.value:,.2f}, d {found.cost:,.2f}, f {found.contact_cost:,.2f}"
    ends = between(found.interval)
    given = f"gives {found.generosity:.2g} x its reference"
    return f"{money(found.expected_value)} {acceptance}; in 90 % of cases {ends}; {parts}; {given}"


def _rank(candidate: Candidate) -> tuple[int, float]:
    return list(OUTCOMES).index(candidate.outcome), -candidate.economics.expected_value


def _lines(checks: Sequence[Check]) -> Iterator[Text]:
    """Vetoes in full; of the other rules only what they look at."""
    for check in checks:
        if check.result == "veto":
            yield Text.assemble(("veto: ", "bold red"), check.text)
    for result, style in (("not_checked", "yellow"), ("not_needed", "dim"), ("pass", "green")):
        labels = dict.fromkeys(_label(check.field) for check in checks if check.result == result)
        if labels:
            yield Text.assemble((f"{result.replace('_', ' ')}: ", style), ", ".join(labels))


def _label(field: str) -> str:
    if field in ATTRIBUTES:
        return ATTRIBUTES[field].label
    return FACTS.get(field, field.replace("_", " ").capitalize())

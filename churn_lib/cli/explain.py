"""The decision trace as a table: every offer with its money, its rules, and why it won or lost."""

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from churn_lib.cli.layout import framed, money, percent
from churn_lib.cli.view import Candidate, Check, Economics
from churn_lib.customer import ATTRIBUTES
from churn_lib.offers.context import FACTS

Row = tuple[Text, Text, Text]

NARROW = 70
"""Below this width the three columns stand one below the other."""

OUTCOMES = {"chosen": "bold green", "outbid": "default", "below_floor": "yellow", "vetoed": "dim"}


def explain(trace: Sequence[Candidate], console: Console) -> None:
    """Prints every offer of the catalogue, the best first and the vetoed last."""
    if not trace:
        return
    ranked = sorted(trace, key=_rank)
    shared = frozenset.intersection(*(frozenset(candidate.checks) for candidate in ranked))
    rows = [(_name(one), _worth(one.economics), _rules(one.checks, shared)) for one in ranked]
    table = _wide(rows) if console.width >= NARROW else _narrow(rows)
    everywhere = [check for check in ranked[0].checks if check in shared]
    framed(console, f"All {len(trace)} offers", Group(table, *_shared(everywhere)), "cyan")


def _wide(rows: Iterable[Row]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for share in (3, 2, 4):
        table.add_column(ratio=share)
    table.add_row("Offer", "Worth", "Rules", style="dim")
    for row in rows:
        table.add_row()
        table.add_row(*row)
    return table


def _narrow(rows: Iterable[Row]) -> Table:
    table = Table.grid()
    for row in rows:
        for cell in row:
            table.add_row(cell)
        table.add_row()
    return table


def _shared(checks: Sequence[Check]) -> Iterator[Text]:
    if checks:
        yield Text("\nFor every offer", style="dim")
        yield from _lines(checks)


def _rank(candidate: Candidate) -> tuple[int, float]:
    return list(OUTCOMES).index(candidate.outcome), -candidate.economics.expected_value


def _name(candidate: Candidate) -> Text:
    """The name and the outcome; why a rule forbids it stands among the rules."""
    outcome = candidate.outcome.replace("_", " ")
    why = outcome if candidate.outcome == "vetoed" else f"{outcome}: {candidate.why}"
    return Text.assemble((candidate.name, OUTCOMES[candidate.outcome]), "\n", why)


def _worth(economics: Economics) -> Text:
    low, high = economics.interval
    pays = f"{percent(economics.probability_of_profit)} likely to pay"
    return Text(f"{money(economics.expected_value)}\n{money(low)} to {money(high)}\n{pays}")


def _rules(checks: Sequence[Check], shared: frozenset[Check]) -> Text:
    """The rules that do not end alike for every offer."""
    return Text("\n").join(_lines([check for check in checks if check not in shared]))


def _lines(checks: Sequence[Check]) -> Iterator[Text]:
    """Vetoes in full; of the other rules only what they look at."""
    for check in checks:
        if check.result == "veto":
            yield Text.assemble(("veto: ", "bold red"), check.text)
    for result, style in (("not_checked", "yellow"), ("pass", "green")):
        labels = dict.fromkeys(_label(check.field) for check in checks if check.result == result)
        if labels:
            yield Text.assemble((f"{result.replace('_', ' ')}: ", style), ", ".join(labels))


def _label(field: str) -> str:
    if field in ATTRIBUTES:
        return ATTRIBUTES[field].label
    return FACTS.get(field, field.replace("_", " ").capitalize())

"""The decision trace as two tables: what each offer is worth and made of, then its rules and why it
won or lost.
"""

from collections.abc import Iterator, Sequence

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
COLUMNS = ("Offer", "E", "in 90 % of\ncases between", "and", "V", "d", "f", "accepted")
LEGEND = (
    "E: what the offer is expected to bring, if acceptance is as assumed. V: "
    "what a leaver who stays is worth, or what "
    "a value-added offer brings that is taken. d: cost of the offer when it "
    "is used. f: cost of the contact. {currency}"
)


def explain(trace: Sequence[Candidate], console: Console, currency: str = "") -> None:
    """Prints every offer of the catalogue, the best first and the vetoed last; money is in this
    currency.
    """
    if not trace:
        return
    ranked = sorted(trace, key=_rank)
    shared = frozenset.intersection(*(frozenset(candidate.checks) for candidate in ranked))
    everywhere = [check for check in ranked[0].checks if check in shared]
    legend = Text(
        LEGEND.format(currency=f"In {currency}." if currency else "").rstrip(), style="dim"
    )
    figures: list[RenderableType] = (
        [_figures(ranked), Text(), legend] if console.width >= NARROW else []
    )
    told = [part for one in ranked for part in _told(one, shared, in_words=not figures)]
    framed(
        console,
        f"All {len(trace)} offers",
        Group(*figures, *told, *_everywhere(everywhere)),
        "cyan",
    )


def _figures(ranked: Sequence[Candidate]) -> Table:
    table = Table.grid(padding=(0, 1, 0, 0))
    for column in COLUMNS:
        is_text = column == "Offer"
        table.add_column(
            justify="left" if is_text else "right", no_wrap=not is_text, vertical="bottom"
        )
    table.add_row(*COLUMNS, style="dim")
    for one in ranked:
        found = one.economics
        ends, parts = map(money, found.interval), (found.value, found.cost, found.contact_cost)
        amounts = [money(found.expected_value), *ends, *(f"{part:,.2f}" for part in parts)]
        table.add_row(Text(one.offer, OUTCOMES[one.outcome]), *amounts, percent(found.acceptance))
    return table


def _told(
    candidate: Candidate, shared: frozenset[Check], *, in_words: bool
) -> Iterator[RenderableType]:
    """The id, what became of the offer, and the rules that do not end alike for every offer."""
    outcome = candidate.outcome.replace("_", " ")
    yield Text.assemble(
        "\n", (candidate.offer, OUTCOMES[candidate.outcome]), f"  {candidate.name}, {outcome}"
    )
    if in_words:
        yield Text(_in_words(candidate.economics))
    if candidate.outcome != "vetoed":  # else the veto stands among the rules
        yield Text(candidate.why)
    yield from _lines([check for check in candidate.checks if check not in shared])


def _in_words(found: Economics) -> str:
    expected = (
        f"{money(found.expected_value)} if acceptance is as assumed, {percent(found.acceptance)}"
    )
    parts = f"V {found.value:,.2f}, d {found.cost:,.2f}, f {found.contact_cost:,.2f}"
    return f"{expected}; in 90 % of cases {between(found.interval)}; {parts}"


def _everywhere(checks: Sequence[Check]) -> Iterator[Text]:
    if checks:
        yield Text("\nFor every offer", style="dim")
        yield from _lines(checks)


def _rank(candidate: Candidate) -> tuple[int, float]:
    return list(OUTCOMES).index(candidate.outcome), -candidate.economics.expected_value


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

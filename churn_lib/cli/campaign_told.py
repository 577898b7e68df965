"""What is said of a campaign: its value, how good that is, its cost, and the prices of limits."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from churn_lib.cli.layout import columns, facts, framed
from churn_lib.cli.terminal import console, say
from churn_lib.offers.catalogue import Catalogue

if TYPE_CHECKING:
    from churn_lib.scale.campaign import Limits, Plan
    from churn_lib.scale.campaign_file import Outcome


def tell(done: "Outcome", limits: "Limits", offered: Catalogue, target: str) -> None:
    from churn_lib.scale.files import STANDARD

    aside = target == STANDARD
    if done.notes:
        say(*done.notes, error=True)
    sums, offers = facts(_sums(done, limits, offered)), _by_offer(done.plan, limits, offered)
    prices = Text("\n".join(_prices(done.plan, limits, offered)))
    body = Group(sums, Text(), offers, *([Text(), prices] if prices else []))
    framed(console(error=aside), "Campaign", body, "green")
    say(f"{target}: {done.rows:,} rows", error=aside)


def _sums(done: "Outcome", limits: "Limits", offered: Catalogue) -> Iterator[tuple[str, str]]:
    plan, currency = done.plan, offered.currency
    yield "Value", f"{plan.total:,.2f} {currency} expected; {_proven(plan, currency)}"
    yield "Simply", f"the most valuable offers first would bring {plan.greedy:,.2f} {currency}"
    money = "" if limits.budget is None else f" of {limits.budget:,.2f}"
    yield "Cost", f"{plan.spent:,.2f} {currency} expected{money}"
    contacts = "" if limits.contacts is None else f" of {limits.contacts:,}"
    yield "Contacts", f"{len(plan.row):,}{contacts}"
    if done.held:
        yield "Held out", f"{done.held:,} of {done.rows:,} customers, who get nothing"


def _proven(plan: "Plan", currency: str) -> str:
    most = math.ceil(100 * (plan.bound - plan.total)) / 100
    if most <= 0.01:
        return "no choice within these limits brings a cent more"
    share = math.ceil(1e6 * plan.gap) / 1e4
    return f"at most {most:,.2f} {currency} or {share:g} % below the best that is possible"


def _by_offer(plan: "Plan", limits: "Limits", offered: Catalogue) -> Table:
    table = columns()
    table.add_column(no_wrap=True)
    for _ in range(4):
        table.add_column(justify="right", no_wrap=True)
    table.add_row("offer", "contacts", "at most", "value", "cost", style="dim")
    for number, (offer, cap) in enumerate(zip(offered.offers, limits.caps, strict=True)):
        its = plan.offer == number
        if cap is None and not its.any():
            continue
        money = f"{plan.value[its].sum():,.2f}", f"{plan.cost[its].sum():,.2f}"
        most = "" if cap is None else f"{cap:,}"
        table.add_row(offer.id, f"{int(its.sum()):,}", most, *money)
    return table


def _prices(plan: "Plan", limits: "Limits", offered: Catalogue) -> Iterator[str]:
    """What one more of each limit that there is would bring."""
    places = [f"1 more place in {offer.id}" for offer in offered.offers]
    names = ["1 more of budget", "1 more contact", *places]
    given = [limits.budget, limits.contacts, *limits.caps]
    for name, limit, price in zip(names, given, plan.prices.tolist(), strict=True):
        if limit is not None:
            brings = f"{price:,.2f} {offered.currency}" if price >= 0.005 else "nothing"
            yield f"{name} brings {brings}"

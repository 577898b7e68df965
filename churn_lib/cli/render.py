"""The answer for people: the probability first, then why, then what to offer."""

import math
from collections.abc import Iterator, Sequence

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from churn_lib.cli.layout import bar, between, columns, facts, framed, money, percent, sentence
from churn_lib.offers.shape import Worded, is_made
from churn_lib.offers.trace import Economics
from churn_lib.score.scorecard import bands
from churn_lib.score.shape import Reason
from churn_lib.settings import settings
from churn_lib.shape import Answer

COLOURS = {"low": "green", "medium": "yellow", "high": "red"}


def show(answer: Answer, console: Console, *, offer: bool = True) -> None:
    """Prints the answer; offer: whether one was asked for."""
    colour = COLOURS[answer["risk"]]
    who = f"Customer {answer.get('customerID', '')}".rstrip()
    framed(console, who, Group(*_score(answer, console, colour)), colour)
    found = answer["offer"]
    if offer and is_made(found):
        framed(console, f"Offer: {found['name']}", Group(*_offer(found)), "cyan")
        if second := found["runner_up"]:
            framed(console, f"After a no: {second['name']}", Group(*_offer(second)), "cyan")
    elif offer:
        framed(console, "No offer", Text(sentence(found["why"])), "cyan")
    if offer and found["not_checked"]:
        questions = [Text(one["question"]) for one in found["not_checked"]]
        framed(console, "Not known, so not checked", Group(*questions), "yellow")
    console.print(_origin(answer), style="dim", soft_wrap=not console.is_terminal)


def _score(answer: Answer, console: Console, colour: str) -> Iterator[RenderableType]:
    share, plain = answer["churn_probability"], console.options.ascii_only
    likely = (f"{percent(share)} likely to leave", f"bold {colour}")
    width = max(10, min(30, console.width - 46))
    drawn = (bar(share, width, ascii_only=plain), colour)
    yield Text.assemble(likely, f", {answer['risk']} risk  ", drawn)
    yield Text(f"risk: {bands(settings().score)}", style="dim")
    if outside := answer.get("outside_training"):
        yield Text(f"Outside the training data: {', '.join(outside)}", style="yellow")
    if answer["reasons"]:
        yield Text()
        yield _reasons(answer["reasons"], console)
        yield Text("odds of leaving, compared with the average customer", style="dim")


def _reasons(reasons: Sequence[Reason], console: Console) -> Table:
    """What raises the probability above what lowers it, each as a factor of the odds."""
    table = columns()
    for justify in ("left", "left", "right", "left"):
        table.add_column(justify=justify)
    strongest = max(abs(reason["effect"]) for reason in reasons)
    # On a narrow terminal bars would leave no room for the words.
    longest = 12 if console.width >= 70 else 0
    for reason in sorted(reasons, key=lambda reason: -reason["effect"]):
        length = math.ceil(abs(reason["effect"]) / strongest * longest)
        table.add_row(*_reason(reason, length, ascii_only=console.options.ascii_only))
    return table


def _reason(reason: Reason, length: int, *, ascii_only: bool) -> Iterator[Text]:
    colour, word, arrow = (
        ("red", "raises", "▲") if reason["effect"] > 0 else ("green", "lowers", "▼")
    )
    yield Text(word if ascii_only else f"{arrow} {word}", style=colour, no_wrap=True)
    yield Text(sentence(reason["text"]))
    yield Text(f"odds x {math.exp(reason['effect']):.2f}", no_wrap=True)
    yield Text(("#" if ascii_only else "■") * length, style=colour, no_wrap=True)


def _offer(offer: Worded) -> Iterator[RenderableType]:
    action = offer["call_to_action"]
    lines = ((offer["headline"], "bold"), (offer["message"], ""), (action, "bold cyan"))
    # A text message has neither headline nor call to action: no empty lines are shown for them.
    yield from (Text(text, style=style) for text, style in lines if text)
    yield Text("\nNot for the customer", style="dim")
    yield facts(_facts(offer))


def _facts(offer: Worded) -> Iterator[tuple[str, str]]:
    if terms := _terms(offer):
        yield "Terms", terms
    yield "Until", offer["accept_until"]
    yield "Worth", _worth(offer["economics"], offer["currency"])
    yield "Pays", _pays(offer["economics"], offer["kind"])
    yield "Why", sentence(offer["why"])
    reason = offer["fallback_reason"]
    yield "Words by", offer["written_by"] + (f" (Gemini: {_spaced(reason)})" if reason else "")


def _terms(offer: Worded) -> str:
    return ", ".join(_term(name, value) for name, value in offer["terms"].items())


def _term(name: str, value: float) -> str:
    units = {"percent": "%", "months": "months"}
    return f"{value:g} {units[name]}" if name in units else f"{_spaced(name)} {value}"


def _worth(economics: Economics, currency: str) -> str:
    expected = f"{money(economics.expected_value)} {currency} if acceptance is as assumed"
    return f"{expected}; in 90 % of cases {between(economics.interval)}"


def _pays(economics: Economics, kind: str) -> str:
    chance = f"{_likely(economics.probability_of_profit)} likely under the assumptions"
    who = "customers" if kind == "value_added" else "likely leavers"
    return f"if 1 in {economics.one_in} {who} accepts; {chance}" if economics.one_in else chance


def _likely(chance: float) -> str:
    """What a guessed acceptance can carry, which is no single percent and no certainty."""
    if chance > 0.95:
        return "over 95 %"
    return "under 5 %" if chance < 0.05 else f"about {round(chance * 20) * 5} %"


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _origin(answer: Answer) -> Text:
    about = answer["metadata"]
    version = about.get("catalogue_version")
    catalogue = f"  catalogue {version}" if version else ""
    return Text(f"model {about['model_version']}{catalogue}  decision {about['decision_id']}")

"""Words for a column: its label, and what is said of a customer for each of its values.

Phrases end in texts to customers, and in prompts: they have no digits, no " and ", and no signs
but a few.
"""

import re
import unicodedata
from collections.abc import Sequence

import numpy as np

from churn_lib.propose.column import Column, Floats
from churn_lib.propose.names import words

LONGEST_LABEL = 80
LONGEST_WORDS = 45
"""Characters of a heading, and of a level: two of them fit into a phrase."""

SIGNS = " '&,/()-"
YES = frozenset({"yes", "true", "1", "t", "y"})
NO = frozenset({"no", "false", "0", "f", "n"})

COMMON = 0.1
"""A number of which 0 is so common is something that a customer may lack."""

ONES = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
fifteen sixteen seventeen eighteen nineteen"""
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"

TENURES = (
    "is a new customer",
    "has been a customer for a short time",
    "has been a customer for some time",
    "has been a customer for a long time",
)
THIRDS = ("bottom", "middle", "top")

Band = tuple[float, str]


def label(heading: str) -> str:
    text = words(heading)[:LONGEST_LABEL].strip() or heading[:LONGEST_LABEL]
    return text[:1].upper() + text[1:]


def sayable(text: str) -> str:
    """The text as it may stand in a phrase; numbers are spelled out."""
    signed = re.sub(r"(?<=\w)\+$", " plus", re.sub(r"(?<=\w)-$", " minus", text))
    spelled = re.sub(r"\d+", lambda found: f" {_spelled(found.group())} ", signed)
    clean = "".join(letter if _may_be_said(letter) else " " for letter in spelled)
    single = " ".join(re.sub(r"\band\b", "&", clean, flags=re.IGNORECASE).split())
    if len(single) > LONGEST_WORDS:
        single = single[:LONGEST_WORDS].rsplit(" ", 1)[0]
    return single.strip(" ,-/&")


def _may_be_said(letter: str) -> bool:
    return letter in SIGNS or unicodedata.category(letter).startswith("L")


def noun(heading: str) -> str:
    what = sayable(words(heading))
    return re.sub(r"^(number|count|no|num|nr) of ", "", what) or "this"


def of_levels(column: Column) -> dict[str, str]:
    """What to say of each level."""
    what = noun(column.heading)
    levels = [text.casefold() for text in column.texts]
    truths = set(levels) <= YES | NO and len(levels) == 2
    return {
        text: _of_level(what, text, level, truths)
        for text, level in zip(column.texts, levels, strict=True)
    }


def _of_level(what: str, text: str, level: str, truths: bool) -> str:
    if (truths or level in {"yes", "no"}) and level in YES | NO:
        return _of_truth(what, level in YES)
    if level == "none":
        return f"has no {what}"
    said = sayable(_small(text)) or "something else"
    if level.startswith("no "):
        return f"has {said}"
    return f"has {said}" if what.casefold() in said.casefold() else f"has {what} {said}"


def _small(text: str) -> str:
    """Words that begin with a capital without it, but for those in capitals: Fiber Optic, DSL."""
    return re.sub(r"\b[A-Z](?=[a-z])", lambda found: found.group().lower(), text)


def _of_truth(what: str, positive: bool) -> str:
    first, _, rest = what.partition(" ")
    if first in {"is", "has"} and rest:
        what = rest
    if first == "is" or (not rest and re.fullmatch(r"[a-z]{4,}ed", what)):
        return f"is {what}" if positive else f"is not {what}"
    return f"has {what}" if positive else f"has no {what}"


def on_record(heading: str) -> str:
    return f"has no {noun(heading)} on record"


def of_tenure(column: Column, low: float) -> list[Band]:
    bounds = np.quantile(column.x[~column.blank], (0.2, 0.4, 0.7))
    return _bands([low, *(_rounded(float(bound), column.whole) for bound in bounds)], TENURES)


def of_number(column: Column, low: float) -> list[Band]:
    return thirds(column.x[~column.blank], low, noun(column.heading), whole=column.whole)


def thirds(x: Floats, low: float, what: str, *, whole: bool = False) -> list[Band]:
    """Thirds of those who have any, below which is "has no ..." where 0 is common."""
    phrases, bounds = [f"has {what} in the {third} third" for third in THIRDS], [low]
    if low == 0 and np.mean(x == 0) >= COMMON and np.any(x > 0):
        phrases = [f"has no {what}", *phrases]
        x = x[x > 0]
        bounds.append(_rounded(float(x.min()), whole))
    bounds += [_rounded(float(bound), whole) for bound in np.quantile(x, (1 / 3, 2 / 3))]
    return _bands(bounds, phrases)


def _bands(bounds: Sequence[float], phrases: Sequence[str]) -> list[Band]:
    """The bands whose bounds rise."""
    found = [(bounds[0], phrases[0])]
    for bound, phrase in zip(bounds[1:], phrases[1:], strict=True):
        if bound > found[-1][0]:
            found.append((bound, phrase))
    return found


def _rounded(number: float, whole: bool) -> float:
    """Two digits are enough to say where a third begins."""
    short = float(f"{number:.2g}")
    return float(max(round(short), 1)) if whole and short > 0 else short


def _spelled(digits: str) -> str:
    """A number in words; of a long one, its first digits."""
    number, ones = int(digits[:6]), ONES.split()
    if len(digits) > 6 or (digits.startswith("0") and len(digits) > 1):
        return " ".join(ones[int(digit)] for digit in digits[:6])
    if number >= 1000:
        return f"{_spelled(str(number // 1000))} thousand{_rest(number % 1000)}"
    if number >= 100:
        return f"{ones[number // 100]} hundred{_rest(number % 100)}"
    if number < 20:
        return ones[number]
    return TENS.split()[number // 10 - 2] + (f"-{ones[number % 10]}" if number % 10 else "")


def _rest(number: int) -> str:
    return f" {_spelled(str(number))}" if number else ""

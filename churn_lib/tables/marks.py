"""Which mark numbers are written with: what stands before decimals, what before thousands."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from functools import cache
from itertools import chain
from typing import Literal, NamedTuple, get_args

from babel import Locale
from babel.numbers import list_currencies

from churn_lib.customer.spelling import SPELLED
from churn_lib.errors import DataError

SPACING = (
    "'\N{RIGHT SINGLE QUOTATION MARK} \N{NO-BREAK SPACE}\N{THIN SPACE}\N{NARROW NO-BREAK SPACE}"
)
"""What stands between thousands and nowhere else."""

PERCENT = "%"

AROUND = re.compile(r"([^0-9+.-]*)(.*?)([^0-9.]*)", re.DOTALL)
"""What stands before a number, the number, and what stands behind it."""

LONGEST = 100
"""Characters of an amount: in longer texts no currency is looked for, which takes time."""

GROUPED = r"^[1-9][0-9]{0,2}(?:\.[0-9]{3})+$"
"""A number whose points may stand before thousands."""

Mark = Literal[".", ","]
MARKS: tuple[Mark, ...] = get_args(Mark)
THOUSANDS: Mapping[Mark, Mark] = {".": ",", ",": "."}
"""The other one."""


class Written(NamedTuple):
    """How the numbers of a column are written: what stands before decimals, where that is known,
    the currency that some of them bear, and the sign that all of them do.
    """

    mark: Mark | None
    currency: str = ""
    sign: str = ""

    def plain(self, text: str) -> str:
        """The plain digits of a number; every other text as it was, and what may be two numbers."""
        currency, number = _amount(text.removesuffix(self.sign))
        found = {_digits(number, mark) for mark in ([self.mark] if self.mark else MARKS)}
        sure = len(found) == 1 and currency in ("", self.currency)
        return (found.pop() or text) if sure else text


def undecided() -> Mark | None:
    """For texts beside which there is nothing else to ask."""
    return None


def written(
    texts: Sequence[str],
    where: str,
    row: Callable[[str], int],
    otherwise: Callable[[], Mark | None] = undecided,
) -> Written:
    """How the numbers of a column are written.

    where: for errors. row: of a text, too. otherwise: the mark where they do not decide. Raises
    DataError, without a value, where nothing does, or where they are written in several ways.
    """
    sign, currency = sign_of(texts), currency_of(texts, where)
    numbers = {text.removesuffix(sign): text for text in texts}
    mark = mark_of([*numbers], where, lambda number: row(numbers[number]), otherwise)
    return Written(mark, currency, sign)


def mark_of(
    texts: Sequence[str],
    where: str,
    row: Callable[[str], int],
    otherwise: Callable[[], Mark | None] = undecided,
) -> Mark | None:
    """What stands before decimals: one text may have two meanings (1.889), so all decide. None
    where each has one meaning, whatever does.

    As `written`, of which this is a part.
    """
    by_mark = deciding(texts)
    if len(by_mark) > 1:
        rows = " and ".join(f"row {row(by_mark[mark])}" for mark in MARKS)
        raise DataError(f"{where} has decimal points and decimal commas ({rows}); write all alike")
    if by_mark:
        return next(iter(by_mark))
    if all(_digits(number, ".") == _digits(number, ",") for _, number in map(_amount, texts)):
        return None
    if mark := otherwise():
        return mark
    problem = "its '.' or ',' may stand before thousands or before decimals, and no row decides"
    raise DataError(f"{where} is not certain: {problem}; write it without thousands' marks")


def sign_of(texts: Collection[str]) -> str:
    bear_it = bool(texts) and all(text.endswith(PERCENT) for text in texts)
    return PERCENT if bear_it else ""


def currency_of(texts: Iterable[str], where: str) -> str:
    """The currency of the amounts that have one. Raises DataError where there are several."""
    marked = (text for text in texts if not SPELLED.fullmatch(text))
    found = {_amount(text)[0] for text in marked} - {""}
    if len(found) > 1:
        raise DataError(f"{where} has amounts in several currencies; convert them to one")
    return found.pop() if found else ""


def deciding(texts: Iterable[str]) -> Mapping[Mark, str]:
    """For each mark that must be the one before decimals, the first text that says so."""
    found: dict[Mark, str] = {}
    for text in texts:
        number = _amount(text)[1]
        marks = [mark for mark in MARKS if _digits(number, mark)]
        if len(marks) == 1:
            found.setdefault(marks[0], text)
    return found


def are_numbers(texts: Iterable[str]) -> bool:
    """Whether each text may be a number, in one spelling or another."""
    amounts = (_amount(text.removesuffix(PERCENT)) for text in texts)
    return all(_digits(number, ".") or _digits(number, ",") for _, number in amounts)


def _amount(text: str) -> tuple[str, str]:
    """The currency of an amount, as written, and its number."""
    found = AROUND.fullmatch(text.strip()) if len(text) <= LONGEST else None
    before, number, after = (part.strip() for part in found.groups()) if found else ("", text, "")
    return (before + after, number) if {before, after} <= _currencies() else ("", text.strip())


@cache
def _currencies() -> Set[str]:
    """All that may stand before or behind a number, and nothing; a dollar also as it is written
    where others are called so.
    """
    symbols = (Locale(*place).currency_symbols.values() for place in (("en",), ("en", "CA")))
    return {"", *list_currencies(), *chain.from_iterable(symbols)}


def _digits(number: str, decimal: Mark) -> str:
    """The plain digits of a number with this mark before decimals, or "" when it can't be."""
    whole, mark, decimals = number.partition(decimal)
    first, *groups = re.split(f"[{THOUSANDS[decimal]}{SPACING}]", whole)
    if groups and not (first[:1] in "123456789" and 1 <= len(first) <= 3):
        return ""
    if any(len(group) != 3 for group in groups):
        return ""
    plain = "".join((first, *groups)) + ("." if mark else "") + decimals
    return plain if SPELLED.fullmatch(plain) else ""

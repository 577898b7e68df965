"""Which mark numbers are written with: what stands before decimals, what before thousands."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Literal, NamedTuple

from babel import Locale
from babel.numbers import list_currencies

from churn_lib.customer.spelling import SPELLED
from churn_lib.errors import DataError

SPACING = (
    "'\N{RIGHT SINGLE QUOTATION MARK} \N{NO-BREAK SPACE}\N{THIN SPACE}\N{NARROW NO-BREAK SPACE}"
)
"""What stands between thousands and nowhere else."""

PERCENT = "%"

GROUPED = r"^[1-9][0-9]{0,2}(?:\.[0-9]{3})+$"
"""A number whose points may stand before thousands."""

Mark = Literal[".", ","]


class Digits(NamedTuple):
    """What stands before decimals, and the plain digits of each text that is a number; every other
    text is as it was.
    """

    mark: Mark
    plain: Mapping[str, str]


def digits_of(texts: Sequence[str], where: str, row: Callable[[str], int]) -> Digits:
    """The meaning of the numbers of a column.

    One may have two meanings (1.889), so all together decide. where: for errors. row: of a text,
    too. Raises DataError, without a value, where they do not decide.
    """
    sign = PERCENT if all(text.endswith(PERCENT) for text in texts) else ""
    amounts = {text: _amount(text.removesuffix(sign)) for text in texts}
    if len({currency for currency, _ in amounts.values()} - {""}) > 1:
        raise DataError(f"{where} has amounts in several currencies; convert them to one")
    points = {text: _digits(amount, ".", ",") for text, (_, amount) in amounts.items()}
    commas = {text: _digits(amount, ",", ".") for text, (_, amount) in amounts.items()}
    only_point = next((text for text in texts if points[text] and not commas[text]), None)
    only_comma = next((text for text in texts if commas[text] and not points[text]), None)
    if only_point and only_comma:
        rows = " and ".join(f"row {row(text)}" for text in (only_point, only_comma))
        raise DataError(f"{where} has decimal points and decimal commas ({rows}); write all alike")
    if not only_point and not only_comma and points != commas:
        problem = "its '.' or ',' may stand before thousands or before decimals, and no row decides"
        raise DataError(f"{where} is not certain: {problem}; write it without thousands' marks")
    chosen = commas if only_comma else points
    plain = {text: chosen[text] or text for text in texts}
    return Digits("," if only_comma else ".", plain)


def are_numbers(texts: Iterable[str]) -> bool:
    """Whether each text may be a number, in one spelling or another."""
    amounts = [_amount(text.removesuffix(PERCENT))[1] for text in texts]
    return all(_digits(amount, ".", ",") or _digits(amount, ",", ".") for amount in amounts)


def _amount(text: str) -> tuple[str, str]:
    """The currency of an amount, as written, and its number."""
    found = _currencies()(text.strip())
    before, number, after = found.groups("") if found else ("", text, "")
    return before + after, number


@cache
def _currencies() -> Callable[[str], re.Match[str] | None]:
    symbols = {*list_currencies(), *Locale("en").currency_symbols.values()}
    currency = "|".join(map(re.escape, symbols))
    return re.compile(rf"({currency})?\s*(.*?)\s*({currency})?").fullmatch


def _digits(number: str, decimal: str, thousands: str) -> str:
    """The plain digits of a number whose marks are these, or "" when they can't be."""
    whole, mark, decimals = number.partition(decimal)
    first, *groups = re.split(f"[{thousands}{SPACING}]", whole)
    if groups and not (first[:1] in "123456789" and 1 <= len(first) <= 3):
        return ""
    if any(len(group) != 3 for group in groups):
        return ""
    plain = "".join((first, *groups)) + ("." if mark else "") + decimals
    return plain if SPELLED.fullmatch(plain) else ""

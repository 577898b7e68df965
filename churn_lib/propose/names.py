"""What a heading says: words, a name for the schema, and the part that a column may play."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from churn_lib.customer.schema import NAME, RESERVED
from churn_lib.customer.spelling import plain

_FOUND = tomllib.loads((Path(__file__).parent / "names.toml").read_text("utf-8"))


def _pattern(part: str) -> re.Pattern[str]:
    return re.compile("|".join(_FOUND[part]))


TENURE, BILL, NO_BILL = _pattern("tenure"), _pattern("bill"), _pattern("no_bill")
PROTECTED, PLACE, REGION = _pattern("protected"), _pattern("place"), _pattern("region")
IDENTIFIER, CUSTOMER = _pattern("identifier"), _pattern("customer")
CODED, AMOUNT, MONEY = _pattern("coded"), _pattern("amount"), _pattern("money")
AFTERWARDS, AGE = _pattern("afterwards"), _pattern("age")
"""What a heading may say, for its words in small letters."""

BUSINESSES: Mapping[str, Sequence[str]] = _FOUND["business"]
"""Signs of each business: parts of headings."""

FOREIGN = frozenset(map(plain, ("customerID", "context")))
"""What a request calls by these names, however they are spelled."""

LONGEST_NAME = 50


def words(heading: str) -> str:
    """A heading as words, in small letters but for what is written in capitals: TV."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", heading)
    parts = re.sub(r"[\s_.:;/\\|-]+", " ", apart).split()
    return " ".join(part if part.isupper() and len(part) > 1 else part.lower() for part in parts)


def spoken(heading: str) -> str:
    """The words in small letters, for the patterns."""
    return words(heading).casefold()


def name_of(heading: str, place: int, taken: Iterable[str]) -> str:
    """A name for the schema that nothing else is read like. place: of the column, from 1.

    taken: names and other headings, as `plain` has them.
    """
    name = heading if _is_name(heading) else _slug(heading) or f"column_{place}"
    if not _is_name(name):
        name = f"column_{name}" if name.startswith("model_") else f"{name}_value"
    others = FOREIGN.union(taken)
    wanted, number = name, 1
    while plain(wanted) in others:
        number += 1
        wanted = f"{name}_{number}"
    return wanted


def _is_name(text: str) -> bool:
    fits = NAME.fullmatch(text) and len(text) <= LONGEST_NAME and not text.startswith("model_")
    return bool(fits) and text not in RESERVED


def _slug(heading: str) -> str:
    """Small letters, digits and underscores, as far as a heading has any."""
    decomposed = unicodedata.normalize("NFKD", words(heading).replace("'", ""))
    letters = decomposed.encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "_", letters.lower()).strip("_")
    name = name if name[:1].isalpha() else f"column_{name}" if name else ""
    return name[:LONGEST_NAME].rstrip("_")

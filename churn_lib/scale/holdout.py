"""Who is left out of a campaign, so that it can be told what the campaign did."""

from collections.abc import Iterable, Iterator
from hashlib import md5

DIGITS = 8
"""Of the hash that are looked at, in base 16."""


def held_out(
    name: str, share: float, identifiers: Iterable[bytes | None], first: int
) -> Iterator[bool]:
    """Whether each customer is: the same in every run and in every warehouse.

        MD5 of "name:identifier" as text, its first 8 hexadecimal digits below share * 16^8

    name: of the campaign; another one draws others. A customer without an identifier has the number
    of the row, the first of these being `first`.
    """
    below = round(share * 16**DIGITS)
    for number, identifier in enumerate(identifiers, first):
        text = str(number).encode() if identifier is None else identifier
        digest = md5(name.encode() + b":" + text, usedforsecurity=False).hexdigest()
        yield int(digest[:DIGITS], 16) < below

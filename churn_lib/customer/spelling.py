"""When two spellings of a name or a level mean the same; which texts are numbers, or nothing."""

import re

SEPARATORS = re.compile(r"[\s\xad\u200b-\u200f\u2060\ufeff_.()\u2010-\u2015-]+")
"""What a name or a level is spelled with or without: blanks, what nobody sees (joiners, marks of
direction and of a file's beginning, soft hyphens), underscores, dots (as R writes names), brackets,
hyphens and dashes.
"""

SPELLED = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
"""Plain digits; Python also reads 1_0, other scripts' digits, `nan` and `infinity` as numbers."""

NOT_KNOWN = ("", "null", "nan", "n/a", "#n/a")
"""Texts that stand for no value at all, in any case. "None", "NA" and "Unknown" are values: an
offer, North America, a level of its own.
"""


def is_not_known(text: str) -> bool:
    return text.strip().casefold() in NOT_KNOWN


def plain(text: str) -> str:
    """Equal for all spellings of a name or a level."""
    return (text if text.isalnum() else SEPARATORS.sub("", text)).casefold()

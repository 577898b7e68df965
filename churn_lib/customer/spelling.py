"""When two spellings of a name or a level mean the same, and when a text is a number."""

import re

SEPARATORS = re.compile(r"[\s\ufeff_.()\u2010-\u2015-]+")
"""What a name or a level is spelled with or without: blanks, a file's byte order mark, underscores,
dots (as R writes names), brackets, hyphens and dashes.
"""

SPELLED = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
"""Plain digits; Python also reads 1_0, other scripts' digits, `nan` and `infinity` as numbers."""


NOT_KNOWN = frozenset({"", "null", "nan"})
"""Texts that stand for no value at all, in any case."""


def stands_for_none(text: str) -> bool:
    """Whether a text says that there is no value."""
    return text.strip().casefold() in NOT_KNOWN


def plain(text: str) -> str:
    """Equal for all spellings of a name or a level."""
    return (text if text.isalnum() else SEPARATORS.sub("", text)).casefold()

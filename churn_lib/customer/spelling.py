"""When two spellings of a name or a level mean the same."""

import re

SEPARATORS = re.compile(r"[\s\ufeff_.()\u2010-\u2015-]+")
"""What a name or a level is spelled with or without: blanks, a file's byte order mark, underscores,
dots (as R writes names), brackets, hyphens and dashes.
"""


def plain(text: str) -> str:
    """Equal for all spellings of a name or a level."""
    return (text if text.isalnum() else SEPARATORS.sub("", text)).casefold()

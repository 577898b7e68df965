"""Numbers as people and files spell them."""

import re

SPELLED = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
"""Plain digits; Python itself also reads 1_0, other scripts' digits, `nan` and `infinity` as
numbers.
"""


def number(text: str) -> float | str:
    """The number that the text spells, as int where it is whole; else the text as it is, for a
    schema to refuse.
    """
    if not SPELLED.fullmatch(text.strip()):
        return text
    value = float(text)
    return int(value) if value.is_integer() else value

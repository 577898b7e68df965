"""How many parts a text message is sent, and paid for, in (3GPP TS 23.038)."""

from collections.abc import Iterable
from typing import Final

_GSM_7: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_7_EXTENSION: Final = frozenset("\f^{}\\[~]|€")


MAX_SEGMENTS = 2
"""A template takes no more parts than this."""


def is_gsm_7(text: str) -> bool:
    """Whether every character is in the GSM 7-bit alphabet or its extension table."""
    return all(char in _GSM_7 or char in _GSM_7_EXTENSION for char in text)


def sms_segments(text: str) -> int:
    """The number of parts: 160 or 153 septets each in GSM-7, 70 or 67 code units each in UCS-2.

    A character of two units is never split over two parts. An empty text needs none.
    """
    if is_gsm_7(text):
        return _parts(
            (2 if char in _GSM_7_EXTENSION else 1 for char in text), single=160, joined=153
        )
    return _parts((2 if ord(char) > 0xFFFF else 1 for char in text), single=70, joined=67)


def _parts(widths: Iterable[int], *, single: int, joined: int) -> int:
    sizes = list(widths)
    if sum(sizes) <= single:
        return 1 if sizes else 0
    parts, used = 1, 0
    for size in sizes:
        if used + size > joined:
            parts, used = parts + 1, 0
        used += size
    return parts

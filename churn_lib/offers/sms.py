"""How many segments an SMS takes: 160 characters of GSM-7 or 70 of UCS-2, 153 or 67 each where there are more."""

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€")
"""Characters of GSM-7 that take two places (3GPP TS 23.038, 6.2.1)."""

MAX_SEGMENTS = 2


def segments(text: str) -> int:
    """The number of segments that this text is sent in; one character outside GSM-7 turns all of it to UCS-2."""
    if all(character in BASIC or character in EXTENDED for character in text):
        return _parts(len(text) + sum(character in EXTENDED for character in text), 160, 153)
    return _parts(len(text.encode("utf-16-be")) // 2, 70, 67)


def _parts(length: int, single: int, each: int) -> int:
    return 1 if length <= single else -(-length // each)

"""What of our own words may be said to Gemini: plain letters, and no quantity."""

import re
import unicodedata

LONGEST_NAME = 80
LONGEST_PHRASE = 100

_PLAIN = re.compile(r"[^\W\d_](?:[^\W\d_]|[ '&+,./()-])+")


def unsayable(text: str, longest: int = LONGEST_PHRASE) -> str | None:
    """Why a text may not stand in a prompt, or None when it may."""
    if len(text) > longest:
        return f"has more than {longest} characters"
    if any(unicodedata.category(character).startswith("N") for character in text):
        return "has a digit"
    if any(unicodedata.category(character) == "Sc" for character in text):
        return "has a currency sign"
    if not _PLAIN.fullmatch(text):
        return "has something else than letters, spaces and ' & + , . / ( ) -"
    return None

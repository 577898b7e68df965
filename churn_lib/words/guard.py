"""Whether a text written by a language model may be shown to a customer.

Code decides the offer; the model only finds the words. Each quantity stands in the text as a named
slot such as `{months}`, which code fills with the catalogue's own figure and unit, so a text has no
number, price, duration or promise of its own. `check` refuses a text that has: the last gate before
the slots are filled.
"""

import re
from collections.abc import Callable, Collection
from typing import Final

from churn_lib.customer.contact import Channel, Language
from churn_lib.words import characters
from churn_lib.words.lexicon import SLOT_MARK, broken_word_rule, is_other_language
from churn_lib.words.roles import has_wrong_role
from churn_lib.words.sms import is_gsm_7, sms_segments

_SLOT: Final = re.compile(r"(?<![{$%#\\])\{([A-Za-z_][A-Za-z0-9_]*)\}(?!\})")
_GLUED_SLOTS: Final = re.compile(rf"{SLOT_MARK}{SLOT_MARK}")
_CHARACTERS_ALLOWED: Final[dict[Channel, tuple[int, int]]] = {
    "email": (20, 2000),
    "sms": (10, 306),
    "call": (10, 1200),
    "chat": (10, 1000),
}
# Accents and Hangul need UCS-2, where a part holds less than half as much: three of them are 201
# characters.
_SEGMENTS_ALLOWED: Final = {"gsm-7": 2, "ucs-2": 3}
_TYPICAL_FILLED_SLOT: Final = "00 months"


def check(text: str, *, language: Language, channel: Channel, slots: Collection[str]) -> str | None:
    """The name of the first rule that the text breaks, or None when it may be shown.

    `slots` are the names that the offer fills: each must stand in the text at least once, and no
    other may.
    """
    if not text.strip():
        return "empty"
    if characters.has_hidden_character(text, newline_allowed=channel != "sms"):
        return "control"
    return (
        _broken_slot_rule(text, slots)
        or _broken_character_rule(_SLOT.sub(" ", text), language)
        or check_length(_SLOT.sub(_TYPICAL_FILLED_SLOT, text), channel)
        or _broken_language_rule(_SLOT.sub(SLOT_MARK, text), language)
        or ("slot-role" if slots and has_wrong_role(text, language) else None)
    )


def warm_up(language: Language) -> None:
    """Reads the words of a language, which the first text would otherwise wait for."""
    check("-" * 20, language=language, channel="chat", slots=())
    has_wrong_role("", language)


def check_length(text: str, channel: Channel) -> str | None:
    """`length` when a text, filled or not, is too short or too long for the channel, else None."""
    shortest, longest = _CHARACTERS_ALLOWED[channel]
    if not shortest <= len(text.strip()) <= longest:
        return "length"
    if (
        channel == "sms"
        and sms_segments(text) > _SEGMENTS_ALLOWED["gsm-7" if is_gsm_7(text) else "ucs-2"]
    ):
        return "length"
    return None


def _broken_slot_rule(text: str, slots: Collection[str]) -> str | None:
    marked = _SLOT.sub(SLOT_MARK, text)
    if (
        characters.has_brace_or_placeholder(marked)
        or SLOT_MARK in text
        or _GLUED_SLOTS.search(marked)
    ):
        return "slot-malformed"
    named = set(_SLOT.findall(text))
    if named - set(slots):
        return "slot-unknown"
    return "slot-missing" if set(slots) - named else None


def _broken_character_rule(text: str, language: Language) -> str | None:
    rules: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("markup", lambda: characters.has_markup(text, language)),
        ("link", lambda: characters.has_link(text)),
        ("currency", lambda: characters.has_currency_sign(text)),
        ("percent", lambda: characters.has_percent_sign(text)),
        ("fraction", lambda: characters.has_vulgar_fraction(text)),
        ("digit", lambda: characters.has_digit(text)),
        ("script", lambda: characters.has_foreign_letter(text, language)),
        ("symbol", lambda: characters.has_odd_symbol(text, language)),
    )
    return next((rule for rule, is_broken in rules if is_broken()), None)


def _broken_language_rule(text: str, language: Language) -> str | None:
    broken = broken_word_rule(text, language)
    if broken is None and is_other_language(text, language):
        return "language"
    return broken

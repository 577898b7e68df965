"""Whether a text written by a language model may be shown to a customer.

Code decides the offer; the model only finds the words. Each quantity stands in the text as a named
slot such as `{months}`, which code fills with the catalogue's own figure and unit, so a text has no
number, price, duration or promise of its own. `check` refuses a text that has: the last gate before
the slots are filled.
"""

import re
from collections.abc import Callable, Collection
from typing import Final, NamedTuple

from churn_lib.customer.contact import Channel, Language
from churn_lib.words import characters
from churn_lib.words.lexicon import LANGUAGE, is_other_language, refused_word
from churn_lib.words.sms import is_gsm_7, sms_segments

_SLOT: Final = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_CHARACTERS_ALLOWED: Final[dict[Channel, tuple[int, int]]] = {
    "email": (20, 2000),
    "sms": (10, 306),
    "call": (10, 1200),
    "chat": (10, 1000),
}
# Accents and Hangul need UCS-2, where a part holds less than half as much: three of them are 201
# characters.
_SEGMENTS_ALLOWED: Final = {"gsm-7": 2, "ucs-2": 3}
_PLACEHOLDER_SIGNS: Final = ("$", "%", "#", "\\")
_TYPICAL_FILLED_SLOT: Final = "00 months"


class Refusal(NamedTuple):
    """Why a text may not be shown: the rule, and the word of it where the rule is about words."""

    rule: str
    word: str = ""

    def __str__(self) -> str:
        return f"{self.rule}: {self.word}" if self.word else self.rule


def check(
    text: str, *, language: Language, channel: Channel, slots: Collection[str]
) -> Refusal | None:
    """The first rule that the text breaks, or None when it may be shown.

    `slots` are the names that the offer fills: each must stand in the text at least once, and no
    other may.
    """
    rule = _broken_rule(text, language, channel, slots)
    if rule:
        return Refusal(rule)
    found = refused_word(text, language)
    if found:
        return Refusal(*found)
    return Refusal(LANGUAGE) if is_other_language(text, language) else None


def warm_up(language: Language) -> None:
    """Reads the words of a language, which the first text would otherwise wait for."""
    check("-" * 20, language=language, channel="chat", slots=())


def _broken_rule(
    text: str, language: Language, channel: Channel, slots: Collection[str]
) -> str | None:
    """The first rule that needs no list of words."""
    if not text.strip():
        return "empty"
    if characters.has_hidden_character(text, newline_allowed=channel != "sms"):
        return "control"
    return (
        _broken_slot_rule(text, slots)
        or _broken_character_rule(_SLOT.sub(" ", text), language)
        or check_length(_SLOT.sub(_TYPICAL_FILLED_SLOT, text), channel)
    )


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
    around = _SLOT.split(text)[::2]
    if any(map(characters.has_brace_or_placeholder, around)) or _is_glued(around):
        return "slot-malformed"
    named = set(_SLOT.findall(text))
    if named - set(slots):
        return "slot-unknown"
    return "slot-missing" if set(slots) - named else None


def _is_glued(around: list[str]) -> bool:
    """Whether a slot touches another one, or a sign that makes it a placeholder of another kind."""
    return "" in around[1:-1] or any(piece.endswith(_PLACEHOLDER_SIGNS) for piece in around[:-1])


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
        ("disguise", lambda: characters.has_disguise(text)),
    )
    return next((rule for rule, is_broken in rules if is_broken()), None)

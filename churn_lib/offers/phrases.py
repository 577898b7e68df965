"""Quantities with the words that say what they are: "$80.91 a month instead of $89.90".

Whoever writes a text with these slots can't turn the old price into the new one, or a single credit
into a monthly one: code writes the words that say what a number is. The plain slots within the
braces stay slots too. The words stand in `phrases.toml`; a catalogue may bring its own.
"""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final

from churn_lib.errors import FieldFault

Phrases = Mapping[str, str]
"""The phrase of each slot, in one language."""

PHRASES: Final[Mapping[str, Phrases]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text("utf-8")
)
"""By language."""

_SLOT: Final = re.compile(r"\{(\w+)\}")
_SLOTS: Final = {name: frozenset(_SLOT.findall(text)) for name, text in PHRASES["en"].items()}
_WORDS: Final = re.compile(r"[^\d{}\x00-\x1f\x7f-\x9f]*")


def available(plain: Collection[str]) -> frozenset[str]:
    """The slots of this module that can be filled where these plain slots can."""
    return frozenset(name for name, slots in _SLOTS.items() if slots <= set(plain))


def phrases_of(language: str, own: Phrases) -> Phrases:
    """The phrases of a language. own: those that a catalogue brings, which go before ours."""
    return {**PHRASES.get(language, {}), **own}


def form(slot: str, language: str, own: Phrases | None = None) -> str | None:
    """How a slot of this module reads, with … for each quantity; None for a plain slot."""
    phrase = phrases_of(language, own or {}).get(slot)
    return _SLOT.sub("…", phrase) if phrase else None


def phrase_faults(phrases: Phrases, field: str) -> Iterator[FieldFault]:
    """What is wrong with the phrases of one language."""
    for name, text in phrases.items():
        if name not in _SLOTS:
            yield FieldFault(f"{field}.{name}", f"is none of the phrases {', '.join(_SLOTS)}")
        elif sorted(_SLOT.findall(text)) != sorted(_SLOTS[name]) or not _WORDS.fullmatch(
            _SLOT.sub("", text)
        ):
            slots = " and ".join(f"{{{slot}}}" for slot in sorted(_SLOTS[name]))
            yield FieldFault(f"{field}.{name}", f"must hold {slots}, once, and no number")


def _fits(text: str, slots: Collection[str]) -> bool:
    """Whether a phrase has each slot once, and beside them only words."""
    words = _SLOT.sub("", text)
    return sorted(_SLOT.findall(text)) == sorted(slots) and bool(_WORDS.fullmatch(words))

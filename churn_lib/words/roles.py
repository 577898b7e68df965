"""Whether each slot keeps its role: "we take {price_after} off" tells a lie with a right number.

A slot's kind is the last word of its name; slots of no known kind are not looked at. The wrong
neighbours of each kind stand in `lists/<language>.toml` under `roles`, where `◆kind` is a slot of
this kind or family.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from churn_lib.words.lexicon import compiled, fold, words_of

# Each kind is written as a letter of no language of ours, which folding leaves alone.
_MARKS: Final[Mapping[str, str]] = {
    "now": "ᚠ",
    "after": "ᚢ",
    "price": "ᚦ",
    "percent": "ᚨ",
    "saving": "ᚱ",
    "credit": "ᛃ",
    "amount": "ᛇ",
    "months": "ᚹ",
    "until": "ᚺ",
    "other": "ᚾ",
}
_FAMILIES: Final[Mapping[str, str]] = {
    **_MARKS,
    "price": "ᚠᚢᚦ",
    "gain": "ᚨᚱᛃ",
    "sum": "ᚨᚱᛃᛇ",
    "any": "".join(_MARKS.values()),
}
_KINDS: Final[Mapping[str, str]] = {
    **{
        word: word
        for word in (
            "now",
            "after",
            "price",
            "percent",
            "saving",
            "credit",
            "amount",
            "months",
            "until",
        )
    },
    **dict.fromkeys(("fee", "rate", "cost", "change"), "price"),
    **dict.fromkeys(("discount", "percentage"), "percent"),
    **dict.fromkeys(("savings",), "saving"),
    **dict.fromkeys(("month", "duration", "period", "term"), "months"),
    **dict.fromkeys(("expiry", "deadline"), "until"),
    **dict.fromkeys(("today", "before"), "now"),
}
_SLOT: Final = re.compile(r"\{([A-Za-z0-9_]+)\}")
_ALL_MARKS: Final = frozenset(_MARKS.values())
_LETTER: Final = rf"[^\W{_FAMILIES['any']}]"
_TOKEN: Final = re.compile(r"◆([a-z]+)")


def has_wrong_role(text: str, language: str) -> bool:
    """Whether a slot of the text stands where only a slot of another kind belongs."""
    kinds = {name: _kind(name) for name in _SLOT.findall(text)}
    if "now" not in kinds.values():
        # Beside today's price it is the new one; alone it may also be the one after the offer.
        kinds = {name: "price" if kind == "after" else kind for name, kind in kinds.items()}
    marked = _SLOT.sub(lambda slot: f" {_MARKS[kinds[slot[1]]]} ", text)
    given = {_MARKS[kind] for kind in kinds.values()}
    wrong = [pattern for marks, pattern in _wrong(language) if not marks.isdisjoint(given)]
    sentences = [f" {one} " for one in fold(marked).split(" . ") if not _ALL_MARKS.isdisjoint(one)]
    return any(pattern.search(one) for pattern in wrong for one in sentences)


def _kind(name: str) -> str:
    return _KINDS.get(name.lower().removesuffix("_per_month").rpartition("_")[2], "other")


@cache
def _wrong(language: str) -> list[tuple[frozenset[str], re.Pattern[str]]]:
    """The patterns of a language, each with the marks of the slots that it is about."""
    data = words_of(language)
    found = []
    for pattern in data["roles"]:
        marks = frozenset("".join(_FAMILIES[kind] for kind in _TOKEN.findall(pattern)))
        marked = _TOKEN.sub(
            lambda token: f"[{_FAMILIES[token[1]]}]", pattern.replace(r"\w", _LETTER)
        )
        found.append((marks, compiled([marked], data, korean=language == "ko")))
    return found

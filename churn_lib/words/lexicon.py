"""The word rules: which words and phrases a text may not hold, per language.

The word families live in `lists/<language>.toml`, where a speaker of the language can read and
extend them: `honest` phrases are taken out first (they use a refused word innocently, or tie it to
a slot, which stays), `parts` name pieces of patterns, `rules` are refused anywhere,
`rules_without_slot` only in a sentence that no slot gives terms to; `roles` are read by `roles.py`.

Patterns are regular expressions over folded text: small letters without accents, words set apart by
one space, a hyphen or apostrophe read as a space, every slot as `◆`, sentence ends as ` . `, commas
as ` , `. `<name>` stands for a part and `~` for up to three words. In Korean a space in a pattern
is optional in the text, and `squeezed` patterns are looked for with all spaces and punctuation
taken out.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Final

SLOT_MARK: Final = "◆"
_APOSTROPHES: Final = "'’‘‛´"
_SENTENCE_END: Final = re.compile(r"[.!?;:…\n¿¡]+")
_NOT_WORD: Final = re.compile(r"[^\w◆.,]|_")
_SINGLE_LETTERS: Final = re.compile(r"(?<![^\W\d_])[^\W\d_](?:[^\w◆]{1,3}[^\W\d_](?![^\W\d_])){2,}")
_LONG_RUN: Final = re.compile(r"([^\W\d_])\1{2,}")
_INNER_CAPITAL_I: Final = re.compile(r"(?<=[a-z])I(?=[a-zI])|(?<=[A-Za-z]I)I(?=[a-z])")
_INNER_DOT: Final = re.compile(r"(?<=[^\W\d_])[.,·•](?=[^\W\d_])")
_LONG_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_HANGUL: Final = re.compile(r"[가-힣]")


@dataclass(frozen=True)
class _Lexicon:
    honest: re.Pattern[str]
    rules: tuple[tuple[str, re.Pattern[str]], ...]
    rules_without_slot: tuple[tuple[str, re.Pattern[str]], ...]
    squeezed: tuple[tuple[str, re.Pattern[str]], ...]


def broken_word_rule(text: str, language: str) -> str | None:
    """The name of the first word rule that the text breaks; slots in it are already `SLOT_MARK`."""
    if language == "ko":
        hangul = "".join(char if not ("a" <= char.lower() <= "z") else " " for char in text)
        latin = _HANGUL.sub(" ", text)
        return _broken_in(text, "ko") or _broken_squeezed(hangul) or _broken_in(latin, "en")
    return _broken_in(text, language)


def is_other_language(text: str, language: str) -> bool:
    """Whether the text, or a whole sentence of it, is written in another of the languages."""
    if language == "ko":
        hangul = len(_HANGUL.findall(text))
        return sum(char.isascii() and char.isalpha() for char in text) > 2 * hangul
    return any(
        _sentence_is_other(sentence.split(), language) for sentence in fold(text).split(" . ")
    )


def _sentence_is_other(words: list[str], language: str) -> bool:
    own = sum(word in _stopwords(language) for word in words)
    others = (
        sum(word in _stopwords(other) for word in words) for other in ("en", "es", "fr", "de")
    )
    told = {name: sum(word in telling for word in words) for name, telling in _telling().items()}
    return len(words) >= 4 and (
        max(others) >= 2 + 2 * own or max(told.values()) >= 2 + 2 * told[language]
    )


def fold(text: str) -> str:
    """The text as the patterns expect it: see the module's description."""
    # "würde" (would) is no "wurde" (was), which is a claim that something is done.
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("würd", "wuerd"))
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    bare = unicodedata.normalize("NFC", bare).replace("œ", "oe").replace("æ", "ae")
    bare = bare.replace(f"{SLOT_MARK}/", f"{SLOT_MARK} per ")
    spaced = _SENTENCE_END.sub(" . ", bare).replace(",", " , ").replace(SLOT_MARK, f" {SLOT_MARK} ")
    return f" {' '.join(_NOT_WORD.sub(' ', spaced).split())} "


def _views(text: str, language: str) -> Iterator[str]:
    """The folded text without honest phrases, then readings that undo ways to hide a word."""
    plain = _masked(fold(text), language)
    yield plain
    undone = _INNER_DOT.sub("", _SINGLE_LETTERS.sub(_letters_only, text))
    undone = _INNER_CAPITAL_I.sub("l", undone)
    for run in (r"\1\1", r"\1"):
        yield _masked(fold(_LONG_RUN.sub(run, undone)), language)
    yield _LONG_WORD.sub(lambda word: word[0].replace("rn", "m").replace("vv", "w"), plain)
    yield _LONG_WORD.sub(lambda word: word[0].replace("l", "i"), plain)
    if language != "ko":
        yield _rejoined(text, language)


def _letters_only(match: re.Match[str]) -> str:
    return "".join(char for char in match[0] if char.isalpha())


def _rejoined(text: str, language: str) -> str:
    """Neighbouring short pieces written together, each as a sentence: `fr ee` as `free`."""
    quiet = text.translate({ord(mark): None for mark in _APOSTROPHES} | {ord("\n"): " "})
    joined = []
    for clause in re.split(r"[.,◆]", _masked(fold(quiet), language)):
        pieces = clause.split()
        groups = (pieces[at : at + size] for size in (2, 3) for at in range(len(pieces) - size + 1))
        joined += ["".join(group) for group in groups if _is_broken_word(group, language)]
    return f" {' . '.join(joined)} "


def _is_broken_word(pieces: list[str], language: str) -> bool:
    shortest, longest = min(map(len, pieces)), max(map(len, pieces))
    return shortest <= 4 and longest <= 7 and _stopwords(language).isdisjoint(pieces)


def _broken_in(text: str, language: str) -> str | None:
    lexicon = _lexicon(language)
    views = list(dict.fromkeys(_views(text, language)))
    for rule, pattern in lexicon.rules:
        if any(pattern.search(view) for view in views):
            return rule
    # What a colon announces belongs to its sentence: "your price is locked: {price}".
    sentences = _masked(fold(text.replace(":", ",")), language).split(" . ")
    bare = [sentence for sentence in sentences if SLOT_MARK not in sentence]
    for rule, pattern in lexicon.rules_without_slot:
        if any(pattern.search(f" {sentence} ") for sentence in bare):
            return rule
    return None


def _broken_squeezed(text: str) -> str | None:
    squeezed = _masked(fold(text), "ko").replace(" ", "").replace(".", "").replace(",", "")
    return next(
        (rule for rule, pattern in _lexicon("ko").squeezed if pattern.search(squeezed)), None
    )


@lru_cache(maxsize=64)
def _masked(view: str, language: str) -> str:
    """The view without honest phrases; a slot inside of one stays.

    Cached, because several readings of one text are often the same view.
    """
    masked = _lexicon(language).honest.sub(
        lambda phrase: f" {SLOT_MARK} " if SLOT_MARK in phrase[0] else " , ", view
    )
    return f" {' '.join(masked.split())} "


@cache
def _lexicon(language: str) -> _Lexicon:
    data = words_of(language)
    korean = language == "ko"
    shared = () if korean else _compiled_table(words_of("shared"), "rules", korean=False)
    return _Lexicon(
        honest=compiled(data["honest"], data, korean=korean),
        rules=_compiled_table(data, "rules", korean=korean) + shared,
        rules_without_slot=_compiled_table(data, "rules_without_slot", korean=korean),
        squeezed=_compiled_table(data, "squeezed", korean=korean),
    )


@cache
def _stopwords(language: str) -> frozenset[str]:
    return frozenset(words_of(language)["stopwords"].split())


@cache
def _telling() -> dict[str, frozenset[str]]:
    return {name: frozenset(words.split()) for name, words in words_of("shared")["telling"].items()}


@cache
def words_of(language: str) -> dict[str, Any]:
    """The tables of `lists/<language>.toml`."""
    source = resources.files("churn_lib.words") / "lists" / f"{language}.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


def _compiled_table(
    data: dict[str, Any], table: str, *, korean: bool
) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (rule, compiled(words, data, korean=korean)) for rule, words in data.get(table, {}).items()
    )


def compiled(patterns: list[str], data: dict[str, Any], *, korean: bool) -> re.Pattern[str]:
    """All patterns as one, with the parts of `data`; to be searched in folded text."""
    together = "|".join(patterns)
    # Parts may use parts named after them.
    for name, part in data.get("parts", {}).items():
        together = together.replace(f"<{name}>", f"(?:{part})")
    if korean:
        return re.compile(together.replace(" ", " ?"))
    together = together.replace("~ ", "(?:[^ .,◆]+ ){0,3}")
    return re.compile(f"(?<= )(?:{together})(?= )")

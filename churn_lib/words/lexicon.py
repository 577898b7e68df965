"""The words that a text may not hold: one plain list a language, which a speaker can edit.

`lists/<language>.txt`, ours or an owner's own, has a heading for each family and one entry a line;
`#` begins a comment. An entry is one word or several that follow each other; `*` at its end means
"begins with", `{}` is any slot and `{months}` this one. Capitals do not count, nor do accents
(German umlauts do: "schon" is not "schön"); an apostrophe or a hyphen parts two words. In Korean an
entry is looked for anywhere, whatever spaces are in it, and words in Latin letters are looked up in
the English list too.

Entries of `[unbacked]` count only in a sentence without a slot. `[language]` refuses nothing: it
holds what tells this language from the others.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, NamedTuple

from churn_lib.words.listed import lists

UNBACKED: Final = "unbacked"
LANGUAGE: Final = "language"
FAMILIES: Final = (
    "numbers",
    "money",
    "free",
    "deadline",
    "promise",
    "contract",
    "done",
    "score",
    "person",
    "others",
    "pressure",
    "writer",
    "slot",
    UNBACKED,
)
"""What the words of a list speak of; a family is also the name of the rule that a text breaks."""

LATIN: Final = ("en", "es", "fr", "de")

_SLOT: Final = re.compile(r"\{\w+\}")
_TOKEN: Final = re.compile(r"\{\w+\}|[^\W\d_]+")
_SENTENCE: Final = re.compile(r"[^.!?;…\n]+")
_UMLAUTS: Final = {"ä": "ae", "ö": "oe", "ü": "ue"}
_LIGATURES: Final = {"œ": "oe", "æ": "ae"}
_PASSED_OVER: Final = "'’-,~"
_SHORTEST_SENTENCE: Final = 4
_LONG_SENTENCE: Final = 7
"""Words of a sentence that must hold one of those that tell its language."""


class Word(NamedTuple):
    """What a text may not hold, as it is written there."""

    family: str
    word: str


class _Token(NamedTuple):
    folded: str
    written: str


@dataclass(frozen=True)
class _Entry:
    family: str
    words: tuple[str, ...]
    begins: bool

    def fits(self, tokens: list[_Token], at: int) -> bool:
        """Whether the words from this place on are those of the entry."""
        found = [token.folded for token in tokens[at : at + len(self.words)]]
        if len(found) < len(self.words):
            return False
        *first, (wanted, last) = zip(self.words, found, strict=True)
        is_last = last.startswith(wanted) if self.begins else _same(wanted, last)
        return is_last and all(_same(*pair) for pair in first)


@dataclass(frozen=True)
class _List:
    """Entries by their first word, with `*` where it may be longer; in Korean by one letter."""

    entries: Mapping[str, tuple[_Entry, ...]]
    beginnings: tuple[int, ...]
    own: frozenset[str]

    def candidates(self, word: str) -> Iterator[_Entry]:
        """The entries that may begin with this word."""
        yield from self.entries.get(word, ())
        if word.startswith("{"):
            yield from self.entries.get("{}", ())
        for length in self.beginnings:
            yield from self.entries.get(f"{word[:length]}*", ())


def refused_word(text: str, language: str, families: Collection[str] = FAMILIES) -> Word | None:
    """A word of these families that the text holds; its slots are still in braces."""
    text = unicodedata.normalize("NFC", text)
    if language == "ko":
        return _refused_anywhere(text, families) or refused_word(text, "en", families)
    found = (
        _refused(list(_tokens(sentence, language)), language, families)
        for view in dict.fromkeys((text, text.replace("-", "")))
        for sentence in _SENTENCE.findall(view)
    )
    return next((word for word in found if word), None)


def _refused(tokens: list[_Token], language: str, families: Collection[str]) -> Word | None:
    wanted = _without_unbacked(families) if _holds_slot(tokens) else families
    for at, token in enumerate(tokens):
        for entry in _list(language).candidates(token.folded):
            if entry.family in wanted and entry.fits(tokens, at):
                written = [one.written for one in tokens[at : at + len(entry.words)]]
                return Word(entry.family, " ".join(written))
    return None


def _refused_anywhere(text: str, families: Collection[str]) -> Word | None:
    """As `refused_word`, for a language that sets its spaces freely."""
    for sentence in _SENTENCE.findall(text):
        wanted = _without_unbacked(families) if "{" in sentence else families
        places = [at for at, char in enumerate(sentence) if _counts(char)]
        joined = "".join(sentence[at] for at in places).lower()
        for at, char in enumerate(joined):
            for entry in _list("ko").candidates(char):
                if entry.family in wanted and joined.startswith(entry.words[0], at):
                    last = places[at + len(entry.words[0]) - 1]
                    return Word(entry.family, _whole(sentence, places[at], last))
    return None


def _counts(char: str) -> bool:
    return not char.isspace() and char not in _PASSED_OVER


def _whole(text: str, first: int, last: int) -> str:
    """The words from one place to another, with the whole of a slot that they touch."""
    if text[first] == "}":
        first = text.rfind("{", 0, first)
    if text[last] == "{":
        last = text.find("}", last)
    written = "".join(char for char in text[first : last + 1] if char not in _PASSED_OVER)
    return " ".join(written.split())


def _without_unbacked(families: Collection[str]) -> Collection[str]:
    return [family for family in families if family != UNBACKED]


def _holds_slot(tokens: list[_Token]) -> bool:
    return any(token.folded.startswith("{") for token in tokens)


def is_other_language(text: str, language: str) -> bool:
    """Whether the text, or a whole sentence of it, is written in another language."""
    text = unicodedata.normalize("NFC", text)
    if language == "ko":
        bare = _SLOT.sub("", text)
        hangul = sum("가" <= char <= "힣" for char in bare)
        return sum(char.isascii() and char.isalpha() for char in bare) > 2 * hangul
    sentences = (list(_tokens(one, language)) for one in re.split(r"[.:!?;…\n]", text))
    words = ([token.folded for token in one if token.folded[0] != "{"] for one in sentences)
    return any(_is_other(sentence, language) for sentence in words)


def _is_other(words: list[str], language: str) -> bool:
    own = sum(word in _list(language).own for word in words)
    others = (sum(word in _list(other).own for word in words) for other in LATIN)
    return len(words) >= _SHORTEST_SENTENCE and (
        max(others) >= 2 + 2 * own or (own == 0 and len(words) >= _LONG_SENTENCE)
    )


def _tokens(text: str, language: str) -> Iterator[_Token]:
    for written in _TOKEN.findall(text):
        yield _Token(_folded(written, language), written)


@lru_cache(maxsize=8192)
def _folded(word: str, language: str) -> str:
    small = word.casefold()
    for char, plain in {**_LIGATURES, **(_UMLAUTS if language == "de" else {})}.items():
        small = small.replace(char, plain)
    parts = unicodedata.normalize("NFD", small)
    return "".join(char for char in parts if not unicodedata.combining(char))


def _same(wanted: str, word: str) -> bool:
    return wanted == word or (wanted == "{}" and word.startswith("{"))


@cache
def _list(language: str) -> _List:
    families = parse(list_text(language))
    own = frozenset(_folded(word, language) for word in families.pop(LANGUAGE))
    by_word: dict[str, list[_Entry]] = {}
    for family, lines in families.items():
        for entry in (_entry(family, line, language) for line in lines):
            by_word.setdefault(_key(entry, language), []).append(entry)
    beginnings = {len(word) - 1 for word in by_word if word.endswith("*")}
    entries = {word: tuple(found) for word, found in by_word.items()}
    return _List(entries, tuple(sorted(beginnings)), own)


def _key(entry: _Entry, language: str) -> str:
    if language == "ko":
        return entry.words[0][0]
    return entry.words[0] + ("*" if entry.begins and len(entry.words) == 1 else "")


def _entry(family: str, line: str, language: str) -> _Entry:
    if language == "ko":  # of a slot that may be any, one brace is enough
        return _Entry(family, ("".join(line.split()).replace("{}", "}").lower(),), False)
    tokens = _tokens(line.removesuffix("*").replace("{}", "{any}"), language)
    words = tuple("{}" if token.folded == "{any}" else token.folded for token in tokens)
    return _Entry(family, words, line.endswith("*"))


def list_text(language: str) -> str:
    """The list of a language as it is written. Raises ValueError when it is not UTF-8."""
    return lists()[language].read_text(encoding="utf-8")


def list_faults() -> Iterator[tuple[str, str]]:
    """The lists that can't be used: each with its language, and what is wrong with it."""
    for language in lists():
        try:
            parse(list_text(language))
        except ValueError as error:
            yield language, str(error)


def parse(text: str) -> dict[str, list[str]]:
    """The entries of a list by their family. Raises ValueError for a heading that is unknown."""
    families: dict[str, list[str]] = {name: [] for name in (*FAMILIES, LANGUAGE)}
    family = ""
    for line in text.splitlines():
        entry = line.partition("#")[0].strip()
        if entry.startswith("["):
            family = entry.strip("[]")
        if entry and family not in families:
            raise ValueError(f"[{family}] is none of the families: {', '.join(families)}")
        if entry and not entry.startswith("["):
            families[family].append(entry)
    return families

"""The words that a text may not hold: one plain list a language, which a speaker can edit.

`lists/<language>.txt` has a heading for each family and one entry a line; `#` begins a comment. An
entry is one word or several that follow each other; `*` at its end means "begins with", `{}` is any
slot and `{months}` this one. Capitals do not count, nor do accents (German umlauts do: "schon" is
not "schön"); an apostrophe or a hyphen parts two words. In Korean an entry is looked for anywhere,
whatever spaces are in it, and words in Latin letters are looked up in the English list too.

`[language]` is no family of refused words: it holds what tells this language from the others.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Final, NamedTuple

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
)
"""What the words of a list speak of, in the order in which a text is refused for them."""

LANGUAGE: Final = "language"
LATIN: Final = ("en", "es", "fr", "de")

_TOKEN: Final = re.compile(r"\{\w+\}|[^\W\d_]+|[.!?:;…\n]")
_UMLAUTS: Final = {"ä": "ae", "ö": "oe", "ü": "ue"}
_LIGATURES: Final = {"œ": "oe", "æ": "ae"}
_PASSED_OVER: Final = "'’-,~"
_SHORTEST_SENTENCE: Final = 4
_LONG_SENTENCE: Final = 7
"""Words of a sentence that must hold one of those that tell its language."""


class Word(NamedTuple):
    """A word of the text that its language's list refuses, as it is written there."""

    family: str
    word: str


class _Token(NamedTuple):
    folded: str
    start: int
    end: int


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
        *first, last = zip(self.words, found, strict=True)
        return all(_same(*pair) for pair in first) and (
            last[1].startswith(last[0]) if self.begins else _same(*last)
        )


@dataclass(frozen=True)
class _List:
    """Entries by their first word, or by its beginning where they have no other."""

    entries: Mapping[str, tuple[_Entry, ...]]
    lengths: tuple[int, ...]
    own: frozenset[str]
    anywhere: tuple[_Entry, ...]

    def candidates(self, word: str) -> Iterator[_Entry]:
        yield from self.entries.get(word, ())
        if word.startswith("{"):
            yield from self.entries.get("{}", ())
        for length in self.lengths:
            if length <= len(word):
                yield from self.entries.get(f"{word[:length]}*", ())


def refused_word(
    text: str, language: str, families: Collection[str] = FAMILIES
) -> Word | None:
    """The first word of these families that the text holds; its slots are still in braces."""
    text = unicodedata.normalize("NFC", text)
    if language == "ko":
        return _anywhere(text, families) or refused_word(text, "en", families)
    known = _list(language)
    for view in dict.fromkeys((text, text.replace("-", ""))):
        tokens = list(_tokens(view, language))
        for at, token in enumerate(tokens):
            for entry in known.candidates(token.folded):
                if entry.family in families and entry.fits(tokens, at):
                    end = tokens[at + len(entry.words) - 1].end
                    return Word(entry.family, view[token.start : end])
    return None


def is_other_language(text: str, language: str) -> bool:
    """Whether the text, or a whole sentence of it, is written in another language."""
    if language == "ko":
        hangul = sum("가" <= char <= "힣" for char in unicodedata.normalize("NFC", text))
        return sum(char.isascii() and char.isalpha() for char in text) > 2 * hangul
    return any(_is_other(sentence, language) for sentence in _sentences(text, language))


def _is_other(words: list[str], language: str) -> bool:
    own = sum(word in _list(language).own for word in words)
    others = (sum(word in _list(other).own for word in words) for other in LATIN)
    return len(words) >= _SHORTEST_SENTENCE and (
        max(others) >= 2 + 2 * own or (own == 0 and len(words) >= _LONG_SENTENCE)
    )


def _sentences(text: str, language: str) -> Iterator[list[str]]:
    words: list[str] = []
    for token in _tokens(unicodedata.normalize("NFC", text), language):
        if token.folded[0].isalpha():
            words.append(token.folded)
        elif token.folded[0] != "{":
            yield words
            words = []
    yield words


def _tokens(text: str, language: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        yield _Token(_folded(match[0], language), match.start(), match.end())


@lru_cache(maxsize=8192)
def _folded(word: str, language: str) -> str:
    small = word.casefold()
    for char, plain in {**_LIGATURES, **(_UMLAUTS if language == "de" else {})}.items():
        small = small.replace(char, plain)
    parts = unicodedata.normalize("NFD", small)
    return "".join(char for char in parts if not unicodedata.combining(char))


def _same(wanted: str, word: str) -> bool:
    return wanted == word or (wanted == "{}" and word.startswith("{"))


def _anywhere(text: str, families: Collection[str]) -> Word | None:
    """As `refused_word`, for a language that sets its spaces freely."""
    places = [at for at, char in enumerate(text) if not char.isspace() and char not in _PASSED_OVER]
    joined = "".join(text[at] for at in places).lower()
    for entry in _list("ko").anywhere:
        found = joined.find(entry.words[0]) if entry.family in families else -1
        if found >= 0:
            last = places[found + len(entry.words[0]) - 1]
            return Word(entry.family, text[places[found] : last + 1])
    return None


@cache
def _list(language: str) -> _List:
    source = resources.files("churn_lib.words") / "lists" / f"{language}.txt"
    families = parse(source.read_text(encoding="utf-8"))
    own = frozenset(_folded(word, language) for word in families.pop(LANGUAGE))
    entries = [
        _entry(family, entry, language) for family, lines in families.items() for entry in lines
    ]
    by_word: dict[str, list[_Entry]] = {}
    for entry in entries:
        star = "*" if entry.begins and len(entry.words) == 1 else ""
        by_word.setdefault(entry.words[0] + star, []).append(entry)
    return _List(
        {word: tuple(found) for word, found in by_word.items()},
        tuple(sorted({len(word) - 1 for word in by_word if word.endswith("*")})),
        own,
        tuple(entries),
    )


def _entry(family: str, line: str, language: str) -> _Entry:
    if language == "ko":  # a brace is enough of a slot that may be any
        return _Entry(family, ("".join(line.split()).replace("{}", "}").lower(),), False)
    plain = line.removesuffix("*").replace("{}", "{any}")
    words = tuple("{}" if t.folded == "{any}" else t.folded for t in _tokens(plain, language))
    return _Entry(family, words, line.endswith("*"))


def parse(text: str) -> dict[str, list[str]]:
    """The entries of a list by their family. Raises ValueError for a heading that is unknown."""
    families: dict[str, list[str]] = {name: [] for name in (*FAMILIES, LANGUAGE)}
    family = ""
    for line in text.splitlines():
        entry = line.partition("#")[0].strip()
        if entry.startswith("["):
            family = entry.strip("[]")
            if family not in families:
                raise ValueError(f"[{family}] is none of the families: {', '.join(families)}")
        elif entry:
            families[family].append(entry)
    return families

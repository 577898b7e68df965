"""A writer who is told which word a text may not hold, and leaves it out."""

import re
from collections.abc import Iterator

from churn_lib.customer.contact import Channel
from churn_lib.words.guard import check_length

_SENTENCES = re.compile(r"[^.!?…\n]+[.!?…\n]*\s*")
_CLAUSES = re.compile(r"[^.!?…\n,:]+[.!?…\n,:]*\s*")


def without_sentence(text: str, word: str, slots: list[str], channel: Channel) -> str | None:
    """The text without its sentence that holds the word; None where too little is left."""
    return next(_kept(_SENTENCES.findall(text), word, slots, channel), None)


def without(text: str, word: str, slots: list[str], channel: Channel) -> str | None:
    """The text without the sentence, else the clause, else the word alone; None where none does."""
    for pieces in (_SENTENCES.findall(text), _CLAUSES.findall(text), _words(text, word)):
        for kept in _kept(pieces, word, slots, channel):
            return kept
    return None


def _kept(pieces: list[str], word: str, slots: list[str], channel: Channel) -> Iterator[str]:
    """The pieces without the first that holds the word, where that is still a text."""
    for at, piece in enumerate(pieces):
        if _pattern(word).search(piece):
            kept = "".join(pieces[:at] + pieces[at + 1 :]).strip()
            whole = all(f"{{{slot}}}" in kept for slot in slots)
            if whole and check_length(kept, channel) is None:
                yield kept


def _words(text: str, word: str) -> list[str]:
    """The text cut around the word; slots in the word stay."""
    found = _pattern(word).search(text)
    if found is None:
        return []
    slots = "".join(re.findall(r"\{\w+\}", found[0]))
    return [text[: found.start()], found[0], f"{slots}{text[found.end() :]}"]


def _pattern(word: str) -> re.Pattern[str]:
    """The word as it stands in a text: other signs may stand between its letters or words."""
    return re.compile(r"[^\w{}]{0,3}".join(map(re.escape, word.replace(" ", ""))), re.IGNORECASE)

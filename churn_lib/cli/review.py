"""Texts one by one: filled for an example customer, with what a second look found in them."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from rich.console import Group, RenderableType
from rich.text import Text

from churn_lib.cli.layout import facts
from churn_lib.errors import InputError
from churn_lib.words.authoring import Desk
from churn_lib.words.compose import filled
from churn_lib.words.sheet import PARTS, check, drafted, remark, with_words
from churn_lib.words.template import sent
from churn_lib.words.texts import Key, Status, Stored, save

Show = Callable[[str, RenderableType], None]
ReadLine = Callable[[str], str]

CHOICES = "[a]pprove  [e]dit  [r]eject  [s]kip  [u]ndo  [q]uit"
LAST = "That was the last one: [u]ndo, or Enter to end"

DECIDED: Mapping[str, Status] = {"a": "approved", "r": "rejected"}


class Review:
    """Goes through texts; each change is saved before the next question.

    show: takes a title and a body. read_line: asks for one line; EOFError ends the review.
    """

    def __init__(self, desk: Desk, path: Path, show: Show, read_line: ReadLine) -> None:
        self._desk, self._path = desk, path
        self._show, self._read_line = show, read_line
        self._before: list[tuple[int, Stored]] = []

    def run(self, texts: Sequence[Stored]) -> Sequence[Stored]:
        """The texts as they are in the end."""
        now: list[Stored] = list(texts)
        place: int | None = 0 if now else None
        with suppress(EOFError):
            while place is not None:
                place = self._asked(now, place)
        return now

    def _asked(self, now: list[Stored], place: int) -> int | None:
        """Shows a text and does what is answered; the place of the next one, None at the end."""
        if place == len(now):
            answer = self._read_line(f"{LAST} > ").strip().lower()[:1]
            return self._undo(now, place) if answer == "u" else None
        self._display(now[place], f"{place + 1} of {len(now)}")
        answer = self._read_line(f"{CHOICES} > ").strip().lower()[:1]
        if answer == "q":
            return None
        return self._undo(now, place) if answer == "u" else self._follow(answer, now, place)

    def _follow(self, answer: str, now: list[Stored], place: int) -> int:
        """Does what was answered; the place of the next text."""
        text = now[place]
        if answer == "s":
            return place + 1
        if answer == "e":
            self._change(now, place, self._edited(text))
            return place
        status = DECIDED.get(answer)
        if status is None:
            return place
        self._change(now, place, text.model_copy(update={"status": status}))
        return place + 1

    def _change(self, now: list[Stored], place: int, changed: Stored) -> None:
        if changed != now[place]:
            self._before.append((place, now[place]))
            now[place] = changed
            save(self._path, [changed])

    def _undo(self, now: list[Stored], place: int) -> int:
        if not self._before:
            self._show("Nothing to undo", Text("This review has changed nothing yet."))
            return place
        earlier, text = self._before.pop()
        now[earlier] = text
        save(self._path, [text])
        return earlier

    def _edited(self, text: Stored) -> Stored:
        """The text with other words, or as it was where the guard refuses them."""
        parts = text.text.model_dump()
        for part in ("message",) if text.channel == "sms" else PARTS:
            line = self._read_line(f"{part} (Enter keeps it): {parts[part]}\n> ").strip()
            parts[part] = line or parts[part]
        try:
            draft = drafted(parts)
            check(draft, text.key, self._desk)
        except InputError as error:
            self._show("Not changed", Text("\n".join(map(": ".join, error.faults)), style="red"))
            return text
        if draft == text.text:
            return text
        return with_words(text, draft)

    def _display(self, text: Stored, place: str) -> None:
        key, words = text.key, filled(text.text, self._desk.proposal(text.key))
        said = [Text(part) for part in sent(words, key.channel) if part]
        about = [
            ("For", _about(key)),
            ("Status", _status(text)),
            ("Remark", remark(text) or "none"),
        ]
        self._show(f"{place}: {key.offer}", Group(*said, Text(), facts(about)))


def _about(key: Key) -> str:
    reason = f'"This customer {key.reason}"' if key.reason else "no reason in particular"
    return f"{key.channel}, {key.language}, {key.tone}; {reason}"


def _status(text: Stored) -> str:
    return f"{text.status}, edited" if text.edited else text.status

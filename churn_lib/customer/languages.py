"""In which languages a customer may be spoken to: those of the catalogue in force."""

import re
import tomllib
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from churn_lib.errors import FieldFault

LANGUAGES: tuple[str, ...] = ("en", "es", "fr", "de", "ko")
"""Those of a catalogue that chooses none."""

CATALOGUE = "offers.toml"
"""The catalogue in the folder of the artifacts."""

CODE = r"[a-z]{2,3}(_[A-Z][a-z]{3})?(_([A-Z]{2}|\d{3}))?"

_TABLE = re.compile(r"(?m)^\s*\[[^\],]+\]")


def is_language(code: str) -> bool:
    """Whether Babel has the numbers, dates and units of this language."""
    return code in LANGUAGES or bool(re.fullmatch(CODE, code) and _is_in_babel(code))


def language_name(code: str) -> str:
    """Its English name: "Italian"."""
    from babel import Locale

    return Locale.parse(code).english_name or code


def _is_in_babel(code: str) -> bool:
    from babel import localedata  # imported where a text is written, and for other languages

    return localedata.exists(code)


def _checked(code: str) -> str:
    if not is_language(code):
        raise ValueError("must be the code of a language, such as it or pt_BR")
    return code


Language = Annotated[str, AfterValidator(_checked)]
"""The code of a language, as Babel writes it."""


class Spoken:
    """The languages that a request may ask for.

    At first those that the catalogue in the folder of the artifacts chooses; whoever puts another
    catalogue into force says so. None of them: not known yet, and so any may be asked for.
    """

    def __init__(self) -> None:
        self._languages: tuple[str, ...] | None = None

    @property
    def languages(self) -> tuple[str, ...]:
        if self._languages is None:
            self._languages = _chosen()
        return self._languages

    @languages.setter
    def languages(self, languages: tuple[str, ...]) -> None:
        self._languages = languages

    @property
    def first(self) -> str:
        """What is spoken where nobody says."""
        return (self.languages or LANGUAGES)[0]


def allowed(language: object) -> object:
    """The language itself, if it may be asked for; what is no text is refused by others."""
    known = spoken.languages
    if not isinstance(language, str) or language in known:
        return language
    if not known and re.fullmatch(CODE, language):
        return language
    must = f"one of {', '.join(map(repr, known))}" if known else "a code, such as en or pt_BR"
    fault = FieldFault("context.language", f"must be {must}")
    raise PydanticCustomError("contradiction", "nobody speaks that", {"faults": [fault]})


def _chosen() -> tuple[str, ...]:
    """What the first lines of the catalogue say: to read all of it would double the start."""
    from churn_lib.customer.schema import ARTIFACTS  # it needs the contact, which needs this

    try:
        text = (ARTIFACTS / CATALOGUE).read_text("utf-8-sig")
        found = tomllib.loads(text[: _first_table(text)]).get("languages")
    except (OSError, ValueError):  # whoever needs the offers says what is wrong
        return LANGUAGES
    texts = [code for code in found if isinstance(code, str)] if isinstance(found, list) else []
    return tuple(texts) or LANGUAGES


def _first_table(text: str) -> int:
    table = _TABLE.search(text)
    return table.start() if table else len(text)


spoken = Spoken()
"""Of this process."""

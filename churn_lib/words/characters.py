"""What a text may be made of, sign by sign: the rules that need no dictionary.

Everything unusual is refused rather than interpreted, so that the word rules meet only plain
letters: a look-alike from another script, a styled letter or an invisible sign never reaches them.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Final, Literal

_LATIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzàâäáãåçéèêëíìîïñóòôöõúùûüýÿœæß")
_SPACES: Final = frozenset(" \u00a0\u202f\u2009")
_PUNCTUATION: Final = frozenset(".,;:!?=¿¡'\"“”„‚‘’‛«»‹›()-‐‑–—…/&•·※´+→®™©°")
_KOREAN_PUNCTUATION: Final = frozenset("~ㆍ「」『』《》〈〉")
_MARKUP: Final = frozenset("<>[]*_`#\\|^~")
_BRACES: Final = frozenset("{}❴❵⦃⦄⎧⎨⎩⎫⎬⎭")
_PERCENT: Final = frozenset("%٪‰‱℅")
_VARIATION_SELECTOR: Final = "\ufe0f"

_EMOJI_BLOCKS: Final = (
    (0x2600, 0x27BF),
    (0x1F300, 0x1F6FF),
    (0x1F900, 0x1F9FF),
    (0x1FA70, 0x1FAFF),
)
# Pictures that say a number, money, a present, a prize, a clock or "for ever".
_SPEAKING_EMOJI: Final = frozenset(
    {
        *range(0x1F4AF, 0x1F4BA),
        *range(0x1F51E, 0x1F525),
        *range(0x1F550, 0x1F568),
        *range(0x1F947, 0x1F94A),
        *(
            0x1F381,
            0x1F39F,
            0x1F3AB,
            0x1F3B0,
            0x1F3C5,
            0x1F3C6,
            0x1F3E7,
            0x1F911,
            0x1F9E7,
            0x1FA99,
            0x267E,
        ),
    }
)

_LINK: Final = re.compile(
    r"://|www\.|h(tt|xx)ps?\b|mailto:|\btel:|@|[^\W\d_]{2,}\.[^\W\d_]{2,}|\.(com|net|org|io|kr)\b"
    r"|\b(dot|punto|point|punkt)\s(com|net|org|es|fr|de|kr|io)\b|[닷점]\s?(컴|com|kr|net)|골뱅이"
    r"|\(\s?(at|dot|arroba|arobase|punto|point|punkt)\s?\)",
    re.IGNORECASE,
)
_PRINTF: Final = re.compile(r"%[-+#0-9.]*[sdifrxgeu]\b|%\(|\$[a-z_]{2,}", re.IGNORECASE)
_ENTITY: Final = re.compile(r"&#|&[a-z]+;", re.IGNORECASE)
_GENDER_STAR: Final = re.compile(r"([a-zäöüß])\*(inn?(en)?\b)")
_GLUED_MARK: Final = re.compile(r"[a-zà-ÿ][!?,][a-zà-ÿ]", re.IGNORECASE)
_ROMAN: Final = re.compile(r"(^|[^A-Za-z])[IVX]{2,}([^A-Za-z]|$)")
# Digits one by one in Korean, as of a telephone number; fewer of them are also parts of words.
_SPELLED: Final = re.compile(r"[공영일이삼사오육칠팔구]{4,}")
# Letters set apart by one sign ("f r e e"), or the same three times ("freeee").
_DISGUISE: Final = re.compile(
    r"\b[a-zà-ÿ]([ .·•-])[a-zà-ÿ]\1[a-zà-ÿ]\b|([a-zà-ÿ])\2\2", re.IGNORECASE
)
_CAPITAL_I: Final = re.compile(r"[a-zà-ÿ]I+[a-zà-ÿ]")  # for small L: "doIIar"
_SMS_SENDER: Final = re.compile(r"^\[[가-힣A-Za-z ]{1,12}\]")


def has_hidden_character(text: str, *, newline_allowed: bool) -> bool:
    """Whether the text holds a control, invisible, private, unassigned or surrogate character."""
    previous = ""
    for char in text:
        if char == _VARIATION_SELECTOR:
            if unicodedata.category(previous or " ") != "So":
                return True
        elif unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
            if not (char == "\n" and newline_allowed):
                return True
        elif unicodedata.category(char) == "Zs" and char not in _SPACES:
            return True
        previous = char
    return False


def has_brace_or_placeholder(text: str) -> bool:
    """Whether a brace of any shape, or another template language's placeholder, is left."""
    if not _BRACES.isdisjoint(text) or _PRINTF.search(text):
        return True
    return not _BRACES.isdisjoint(unicodedata.normalize("NFKC", text))


def has_markup(text: str, language: str) -> bool:
    """Whether the text holds HTML, Markdown, an entity or a bracketed placeholder."""
    if language == "de":
        text = _GENDER_STAR.sub(r"\1\2", text)
    if language == "ko":
        text = _SMS_SENDER.sub("", text).replace("^^", "")
        text = text if "~~" in text else text.replace("~", "")
    # One `=` means "is"; two underline a heading.
    return not _MARKUP.isdisjoint(text) or "==" in text or _ENTITY.search(text) is not None


def has_link(text: str) -> bool:
    """Whether the text holds an address of any kind, spelled out or not."""
    return _LINK.search(text) is not None


def has_currency_sign(text: str) -> bool:
    """Whether the text holds a currency sign of any script or width."""
    return any(unicodedata.category(char) == "Sc" for char in _distinct("NFKC", text))


def has_percent_sign(text: str) -> bool:
    """Whether the text holds a percent or per-mille sign of any script or width."""
    return not _PERCENT.isdisjoint(unicodedata.normalize("NFKC", text)) or not _PERCENT.isdisjoint(
        text
    )


def has_vulgar_fraction(text: str) -> bool:
    """Whether the text holds a fraction sign such as one half in a single character."""
    return any("\u2044" in unicodedata.normalize("NFKC", char) for char in set(text))


def has_digit(text: str) -> bool:
    """Whether the text holds a digit or numeral of any script: circled, raised, Roman, spelled."""
    if _ROMAN.search(text) or _SPELLED.search(text):
        return True
    return any(_is_numeral(char) for char in set(text))


def _is_numeral(char: str) -> bool:
    if char.isascii():
        return char.isdigit()
    if unicodedata.category(char).startswith("N") or unicodedata.numeric(char, None) is not None:
        return True
    return any(part.isdigit() for part in unicodedata.normalize("NFKC", char))


def has_foreign_letter(text: str, language: str) -> bool:
    """Whether a letter is none of the language, or there is a stray accent or jamo."""
    return _any_outside(text, lambda char: _is_own_letter(char, language), kinds="LM")


def has_odd_symbol(text: str, language: str) -> bool:
    """Whether there is a punctuation mark or symbol that plain business prose does not use."""
    return bool(_GLUED_MARK.search(text)) or _any_outside(
        text, lambda char: _is_own_symbol(char, language), kinds="PS"
    )


def has_disguise(text: str) -> bool:
    """Whether a word is spelled so that a list of words would overlook it."""
    return _DISGUISE.search(text) is not None or _CAPITAL_I.search(text) is not None


def _any_outside(text: str, is_own: Callable[[str], bool], *, kinds: str) -> bool:
    composed = _distinct("NFC", text)
    return any(unicodedata.category(char)[0] in kinds and not is_own(char) for char in composed)


def _distinct(form: Literal["NFC", "NFKC"], text: str) -> set[str]:
    return set(unicodedata.normalize(form, text))


def _is_own_letter(char: str, language: str) -> bool:
    if char == _VARIATION_SELECTOR or char.lower() in _LATIN:
        return True
    return language == "ko" and ("가" <= char <= "힣" or char == "ㆍ")


def _is_own_symbol(char: str, language: str) -> bool:
    if char in _PUNCTUATION or char in _MARKUP or 0x1F3FB <= ord(char) <= 0x1F3FF:
        return True
    if char in _KOREAN_PUNCTUATION:
        return language == "ko"
    point = ord(char)
    return point not in _SPEAKING_EMOJI and any(low <= point <= high for low, high in _EMOJI_BLOCKS)

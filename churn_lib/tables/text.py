"""The lines of a file of text, in whichever encoding it is."""

import codecs
import io
from collections.abc import Iterator

from churn_lib.errors import DataError

MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""The encodings that a file may begin with a mark of."""

WESTERN = "cp1252"
"""Of one byte a character. Another such encoding differs in other letters than those of numbers."""

LONGEST_LINE = 1_000_000
AT_ONCE = 1 << 20


def encoding_of(content: bytes, name: str, *, whole: bool = True) -> str:
    """The encoding of a text. name: of the file. whole: whether it may not end within a character.

    Raises DataError for what is no text.
    """
    found = _encoding(content)
    if not _fits(content, found, name, whole=whole):
        found = WESTERN
        _fits(content, found, name, whole=whole)
    return found


def lines_of(content: bytes, encoding: str, name: str) -> Iterator[str]:
    """The lines with their ends. Raises DataError for one that is far too long."""
    file = io.TextIOWrapper(io.BytesIO(content), encoding, errors="replace", newline="")
    while line := file.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            problem = f"has a line of more than {LONGEST_LINE:,} characters"
            raise DataError(f"{name} {problem}; each customer must stand on a line of their own")
        yield line


def _encoding(content: bytes) -> str:
    for mark, encoding in MARKS.items():
        if content.startswith(mark):
            return encoding
    # Headings begin with an ASCII character, which has a zero byte in UTF-16 alone.
    if 0 in content[:2]:
        return "utf-16-be" if content[0] == 0 else "utf-16-le"
    return "utf-8"


def _fits(content: bytes, encoding: str, name: str, *, whole: bool) -> bool:
    """Whether all of it is in this encoding, a part at a time; there may be much of it."""
    errors = "replace" if encoding == WESTERN else "strict"
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    view = memoryview(content)
    try:
        for begin in range(0, len(content), AT_ONCE):
            part = decoder.decode(view[begin : begin + AT_ONCE])
            if "\0" in part:
                raise DataError(f"{name} is no text, or damaged; save the table as CSV in UTF-8")
        decoder.decode(b"", final=whole)
    except UnicodeDecodeError:
        return False
    return True

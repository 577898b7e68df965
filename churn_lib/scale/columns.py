"""The columns of a table, read as far as one value can be read by itself."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from churn_lib.customer.contact import TRUTHS
from churn_lib.customer.model import ATTRIBUTES, LEVELS
from churn_lib.customer.reading import spellings, truth, truths
from churn_lib.customer.schema import Level
from churn_lib.customer.spelling import NOT_KNOWN, SEPARATORS
from churn_lib.scale.dialects import Dialect
from churn_lib.scale.expressions import PREFIX, Stage, case, match, one_of
from churn_lib.scale.request import Request

CHARACTERS = [*map(chr, range(1, 0x10000))]
BLANKS = "".join(filter(str.isspace, CHARACTERS))
SEPARATING = "".join(filter(SEPARATORS.fullmatch, CHARACTERS))

TRUE_OR_FALSE = ("true", "false", "t", "f", "yes", "no", "y", "n", "on", "off")
"""Words that may be a truth; `truth` knows which they are."""


@dataclass(frozen=True)
class Columns(ABC):
    """How each attribute and each fact is read from its column."""

    dialect: Dialect
    request: Request

    def raw(self, name: str) -> str:
        """The table's own column."""
        column = self.request.column(name)
        return self.dialect.raw(self.dialect.identifier(column, quoted=self.request.quoted))

    @abstractmethod
    def read(self, name: str) -> str:
        """The value, of the right kind and perhaps not allowed."""

    @abstractmethod
    def missing(self, name: str) -> str:
        """Whether there is no value."""

    @abstractmethod
    def stage(self, names: Sequence[str]) -> Stage:
        """What reading has to do before all else."""


class Native(Columns):
    """Numbers are numbers and levels are as published; NULL and NaN are no values."""

    def read(self, name: str) -> str:
        raw, blank = self.raw(name), _blank(name)
        if blank is None:
            return raw
        text = f"NULLIF({raw}, '')" if isinstance(blank, str) else raw
        return f"COALESCE({text}, {self.dialect.level(blank)})"

    def missing(self, name: str) -> str:
        if name in LEVELS or name in TRUTHS:
            return f"{self.read(name)} IS NULL"
        raw = self.raw(name)
        # NaN is above infinity in some engines, and beside all numbers in others.
        infinity = self.dialect.as_double("'inf'")
        return f"({raw} IS NULL OR NOT {raw} <= {infinity})"

    def stage(self, _names: Sequence[str]) -> Stage:
        return {}


class AsText(Columns):
    """Whatever the columns are, their texts are read by the rules of `docs/reading.md`."""

    def read(self, name: str) -> str:
        return f"{PREFIX}i_{name}"

    def missing(self, name: str) -> str:
        none = stands_for_none_in(self._text(name), self.dialect)
        return f"({self.raw(name)} IS NULL OR {none})"

    def stage(self, names: Sequence[str]) -> Stage:
        return {self.read(name): self._reading(name) for name in names}

    def _text(self, name: str) -> str:
        return self.dialect.as_text(self.raw(name))

    def _reading(self, name: str) -> str:
        if name in TRUTHS:
            return self._truth(name, {True: "TRUE", False: "FALSE"}, numbers=True)
        if name not in LEVELS:
            return self.dialect.read_number(self._text(name), BLANKS)
        blank = _blank(name)
        otherwise = [] if blank is None else [(self.missing(name), self.dialect.level(blank))]
        return case(otherwise, self._level(name, LEVELS[name]))

    def _level(self, name: str, levels: tuple[Level, ...]) -> str:
        """As published; else another spelling; else a number; else a truth, or what is unlisted."""
        dialect, text = self.dialect, self._text(name)
        meant = {level: dialect.level(level) for level in levels}
        words = {yes: meant[level] for yes, level in truths(levels).items()}
        is_truth = self._truth(name, words, numbers=len(levels) == 2)
        if isinstance(levels[0], int):
            number = dialect.read_number(text, BLANKS)
            whole = case((f"{number} = {level}", written) for level, written in meant.items())
            return f"COALESCE({whole}, {is_truth})"
        spelled = [(dialect.text(key), meant[level]) for key, level in spellings(levels).items()]
        otherwise = text if ATTRIBUTES[name].other else is_truth
        exact = one_of(text, meant.values())
        return case([(exact, text)], match(plain_in(text, dialect), spelled, otherwise))

    def _truth(self, name: str, words: dict[bool, str], *, numbers: bool) -> str:
        known = [(word, truth(word)) for word in TRUE_OR_FALSE]
        texts = [(self.dialect.text(word), words[yes]) for word, yes in known if yes in words]
        digits = [(int(yes), found) for yes, found in words.items() if numbers]
        number = self.dialect.read_number(self._text(name), BLANKS)
        last = case((f"{number} = {digit}", found) for digit, found in digits)
        bare = self.dialect.trimmed(self._text(name), BLANKS)
        return match(f"LOWER({bare})", texts, last)


def plain_in(text: str, dialect: Dialect) -> str:
    """What is equal for all spellings of a level, as `plain` has it."""
    return f"LOWER(TRANSLATE({text}, {dialect.text(SEPARATING)}, ''))"


def stands_for_none_in(text: str, dialect: Dialect) -> str:
    """Whether a text says that there is no value, as `stands_for_none` has it."""
    none = map(dialect.text, sorted(NOT_KNOWN))
    return one_of(f"LOWER({dialect.trimmed(text, BLANKS)})", none)


def _blank(name: str) -> Level | None:
    """The level that an empty cell means."""
    blank = ATTRIBUTES[name].blank if name in LEVELS else None
    return blank if isinstance(blank, str | int) else None

"""What a customer is, as data: `customer.toml` in the folder of the artifacts.

Every column that the score, the offers, the requests and the reasons may use stands there, once:
its values, its words, and the part it plays. There is no code in it. `docs/own-data.md` has every
field of the file.
"""

import keyword
import math
import os
import re
from collections.abc import Mapping
from functools import reduce
from operator import add
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from pydantic import BaseModel

from churn_lib.customer.contact import Context

CUSTOMER = "customer.toml"

SHIPPED = Path(__file__).parents[2] / "artifacts"
ARTIFACTS = Path(os.environ.get("CHURN_ARTIFACTS") or SHIPPED)
"""The folder of the schema, the score and the offers that are in force in this process."""

Level = str | int
Kind = Literal["product", "sum", "ratio"]
Trend = Literal["rises", "falls"]

KINDS: tuple[Kind, ...] = get_args(Kind)
TRENDS: tuple[Trend, ...] = get_args(Trend)

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")

OURS = {"self", "values", "bill", "customerID", "context"}
RESERVED = frozenset({*dir(BaseModel), *keyword.kwlist, *Context.model_fields, *OURS})
"""Names that mean something else in a request or in Python."""

MOST_ATTRIBUTES = 500
MOST_LEVELS = 2000


class Made(NamedTuple):
    """How a number is worked out of others: their product, their sum, or the first by the second.

    A ratio whose second is 0, and anything of a value that is not known, is not known.
    """

    kind: Kind
    parts: tuple[str, ...]

    def of(self, values: Mapping[str, object]) -> float | None:
        numbers = [values[part] for part in self.parts]
        known = [float(number) for number in numbers if isinstance(number, int | float)]
        if len(known) < len(numbers):
            return None
        if self.kind == "product":
            return math.prod(known)
        if self.kind == "sum":
            return reduce(add, known)  # from left to right, as a warehouse adds
        return quotient(known[0], known[1])


LARGEST_RATIO = 1.79e308
"""More is not known. No number is much larger, and by a product SQL can tell it from this one."""


def quotient(first: float, second: float) -> float | None:
    """The first by the second; None where that is 0, or so small that the ratio is too large."""
    is_known = second != 0 and abs(first) <= abs(second) * LARGEST_RATIO
    return first / second if is_known else None


class Target(NamedTuple):
    """The column of a file that says who left, and the values that say so; any case, as text."""

    column: str
    left: tuple[str, ...]
    stayed: tuple[str, ...]


class Attribute(NamedTuple):
    """What is known of a column, and what people read about it.

    label: a short name. group: the heading under which a form shows it. phrases: for each
    level, or for each lower bound of a band of numbers, what follows "This customer ..." in a
    reason. levels: all values of a category, none of a number. low, high: the allowed numbers;
    whole: without fractions. unit: of a number, in words. shown: how a number is written.
    protected: never used by the score or an offer. required: whether a caller must give it.
    column: its heading in files. blank: what an empty cell means. unknown: the words for a
    value that is not known, which is then allowed. other: the words for a level that is not
    listed, which is then allowed. made: how it is worked out when it is left out. asked: false
    where it is always worked out. trend: whether the risk may only rise or fall with it.
    """

    label: str
    phrases: Mapping[str | float, str]
    levels: tuple[Level, ...] = ()
    low: float = 0
    high: float = 0
    whole: bool = False
    group: str = ""
    unit: str = ""
    shown: str = ""
    protected: bool = False
    required: bool = True
    column: str = ""
    blank: Level | float | None = None
    unknown: str = ""
    other: str = ""
    made: Made | None = None
    asked: bool = True
    trend: Trend | None = None


class Schema(NamedTuple):
    """The whole file. attributes: in its order, those that are worked out among them.

    absent: for each attribute that needs another one, that other one, and the own level that says
    that it is absent. without: the level by which the other one says so. bill: an attribute, or
    everybody's average. digest: of all that a scorecard depends on, which words do not change.
    """

    version: str
    business: str
    target: Target
    attributes: Mapping[str, Attribute]
    bill: str | float
    identifier: str | None
    tenure: str | None
    absent: Mapping[str, tuple[str, Level]]
    without: Mapping[str, Level]
    example: Mapping[str, object]
    ignored: Mapping[str, str]
    digest: str

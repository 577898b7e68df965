"""What the offers of a statement are decided by, and what they add to it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from churn_lib.scale.expressions import Stage


@dataclass(frozen=True)
class Environment:
    """Expressions that are known when the offers are decided.

    values: each attribute that is not protected and each fact of `Request.facts`, checked; NULL
    where it is not known, as whether it is true for a fact that is yes or no. probability: NULL in
    a faulty row. bill: what the customer pays a month. raising: whether one of the reasons that
    raise the probability is about this attribute; NULL only in a faulty row. placed: for each term
    that can be the reason at this place, from 0, whether it is, and its attributes.
    """

    values: Mapping[str, str]
    probability: str
    bill: str
    raising: Callable[[str], str]
    placed: Callable[[int], Sequence[tuple[str, tuple[str, ...]]]]


class Part(NamedTuple):
    """Stages to add, and the columns of the answer that they end in."""

    stages: tuple[Stage, ...]
    answer: Mapping[str, str]

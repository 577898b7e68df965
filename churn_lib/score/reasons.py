"""Reasons in plain words: the strongest effects on one customer."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from churn_lib.customer.model import LEVELS, Value, Values, describe
from churn_lib.score.ratios import Ratio

if TYPE_CHECKING:
    from churn_lib.score.shape import Cause, Reason

AND = " and "
"""Joins two attributes where people read them; nothing is ever split there."""

NOT_KNOWN = "not known"


Teller = Callable[[Values, float], "Cause"]


def raising(causes: Iterable["Cause"]) -> list[str]:
    """The attributes whose effects raise the probability, strongest first."""
    return [name for cause in causes if cause["effect"] > 0 for name in cause["features"]]


def shown(cause: "Cause") -> "Reason":
    """The cause as an answer shows it."""
    return {
        "feature": cause["feature"],
        "value": cause["value"],
        "effect": cause["effect"],
        "text": cause["text"],
    }


def teller(features: tuple[str, ...], ratios: Mapping[str, Ratio]) -> Teller:
    """What tells a reason about these attributes, which may be ratios of the model's own.

    The value of one attribute that is not known is null; of a ratio, which nobody has left out, and
    beside another one it is said in words.
    """
    joined = AND.join(features)
    says = [ratios[name].phrase if name in ratios else _sayer(name) for name in features]
    first, say = features[0], says[0]
    not_known = NOT_KNOWN if first in ratios else None

    def of_one(values: Values, effect: float) -> "Cause":
        value = values[first]
        return {
            "feature": first,
            "value": not_known if value is None else value,
            "effect": effect,
            "text": say(value),
            "features": features,
        }

    def of_two(values: Values, effect: float) -> "Cause":
        own = [values[name] for name in features]
        return {
            "feature": joined,
            "value": ", ".join(NOT_KNOWN if value is None else str(value) for value in own),
            "effect": effect,
            "text": AND.join(say(value) for say, value in zip(says, own, strict=True)),
            "features": features,
        }

    return of_one if len(features) == 1 else of_two


def _sayer(name: str) -> Callable[[Value], str]:
    """As `describe`; the sentences of levels are made once."""
    said: dict[Value, str] = {level: describe(name, level) for level in LEVELS.get(name, ())}

    def say(value: Value) -> str:
        return said.get(value) or describe(name, value)

    return say

"""Reasons in plain words: the strongest effects on one customer."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Annotated

from pydantic import Field, JsonValue
from typing_extensions import TypedDict

from churn_lib.customer.model import FEATURES, SCHEMA, Values, describe, may_lack, phrase
from churn_lib.customer.shown import shown_level, shown_number, shown_value
from churn_lib.score.ratios import Ratio

AND = " and "
"""Joins two attributes where people read them; nothing is ever split there."""

NOT_KNOWN = "not known"


def _null_where_possible(schema: dict[str, JsonValue]) -> None:
    """No value is null where every attribute is always known."""
    kinds = schema["anyOf"]
    if isinstance(kinds, list) and not any(map(may_lack, FEATURES)):
        schema["anyOf"] = [kind for kind in kinds if kind != {"type": "null"}]


class Reason(TypedDict):
    """One effect in plain words."""

    feature: Annotated[
        str,
        Field(description="the attribute, or both of a pair, joined", examples=[shown_level()]),
    ]
    value: Annotated[
        str | float | None,
        Field(
            description="the customer's own",
            examples=[shown_value()],
            json_schema_extra=_null_where_possible,
        ),
    ]
    effect: Annotated[
        float,
        Field(
            description="log-odds compared with the average customer: above 0, leaving is likelier",
            examples=[0.75],
        ),
    ]
    text: Annotated[
        str,
        Field(
            description="follows `This customer ...`",
            examples=[phrase(shown_level(), shown_value())],
        ),
    ]


class Cause(Reason):
    """A reason with the attributes that it is about, which answers show joined."""

    features: tuple[str, ...]


class Outside(TypedDict, total=False):
    """Where the training data end."""

    outside_training: Annotated[
        list[str],
        Field(
            description="numbers below or above all that the score was trained on, which "
            "counts them as the nearest that it knows; left out when there is none",
            examples=[[SCHEMA.bill if isinstance(SCHEMA.bill, str) else shown_number()]],
        ),
    ]


class Explanation(Outside):
    """What stands behind a probability: from the average customer by all effects to this one."""

    average_probability: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="of the average customer: where all effects are 0",
            examples=[0.2],
        ),
    ]
    other_effects: Annotated[
        float,
        Field(
            description="log-odds: the sum of all effects that `reasons` do not list",
            examples=[0.1],
        ),
    ]
    reasons: Annotated[
        list[Reason],
        Field(description="the strongest effects, at most three each way, strongest first"),
    ]


Teller = Callable[[Values, float], Cause]


def raising(causes: Iterable[Cause]) -> list[str]:
    """The attributes whose effects raise the probability, strongest first."""
    return [name for cause in causes if cause["effect"] > 0 for name in cause["features"]]


def shown(cause: Cause) -> Reason:
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
    says = [ratios[name].phrase if name in ratios else partial(describe, name) for name in features]
    first, say = features[0], says[0]
    not_known = NOT_KNOWN if first in ratios else None

    def of_one(values: Values, effect: float) -> Cause:
        value = values[first]
        return {
            "feature": first,
            "value": not_known if value is None else value,
            "effect": effect,
            "text": say(value),
            "features": features,
        }

    def of_two(values: Values, effect: float) -> Cause:
        own = [values[name] for name in features]
        return {
            "feature": joined,
            "value": ", ".join(NOT_KNOWN if value is None else str(value) for value in own),
            "effect": effect,
            "text": AND.join(say(value) for say, value in zip(says, own, strict=True)),
            "features": features,
        }

    return of_one if len(features) == 1 else of_two
